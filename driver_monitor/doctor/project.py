"""The project's own files: config, face model and ONNX models."""

from typing import TYPE_CHECKING, Final

from driver_monitor.config.errors import path_text
from driver_monitor.config.loader import load
from driver_monitor.counted import counted
from driver_monitor.doctor.check import Check, Subject, fail, ok, warn
from driver_monitor.errors import UsageError

if TYPE_CHECKING:
    from driver_monitor.assets import Asset

_RESTORE: Final = "restore models/ from the release, or train them again"


def config(subject: Subject) -> Check:
    """A wrong file has been reported before any check began; what is told here is where the config came from."""
    from driver_monitor.baseline.store import open_store  # noqa: PLC0415  (numpy, which may be what is missing)

    try:
        open_store(subject.config.driver)
    except UsageError as error:
        return fail("config", str(error), "correct driver.baseline")
    rules = [rule for rule in subject.config.rules.values() if rule.enabled]
    if not rules:
        return warn("config", "every rule is switched off, so there will be no alert", "switch rules on in the config")
    source = subject.config_path or "the built-in defaults"
    return ok("config", f"{source}, {counted(len(rules), 'rule')} in force")


def safety_floor(subject: Subject) -> Check:
    """Whether the config takes an alert away that no config should."""
    from driver_monitor.floor.hole import holes  # noqa: PLC0415  (plays the config's rules)

    name = "safety floor"
    found = holes(load(subject.config_path))
    if not found:
        return ok(name, "closed eyes, long looks away and a driver who cannot be seen all raise their alerts")
    keys = ", ".join(path_text(hole.path) for hole in found)
    return warn(name, "\n".join(map(str, found)), f"correct {keys} in the config")


def face_model(subject: Subject) -> Check:
    """MediaPipe's model by its hash."""
    from driver_monitor.assets import FACE_MODEL  # noqa: PLC0415  (rich, urllib)

    return asset("face model", FACE_MODEL, subject.config.face.model, "face.model")


def asset(name: str, wanted: "Asset", given: str = "", key: str = "") -> Check:
    """A file known by its hash; ``given`` by the setting ``key`` or found. The doctor fetches nothing, the first run
    does; whether it could is tried out."""
    from driver_monitor.assets import models_folders, obtain, unreachable  # noqa: PLC0415  (rich, urllib)

    if given:
        try:
            return ok(name, f"{obtain(wanted, given, progress=False)}, hash right")
        except UsageError as error:
            return fail(name, str(error), f"correct {key} in the config")
    files = [folder / wanted.name for folder in models_folders()]
    there = [file for file in files if file.is_file()]
    for file in there:
        if not wanted.fault(file):
            return ok(name, f"{file}, hash right")
    finding = f"{there[0]} is not the right file: {wanted.fault(there[0])}" if there else "not here yet"
    if reasons := unreachable(wanted):
        place = f"put it at {files[0]} (sha256 {wanted.sha256}) from a machine with network, or connect this one"
        return fail(name, f"{finding}, and it cannot be fetched: {'; '.join(reasons)}", place)
    return warn(name, finding, f"nothing: the first run fetches it ({wanted.size / 1e6:.1f} MB)")


def models(subject: Subject) -> Check:
    """Every ONNX model of a classifier that is switched on, loaded as ``run`` loads it: hash, contract, a trial run."""
    from driver_monitor.classifiers.model import ModelError, OnnxModel, models_dir  # noqa: PLC0415  (onnxruntime)

    wanted = subject.config.classifiers
    users = {
        "fatigue": wanted.fatigue,
        "expression": wanted.stress,
        "stress": wanted.stress,
        "distraction": wanted.distraction,
        "voice": subject.config.channels.voice.enabled,
    }
    names = [name for name, used in users.items() if used]
    if not names:
        return ok("models", "not needed: every classifier and the voice are switched off")
    cards, faults = [], []
    try:
        folder = models_dir(subject.config)
    except ModelError as error:
        return fail("models", str(error), _RESTORE)
    if absent := [f"{name}.onnx" for name in names if not (folder / f"{name}.onnx").is_file()]:
        faults.append(f"missing in {folder}: {', '.join(absent)}")
    for name in names:
        if f"{name}.onnx" in absent:
            continue
        try:
            cards.append(OnnxModel(folder / f"{name}.onnx").card)
        except ModelError as error:
            faults.append(str(error))
    if faults:
        return fail("models", "; ".join(faults), _RESTORE)
    return ok("models", ", ".join(f"{card.name} {card.version}" for card in cards))
