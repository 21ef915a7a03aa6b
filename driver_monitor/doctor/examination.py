"""All checks, in the order in which their remedies make sense."""

from collections.abc import Callable, Iterator
from typing import Final

from driver_monitor.doctor import channels, control, devices, inputs, libraries, machine, outputs, packages, project
from driver_monitor.doctor.check import Check, Subject, Verdict
from driver_monitor.errors import DriverMonitorError

CHECKS: Final[tuple[Callable[[Subject], Check | None], ...]] = (
    packages.python,
    packages.opencv,
    packages.face_backend,
    packages.mediapipe,
    packages.requirements,
    libraries.graphics,
    libraries.sandbox,
    project.face_model,
    project.models,
    project.config,
    project.safety_floor,
    devices.camera,
    devices.camera_place,
    channels.body_models,
    channels.heart_sensor,
    channels.microphone,
    channels.voice_model,
    libraries.sound_output,
    devices.sound_card,
    devices.serial_ports,
    outputs.can,
    outputs.mqtt,
    outputs.gpio,
    outputs.critical_alerts,
    control.local_socket,
    devices.speed,
    inputs.inputs,
    machine.disk,
    machine.recordings,
    machine.memory,
    machine.processor,
    machine.clock,
)


# The check that speaks of what an error of 'run' has said already. By name: a doctor must run where others do not load.
_SAID_BY: Final = {
    "AssetError": "face model",
    "CameraError": "camera",
    "ControlError": "local socket",
    "ModelError": "models",
    "RecordingError": "recording",
    "SandboxError": "sandbox",
    "SourceError": "camera",
}


def with_all_that_is_missing(error: DriverMonitorError, subject: Subject) -> DriverMonitorError:
    """Why ``run`` did not start, with everything else that would keep it from starting: nobody likes to mend one thing
    to be told of the next."""
    said_by = {_SAID_BY.get(kind.__name__) for kind in type(error).__mro__}
    more = [
        f"{check.name}: {check.finding} -> {check.remedy}"
        for check in examine(subject)
        if check.verdict is Verdict.FAIL and check.name not in said_by and check.finding not in str(error)
    ]
    if not more:
        return error
    wider = DriverMonitorError("\n  ".join([f"{error}\nAlso missing:", *more]))
    wider.exit_code = error.exit_code
    return wider


def examine(subject: Subject) -> Iterator[Check]:
    """The checks' answers, each as soon as it is known; those of what is switched off and optional have none. No check
    raises for what it finds."""
    for check in CHECKS:
        if (answer := check(subject)) is not None:
            yield answer
