"""`relance work`: the clockwork alone, in the foreground."""

import signal
import sys
from types import FrameType

from relance.jobs.worker import Clockwork


def command() -> None:
    """Plan and deliver until Ctrl-C or SIGTERM."""
    clockwork = Clockwork()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        clockwork.stopping.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    print("relance works (Ctrl-C stops it after the task in hand)", file=sys.stderr, flush=True)
    clockwork.run()
    print("stopped", file=sys.stderr)
