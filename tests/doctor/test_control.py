"""The doctor makes the local socket as a run would, and takes it away again."""

from pathlib import Path

from driver_monitor.config.config import Config
from driver_monitor.control.address import Listener
from driver_monitor.doctor.check import Subject, Verdict
from driver_monitor.doctor.control import local_socket


def subject(**control: object) -> Subject:
    return Subject(Config.model_validate({"control": control}), None)


def test_a_socket_that_can_be_made_or_is_not_wanted(tmp_path: Path) -> None:
    off = local_socket(subject())
    assert (off.verdict, off.finding) == (Verdict.OK, "switched off (control)")
    here = local_socket(subject(enabled=True, socket=str(tmp_path / "s")))
    assert (here.verdict, here.finding) == (Verdict.OK, f"{tmp_path / 's'} can be made, for this user")
    assert not (tmp_path / "s").exists()


def test_what_keeps_it_from_being_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    taken = subject(enabled=True, socket=str(tmp_path / "s"))
    with Listener(taken.config.control):
        assert "another monitor has the local socket" in local_socket(taken).finding
    for control, words in (
        ({"socket": str(tmp_path / "file")}, "is no socket"),
        ({"socket": str(tmp_path / "file" / "s")}, "cannot be made"),
        ({"socket": str(tmp_path / "s"), "group": "nosuchgroup"}, "there is no group 'nosuchgroup'"),
    ):
        check = local_socket(subject(enabled=True, **control))
        assert check.verdict is Verdict.FAIL
        assert words in check.finding
