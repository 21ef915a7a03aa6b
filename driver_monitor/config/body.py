"""Hands and posture, and expressions too short to be noticed."""

from driver_monitor.config.section import Section, setting


class BodyConfig(Section):
    enabled: bool = setting(False, "follow hands and posture in the frame, twice a second")
    phone_detector: str = setting(
        "",
        "an ONNX file of your own that tells a phone in the driver's hand, run on the square around head and hands: "
        "one input float32 [1, 3, n, n] (RGB, 0..1; n from 32 to 1024), first output a single float32, 0..1; empty "
        "does without",
    )


class MicroExpressionConfig(Section):
    enabled: bool = setting(
        False, "experimental: find expressions shorter than half a second; needs 30 frames a second"
    )
