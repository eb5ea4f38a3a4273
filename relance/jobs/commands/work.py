"""`relance work`: one more worker, in the foreground: of the broker, or without one the clockwork alone."""

import signal
import sys
from types import FrameType

from django.conf import settings

from relance.jobs import cluster
from relance.jobs.worker import Clockwork


def command() -> None:
    """Plan and deliver until Ctrl-C or SIGTERM. With RELANCE_BROKER_URL: what `relance serve` hands out."""
    if cluster.BROKER:
        print("relance works for the broker (Ctrl-C stops it after the work in hand)", file=sys.stderr, flush=True)
        cluster.work(settings.ENVIRONMENT["RELANCE_THREADS"])
        return
    clockwork = Clockwork()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        clockwork.stopping.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    print("relance works (Ctrl-C stops it after the task in hand)", file=sys.stderr, flush=True)
    clockwork.run()
    print("stopped", file=sys.stderr)
