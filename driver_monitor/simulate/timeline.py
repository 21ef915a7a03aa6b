"""From a script to the moment at a time: what the driver, the light and the camera do at ``t``."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from driver_monitor.signals.head_pose import HeadPose, from_neutral
from driver_monitor.simulate.actions import (
    Action,
    Blink,
    CloseEyes,
    Frown,
    Gaze,
    Leave,
    Light,
    Look,
    Nod,
    Occlude,
    Passenger,
    Pulse,
    Smile,
    SwapDriver,
    Talk,
    Yawn,
)  # fmt: skip
from driver_monitor.simulate.actor import Face
from driver_monitor.simulate.natural import Speech, Sway, natural_blinks
from driver_monitor.simulate.pose import Pose
from driver_monitor.simulate.script import Script
from driver_monitor.simulate.sleepiness import SleepyDriver
from driver_monitor.simulate.truth import Event, Truth

LID_FOLLOW_PER_DEG: Final = 0.008  # looking 30 deg down takes about a quarter off the opening
STRAIGHT_AHEAD: Final = HeadPose(0.0, 0.0, 0.0)
PULSE_RGB: Final = (0.35, 1.0, 0.55)  # the pulse is strongest in green


@dataclass(frozen=True, slots=True)
class Lighting:
    """Sums and products of the lights in force; all neutral by default."""

    gain: float = 1.0
    gradient: float = 0.0
    glare: float = 0.0
    noise: float = 0.0
    blur_px: float = 0.0
    grey: float = 0.0


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything that decides one picture. Shares are 0..1."""

    t_s: float
    portrait: str
    face: Face
    pose: Pose
    truth: Truth
    present: float = 1.0
    lens_cover: float = 0.0
    hands: tuple[tuple[str, float], ...] = ()
    passenger: float = 0.0
    passenger_lean: float = 0.0
    passenger_side: str = "left"
    light: Lighting = field(default_factory=Lighting)
    tint: tuple[float, float, float] | None = None


class Timeline:
    """A script with its natural blinks, sway and speech; :meth:`at` is a pure function of time."""

    def __init__(self, script: Script) -> None:
        self.script = script
        head = script.drive
        scripted = sorted(script.actions, key=lambda action: action.t)
        taken = [(a.t, a.t + a.for_s + a.fall) for a in scripted if isinstance(a, Blink | CloseEyes | Yawn)]
        sleepy = head.sleepiness
        self._sleepy = SleepyDriver(sleepy, head.duration_s, head.seed) if sleepy else None
        self.natural: list[Action] = []
        if self._sleepy is not None:
            busy = [(a.t, a.t + a.for_s + max(transitions(a))) for a in scripted if not isinstance(a, Light | Pulse)]
            self.natural = self._sleepy.actions(busy)
        elif head.natural_blinks:
            self.natural += natural_blinks(head.duration_s, head.seed, taken)
        self._actions: list[Action] = sorted([*scripted, *self.natural], key=lambda action: action.t)
        # Those of each second, in order of time: an hour of drive has thousands, a moment a few.
        self._by_second: dict[int, list[tuple[Action, float, float]]] = {}
        for action in self._actions:
            rise, fall = transitions(action)
            until = min(action.t + action.for_s + fall, head.duration_s + 1.0)
            for second in range(int(action.t), int(until) + 1):
                self._by_second.setdefault(second, []).append((action, rise, fall))
        self._sway = Sway(head.seed, head.size[1])
        place = head.camera_place
        self._camera = HeadPose(place.yaw_deg, place.pitch_deg, place.roll_deg)
        self._speech = {
            id(a): Speech(a.syllables_hz, head.seed, i) for i, a in enumerate(scripted) if isinstance(a, Talk)
        }

    def events(self) -> list[Event]:
        """Every action in order of time, natural blinks included."""
        natural = {id(blink) for blink in self.natural}
        found = []
        for action in self._actions:
            rise, fall = transitions(action)
            name = str(getattr(action, "do", ""))
            if isinstance(action, Occlude):
                name = f"occlude_{action.what}"
            full = min(action.t + rise, action.t + action.for_s)
            release = action.t + action.for_s
            end = min(release + fall, self.script.drive.duration_s)
            found.append(Event(name, action.t, full, min(release, end), end, action.note, id(action) in natural))
        return found

    def kss(self, t_s: float) -> float | None:
        """How sleepy the driver is scripted to be, None where nothing is said about it."""
        return None if self._sleepy is None else self._sleepy.kss(t_s)

    def at(self, t_s: float) -> Moment:
        draft = _Draft(self.script.drive.portrait)
        if self.script.drive.head_sway:
            yaw, pitch, roll, right, down = self._sway.at(t_s)
            draft.sway = np.array([yaw, pitch, roll])
            draft.shift = (right, down)
        for action, share in self._under_way(t_s):
            draft.apply(action, share, t_s, self._speech.get(id(action)))
        if self._sleepy is not None:
            draft.kss = self._sleepy.kss(t_s)
        return draft.moment(t_s, self._camera, self.script.drive.lid_follow)

    def _under_way(self, t_s: float) -> Iterator[tuple[Action, float]]:
        for action, rise, fall in self._by_second.get(int(t_s), ()):
            if action.t <= t_s < action.t + action.for_s + fall:
                yield action, envelope(t_s, action.t, action.for_s, rise, fall)


