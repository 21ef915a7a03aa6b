"""What a frame costs each tracker, as bars."""

from collections.abc import Iterator, Sequence
from typing import Final

from driver_monitor.bench.peers import YARDSTICK, PeerFigures
from driver_monitor.report.svg import Scale, line, picture, rect, text, value_ticks

_WIDTH: Final = 860
_LEFT, _RIGHT = 220, _WIDTH - 190  # names on one side, figures on the other
_TOP, _ROW, _BAR = 66, 46, 22
_STYLE: Final = ".bar { fill: var(--c1); } .bare { fill: var(--zero); } .peer { fill: var(--c2); }"


def peers_svg(figures: Sequence[PeerFigures], missing: Sequence[str], footage: str) -> str:
    """CPU in ms a frame, and how many times that of bare MediaPipe; ``missing``: the names of who was not measured."""
    bottom = _TOP + _ROW * len(figures)
    x = Scale(0.0, 1.08 * max(each.cpu_ms for each in figures), _LEFT, _RIGHT)
    parts = [text(24, 28, "CPU a frame, ms", "title"), text(24, 46, footage, "muted"), *_grid(x, bottom)]
    for row, each in enumerate(figures):
        parts += _bar(each, x, _TOP + _ROW * row)
    bare = next((each.cpu_ms for each in figures if each.name == YARDSTICK), None)
    if bare is not None:
        parts.append(line(x(bare), _TOP - 8, x(bare), bottom, "mark"))
    if missing:
        parts.append(text(24, bottom + 44, f"not measured: {'; '.join(missing)}", "muted"))
    return picture(_WIDTH, bottom + 60, parts, _STYLE)


def _grid(x: Scale, bottom: float) -> Iterator[str]:
    for value in value_ticks(x.low, x.high):
        yield line(x(value), _TOP - 8, x(value), bottom, "zero" if value == 0 else "grid")
        yield text(x(value), bottom + 16, f"{value:g}", "muted", anchor="middle")


def _bar(each: PeerFigures, x: Scale, top: float) -> Iterator[str]:
    cls = "bare" if each.name == YARDSTICK else "bar" if each.name.startswith("driver-monitor") else "peer"
    yield text(_LEFT - 12, top + 9, each.name, anchor="end")
    yield text(_LEFT - 12, top + 24, each.gives, "muted", anchor="end")
    yield rect(x.start, top, x(each.cpu_ms) - x.start, _BAR, cls, title=f"{each.name}: {each.cpu_ms:.2f} ms")
    ratio = "" if each.ratio is None else f", {each.ratio:.2f} x"
    yield text(x(each.cpu_ms) + 8, top + 15, f"{each.cpu_ms:.1f} ms{ratio}, face in {each.faces / each.frames:.0%}")
