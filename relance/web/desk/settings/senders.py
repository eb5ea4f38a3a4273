"""Turns how each channel leaves the house into a page: its sender, a check, a test; secrets are written only."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from relance.dealers.models import Dealer
from relance.delivery.channel import Accepted, ChannelDown, Sending
from relance.delivery.models import Sender
from relance.delivery.senders import keep_sender, opened, sending_of
from relance.delivery.senders.hosts import FROM_DESK, private_host_of
from relance.delivery.senders.registry import KINDS, channel_for
from relance.delivery.senders.trial import send_test
from relance.delivery.senders.ways import WAYS, file_sending, sending_from
from relance.lib.errors import BadInput, Failure
from relance.measures.words import CHANNELS
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.words import Word

BY_COMMAND = ("gateway",)  # what names a file of the server is set by the operator
HIDDEN = ("hook", "folder", "form", FROM_DESK)


@dataclass(frozen=True)
class Way:
    """One channel: how it goes now, and how it could go."""

    channel: str
    name: Word
    kind: str
    says: str
    settings: list[tuple[str, Any]]
    has_secret: bool
    is_own: bool
    forms: list[str]
    secrets: list[tuple[str, str]]
    can_be_tried: bool


@desk_page("settings")
def senders(desk: Desk) -> HttpResponse:
    """Every channel."""
    return _page(desk)


def _page(desk: Desk, *, status: int = 200, **told: Any) -> HttpResponse:
    own = set(Sender.objects.of(desk.dealer).values_list("channel", flat=True))
    ways = [_way(desk.dealer, channel, is_own=channel in own) for channel in CHANNELS]
    return show(desk, "desk/settings/senders.html", {"ways": ways, **told}, place="desk-senders", status=status)


def _way(dealer: Dealer, channel: str, *, is_own: bool) -> Way:
    try:
        sending = sending_of(dealer, channel)
    except Failure:  # sealed by the server from which the database was moved: to be set again
        sending = file_sending(channel)
    offered = {name: way for name, way in WAYS.items() if _carries(way.kind, channel) and name not in BY_COMMAND}
    secrets = {name: _(says) for way in offered.values() for name, says in way.secrets.items()}
    return Way(
        channel=channel,
        name=CHANNELS[channel],
        kind=sending.kind,
        says=_(KINDS[sending.kind].says),
        settings=[(name, value) for name, value in sending.settings.items() if value and name not in HIDDEN],
        has_secret=bool(sending.secrets),
        is_own=is_own,
        forms=[way.form for way in offered.values()],
        secrets=list(secrets.items()),
        can_be_tried=channel in ("sms", "email"),
    )


def _carries(kind: str, channel: str) -> bool:
    return channel in KINDS[kind].carries


@desk_page("settings", changes=True)
def save_sender(desk: Desk, channel: str) -> HttpResponse:
    """Make this the sender of the channel, or say what is wrong with it."""
    _known(channel)
    url = desk.request.POST.get("url", "").strip()[:600]
    try:
        sending = _sending(desk, channel, url)
    except BadInput as error:
        return _page(desk, status=422, of=channel, fault=str(error), typed=url)
    keep_sender(desk.dealer, channel, sending, at=desk.reader.at)
    shown = {name: value for name, value in sending.settings.items() if name not in HIDDEN}
    desk.note("sender", f"channel {channel}", after={"kind": sending.kind, **shown})
    return redirect("desk-senders", slug=desk.dealer.slug)


def _sending(desk: Desk, channel: str, url: str) -> Sending:
    """What was typed, with the secrets: those that were left empty stay as they were."""
    if url in ("", "file"):
        return file_sending(channel)
    parts = urlsplit(url)
    if parts.scheme in BY_COMMAND or "ca=" in parts.query:
        raise BadInput(_("This refers to a file on the server: the person who runs it sets it up with relance sender."))
    if parts.password:
        raise BadInput(_("Enter the password in its own field, so that it is sealed and never shown."))
    sending = sending_from(url, where=_("address"))
    if not _carries(sending.kind, channel):
        raise BadInput(_("A sender of this kind cannot send on this channel."))
    names = next(way.secrets for way in WAYS.values() if way.kind == sending.kind)
    row = Sender.objects.of(desk.dealer).filter(channel=channel, kind=sending.kind).first()
    before = opened(row).secrets if row else {}
    typed = {name: desk.request.POST.get(f"secret-{name}", "").strip()[:600] for name in names}
    kept = {name: typed[name] or before.get(name, "") for name in names}
    secrets = {name: value for name, value in kept.items() if value}
    made = Sending(sending.kind, {**sending.settings, FROM_DESK: True}, secrets)
    if host := private_host_of(made):
        raise BadInput(
            _("%(host)s is on a private network: the person who runs this server can allow it (RELANCE_PRIVATE_HOSTS).")
            % {"host": host}
        )
    return made


@desk_page("settings", changes=True)
def check_sender(desk: Desk, channel: str) -> HttpResponse:
    """Connect and sign in; send nothing."""
    _known(channel)
    way = channel_for(sending_of(desk.dealer, channel))
    try:
        faults = way.check()
    finally:
        way.close()
    desk.note("sender", f"channel {channel} checked", after={"faults": len(faults)})
    return _page(desk, of=channel, good="" if faults else _("It works."), fault="; ".join(faults))


@desk_page("settings", changes=True)
def test_sender(desk: Desk, channel: str) -> HttpResponse:
    """Send one test message: marked as one, kept and counted nowhere."""
    _known(channel)
    address = desk.request.POST.get("address", "").strip()[:254]
    try:
        result = send_test(desk.dealer, channel, address, at=desk.reader.at)
    except (BadInput, ChannelDown) as error:
        return _page(desk, status=422, of=channel, fault=str(error), address=address)
    is_taken = isinstance(result, Accepted)
    desk.note("test_message", f"channel {channel}", after={"accepted": is_taken})
    good = _("The test message was accepted: check that it arrives.") if is_taken else ""
    return _page(desk, of=channel, good=good, fault="" if is_taken else result.answer, address=address)


def _known(channel: str) -> None:
    if channel not in CHANNELS:
        raise Http404
