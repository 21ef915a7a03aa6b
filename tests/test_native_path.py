import os
import subprocess
import sys
from pathlib import Path

import pytest

from driver_monitor.native_path import file_path, native_path, native_target

NAMES = [b"plain.mp4", "für.mp4".encode(), b"bad\xff.mp4", b"two\nlines.mp4"]


@pytest.mark.parametrize("name", NAMES)
def test_a_library_gets_a_plain_ascii_name_of_the_same_file(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(b"what is in it")
    with native_path(path) as native:
        assert native.isascii()
        assert Path(native).read_bytes() == b"what is in it"
    before = len(os.listdir("/proc/self/fd"))
    with native_path(path):
        pass
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_under_a_plain_name_lands_where_it_belongs(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    with native_target(path) as native:
        assert native.isascii()
        assert native.endswith(".mp4")
        Path(native).write_bytes(b"written")
    assert path.read_bytes() == b"written"
    assert not path.is_symlink()


def test_a_missing_file_is_an_error_like_any_other(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), native_path(tmp_path / "nü.mp4"):
        pass


IN_A_C_LOCALE = """
import sys
from pathlib import Path
from driver_monitor.native_path import file_path, system_name
folder = sys.argv[1]
Path(folder).mkdir()
assert sys.getfilesystemencoding() == "ascii"
file_path("/".join([folder, "f\\u00fcr"])).write_text("found")
assert system_name("f\\u00fcr") == "f\\udcc3\\udcbcr"
assert system_name("f\\udcffr") == "f\\udcffr"
"""


def test_a_c_locale_that_knows_no_umlaut_finds_the_file_all_the_same(tmp_path: Path) -> None:
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    subprocess.run([sys.executable, "-c", IN_A_C_LOCALE, str(tmp_path / "inside")], check=True, env=environment)
    assert (tmp_path / "inside" / "f\u00fcr").read_text() == "found"


def test_a_setting_means_the_file_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert file_path("~/für") == tmp_path / "für"
    assert file_path("drive.mp4") == Path("drive.mp4")
