"""The ONNX classifiers."""

from driver_monitor.config.section import Section, setting


class ClassifiersConfig(Section):
    models_dir: str = setting("", "folder with the .onnx files and their cards; empty uses the project's own models/")
    fatigue: bool = setting(True, "run the fatigue classifier")
    stress: bool = setting(True, "run the expression and stress classifiers")
    distraction: bool = setting(True, "run the distraction classifier")
    expression_hz: float = setting(2.0, "how often the expression net looks at the face", unit="Hz", ge=0.2, le=10)
    fatigue_baseline_blinks: int = setting(
        60,
        "blinks gathered as the driver's own alert reference before fatigue is judged",
        unit="count",
        ge=10,
        le=500,
        source="the mean of 30 blinks is still off by 0.2-0.3 SD, which the model reads as a sign",
    )
    fatigue_smoothing_s: float = setting(
        90.0, "time constant of the fatigue level", unit="s", ge=0, le=600, source="30 blinks span 1-3 min"
    )
    fatigue_stale_s: float = setting(
        120.0, "fatigue is unknown after this long without a blink", unit="s", ge=10, le=3600
    )
    distraction_hz: float = setting(
        10.0, "how often the distraction net looks at head and eyes", unit="Hz", ge=1, le=10
    )
    stress_window_s: float = setting(
        30.0, "stretch of expressions that one stress estimate sums up", unit="s", ge=5, le=300
    )
