"""All classifiers of one run, from a frame's signals to the driver's state."""

from driver_monitor.camera.frame import Frame
from driver_monitor.classifiers.distraction import DistractionClassifier
from driver_monitor.classifiers.fatigue import FatigueClassifier
from driver_monitor.classifiers.model import OnnxModel, models_dir
from driver_monitor.config.config import Config
from driver_monitor.face.observation import FaceObservation
from driver_monitor.state.channels import ChannelSignals
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.signals import Signals
from driver_monitor.state.speed import Speed
from driver_monitor.state.vehicle import VehicleInputs


class Classifiers:
    """The classifiers that the config switches on; a model that is switched off is not even looked for.

    Raises :class:`~driver_monitor.classifiers.model.ModelError` when one that is on cannot be had.
    """

    def __init__(self, config: Config) -> None:
        chosen = config.classifiers
        self._driver_epoch = 0
        self._fatigue = self._distraction = self._expression = self._stress = None
        if not (chosen.fatigue or chosen.distraction or chosen.stress):
            return
        folder = models_dir(config)
        if chosen.fatigue:
            self._fatigue = FatigueClassifier(OnnxModel(folder / "fatigue.onnx"), chosen)
        if chosen.distraction:
            self._distraction = DistractionClassifier(OnnxModel(folder / "distraction.onnx"), config)
        if chosen.stress:
            # Imported here: the face crop brings cv2, which a run without stress does not need.
            from driver_monitor.classifiers.expression import ExpressionClassifier  # noqa: PLC0415
            from driver_monitor.classifiers.stress import StressClassifier  # noqa: PLC0415

            self._expression = ExpressionClassifier(OnnxModel(folder / "expression.onnx"), chosen)
            self._stress = StressClassifier(OnnxModel(folder / "stress.onnx"), chosen)

    def update(  # noqa: PLR0917  (what Monitor has at hand, in the order of the arrows)
        self,
        frame: Frame,
        observation: FaceObservation,
        signals: Signals,
        speed: Speed,
        channels: ChannelSignals | None = None,
        vehicle: VehicleInputs | None = None,
    ) -> DriverState:
        """The state at ``signals.t_s``; frame, observation and signals are of the same moment."""
        self._meet(signals)
        expression = None
        if self._expression is not None:
            expression = self._expression.update(signals.t_s, frame.image, observation)
        return self._state(signals, expression, speed, channels, vehicle)

    def judge(
        self,
        signals: Signals,
        expression: dict[str, float] | None,
        speed: Speed,
        channels: ChannelSignals | None = None,
        vehicle: VehicleInputs | None = None,
    ) -> DriverState:
        """The same where the picture is gone and ``expression`` is what was made of it then."""
        self._meet(signals)
        expression = expression if self._expression is not None else None
        return self._state(signals, expression, speed, channels, vehicle)

    def _meet(self, signals: Signals) -> None:
        """Whoever sits there in another epoch is not known to be the driver of before."""
        if signals.driver_epoch != self._driver_epoch:
            self.reset()
        self._driver_epoch = signals.driver_epoch

    def _state(
        self, signals: Signals, expression: dict[str, float] | None, speed: Speed, channels: ChannelSignals | None,
        vehicle: VehicleInputs | None,
    ) -> DriverState:  # fmt: skip
        return DriverState(
            t_s=signals.t_s,
            signals=signals,
            speed=speed,
            fatigue=self._fatigue.update(signals) if self._fatigue else None,
            stress=self._stress.update(signals, expression, channels) if self._stress else None,
            distraction=self._distraction.update(signals) if self._distraction else None,
            expression=expression,
            channels=channels,
            vehicle=vehicle,
        )

    def reset(self) -> None:
        """Another driver took the seat: what was learned of the last one is void."""
        for classifier in (self._fatigue, self._distraction, self._expression, self._stress):
            if classifier is not None:
                classifier.reset()
