"""Where a drive's labels are, and that nobody ever finds half of them."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from driver_monitor.labels.errors import LabelError
from driver_monitor.labels.label import Label
from driver_monitor.labels.sidecar import read_labels, sidecar, version, write_labels

SOME = [Label("phone", 24.1, 29.0, note='"lap", left'), Label("kss", 5.0, 5.0, 7.0)]


def test_labels_lie_in_the_drives_folder(tmp_path: Path) -> None:
    segment = tmp_path / "000.mcap"
    segment.touch()
    assert sidecar(tmp_path) == sidecar(segment) == tmp_path / "labels.csv"
    (tmp_path / "labels.yaml").touch()
    assert sidecar(segment) == tmp_path / "labels.yaml"
    (tmp_path / "labels.csv").touch()
    with pytest.raises(LabelError, match=r"has labels\.csv and labels\.yaml; keep one of the two"):
        sidecar(tmp_path)


@pytest.mark.parametrize("name", ["labels.csv", "labels.yaml"])
def test_what_is_written_is_sorted_and_leaves_nothing_beside_it(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    assert version(file) == ""
    write_labels(file, SOME)
    assert read_labels(file) == [SOME[1], SOME[0]]
    assert [path.name for path in tmp_path.iterdir()] == [name]
    first = version(file)
    write_labels(file, SOME[:1])
    assert version(file) != first


def test_a_disk_that_refuses_is_told_and_the_old_labels_stay(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"labels\.csv cannot be written: No such file"):
        write_labels(tmp_path / "absent" / "labels.csv", SOME)
    taken = tmp_path / "labels.csv"
    (taken / "inside").mkdir(parents=True)
    with pytest.raises(LabelError, match="cannot be written"):
        write_labels(taken, SOME)
    assert [path.name for path in tmp_path.iterdir()] == ["labels.csv"]


def test_a_writer_that_is_killed_leaves_a_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    script = (
        "import sys\nfrom pathlib import Path\nfrom driver_monitor.labels.label import Label\n"
        "from driver_monitor.labels.sidecar import write_labels\n"
        "for n in range(1, 10**6): write_labels(Path(sys.argv[1]), [Label('phone', k, k + 0.5) for k in range(n)])\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", script, str(file)])
    try:
        deadline = time.monotonic() + 30
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.2)
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    found = read_labels(file)
    assert [label.start_s for label in found] == [float(k) for k in range(len(found))]
    assert found
