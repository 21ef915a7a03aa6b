"""A drive on which every channel has something to say: skin and bodies at the camera, a microphone, a heart sensor."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from driver_monitor.camera.frame import Frame
from driver_monitor.face.observation import FaceObservation
from driver_monitor.lines import Lines
from driver_monitor.monitor import Moment, Monitor
from driver_monitor.recording.mcap.codec import landmarks_bytes, read_landmarks
from driver_monitor.recording.recorder import Recorder
from driver_monitor.simulate.geometric import GeometricDrive
from driver_monitor.simulate.script import Script
from driver_monitor.simulate.skin_colour import Skin
from driver_monitor.state.alert import json_line
from driver_monitor.state.heart import HeartReading
from driver_monitor.state.senses import Senses
from driver_monitor.state.speed import Speed, SpeedKnowledge
from driver_monitor.state.voice import VoiceReading
from tests.channels.body.people import EAR, Sit, body
from tests.recording.conftest import Recorded
from tests.recording.make import config_for

FPS = 30.0
BODY_EVERY = 15  # frames
PHOTOGRAPH_S, BACK_S, END_S = 30.0, 58.0, 64.0
HEARS = """
channels:
  pulse: {enabled: true}
  voice: {enabled: true, baseline_speech_s: 10}
  body: {enabled: true}
  micro_expression: {enabled: true}
rules:
  fast_heart: {when: heart_rate_bpm >= 100, level: info, message: "the heart is fast"}
  loud_voice: {when: voice_arousal >= 0.5, level: info, message: "the voice is excited"}
  slumped: {when: hand_at_head_s >= 3, level: info, message: "a hand is at the head"}
"""


def observations() -> Iterator[FaceObservation]:
    """The driver, then the driver's photograph, then the driver asleep."""
    actions: list[dict[str, Any]] = [
        {"do": "pulse", "t": 0, "bpm": 72, "amplitude": 0.8, "for": 1000},
        {"do": "close_eyes", "t": BACK_S + 1, "for": 4.0},
    ]
    drive = {"duration_s": END_S, "fps": FPS, "seed": 7}
    script = Script.model_validate({"drive": drive, "actions": actions})
    held: FaceObservation | None = None
    for index, seen in enumerate(GeometricDrive(script, skin=Skin()).observations()):
        sit = Sit(hand=EAR) if 15 <= seen.t_s < 24 else Sit()
        held = seen if seen.t_s < PHOTOGRAPH_S else held
        face = replace(held, t_s=seen.t_s) if held is not None and seen.t_s < BACK_S else seen
        look = body(seen.t_s - 0.2, sit) if index % BODY_EVERY == 0 else None
        yield read_landmarks(landmarks_bytes(replace(face, body=look)))  # as the vision worker would have sent it


def senses(index: int, t_s: float) -> Senses:
    """A voice reading once a second, excited in the end, missing for a while; a heart that is fast in the middle."""
    voice = None
    if index % int(FPS) == 0 and not 30 < t_s < 36:
        arousal = 3.0 if t_s > 45 else -3.0 + 0.1 * (index % 7)
        voice = VoiceReading(t_s, 0.8, -30.0 - index / 7, 12.5, 0.0, arousal, -4.0 + index / 999, 2.0 + index / 777)
    heart = HeartReading("serial", 110.0 if 20 < t_s < 26 else 70.0, (0.8, 0.81, 0.83)) if t_s > 8 else None
    return Senses(heart, voice)


def record_sensed(folder: Path, **recording: Any) -> Recorded:
    """Segments of 12 s and a chunk a second, so that both begin between two voice readings."""
    config = config_for(folder, HEARS, **({"level": "landmarks", "segment_min": 0.2} | recording))
    monitor, lines, printed, states = Monitor(config), Lines(), list[str](), []
    with Recorder(config, live=False, report=_no_trouble) as recorder:
        for index, seen in enumerate(observations()):
            speed = Speed(90.0, SpeedKnowledge.MEASURED)
            moment: Moment = monitor.observe(seen, Frame(seen.t_s, None, index), speed, senses(index, seen.t_s))
            recorder.add(moment)
            states.append(moment.state)
            printed += [json_line(record) for record in lines.of(moment)]
    return Recorded(recorder.drive, printed, states)


def _no_trouble(sentence: str) -> None:
    raise AssertionError(sentence)
