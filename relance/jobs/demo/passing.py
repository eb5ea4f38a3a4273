"""Turns the time that passes while the demo runs into feeds: visits come, bookings are made, orders are closed."""

import logging
from threading import Event, Thread
from time import perf_counter

from django.db import connection

from relance.jobs.demo.dealership import Dealership, tell
from relance.lib.clock import now

EVERY_SECONDS = 300
REST = 20  # a feed of a large world takes long: rest so many times longer


class PassingTime:
    """Takes in what happened, every few minutes, in a thread of its own."""

    def __init__(self, dealership: Dealership) -> None:
        self.dealer, self.mark = dealership.dealer, dealership.mark
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="passing-time", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        pause = float(EVERY_SECONDS)
        while not self._stopped.wait(pause):
            began = perf_counter()
            try:
                self.mark = tell(self.dealer, self.mark, at=now(), say=_nothing)
            except Exception:  # the demo goes on; the next feed begins where this one did
                logging.getLogger(__name__).exception("the feed of the last minutes was not taken in")
            finally:
                connection.close()
            pause = max(EVERY_SECONDS, REST * (perf_counter() - began))


def _nothing(_: str) -> None:
    """Nobody watches the terminal for every small feed."""
