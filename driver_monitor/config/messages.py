"""What the driver is told, in the driver's language.

English texts stand in ``driver_monitor/messages/en.yaml``. Another language is a file of the same keys beside it,
named by its language code; single texts are changed in ``messages.texts``.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from driver_monitor.config.section import Section, setting

FOLDER = Path(__file__).parents[1] / "messages"


class MessagesConfig(Section):
    language: str = setting("en", "language of the messages: a file of driver_monitor/messages/", min_length=2)
    texts: dict[str, str] = setting({}, "your own texts by key; they replace the language's")

    def text(self, message: str) -> str:
        """The text of a key; what is no key is the text itself. English stands in for what a language lacks."""
        for texts in (self.texts, language_texts(self.language), language_texts("en")):
            if message in texts:
                return texts[message]
        return message


def languages() -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in FOLDER.glob("*.yaml")))


@cache
def language_texts(language: str) -> Mapping[str, str]:
    """The texts of a language by key; none for a language there is not."""
    if language not in languages():
        return {}
    found = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return {str(key): str(text) for key, text in found.items()}


def is_key(message: str) -> bool:
    """A message that looks like ``wake_up`` is meant as a key; a single word may be a text."""
    return "_" in message and message.replace("_", "").isalnum() and message == message.lower()
