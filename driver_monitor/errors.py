"""The errors a user can cause or meet. Each carries one clear sentence: what, where, what to do next.

The command line prints the sentence alone and turns the class into the exit code; anything else that
escapes is a defect of ours and keeps its stack trace.
"""


class DriverMonitorError(Exception):
    """Something the program could not do: exit code 1.

    ``reason`` is what went wrong in one word, for a receiver that knows no sentences.
    """

    exit_code = 1
    reason = "failed"


class UsageError(DriverMonitorError):
    """The caller asked for something impossible, or the config is wrong: exit code 2."""

    exit_code = 2
    reason = "setup"
