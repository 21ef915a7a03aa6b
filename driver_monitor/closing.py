"""What every device, file and process of the monitor is: a context manager that is closed at the end."""

from types import TracebackType
from typing import Self


class Closing:
    """Leaving the ``with`` block calls :meth:`close`, whatever happened in it."""

    def close(self) -> None:
        """Release what is held; safe to call twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
