"""The pulse channel on scripted drives: heart rates of 45 to 150 with motion, talk, shadows, noise and dropped frames.

``python -m scripts.evaluation.heart_drives [--svg FILE] [--rendered]`` prints one JSON object. A cell is a drive of
40 s with a known pulse; one in each condition has none. The colour of the skin is simulated
(``simulate/skin_colour.py``); with ``--rendered`` some cells are rendered as JPEG frames instead, and looked at by the
vision worker. A test instrument: it says nothing about people.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from driver_monitor.assets import face_model
from driver_monitor.camera.frame import Frame
from driver_monitor.channels.pulse.channel import PulseChannel
from driver_monitor.config.config import Config
from driver_monitor.config.pulse import PulseConfig
from driver_monitor.face.observation import FaceObservation
from driver_monitor.face.vision_worker import VisionWorker
from driver_monitor.report.svg import element, line, picture, text
from driver_monitor.signals.extractor import SignalExtractor
from driver_monitor.simulate.drive import ScriptedDrive
from driver_monitor.simulate.geometric import GeometricDrive
from driver_monitor.simulate.script import Script
from driver_monitor.simulate.skin_colour import Skin
from driver_monitor.state.pulse import PulseSignals

LENGTH_S: Final = 40.0
SETTLED_S: Final = 15.0
RATES_BPM: Final = (45, 75, 150)
SHARES: Final = (0.003, 0.01)  # amplitude of the pulse, of green
GREEN: Final = 125.0
PORTRAIT_GREEN: Final = 200.0
RENDERED: Final = (("calm", 72, 0.01), ("calm", 110, 0.005), ("calm", 72, 0.003), ("shadows at 0.7 Hz", 72, 0.01))
Actions = list[dict[str, Any]]


@dataclass(frozen=True)
class Condition:
    actions: tuple[dict[str, Any], ...] = ()
    head: tuple[tuple[str, Any], ...] = ()
    skin: Skin = field(default_factory=Skin)


def repeated(every_s: float, **action: Any) -> tuple[dict[str, Any], ...]:
    return tuple({"t": round(float(t), 3)} | action for t in np.arange(1.0, LENGTH_S - 2, every_s))


def shadows(hz: float, gain: float = 0.75) -> tuple[dict[str, Any], ...]:
    """Light that comes and goes, as under trees or between buildings."""
    beat = 1 / hz
    return repeated(beat, do="light", **{"for": beat / 2}, rise=beat / 4, fall=beat / 4, gain=gain)


def all_the_time(**action: Any) -> tuple[dict[str, Any], ...]:
    return ({"t": 0.0, "for": LENGTH_S} | action,)


CONDITIONS: Final = {
    "calm": Condition(),
    "talk": Condition(all_the_time(do="talk")),
    "looks": Condition(
        repeated(8.0, do="look", **{"for": 1.2}, yaw=30) + repeated(5.0, do="look", **{"for": 0.8}, yaw=-20)
    ),
    "rocking at 1 Hz": Condition(repeated(1.0, do="nod", **{"for": 0.4}, pitch=-10, rise=0.25, fall=0.25)),
    "shadows at 0.3 Hz": Condition(shadows(0.3)),
    "shadows at 0.7 Hz": Condition(shadows(0.7)),
    "shadows at 1.2 Hz": Condition(shadows(1.2)),
    "shadows at 2 Hz": Condition(shadows(2.0)),
    "noise": Condition(all_the_time(do="light", noise=25)),
    "shaking": Condition(skin=Skin(jitter=0.01)),
    "30 % dropped": Condition(head=(("drop_share", 0.3), ("jitter_s", 0.01))),
    "15 frames a second": Condition(head=(("fps", 15.0), ("jitter_s", 0.02))),
    "brown skin": Condition(skin=Skin((110.0, 75.0, 60.0), 0.35)),
    "dark skin": Condition(skin=Skin((70.0, 45.0, 36.0), 0.15)),
    "dark skin in half the light": Condition(all_the_time(do="light", gain=0.6), skin=Skin((70.0, 45.0, 36.0), 0.15)),
}
REFUSED: Final = {
    "infrared": Condition(all_the_time(do="light", grey=True)),
    "dark": Condition(all_the_time(do="light", gain=0.15)),
    "exposure": Condition(all_the_time(do="light", gain=1.6)),
    "low_frame_rate": Condition(head=(("fps", 8.0),)),
}


def script_of(condition: Condition, bpm: float, share: float, seed: int) -> Script:
    head = {"duration_s": LENGTH_S, "seed": seed} | dict(condition.head)
    pulse = all_the_time(do="pulse", bpm=bpm, amplitude=share * GREEN) if bpm else ()
    return Script.model_validate({"drive": head, "actions": [*condition.actions, *pulse]})


def seen(condition: Condition, script: Script) -> Iterator[FaceObservation]:
    return GeometricDrive(script, skin=condition.skin).observations()


def rendered(script: Script, quality: int = 85) -> Iterator[FaceObservation]:
    """The frames as JPEG, through the vision worker."""
    config = Config()
    with VisionWorker(config.face.unhurried(), config.privacy, face_model(progress=False), skin=True) as worker:
        for frame, _ in ScriptedDrive(script).frames():
            if frame.image is None:
                continue
            _, jpeg = cv2.imencode(".jpg", frame.image[:, :, ::-1], (cv2.IMWRITE_JPEG_QUALITY, quality))
            shown = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
            assert shown is not None
            yield worker.track(Frame(frame.t_s, shown[:, :, ::-1].astype(np.uint8)))


def judged(observations: Iterator[FaceObservation]) -> list[PulseSignals]:
    """What the channel says once a second, after it has settled."""
    extractor, channel = SignalExtractor(Config()), PulseChannel(PulseConfig(enabled=True))
    said: list[PulseSignals] = []
    last = PulseSignals()
    for observation in observations:
        now = channel.update(observation, extractor.update(observation))
        if now is not last and observation.t_s >= SETTLED_S:
            said.append(now)
        last = now
    return said


@dataclass
class Tally:
    errors: list[float]
    snr_db: list[float]
    reasons: Counter[str]
    asked: int = 0

    def add(self, said: list[PulseSignals], bpm: float) -> None:
        for now in said:
            self.asked += 1
            if now.heart_rate_bpm is None:
                self.reasons[now.pulse_missing] += 1
            else:
                self.errors.append(abs(now.heart_rate_bpm - bpm))
                self.snr_db.append(now.pulse_snr_db or 0.0)

    def figures(self) -> dict[str, object]:
        told = len(self.errors)
        return {
            "mae_bpm": round(float(np.mean(self.errors)), 2) if told else None,
            "coverage": round(told / max(1, self.asked), 3),
            "refused": dict(self.reasons.most_common(3)),
        }


def tally() -> Tally:
    return Tally([], [], Counter())


def run(rates: tuple[int, ...] = RATES_BPM) -> tuple[dict[str, object], Tally]:
    every, figures, without = tally(), {}, tally()
    for seed, (name, condition) in enumerate(CONDITIONS.items()):
        own = tally()
        for share in SHARES:
            for bpm in rates:
                said = judged(seen(condition, script_of(condition, bpm, share, seed + bpm)))
                own.add(said, bpm)
                every.add(said, bpm)
        without.add(judged(seen(condition, script_of(condition, 0, 0, seed))), 0)
        figures[name] = own.figures()
        print(name, json.dumps(figures[name]), file=sys.stderr, flush=True)
    refused = {
        name: dict(Counter(s.pulse_missing for s in judged(seen(c, script_of(c, 72, 0.01, 1)))))
        for name, c in REFUSED.items()
    }
    return {
        "every": every.figures(),
        "conditions": figures,
        "claimed_without_a_pulse": round(1 - sum(without.reasons.values()) / max(1, without.asked), 4),
        "refused": refused,
    }, every


def run_rendered() -> dict[str, object]:
    figures: dict[str, object] = {}
    for name, bpm, share in RENDERED:
        own, condition = tally(), replace(CONDITIONS[name], head=(("duration_s", 26.0), ("fps", 20.0)))
        own.add(judged(rendered(script_of(condition, bpm, share * PORTRAIT_GREEN / GREEN, 3))), bpm)
        figures[f"{name}, {bpm} bpm, {share:.1%}"] = own.figures()
        print(name, share, own.figures(), file=sys.stderr, flush=True)
    return figures


def plot(every: Tally) -> str:
    """Error against signal-to-noise ratio: the median and the 95th percentile of each 2 dB."""
    width, height, left, bottom = 640, 320, 60, 270
    snr, error = np.array(every.snr_db), np.array(every.errors)
    edges = np.arange(np.floor(snr.min() / 2) * 2, snr.max() + 2, 2.0)

    def x(db: float) -> float:
        return float(left + (db - edges[0]) / (edges[-1] - edges[0]) * (width - left - 20))

    def y(bpm: float) -> float:
        return bottom - min(bpm, 10.0) / 10 * (bottom - 50)

    parts: list[str] = [text(left, 24, "Heart rate on scripted drives: error against signal-to-noise ratio", "title")]
    for bpm in (0, 2, 4, 6, 8, 10):
        parts += [line(left, y(bpm), width - 20, y(bpm), "grid"), text(left - 8, y(bpm) + 4, f"{bpm}", anchor="end")]
    for db in edges[::2]:
        parts.append(text(x(db), bottom + 20, f"{db:.0f}", anchor="middle"))
    parts.append(text(width / 2, height - 8, "signal-to-noise ratio, dB", "muted", anchor="middle"))
    parts.append(text(left, 42, "beats a minute: median (blue), 95th percentile (orange)", "muted"))
    for low in edges[:-1]:
        inside = error[(snr >= low) & (snr < low + 2)]
        if inside.size >= 5:
            for value, colour in ((np.median(inside), "var(--c1)"), (np.percentile(inside, 95), "var(--c2)")):
                parts.append(element("circle", cx=x(low + 1), cy=y(float(value)), r=4, fill=colour))
    return str(picture(width, height, parts))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--svg", type=Path, help="where to draw error against signal-to-noise ratio")
    parser.add_argument("--rendered", action="store_true", help="some cells as frames, through the vision worker")
    options = parser.parse_args()
    if options.rendered:
        print(json.dumps(run_rendered()))
        return 0
    figures, every = run()
    if options.svg:
        options.svg.write_text(plot(every), encoding="utf-8")
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
