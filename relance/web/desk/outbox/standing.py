"""Turns channels by which nothing leaves, and marketing that stands still, into what people read and let go on."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from relance.dealers.models import Dealer
from relance.delivery.models import MarketingPause
from relance.delivery.safety.pause import lift
from relance.delivery.safety.trouble import troubles_of
from relance.measures.causes import Cause, trouble_of
from relance.measures.words import CHANNELS
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.words import Word, word


@dataclass(frozen=True)
class Standing:
    """One channel that stands still: since when, why, and whether only its marketing does."""

    channel: str
    name: Word
    since: datetime
    cause: Cause
    is_marketing: bool = False
    seen_at: datetime | None = None  # when it was last tried


def standing_still(dealer: Dealer) -> list[Standing]:
    """What does not leave, though nobody has halted it."""
    troubles = [
        Standing(one.channel, word(CHANNELS, one.channel), one.since, trouble_of(one.because), seen_at=one.seen_at)
        for one in troubles_of(dealer)
    ]
    paused = MarketingPause.objects.of(dealer).filter(lifted_at=None).order_by("at")
    return troubles + [
        Standing(one.channel, word(CHANNELS, one.channel), one.at, trouble_of(one.because), is_marketing=True)
        for one in paused
    ]


@desk_page("settings", changes=True)
def marketing_goes_on(desk: Desk, channel: str) -> HttpResponse:
    """Let marketing by a channel go on that stood still after bounces or complaints."""
    if not MarketingPause.objects.of(desk.dealer).filter(channel=channel).exists():
        raise Http404
    if lift(desk.dealer, channel=channel, by=str(desk.user), at=desk.reader.at):
        desk.note("let_go", f"marketing by {channel}")
        desk.tell(_("Marketing goes on."))
    return redirect("desk-outbox", slug=desk.dealer.slug)
