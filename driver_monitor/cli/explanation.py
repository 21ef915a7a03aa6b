"""Prints why a rule did or did not fire: a verdict, its terms at that moment, and what changed around it."""

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from driver_monitor.rules.explain import Explanation, word
from driver_monitor.timecode import clock

_STYLES = {True: "green", False: "red", None: "yellow"}


def explanation(found: Explanation, console: Console) -> None:
    console.print(_page(found))


def _page(found: Explanation) -> RenderableType:
    look = found.look
    if look is None:
        gone = "the rules had been reloaded, and it was not among them"
        why = gone if found.gone else "there was no frame around that time"
        return Text(found.beyond_the_end or f"{found.rule} at {clock(found.at_s, 2)}: {why}")
    title = Text.assemble((found.rule, "bold"), f" at {clock(look.t_s, 2)}: {look.verdict}")
    reason = Text(f"why: {look.why}\n" if look.why else "", "dim")
    terms = Table(box=None, pad_edge=False, header_style="dim")
    terms.add_column("what it looks at", overflow="fold")
    terms.add_column("holds", no_wrap=True)
    terms.add_column("value", overflow="fold")
    terms.add_column("in words", overflow="fold")
    terms.add_column("since", justify="right", no_wrap=True)
    for line in look.lines:
        since = "" if line.since_s is None else clock(line.since_s, 2)
        told = Text(word(line.truth), _STYLES[line.truth])
        terms.add_row(Text("  " * line.depth + line.text), told, Text(line.value), Text(line.words), since)
    from_s, to_s = max(0.0, found.at_s - found.around_s), found.at_s + found.around_s
    history = Table(box=None, pad_edge=False, header_style="dim")
    history.add_column("time", justify="right", no_wrap=True)
    history.add_column(f"what changed from {clock(from_s, 1)} to {clock(to_s, 1)}", overflow="fold")
    for change in found.changes:
        history.add_row(clock(change.t_s, 2), Text(change.words, "bold" if change.words.startswith("ALERT") else ""))
    if not found.changes:
        history.add_row("", Text("nothing", "dim"))
    return Group(title, reason, terms, Text(), history)
