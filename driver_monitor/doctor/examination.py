"""All checks, in the order in which their remedies make sense."""

from collections.abc import Callable, Iterator
from typing import Final

from driver_monitor.doctor import devices, libraries, machine, packages, project
from driver_monitor.doctor.check import Check, Subject

CHECKS: Final[tuple[Callable[[Subject], Check], ...]] = (
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
    devices.camera,
    libraries.sound_output,
    devices.sound_card,
    devices.serial_ports,
    machine.disk,
    machine.recordings,
    machine.memory,
    machine.processor,
    machine.clock,
)


def examine(subject: Subject) -> Iterator[Check]:
    """The checks' answers, each as soon as it is known. No check raises for what it finds."""
    for check in CHECKS:
        yield check(subject)
