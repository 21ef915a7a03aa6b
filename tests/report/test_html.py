import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from driver_monitor.config.signals import GazeConfig, SignalsConfig
from driver_monitor.counted import counted
from driver_monitor.report.errors import ReportError
from driver_monitor.report.html import render, write_report
from driver_monitor.state.alert import Alert, AlertState, Level
from driver_monitor.state.channels import ChannelSignals
from driver_monitor.state.driver_state import DriverState
from driver_monitor.state.signals import Signals
from driver_monitor.timeline.spans import ScriptedSpan
from driver_monitor.timeline.timeline import Timeline
from tests.report.drive import ASSUMED, Drive, tracked

HEADER = {"Source": "drive & <b>test</b>.mp4", "Config": "sha256 4f2a"}
VOID = {"meta", "br"}


class Page(HTMLParser):
    """Checks that elements close in order; keeps the words and the scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.scripts: list[str] = []
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1] == "script":
            self.scripts[-1] += data
        elif "style" not in self.stack:
            self.words += data

    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.scripts[0])
        return found


@pytest.fixture(scope="module")
def demo() -> tuple[Drive, str]:
    drive = Drive(120.0)
    return drive, render(drive.timeline(), HEADER, scripted=drive.scripted)


def test_the_page_is_well_formed_and_tells_every_alert_with_its_evidence(demo: tuple[Drive, str]) -> None:
    page = Page(demo[1])
    for words in ("Wake up: your eyes were shut", "Look at the road", "The camera cannot see you", "microsleep",
                  "eyes closed for 1.5 s", "eyes_closed_s 1.51 >= 1.5", "0:56.5", "speed_kmh", "12.0 s"):  # fmt: skip
        assert words in page.words, words
    assert "drive & <b>test</b>.mp4" in page.words
    assert "test instrument" in page.words


def test_beside_the_evidence_stands_why_the_rule_has_its_numbers() -> None:
    timeline = Timeline()
    timeline.add(tracked(0.0))
    for t_s, rule in ((1.0, "sleep"), (2.0, "mine")):
        timeline.add_alert(Alert(t_s, rule, Level.CRITICAL, AlertState.FIRING, "Stop", (), {"quality": 0.9}))
    page = render(timeline, HEADER, reasons={"sleep": "Euro NCAP: <3 s>"})
    assert page.count("why this rule") == 1
    assert "Euro NCAP: &lt;3 s" in page


def test_percent_is_written_one_way() -> None:
    timeline = Timeline()
    for index in range(1800):
        timeline.add(tracked(index / 10, perclos_60s=0.2, eyes="open" if index % 3 else "unknown"))
    terms = [{"signal": "perclos_60s", "op": ">=", "threshold": 0.15, "value": 0.2}]
    timeline.add_alert(Alert(9.0, "very_drowsy", Level.CRITICAL, AlertState.FIRING, "Stop", (), {"terms": terms}))
    words = Page(render(timeline, HEADER)).words
    for expected in ("lids closed for 20 % of a minute", "20.0 %", "100 %"):
        assert expected in words, expected
    assert re.findall(r"[0-9]%", words) == []


def test_the_page_asks_for_nothing_from_anywhere(demo: tuple[Drive, str]) -> None:
    text = demo[1]
    assert not re.search(r"""https?:|["'(]//|@import|url\((?!#)""", text)
    for tag, attributes in Page(text).elements:
        assert not {"src", "href", "srcset", "data", "action"} & set(attributes), tag
        assert tag not in {"link", "img", "iframe", "object", "base"}


def test_only_the_pages_own_script_may_run(demo: tuple[Drive, str]) -> None:
    page = Page(demo[1])
    digest = base64.b64encode(hashlib.sha256(page.scripts[1].encode()).digest()).decode()
    (policy,) = [a["content"] for tag, a in page.elements if tag == "meta" and "http-equiv" in a]
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    assert len(page.scripts) == 2


def test_charts_are_there_without_the_script_and_share_one_time_axis(demo: tuple[Drive, str]) -> None:
    page = Page(demo[1])
    charts = [a for tag, a in page.elements if tag == "svg" and a["class"] == "chart"]
    assert [chart["id"] for chart in charts] == ["lanes", "plots"]
    curves = [a for tag, a in page.elements if tag == "path" and "data-curve" in a]
    assert len(curves) == len(page.data()["curves"]) == 20
    assert all((curve["d"] or "").startswith("M") for curve in curves)
    lows = [float(re.findall(r"M([\d.]+)", curve["d"] or "")[0]) for curve in curves]
    assert set(lows) == {float(page.data()["x0"])}
    lanes = [a for tag, a in page.elements if tag == "g" and "data-lane" in a]
    assert len(lanes) == len(page.data()["lanes"]) == 8 + 3 + 1 + 5


def test_the_packed_values_are_the_drives_values() -> None:
    timeline = Timeline()
    for index in range(300):
        timeline.add(tracked(index / 30, yaw_deg=index / 10, openness=None if index == 7 else 0.5))
    data = Page(render(timeline, {})).data()
    times = memoryview(base64.b64decode(data["times"])).cast("I")
    assert times[299] == pytest.approx(299 / 30 * 1000, abs=1)
    openness, yaw = data["curves"][0], data["curves"][7]
    values = memoryview(base64.b64decode(yaw["high_values"])).cast("h")
    assert yaw["offset"] + values[100] * yaw["scale"] == pytest.approx(10.0, abs=0.01)
    assert memoryview(base64.b64decode(openness["high_values"])).cast("h")[7] == -32768


