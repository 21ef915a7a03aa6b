"""The drives that can be tuned on: recorded with their signals, and watched by somebody."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from driver_monitor.config.config import Config
from driver_monitor.counted import counted
from driver_monitor.errors import DriverMonitorError, UsageError
from driver_monitor.labels.doubts import doubts
from driver_monitor.labels.label import Label
from driver_monitor.labels.sidecar import read_entries, sidecar
from driver_monitor.recording.drive import Drive
from driver_monitor.recording.errors import RecordingError
from driver_monitor.recording.open import open_drive
from driver_monitor.score.many import all_drives
from driver_monitor.tune.drives import LabelledDrive, stamp

_MAKERS: Final = ("signals", "classifiers")  # sections that make what is recorded
_SUFFIXES: Final = (".csv", ".yaml", ".yml")


class Sources:
    """``drives`` in the order given. ``left_out``: sentences on those that cannot be used; ``questions``: on labels
    that look misspelt; ``broken``: one of the drives cannot be read."""

    def __init__(self, paths: Iterable[Path], labels: Path | None) -> None:
        """``labels``: a folder of files named after drive ids, or one drive's file; None: beside each drive.

        Raises DriverMonitorError where no drive is left, or labels have mistakes in them; UsageError for two drives
        of one id.
        """
        self.drives: list[LabelledDrive] = []
        self.left_out: list[str] = []
        self.questions: list[str] = []
        self.broken = False
        self._unlabelled: list[Path] = []
        self._seen: dict[str, Path] = {}
        self._recorded_with: dict[str, list[Drive]] = {}  # by the hash of the config
        found = all_drives(paths)
        if labels is not None and not labels.is_dir() and len(found) != 1:
            raise DriverMonitorError(
                f"--labels {labels} is one file for {counted(len(found), 'drive')}; name a folder with a file per "
                "drive id"
            )
        for path in found:
            self._take(path, labels)
        if self._unlabelled:
            several = len(self._unlabelled) > 1
            self.left_out.append(
                f"{len(self._unlabelled)} {'drives have' if several else 'drive has'} no labels and "
                f"{'are' if several else 'is'} left out ({_some(self._unlabelled)}): 'driver-monitor label DRIVE'"
            )
        if not self.drives:
            raise DriverMonitorError("\n".join(["there is no labelled drive to tune on", *self.left_out]))

    def _take(self, path: Path, labels: Path | None) -> None:
        try:
            drive = open_drive(path)
        except RecordingError as error:
            self.left_out.append(str(error))
            self.broken = True
            return
        header = drive.header
        other = self._seen.setdefault(header.drive_id, path)
        if other != path:
            raise UsageError(
                f"{other} and {path} are the same drive ({header.drive_id}); name its folder, or one of the two"
            )
        why = ""
        if header.level == "events":
            why = "it keeps alerts only (recording.level: events), no signals"
        elif header.clip_s:
            why = "it keeps only what is around alerts (recording.clip_s), so it cannot say what was missed"
        if why:
            self.left_out.append(f"{path} is left out: {why}")
            return
        file = _labels_of(drive, labels)
        if file is None:
            self._unlabelled.append(path)
            return
        self._recorded_with.setdefault(header.config_sha256, []).append(drive)
        self.drives.append(LabelledDrive(path, header.drive_id, header.driver, self._read(file), stamp(drive)))

    def _read(self, file: Path) -> tuple[Label, ...]:
        entries = read_entries(file)
        self.questions += doubts(file, entries)
        return tuple(entry.label for entry in entries)

    def other_settings(self, config: Config) -> list[str]:
        """Sentences on drives whose signals another config has made than the one that is tuned."""
        found: dict[str, list[Path]] = {}
        for drives in self._recorded_with.values():
            try:
                recorded = drives[0].config
            except RecordingError as error:
                found.setdefault(str(error), [])
                continue
            sections = [name for name in _MAKERS if getattr(recorded, name) != getattr(config, name)]
            if sections:
                found.setdefault(" and ".join(sections), []).extend(drive.path for drive in drives)
        return [
            f"{_some(paths)}: recorded with other settings of {what} than the config has; what is found holds for those"
            if paths
            else what
            for what, paths in found.items()
        ]


def _labels_of(drive: Drive, labels: Path | None) -> Path | None:
    """The file with a drive's labels, None where nobody has labelled it."""
    if labels is None:
        beside = sidecar(drive.path)
        return beside if beside.exists() else None
    if not labels.is_dir():
        return labels
    choices = [labels / f"{drive.header.drive_id}{suffix}" for suffix in _SUFFIXES]
    choices += [labels / drive.header.drive_id / f"labels{suffix}" for suffix in _SUFFIXES]
    return next((file for file in choices if file.exists()), None)


def _some(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths[:3]) + (", ..." if len(paths) > 3 else "")
