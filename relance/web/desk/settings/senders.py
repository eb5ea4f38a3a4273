"""Turns how each channel leaves the house into a page: its sender, a check, a test; secrets are written only."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from relance.dealers.models import Dealer
from relance.delivery.channel import Accepted, ChannelDown
from relance.delivery.links import hook_url
from relance.delivery.models import Sender
from relance.delivery.receipts.kinds import USER
from relance.delivery.safety import trouble
from relance.delivery.senders import keep_sender, opened, sending_of
from relance.delivery.senders.hosts import FROM_DESK
from relance.delivery.senders.registry import KINDS, channel_for
from relance.delivery.senders.trial import send_test, stays_here
from relance.delivery.senders.ways import file_sending
from relance.lib.errors import BadInput, Failure
from relance.measures.causes import trouble_of
from relance.measures.words import CHANNELS
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.outbox.standing import Standing, standing_still
from relance.web.desk.settings.sender_form import LONGEST, Form, Typed, form_of, schemes_of, sending_of_form
from relance.web.desk.words import Word, word

HIDDEN = ("hook", "folder", "form", FROM_DESK)
SETTING_WORDS: Mapping[str, Word] = {
    "host": gettext_lazy("server"),
    "port": gettext_lazy("port"),
    "tls": gettext_lazy("encryption"),
    "user": gettext_lazy("user"),
    "from": gettext_lazy("sender"),
    "account": gettext_lazy("account"),
    "domain": gettext_lazy("domain"),
    "service": gettext_lazy("messaging service"),
    "url": gettext_lazy("address of the API"),
    "rate": gettext_lazy("a second, at most"),
    "daily": gettext_lazy("a day, at most"),
    "zone": gettext_lazy("time zone"),
    "connections": gettext_lazy("connections"),
    "timeout": gettext_lazy("seconds to wait"),
}


@dataclass(frozen=True)
class Way:
    """One channel: how it goes now, and how it could go."""

    channel: str
    name: Word
    kind: str
    says: str
    settings: list[tuple[Word, Any]]
    has_secret: bool
    is_own: bool
    schemes: dict[str, str]
    form: Form | None
    to_files: bool  # that is what was chosen
    from_file: bool  # set up on the server, by a file that this page does not write
    can_be_tried: bool
    trouble: Standing | None  # nothing leaves by it


@dataclass(frozen=True)
class Asked:
    """What somebody is about to set: the channel, the kind that he chose, what he typed."""

    channel: str = ""
    scheme: str = ""
    typed: Typed = field(default_factory=dict)


@desk_page("settings")
def senders(desk: Desk) -> HttpResponse:
    """Every channel; `channel` and `scheme` of the address open the form of a kind."""
    asked = Asked(desk.request.GET.get("channel", ""), desk.request.GET.get("scheme", ""))
    return _page(desk, asked, of=asked.channel)


def _page(desk: Desk, asked: Asked = Asked(), *, status: int = 200, **told: Any) -> HttpResponse:
    own = set(Sender.objects.of(desk.dealer).values_list("channel", flat=True))
    troubles = {one.channel: one for one in standing_still(desk.dealer) if not one.is_marketing}
    ways = [
        replace(_way(desk.dealer, channel, asked, is_own=channel in own), trouble=troubles.get(channel))
        for channel in CHANNELS
    ]
    return show(desk, "desk/settings/senders.html", {"ways": ways, **told}, place="desk-senders", status=status)


def _way(dealer: Dealer, channel: str, asked: Asked, *, is_own: bool) -> Way:
    try:
        sending = sending_of(dealer, channel)
    except Failure:  # sealed by the server from which the database was moved: to be set again
        sending = file_sending(channel)
    schemes = schemes_of(channel)
    is_asked = asked.channel == channel
    scheme = asked.scheme if is_asked else sending.kind if is_own else ""
    return Way(
        channel=channel,
        name=CHANNELS[channel],
        kind=sending.kind,
        says=_(KINDS[sending.kind].says),
        settings=[
            (word(SETTING_WORDS, name), value)
            for name, value in sending.settings.items()
            if value and name not in HIDDEN
        ],
        has_secret=bool(sending.secrets),
        is_own=is_own,
        schemes=schemes,
        form=form_of(scheme, sending, asked.typed if is_asked else {}) if scheme in schemes else None,
        to_files=is_asked and not scheme,
        from_file=is_own and sending.kind == "gateway",
        can_be_tried=channel in ("sms", "email"),
        trouble=None,
    )


@desk_page("settings", changes=True)
def save_sender(desk: Desk, channel: str) -> HttpResponse:
    """Make this the sender of the channel, or say what is wrong with it."""
    _known(channel)
    typed = {name: str(value)[:LONGEST] for name, value in desk.request.POST.items()}
    try:
        sending = sending_of_form(desk.dealer, channel, typed)
    except BadInput as error:
        asked = Asked(channel, typed.get("scheme", ""), typed)
        return _page(desk, asked, status=422, of=channel, fault=str(error))
    keep_sender(desk.dealer, channel, sending, at=desk.reader.at)
    shown = {name: value for name, value in sending.settings.items() if name not in HIDDEN}
    desk.note("sender", f"channel {channel}", after={"kind": sending.kind, **shown})
    if reports := _reports_to(desk.dealer, channel):
        return _page(desk, of=channel, good=_("Saved."), reports=reports)
    desk.tell(_("Saved. Check it, or send a test message, before you rely on it."))
    return redirect("desk-senders", slug=desk.dealer.slug)


def _reports_to(dealer: Dealer, channel: str) -> str | None:
    """The address to enter at a provider, with the secret that proves its reports; shown when the sender is saved."""
    row = Sender.objects.of(dealer).get(channel=channel)
    url, secrets = hook_url(row.hook, "receipts"), opened(row).secrets
    return url.replace("//", f"//{USER}:{secrets['webhook']}@", 1) if url and "webhook" in secrets else None


@desk_page("settings", changes=True)
def check_sender(desk: Desk, channel: str) -> HttpResponse:
    """Connect and sign in; send nothing."""
    _known(channel)
    faults = _faults(desk.dealer, channel)
    if not faults:
        trouble.opened(desk.dealer, channel)
    desk.note("sender", f"channel {channel} checked", after={"faults": len(faults)})
    return _page(desk, of=channel, good="" if faults else _("It works."), causes=[trouble_of(one) for one in faults])


def _faults(dealer: Dealer, channel: str) -> list[str]:
    """What stands in the way of sending, in the words that measures/causes.py knows."""
    try:
        sending = sending_of(dealer, channel)
    except Failure as error:
        return [str(error)]
    way = channel_for(sending)
    try:
        with override("en"):
            return way.check()
    finally:
        way.close()


@desk_page("settings", changes=True)
def test_sender(desk: Desk, channel: str) -> HttpResponse:
    """Send one test message: marked as one, kept and counted nowhere."""
    _known(channel)
    address = desk.request.POST.get("address", "").strip()[:254]
    try:
        result = send_test(desk.dealer, channel, address, at=desk.reader.at)
    except ChannelDown as error:
        return _page(desk, status=422, of=channel, causes=[trouble_of(str(error))], address=address)
    except (BadInput, Failure) as error:
        return _page(desk, status=422, of=channel, fault=str(error), address=address)
    is_taken = isinstance(result, Accepted)
    desk.note("test_message", f"channel {channel}", after={"accepted": is_taken})
    good = ""
    if is_taken and stays_here(desk.dealer, channel):
        good = _("Nothing was sent: no sender is set up for this channel yet. The test is a file on the server.")
    elif is_taken:
        good = _("The test message was accepted: check that it arrives.")
    causes = [] if is_taken else [trouble_of(result.answer)]
    return _page(desk, of=channel, good=good, causes=causes, address=address)


def _known(channel: str) -> None:
    if channel not in CHANNELS:
        raise Http404
