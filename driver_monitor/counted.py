"""A number with its noun: ``1 alert``, ``2 alerts``, ``1,032 blinks``."""


def counted(count: int, noun: str, plural: str = "") -> str:
    """``count`` with thousands set apart, and the noun as it goes with it; ``plural`` where it does not take an s."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
