"""Lets work that nobody waits for stand behind the pages: for a processor, and for its turn to write (decision 214)."""

import os
import sys
from contextlib import suppress

STEPS, LAST = 10, 19  # of niceness: ten steps behind one gets a tenth of a processor that two want
BEGAN = os.getpriority(os.PRIO_PROCESS, 0)  # where whoever started this process has put it


def give_way() -> None:
    """Let this thread, and all that it starts, stand behind; for good, as no user may step forward again.

    Only Linux gives every thread a place of its own: elsewhere the pages of the same process would fall behind as well.
    """
    if sys.platform == "linux" and not stands_behind():
        with suppress(OSError):  # a sandbox may forbid it: then all stand where they stood
            os.setpriority(os.PRIO_PROCESS, 0, min(LAST, BEGAN + STEPS))


def stands_behind() -> bool:
    """Whether this thread has given way."""
    return os.getpriority(os.PRIO_PROCESS, 0) > BEGAN
