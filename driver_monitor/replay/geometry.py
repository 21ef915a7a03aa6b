"""A scripted drive without pictures: what the face tracker would report of it, thousands of frames a second."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

from driver_monitor.camera.frame import Frame
from driver_monitor.config.config import Config
from driver_monitor.monitor import Moment, Monitor
from driver_monitor.replay.passage import Passage
from driver_monitor.simulate.geometric import GeometricDrive
from driver_monitor.simulate.measurement_noise import NoiseLevel
from driver_monitor.simulate.script import load_script
from driver_monitor.vehicle.open import open_speed

# As FaceLandmarker is on steady indoor clips (see NoiseLevel), and no frame lost: what the demo shows is the driver.
NOISE: Final = NoiseLevel(yaw_deg=0.35, pitch_deg=0.35, ear=0.004, dropouts_per_min=0, wild_per_min=0)


class Geometry(Passage):
    """The script's moments as observations; stress, which is judged by pictures, stays unknown.

    Raises a DriverMonitorError for a script that is not there or not right.
    """

    def __init__(self, name_or_path: str, config: Config, *, speed_kmh: float | None = None) -> None:
        super().__init__()
        chosen = config.classifiers.model_copy(update={"stress": False})  # expressions are read from pictures
        self.config = config = config.model_copy(update={"classifiers": chosen})
        self.name = f"scripted:{name_or_path}, geometry only"
        script = load_script(name_or_path)
        self._drive = GeometricDrive(script, NOISE)
        self.monitor = Monitor(config)
        self.monitor.load_models()
        self.duration_s, self.fps = script.drive.duration_s, script.drive.fps
        given = script.drive.speed_kmh if speed_kmh is None else speed_kmh
        with ExitStack() as stack:
            self._speed = stack.enter_context(open_speed(config.vehicle.speed, override_kmh=given))
            self._open = stack.pop_all()

    def __iter__(self) -> Iterator[Moment]:
        for index, observation in enumerate(self._drive.observations()):
            frame = Frame(observation.t_s, None, index)
            yield self.monitor.observe(observation, frame, self._speed.speed(frame.t_s))

    def close(self) -> None:
        self._open.close()
