"""Turns figures that take long into ones that are reckoned beside the pages, kept, and shown with their age.

With few customers a part waits for its figures. With many they are reckoned in a thread of their own, once however many
ask; whoever asks meanwhile sees the figures of before, or since when they are being reckoned.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import connection

from relance.dealers.models import Dealer
from relance.facts.models import Customer
from relance.lib import clock
from relance.web.desk.guard import Desk

log = logging.getLogger("relance.figures")
FRESH = timedelta(minutes=10)
KEPT_SECONDS = 86_400  # yesterday's figures, said to be so, are better than none
LARGE = 50_000  # customers from which on nobody waits
PATIENCE = 0.5  # seconds: what is done by then is shown at once
Of = TypeVar("Of")


@dataclass(frozen=True)
class Kept:
    """Figures, of when they are, and how long they took."""

    figures: Any
    at: datetime
    took: timedelta


@dataclass(frozen=True)
class Known:
    """What can be shown now. `since`: they are being reckoned since then; `took`: so long it was the last time."""

    figures: Any = None
    at: datetime | None = None
    since: datetime | None = None
    took: timedelta | None = None
    failed: bool = False


@dataclass
class Work:
    """A reckoning under way."""

    key: str
    reckon: Callable[[], Any]
    begun: datetime
    done: Event = field(default_factory=Event)
    failed: bool = False


class Underway:
    """Which figures are being reckoned in this process: each once at a time. A failure stays until it has been told."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._works: dict[str, Work] = {}

    def of(self, key: str) -> Work | None:
        """The work at these figures, if any."""
        with self._lock:
            return self._works.get(key)

    def begin(self, key: str, reckon: Callable[[], Any], at: datetime) -> Work:
        """Begin, or join what is under way."""
        with self._lock:
            if key in self._works:
                return self._works[key]
            work = self._works[key] = Work(key, reckon, at)
        Thread(target=self._do, args=(work,), name=f"figures {key}", daemon=True).start()
        return work

    def tell(self, work: Work) -> None:
        """Its end has been told: the next who asks begins anew."""
        with self._lock:
            if self._works.get(work.key) is work:
                del self._works[work.key]

    def _do(self, work: Work) -> None:
        try:
            _reckon(work.key, work.reckon, work.begun)
            self.tell(work)
        except Exception:
            log.exception("%s could not be reckoned", work.key)
            work.failed = True
        finally:
            connection.close()
            work.done.set()


UNDERWAY = Underway()


def is_asked_for(desk: Desk) -> bool:
    """Whether the figures are asked for: by the fragment, or by `?full=1` where nothing runs in the browser."""
    return desk.is_fragment or "full" in desk.request.GET


def is_part_asked_for(desk: Desk, part: str) -> bool:
    """The same where a page has fragments of other kinds: `?part=NAME`."""
    return desk.request.GET.get("part") == part or "full" in desk.request.GET


def is_large(dealer: Dealer) -> bool:
    """Whether figures of everybody take too long to wait for."""
    return Customer.objects.of(dealer).order_by("pk")[LARGE : LARGE + 1].exists()


def reckoned(desk: Desk, name: str, reckon: Callable[[], Of]) -> Of:
    """Figures of this dealer that are waited for, kept for ten minutes; `?anew=1` reckons them again."""
    key = _key(desk, name)
    kept = _fresh(desk, key) or _reckon(key, reckon, desk.reader.at)
    return kept.figures  # type: ignore[no-any-return]


def known(desk: Desk, name: str, reckon: Callable[[], Any]) -> Known:
    """Figures of this dealer as far as they are known: waited for with few customers, else reckoned beside the page."""
    key = _key(desk, name)
    work = UNDERWAY.of(key)
    if work is None:
        kept = _fresh(desk, key)
        if kept is None and not is_large(desk.dealer):
            kept = _reckon(key, reckon, desk.reader.at)
        if kept is not None:
            return Known(kept.figures, kept.at)
        work = UNDERWAY.begin(key, reckon, desk.reader.at)
    is_done = work.done.wait(PATIENCE)
    before: Kept | None = cache.get(key)
    found = Known(before.figures, before.at) if before else Known()
    if not is_done:
        return replace(found, since=work.begun, took=before.took if before else None)
    UNDERWAY.tell(work)
    return replace(found, failed=work.failed)


def change_kept(desk: Desk, name: str, change: Callable[[Any], Any]) -> None:
    """Let what is kept follow a deed of the reader's own."""
    kept = cache.get(_key(desk, name))
    if kept is not None:
        cache.set(_key(desk, name), Kept(change(kept.figures), kept.at, kept.took), KEPT_SECONDS)


def shown_with(desk: Desk, found: Known, part: str) -> dict[str, Any]:
    """The values of desk/results/_reckoned.html: `part` is the template of the figures."""
    asked = desk.request.GET.copy()
    asked.pop("anew", None)
    seconds = round((desk.reader.at - found.since).total_seconds()) if found.since else 0
    return {
        "known": found,
        "part": part,
        "seconds": max(seconds, 0),
        "took": round(found.took.total_seconds()) if found.took else None,
        "again": f"{desk.request.path}?{asked.urlencode()}",
    }


def _key(desk: Desk, name: str) -> str:
    return f"results:{desk.dealer.pk}:{name}"


def _fresh(desk: Desk, key: str) -> Kept | None:
    kept: Kept | None = None if "anew" in desk.request.GET else cache.get(key)
    return kept if kept is not None and desk.reader.at - kept.at < FRESH else None


def _reckon(key: str, reckon: Callable[[], Any], at: datetime) -> Kept:
    begun = clock.now()
    kept = Kept(reckon(), at, clock.now() - begun)
    cache.set(key, kept, KEPT_SECONDS)
    return kept
