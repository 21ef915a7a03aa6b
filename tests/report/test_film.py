"""The video on the report's page, in a real browser without a network."""

import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from driver_monitor.camera.frame import Frame
from driver_monitor.report.annotate import AnnotatedVideo
from driver_monitor.report.drives_page import write_drives
from driver_monitor.report.film import VideoCourse
from driver_monitor.report.html import render, write_report
from driver_monitor.state.alert import Alert, AlertState, Level
from driver_monitor.timeline.timeline import Timeline
from tests.report.drive import tracked
from tests.report.test_annotate import unseen
from tests.report.test_browser import opened


@pytest.fixture(scope="module", params=["annotated.webm", "dr\u00fcve #1 \udcff.webm"])
def page_with_video(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drive from 10 s on with a hole of 50 s (shown as 2 s) and an alert on either side of it."""
    folder = tmp_path_factory.mktemp("film")
    timeline = Timeline()
    with AnnotatedVideo(folder / request.param, 320, 240, 10.0, longest_gap_s=2.0) as video:
        for k in [*range(100, 200), *range(700, 800)]:
            t_s = k / 10
            timeline.add(tracked(t_s))
            picture = np.full((240, 320, 3), (k % 256, 80, 160), np.uint8)
            video.add(Frame(t_s, picture), unseen(t_s), tracked(t_s), ())
    for rule, start_s in (("first", 13.0), ("second", 75.0)):
        timeline.add_alert(Alert(start_s, rule, Level.WARNING, AlertState.FIRING, "Look", (), {}))
        timeline.add_alert(Alert(start_s + 1, rule, Level.WARNING, AlertState.CLEARED, "Look", (), {}))
    write_report(folder / "report.html", timeline, {"Source": "one"}, video=video.course)
    return folder / "report.html"


def shot(element: Any) -> NDArray[np.uint8]:
    """Grey levels [height, width] of what is to be seen of an element."""
    found = cv2.imdecode(np.frombuffer(element.screenshot(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert found is not None
    return np.asarray(found, np.uint8)


def until(page: Any, condition: str) -> None:
    """The page forbids eval(), which playwright's own waiting needs."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


@pytest.mark.parametrize("width_px", [1280, 390])
def test_the_players_controls_hide_no_row_of_the_panel(page_with_video: Path, browser: Any, width_px: int) -> None:
    page, _ = opened(browser, page_with_video, width_px=width_px, is_mobile=width_px < 600, has_touch=width_px < 600)
    until(page, "document.querySelector('video').readyState >= 2")
    video = page.locator("video")
    with_controls = shot(video)
    video.evaluate("v => { v.controls = false; }")
    page.wait_for_timeout(300)
    plain = shot(video)
    width = plain.shape[1]
    rows = slice(round(width * 0.75 * 0.85), round(width * 0.75))  # the lowest rows of a picture of 4:3
    assert plain[rows].std() > 10, "no panel there"
    assert np.abs(with_controls[rows].astype(int) - plain[rows]).mean() < 12
    assert with_controls[rows.stop :].max() > 200, "the controls are below it"


@pytest.mark.parametrize("width_px", [1280, 390])
def test_an_alert_jumps_to_its_moment_in_the_video(page_with_video: Path, browser: Any, width_px: int) -> None:
    page, said = opened(browser, page_with_video)
    page.set_viewport_size({"width": width_px, "height": 844})
    until(page, "document.querySelector('video').readyState >= 1")
    video = page.locator("video")
    assert video.evaluate("v => v.error") is None
    assert video.evaluate("v => v.duration") == pytest.approx(22.0, abs=0.2)
    assert page.evaluate("document.documentElement.scrollWidth") <= width_px
    for place, wanted_s in ((0, 3.0), (1, 17.0)):  # 13 s - 10 s; 75 s - 10 s - 48.1 s of the hole that were cut
        page.locator("table button[data-start]").nth(place).click()
        until(page, "!document.querySelector('video').seeking")
        assert video.evaluate("v => v.currentTime") == pytest.approx(wanted_s, abs=0.2)
    assert said == []


def test_the_video_plays_and_the_charts_follow_it(page_with_video: Path, browser: Any) -> None:
    page, said = opened(browser, page_with_video)
    until(page, "document.querySelector('video').readyState >= 1")
    page.locator("video").evaluate("v => { v.currentTime = 2.5; return v.play(); }")
    until(page, "document.querySelector('video').currentTime > 3.2")
    page.locator("video").evaluate("v => v.pause()")
    until(page, "document.getElementById('now').textContent.includes('first')")
    assert page.locator(".cursor").first.get_attribute("visibility") == "visible"
    assert said == []


def test_a_click_into_a_chart_shows_that_moment(page_with_video: Path, browser: Any) -> None:
    page, _ = opened(browser, page_with_video)
    until(page, "document.querySelector('video').readyState >= 1")
    chart = page.locator("#plots")
    chart.scroll_into_view_if_needed()
    chart.click(position={"x": chart.bounding_box()["width"] * (196 + 852 * 0.1) / 1120, "y": 40})  # a tenth of 70 s
    until(page, "!document.querySelector('video').seeking")
    assert page.locator("video").evaluate("v => v.currentTime") == pytest.approx(7.0, abs=0.5)


def film(video: VideoCourse | None) -> str:
    return render(Timeline(), {}, video=video)


def test_a_video_that_browsers_cannot_play_is_a_link_that_says_so() -> None:
    shown = film(VideoCourse("annotated.mp4", 0.0))
    assert "<video" not in shown
    assert 'href="annotated.mp4"' in shown
    assert "browsers do not play" in shown
    assert 'id="film"' not in film(None)


def test_a_video_of_the_moments_around_the_alerts_says_that_it_is_not_the_whole_drive() -> None:
    said = "Only the moments around the alerts; the drive's time is in the picture."
    assert said in film(VideoCourse("report.webm", 55.0, excerpts=True))
    assert said not in film(VideoCourse("annotated.webm", 0.0))


def test_the_video_of_a_report_goes_with_it_when_another_takes_its_place(tmp_path: Path) -> None:
    page, video, source = tmp_path / "report.html", tmp_path / "report.webm", tmp_path / "drive.webm"
    for file in (video, source):
        file.write_bytes(b"somebody's face")
    write_report(page, Timeline(), {})
    assert video.exists(), "no page has shown it: it is somebody's own"
    write_report(page, Timeline(), {}, video=VideoCourse("report.webm", 0.0))
    write_report(page, Timeline(), {}, video=VideoCourse("report.webm", 0.0))
    write_report(page, Timeline(), {}, source=video)
    assert video.exists()
    write_report(page, Timeline(), {}, video=VideoCourse("report.webm", 0.0))
    write_report(page, Timeline(), {}, source=source)
    assert not video.exists()
    video.write_bytes(b"somebody's face")
    write_report(page, Timeline(), {}, video=VideoCourse("report.webm", 0.0))
    write_drives(page, [], {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["drive.webm", "report.html"]


def test_names_are_written_so_that_a_page_can_hold_them() -> None:
    shown = film(VideoCourse(os.fsdecode(b"a<b>&\xff.webm"), 0.0))
    assert 'src="a%3Cb%3E%26%FF.webm#t=0.001"' in shown
    assert "a&lt;b&gt;&amp;\\xff.webm" in shown
