"""The demo as a user plays it, on a short drive of his own and without pictures, to be quick."""

from pathlib import Path

from tests.cli.product import driver_monitor

SHORT = """\
drive:
  duration_s: 60
  fps: 16
  seed: 5
  sleepiness: [{t: 0, kss: 3, note: awake}, {t: 60, kss: 3}]
actions:
  - {t: 50, do: close_eyes, for: 2.2, note: "microsleep: alert"}
"""
QUIET = "drive: {duration_s: 4, fps: 16, seed: 5}\n"


def test_a_short_drive_says_why_fatigue_is_not_known_and_where_to_see_it(tmp_path: Path) -> None:
    script, out = tmp_path / "mine.yaml", tmp_path / "out"
    script.write_text(SHORT)
    done = driver_monitor("demo", "--drive", script, "--no-pictures", "--out", out, COLUMNS="200")
    assert done.returncode == 0, done.stderr
    assert "Geometry only: no face tracker and no video" in done.stdout
    assert "Fatigue is not known in this drive: needs 60 blinks of the driver's own" in done.stdout
    assert "'driver-monitor demo --drive drowsy' shows it at work." in done.stdout
    assert "KSS 3 " in done.stdout
    assert "(microsleep)" in done.stdout
    assert {path.name for path in out.iterdir()} == {"report.html", "signals.csv", "truth.csv"}
    assert (out / "truth.csv").read_text().splitlines()[0].split(",")[-2:] == ["kss", "doing"]


def test_the_video_of_an_earlier_run_does_not_outlive_it(tmp_path: Path) -> None:
    script, out = tmp_path / "mine.yaml", tmp_path / "out"
    script.write_text(QUIET)
    out.mkdir()
    earlier = {"annotated.webm", "annotated.mp4", "annotated.part.webm", "annotated.part.mp4"}
    anothers = {"annotated.webm.bak", "my-annotated.webm", "annotated.mkv", "Annotated.webm", "annotated.part2.mp4"}
    for name in earlier | anothers:
        (out / name).write_bytes(b"somebody's face")
    done = driver_monitor("demo", "--drive", script, "--no-pictures", "--out", out)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in out.iterdir()} == {"report.html", "signals.csv", "truth.csv"} | anothers
    for name in earlier:
        assert f"{out / name} has been removed: it was an earlier run's, not of this report" in done.stderr
    again = driver_monitor("demo", "--drive", script, "--no-pictures", "--out", out)
    assert (again.returncode, again.stderr) == (0, "")


def test_the_list_of_drives_names_the_drowsy_one(tmp_path: Path) -> None:
    done = driver_monitor("demo", "--drive", "sleepy", "--no-pictures", "--out", tmp_path)
    assert done.returncode == 2
    assert "attentive, demo, drowsy" in done.stderr
    assert list(tmp_path.iterdir()) == []