def test_a_hostile_rule_cannot_get_out_of_its_text() -> None:
    attack = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
    evidence = {"terms": [{"signal": attack, "op": attack, "threshold": attack, "value": attack}], attack: attack}
    timeline = Timeline()
    timeline.add(replace(tracked(0.0), signals=Signals(degraded=attack, zone=attack)))
    timeline.add(tracked(5.0))
    timeline.add_alert(Alert(1.0, attack, Level.CRITICAL, AlertState.FIRING, attack, (), evidence))
    text = render(timeline, {attack: attack, "Source": attack}, scripted=[ScriptedSpan(attack, 0.5, 1.5, attack)])
    page = Page(text)
    assert len(page.scripts) == 2
    assert not any(tag == "img" or "onerror" in attributes for tag, attributes in page.elements)
    assert page.words.count(attack) >= 8
    assert page.data()["lanes"][0]["bars"][0][3] == attack


def test_an_empty_drive_is_a_page_that_says_so() -> None:
    page = Page(render(Timeline(), {}))
    assert "No alert fired." in page.words
    assert "not known in this drive" in page.words
    assert "0 frames" in page.words


def test_a_drive_of_one_frame_and_one_without_any_face_are_pages_too() -> None:
    for states in ([tracked(0.0)], [DriverState(k / 30, Signals(t_s=k / 30), ASSUMED) for k in range(60)]):
        timeline = Timeline()
        for state in states:
            timeline.add(state)
        assert counted(len(states), "frame") in Page(render(timeline, {})).words


def test_nan_and_endless_values_leave_gaps_and_no_nan_in_the_page() -> None:
    timeline = Timeline()
    for index in range(90):
        broken = 30 <= index < 60
        timeline.add(tracked(
            index / 30, yaw_deg=float("nan") if broken else 1.0, mouth_opening=float("inf") if broken else 0.1,
            perclos_60s=float("nan"), eyes_closed_s=float("nan"),
        ))  # fmt: skip
    text = render(timeline, {})
    page = Page(text)
    assert not re.search(r"\bnan\b|\binf\b|NaN(?!\w)", re.sub(r"<script>.*?</script>", "", text, flags=re.S), re.I)
    yaw = next(a for tag, a in page.elements if tag == "path" and a.get("data-curve") == "7")
    assert (yaw["d"] or "").count("M") == 2


def test_the_road_band_follows_the_settings() -> None:
    def band(half_width_deg: float) -> float:
        page = Page(render(Timeline(), {}, signals=SignalsConfig(gaze=GazeConfig(road_half_width_deg=half_width_deg))))
        return next(float(a["height"] or 0) for tag, a in page.elements if tag == "rect" and a.get("class") == "band")

    assert band(20.0) == pytest.approx(2 * band(10.0), abs=0.2)


def test_an_hour_fits_into_a_page_that_opens_at_once(tmp_path: Path) -> None:
    timeline = Timeline()
    hour, shift = Drive(120.0), 0.0
    pairs = list(hour)
    for _ in range(30):
        for state, alerts in pairs:
            timeline.add(replace(state, t_s=state.t_s + shift))
            for alert in alerts:
                timeline.add_alert(replace(alert, t_s=alert.t_s + shift))
        shift += 120.0
    path = tmp_path / "report.html"
    write_report(path, timeline, HEADER)
    text = path.read_text(encoding="utf-8")
    assert len(text) < 1_500_000
    assert Page(text).words.count("Wake up: your eyes were shut") >= 30


def test_where_the_page_does_not_fit_one_sentence_says_so_and_no_half_page_stays(tmp_path: Path) -> None:
    (tmp_path / "report.html.part").symlink_to("/dev/full")
    with pytest.raises(ReportError, match=r"cannot write .*report\.html: No space left on device; the report was not"):
        write_report(tmp_path / "report.html", Timeline(), {})
    assert not (tmp_path / "report.html").exists()
    with pytest.raises(ReportError, match="No such file"):
        write_report(tmp_path / "absent" / "report.html", Timeline(), {})


def test_channels_have_plots_and_lanes_where_they_were_on_alone(demo: tuple[Drive, str]) -> None:
    def told(of: Callable[[float], ChannelSignals | None]) -> str:
        timeline = Timeline()
        for index in range(900):
            timeline.add(replace(tracked(index / 30), channels=of(index / 30)))
        return Page(render(timeline, HEADER)).words

    words = told(
        lambda t_s: ChannelSignals(
            heart_rate_bpm=None if t_s < 12 else 71.0,
            heart_rate_low_bpm=None if t_s < 12 else 66.0,
            heart_rate_high_bpm=None if t_s < 12 else 75.0,
            pulse_missing="settling" if t_s < 12 else "",
            voice="silence",
            voice_missing="silence",
            body="present",
            body_missing="",
            slump=0.1,
            hand_at_head=5 < t_s < 9,
            phone_suspected=False,
        )
    )
    for there in (
        "Heart rate, median71a minute, known in 60 % of the frames",
        "9 times in 10",
        "Slump",
        "hand at head",
    ):
        assert there in words
    assert "not known in this drive: silence" in words
    assert "heart rate (else mostly settling)" in words
    assert "phone suspected" not in words
    for off in (told(lambda t_s: None), told(lambda t_s: ChannelSignals()), demo[1]):
        assert not re.search(r"Heart rate|Voice|Slump|hand at head|phone suspected", off)
    assert "Slump" not in told(lambda t_s: ChannelSignals(voice="speech", voice_arousal=0.4))
