"""The work of ``driver-monitor help``."""

import argparse
import contextlib
import posixpath
import re
import sys
from typing import Final

from rich.console import Console

from driver_monitor.cli.markdown import Document
from driver_monitor.cli.parsers.command_line import COMMANDS, build_parser
from driver_monitor.documents import TOPICS, read, unknown
from driver_monitor.errors import UsageError

_COMMENT: Final = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_IMAGE: Final = re.compile(r"!\[[^]]*]\([^)]*\)\n*")
_LINK: Final = re.compile(r"\[([^]]+)]\(([^)]+)\)")


def run(args: argparse.Namespace) -> int:
    if args.topic is None:
        sys.stdout.write(topics_text())
    elif args.topic in TOPICS:
        _print(for_terminal(read(args.topic), TOPICS[args.topic].file))
    elif args.topic in COMMANDS:
        with contextlib.suppress(SystemExit):
            build_parser().parse_args((args.topic, "--help"))
    else:
        raise UsageError(unknown(args.topic, (*TOPICS, *COMMANDS)))
    return 0


def topics_text() -> str:
    """All topics, a line each."""
    width = max(map(len, TOPICS))
    lines = [f"  {name:<{width}}  {topic.about}" for name, topic in TOPICS.items()]
    head = "driver-monitor help TOPIC prints one of these; the name of any other command prints its options:\n"
    return "\n".join((head, *lines, ""))


def for_terminal(text: str, file: str) -> str:
    """Markdown without what a terminal cannot show.

    Pictures and comments go; a link to another document becomes the topic that prints it. ``file`` is the document
    that ``text`` is from, relative to the project's folder.
    """
    text = _IMAGE.sub("", _COMMENT.sub("", text))
    return _LINK.sub(lambda link: _pointed(link[1], link[2], file), text)


def _pointed(words: str, target: str, file: str) -> str:
    if target.startswith(("https://", "http://")):
        return words if words == target else f"{words} ({target})"
    path, _, anchor = target.partition("#")
    there = posixpath.normpath(posixpath.join(posixpath.dirname(file), path)) if path else file
    topics = [name for name, topic in TOPICS.items() if topic.file == there]
    named = [name for name in topics if anchor and TOPICS[name].section.lower().replace(" ", "-") == anchor]
    if (there == file and not named) or words.strip("`").endswith(posixpath.basename(there)):
        return words
    return f"{words} (help {(named or topics)[0]})" if topics else f"{words} ({there})"


def _print(text: str) -> None:
    console = Console(highlight=False)
    console.print(Document(text, hyperlinks=False), crop=False)
