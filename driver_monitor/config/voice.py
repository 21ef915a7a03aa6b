"""The microphone, and what is made of the voice."""

from driver_monitor.config.section import Section, setting


class VoiceConfig(Section):
    enabled: bool = setting(False, "listen to how the driver sounds; audio is never kept, sent or put into words")
    device: str = setting(
        "default",
        "microphone, as 'python -m sounddevice' names it (part of the name is enough); default is the system's own",
        min_length=1,
    )
    vad_model: str = setting(
        "", "silero-vad's file silero_vad_16k_sequence.onnx; left empty, it is found or fetched once, by its hash"
    )
    min_speech_s: float = setting(
        1.0, "speech within the last 3 s that it takes to judge the voice", unit="s", ge=0.5, le=2.5
    )
    baseline_speech_s: float = setting(
        20.0,
        "speech that it takes to know a driver's own calm voice; until then the population prior stands in",
        unit="s",
        ge=5,
        le=300,
    )
    retry_s: float = setting(
        5.0, "a microphone that is missing or unplugged is looked for this often", unit="s", ge=1, le=60
    )
    restarts: int = setting(5, "restarts of a worker that dies before the voice is given up", ge=0, le=100)
    restart_window_s: float = setting(600.0, "window in which these are counted", unit="s", ge=10, le=86400)