class _Draft:
    """A moment being put together, action by action."""

    def __init__(self, portrait: str) -> None:
        self.portrait = portrait
        self.sway = np.zeros(3)
        self.look = np.zeros(3)
        self.shift = (0.0, 0.0)
        self.gaze = np.zeros(2)
        self.closure = {"left": 0.0, "right": 0.0}
        self.jaw = self.smile = self.frown = 0.0
        self.present, self.lens, self.dark_glasses = 1.0, 0.0, 0.0
        self.hands: dict[str, float] = {}
        self.passenger, self.lean, self.side = 0.0, 0.0, "left"
        self.light = Lighting()
        self.tint: tuple[float, float, float] | None = None
        self.bpm = self.kss = float("nan")
        self.doing: list[str] = []

    def apply(self, action: Action, share: float, t_s: float, speech: Speech | None) -> None:  # noqa: PLR0912
        self.doing.append(str(getattr(action, "do", "")))
        match action:
            case Blink():
                self._close("both", action.amount * share)
            case CloseEyes():
                self._close(action.eyes, action.amount * share)
            case Yawn():
                self.jaw = max(self.jaw, action.amount * share)
                self._close("both", action.squint * share)
            case Talk():
                assert speech is not None
                self.jaw = max(self.jaw, action.amount * share * speech.at(t_s - action.t))
            case Look():
                target = np.array([action.yaw, action.pitch, action.roll])
                self.look = self.look + share * (target - self.look)
            case Nod():
                self.look = self.look + np.array([0.0, action.pitch * share, 0.0])
            case Gaze():
                self.gaze = self.gaze + share * (np.array([action.yaw, action.pitch]) - self.gaze)
            case Frown():
                self.frown = max(self.frown, action.amount * share)
            case Smile():
                self.smile += action.amount * share
            case Pulse():
                self._pulse(action, share, t_s)
            case Light():
                self._light(action, share)
            case Occlude():
                self._occlude(action, share)
            case Leave():
                self.present = min(self.present, 1 - share)
            case SwapDriver():
                self.portrait = action.portrait
            case Passenger():
                self.passenger, self.lean, self.side = share, action.lean * share, action.side
            case _:
                raise TypeError(f"no way to play {action!r}")

    def _close(self, eyes: str, share: float) -> None:
        for side in ("left", "right"):
            if eyes in ("both", side):
                self.closure[side] = max(self.closure[side], share)

    def _pulse(self, action: Pulse, share: float, t_s: float) -> None:
        beat = share * action.amplitude * np.sin(2 * np.pi * action.bpm / 60 * (t_s - action.t))
        self.tint = (PULSE_RGB[0] * beat, PULSE_RGB[1] * beat, PULSE_RGB[2] * beat)
        self.bpm = action.bpm

    def _light(self, action: Light, share: float) -> None:
        now = self.light
        self.light = Lighting(
            gain=now.gain * (1 + share * (action.gain - 1)),
            gradient=float(np.clip(now.gradient + share * action.gradient, -1, 1)),
            glare=max(now.glare, share * action.glare),
            noise=max(now.noise, share * action.noise),
            blur_px=max(now.blur_px, share * action.blur),
            grey=max(now.grey, share * action.grey),
        )

    def _occlude(self, action: Occlude, share: float) -> None:
        if action.what == "camera":
            self.lens = max(self.lens, share)
        elif action.what == "dark_glasses":
            self.dark_glasses = max(self.dark_glasses, share)
        else:
            self.hands[action.what] = max(self.hands.get(action.what, 0.0), share)

    def moment(self, t_s: float, camera: HeadPose, lid_follow: bool) -> Moment:
        """``camera`` is its direction from the driver's eyes: the truth is the car's, the pose is what it sees."""
        yaw, pitch, roll = (float(angle) for angle in self.look + self.sway)
        gaze_yaw, gaze_pitch = (float(angle) for angle in self.gaze)
        lowered = float(np.clip(-(pitch + gaze_pitch) * LID_FOLLOW_PER_DEG, 0, 0.5)) if lid_follow else 0.0
        lids = {side: 1 - (1 - closure) * (1 - lowered) for side, closure in self.closure.items()}
        hidden = "dark_glasses" if self.dark_glasses > 0.5 else next((w for w, s in self.hands.items() if s > 0.9), "")
        face = Face(
            closure_left=lids["left"], closure_right=lids["right"], jaw=min(self.jaw, 1.0),
            smile=float(np.clip(self.smile, -1, 1)), frown=self.frown, gaze_yaw_deg=gaze_yaw, gaze_pitch_deg=gaze_pitch,
            dark_glasses=self.dark_glasses,
        )  # fmt: skip
        truth = Truth(
            t_s=t_s, present=self.present > 0.5, portrait=self.portrait, closure_left=self.closure["left"],
            closure_right=self.closure["right"], lid_left=lids["left"], lid_right=lids["right"], yaw_deg=yaw,
            pitch_deg=pitch, roll_deg=roll, gaze_yaw_deg=gaze_yaw, gaze_pitch_deg=gaze_pitch, mouth=face.jaw,
            smile=face.smile, frown=face.frown, covered=self.lens > 0.5, hidden=hidden, brightness=self.light.gain,
            passenger=self.passenger, heart_bpm=self.bpm, kss=self.kss, doing="+".join(self.doing),
        )  # fmt: skip
        seen = (
            HeadPose(yaw, pitch, roll) if camera == STRAIGHT_AHEAD else from_neutral(HeadPose(yaw, pitch, roll), camera)
        )
        pose = Pose(seen.yaw_deg, seen.pitch_deg, seen.roll_deg, self.shift)
        return Moment(
            t_s=t_s, portrait=self.portrait, face=face, pose=pose, truth=truth,
            present=self.present, lens_cover=self.lens, hands=tuple(self.hands.items()), passenger=self.passenger,
            passenger_lean=self.lean, passenger_side=self.side, light=self.light, tint=self.tint,
        )  # fmt: skip


def transitions(action: Action) -> tuple[float, float]:
    """How long an action takes there and back, s."""
    if isinstance(action, Look):
        return action.transition, action.transition
    return action.rise, action.fall


def envelope(t_s: float, start_s: float, for_s: float, rise_s: float, fall_s: float) -> float:
    """0 before ``start_s``, 1 once risen, and from ``start_s + for_s`` on back to 0; smooth both ways."""
    up = min(max((t_s - start_s) / rise_s, 0.0), 1.0)
    down = min(max((t_s - start_s - for_s) / fall_s, 0.0), 1.0)
    return up * up * (3 - 2 * up) * (1 - down * down * (3 - 2 * down))
