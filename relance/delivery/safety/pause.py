"""Turns bounces and complaints into a pause of a dealer's marketing by e-mail, before a provider shuts us out (R14)."""

import logging
from datetime import datetime

from relance.dealers.models import Dealer
from relance.delivery.models import MarketingPause
from relance.facts.models import Suppression, Touch

log = logging.getLogger(__name__)
LAST = 1_000  # messages that are looked back at
BOUNCES, FEWEST_BOUNCES = 0.02, 5  # a share, and a number below which it says nothing
COMPLAINTS = 0.0008


def watch(dealer: Dealer, *, at: datetime) -> MarketingPause | None:
    """Pause the dealer's marketing by e-mail when too much of the last thousand bounced or was complained about.

    What was before somebody lifted the last pause is not held against him twice.
    """
    lifted = MarketingPause.objects.of(dealer).filter(channel="email").exclude(lifted_at=None)
    last = lifted.order_by("-lifted_at").values_list("lifted_at", flat=True).first()
    sent = Touch.objects.of(dealer).filter(kind="sent", channel="email", happened_at__lte=at)
    if last is not None:
        sent = sent.filter(happened_at__gte=last)
    moments = list(sent.order_by("-happened_at").values_list("happened_at", flat=True)[:LAST])
    if not moments:
        return None
    against = Suppression.objects.of(dealer).filter(channel="email", at__gte=moments[-1])
    if last is not None:
        against = against.filter(at__gt=last)
    bounced = against.filter(reason="hard_bounce").count()
    complained = against.filter(reason="complaint").count()
    because = _because(bounced, complained, len(moments))
    return _pause(dealer, because, at) if because else None


def _because(bounced: int, complained: int, sent: int) -> str:
    if complained and complained >= COMPLAINTS * sent:
        return f"{complained} of the last {sent:,} e-mails were complained about (at most {COMPLAINTS:.2%})"
    if bounced >= max(FEWEST_BOUNCES, BOUNCES * sent):
        return f"{bounced} of the last {sent:,} e-mails came back (at most {BOUNCES:.0%})"
    return ""


def _pause(dealer: Dealer, because: str, at: datetime) -> MarketingPause | None:
    rows = MarketingPause.objects.of(dealer)
    if rows.filter(channel="email", lifted_at=None).exists():
        return None
    made = MarketingPause(dealer=dealer, channel="email", at=at, because=because[:200])
    rows.bulk_create([made], ignore_conflicts=True)
    log.warning("%s: marketing by e-mail is paused: %s", dealer.slug, because)
    return made


def paused_lanes() -> set[tuple[int, str]]:
    """(dealer id, channel) whose marketing stands still."""
    rows = MarketingPause.objects.across_dealers("the worker looks after all").filter(lifted_at=None)
    return set(rows.values_list("dealer_id", "channel"))


def lift(dealer: Dealer, *, channel: str, by: str, at: datetime) -> bool:
    """Let marketing go on; False when it was not paused."""
    rows = MarketingPause.objects.of(dealer).filter(channel=channel, lifted_at=None)
    return rows.update(lifted_at=at, lifted_by=by[:200]) > 0
