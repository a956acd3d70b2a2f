"""The ``leitai`` command, also as ``python -m competition``: its modules are loaded here, and Ctrl+C meanwhile ends it quietly."""

from __future__ import annotations

import signal


def main() -> None:
    """Load the command line and run it.

    Loading takes a second, in which Ctrl+C would end in a page of traceback; so the system ends us then. From there on Python's own
    handler is back, without which asyncio and click do not hear of Ctrl+C. One that was ignored from the start stays ignored.
    """
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from competition.cli import main as leitai  # noqa: PLC0415 - what takes the second

    signal.signal(signal.SIGINT, usual)
    leitai()


if __name__ == "__main__":
    main()
