"""Which engine works on many drives, as options name it; imports nothing that costs time."""

from driver_monitor.errors import UsageError


def check_choice(engine: str, scheduler: str | None) -> None:
    """Raises UsageError where a dask scheduler is missing, or is named for processes of this machine."""
    if engine == "dask" and not scheduler:
        raise UsageError("--engine dask needs --scheduler ADDRESS, as in tcp://10.0.0.5:8786")
    if engine != "dask" and scheduler:
        raise UsageError("--scheduler belongs to --engine dask")
