"""A real scheduler and real workers on loopback, each a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from driver_monitor.cli.main import main
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.jobs.dask_engine import DaskEngine
from driver_monitor.jobs.engine import Outcome, open_engine
from tests.jobs.drives import record_some
from tests.jobs.work import die_of, even, slow_alerts

ROOT = Path(__file__).parents[2]


@dataclass
class Cluster:
    folder: Path
    address: str = ""
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, module: str, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        command = [sys.executable, "-W", "ignore", "-m", f"distributed.cli.{module}", "--no-dashboard", *options]
        with (self.folder / f"{module}-{len(self._processes)}.log").open("wb") as log:
            process = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=self.folder)
        self._processes.append(process)
        return process

    def scheduler(self, **environment: str) -> None:
        told = self.folder / "scheduler.json"
        self.start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told), **environment)
        until = time.monotonic() + 60
        while not (told.exists() and told.stat().st_size):
            assert time.monotonic() < until, (self.folder / "dask_scheduler-0.log").read_text()
            time.sleep(0.05)
        self.address = json.loads(told.read_text())["address"]

    def worker(self, *options: str, **environment: str) -> None:
        common = ("--nthreads", "1", "--host", "127.0.0.1", "--local-directory", str(self.folder))
        self.workers.append(self.start("dask_worker", self.address, *common, *options, **environment))

    def stop(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    found = Cluster(tmp_path_factory.mktemp("dask"))
    try:
        found.scheduler()
        yield found
    finally:
        found.stop()


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Cluster]:
    """One worker that is started again when it dies, and a scheduler that forgives no death."""
    found = Cluster(tmp_path)
    try:
        found.scheduler(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
        found.worker()
        yield found
    finally:
        found.stop()


def test_a_scheduler_without_workers_says_how_to_start_some(cluster: Cluster) -> None:
    with pytest.raises(DriverMonitorError, match="has no workers; start some with 'dask worker"):
        DaskEngine(cluster.address, workers_s=0.5)


def test_drives_on_two_workers_of_which_one_is_killed_on_the_way_are_those_of_the_local_run(
    cluster: Cluster, tmp_path: Path
) -> None:
    for _ in range(2):
        cluster.worker("--no-nanny")
    drives = record_some(tmp_path, 3, 40.0)
    items = drives * 8
    heard: list[Path] = []

    def done(outcome: Outcome[Path, list[str]]) -> None:
        heard.append(outcome.item)
        if len(heard) == 6:
            cluster.workers[0].send_signal(signal.SIGKILL)

    with open_engine("dask", cluster.address, 1) as engine:
        found = engine.map(slow_alerts, items, done)
    assert cluster.workers[0].wait(10) == -signal.SIGKILL
    assert found == [Outcome(drive, slow_alerts(drive)) for drive in drives] * 8
    assert all(outcome.value for outcome in found)
    assert sorted(heard) == sorted(items)


def test_a_report_from_there_is_that_of_this_process_and_so_is_the_parquet(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drives = record_some(tmp_path / "drives", 2, 40.0)
    monkeypatch.chdir(tmp_path)
    assert [main(["report", str(drive), "--parquet", "here", "--json"]) for drive in drives] == [0, 0]
    here = capsys.readouterr().out
    options = ["--engine", "dask", "--scheduler", cluster.address]
    assert main(["report", "drives", "--parquet", "there", "--json", *options]) == 0
    assert capsys.readouterr().out == here
    one, two = ({f.relative_to(d): f.read_bytes() for d in [Path(name)] for f in d.rglob("*.parquet")}
                for name in ("here", "there"))  # fmt: skip
    assert len(one) == 8
    assert one == two


def test_a_broken_item_is_an_outcome_there_too(cluster: Cluster) -> None:
    with DaskEngine(cluster.address, workers_s=60) as engine:
        found = engine.map(even, [2, 3, 4, 5])
    assert [outcome.value for outcome in found] == [2, None, 4, None]
    assert [outcome.error for outcome in found] == ["", "drive 3 is empty", "", "ZeroDivisionError: odd"]


def test_a_worker_of_another_version_is_refused_by_name(cluster: Cluster, tmp_path: Path) -> None:
    other = tmp_path / "driver_monitor"
    other.mkdir()
    (other / "__init__.py").write_text('__version__ = "0.0.1"\n')
    jobs = other / "jobs"
    jobs.mkdir()
    (jobs / "__init__.py").write_text("")
    lines = [
        "from importlib.metadata import version",
        "def versions():",
        "    return {'Python': '3.11', 'driver-monitor': '0.0.1', 'distributed': version('distributed')}",
    ]
    (jobs / "dask_engine.py").write_text("\n".join(lines))
    cluster.worker("--no-nanny", PYTHONPATH=str(tmp_path))
    until = time.monotonic() + 90
    said = ""
    while not said and time.monotonic() < until:
        try:
            DaskEngine(cluster.address).close()
        except DriverMonitorError as error:
            said = str(error)
    assert "runs other versions: driver-monitor 0.0.1 there and" in said
    cluster.workers.pop().terminate()


def test_an_item_that_kills_every_worker_is_left_out_and_the_others_are_not(strict: Cluster, tmp_path: Path) -> None:
    items = [tmp_path / str(number) for number in range(12)]
    items[7].write_text("always")
    with DaskEngine(strict.address, workers_s=60) as engine:
        found = engine.map(die_of, items)
    assert [outcome.value for outcome in found] == [None if n == 7 else str(n) for n in range(12)]
    assert "died one after the other" in found[7].error


def test_an_address_where_nobody_answers_is_one_sentence() -> None:
    with pytest.raises(DriverMonitorError, match=r"no dask scheduler answers at tcp://127\.0\.0\.1:9 "):
        DaskEngine("tcp://127.0.0.1:9", connect_s=0.5)


@pytest.mark.parametrize("address", ["nonsense://x", "tcp://127.0.0.1:port"])
def test_an_address_that_is_none_is_a_wrong_usage(address: str) -> None:
    with pytest.raises(UsageError, match="an address looks like tcp://"):
        DaskEngine(address, connect_s=0.5)
