import os
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


def test_a_setting_means_the_file_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert file_path("~/für") == tmp_path / "für"
    assert file_path("drive.mp4") == Path("drive.mp4")
