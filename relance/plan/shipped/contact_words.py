"""Turns the numbers of the contact settings into what they mean in words, and into the messages as they will arrive."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relance.dealers.models import Dealer
from relance.facts.models import Customer
from relance.lib.errors import BadInput
from relance.plan.apply import definition_of
from relance.plan.definition import Channel, Definition, read_definition
from relance.plan.gather import REACH, gather
from relance.plan.models import Automation
from relance.plan.render import Hole
from relance.plan.saying.samples import sample_values
from relance.plan.saying.shown import Values
from relance.plan.saying.voice import voice_of
from relance.plan.shipped import definition_of as shipped_definition
from relance.plan.shipped import entry_of
from relance.plan.shipped.contact_settings import Numbers
from relance.plan.wording import Spoken, needs_of, speak, words_of

SHOWN_DAYS = 6  # of a long series; the last day is said too


def series_days(inactive: int, interval: int, dead: int) -> Iterator[int]:
    """The days without a visit on which we speak: inactive + k × interval, while the day is before dead."""
    day = inactive
    while inactive and (not dead or day < dead):
        yield day
        if not interval:
            return
        day += interval


def means(name: str, numbers: Numbers) -> str:
    """What one number means, given its neighbours."""
    number = numbers[name]
    if number is None:
        return _("This automation has its own rule. A number typed here replaces it.")
    if name in ("inactive", "interval", "dead"):
        return _series_part(name, number, numbers)
    if not number:
        return _("Off: nobody gets this message.")
    return _days(name, number)


def _days(name: str, number: int) -> str:
    said = {
        "reminder_1": ngettext("%(n)s day before the visit", "%(n)s days before the visit", number),
        "reminder_2": ngettext("%(n)s day before the visit", "%(n)s days before the visit", number),
        "no_show": ngettext("%(n)s day after the missed visit", "%(n)s days after the missed visit", number),
        "thanks": ngettext("%(n)s day after the visit", "%(n)s days after the visit", number),
        "deferred": ngettext("%(n)s day after the last visit", "%(n)s days after the last visit", number),
    }
    return said[name] % {"n": number}


def _series_part(name: str, number: int, numbers: Numbers) -> str:
    if name == "inactive":
        return series_words(numbers)
    if not numbers["inactive"]:
        return _("Without effect while Inactive is 0.")
    if name == "interval":
        if not number:
            return _("0: one message only.")
        return ngettext("Again every day.", "Again every %(n)s days.", number) % {"n": number}
    if not number:
        return _("0: it never ends.")
    return _("Silent from day %(n)s on, that day included.") % {"n": number}


def series_words(numbers: Numbers) -> str:
    """`Days 90, 180, 270, 360; then silent`."""
    inactive, interval, dead = (numbers[name] for name in ("inactive", "interval", "dead"))
    if inactive is None or interval is None or dead is None:
        return _("This automation has its own rule. A number typed here replaces it.")
    if not inactive:
        return _("Off: a long absence triggers no message.")
    days = list(islice(series_days(inactive, interval, dead), SHOWN_DAYS + 1))
    if not days:
        return _("Nobody: day %(inactive)s is not before day %(dead)s.") % {"inactive": inactive, "dead": dead}
    shown = ", ".join(map(str, days[:SHOWN_DAYS]))
    if len(days) == 1:
        return _("Day %(days)s, once; then silent.") % {"days": shown}
    if not dead:
        return _("Days %(days)s and so on, without end.") % {"days": ", ".join(map(str, days[:4]))}
    if len(days) > SHOWN_DAYS:
        last = inactive + (dead - 1 - inactive) // interval * interval
        return _("Days %(days)s and so on, the last on day %(last)s; then silent.") % {"days": shown, "last": last}
    return _("Days %(days)s; then silent.") % {"days": shown}


@dataclass(frozen=True)
class Preview:
    """A message as it will arrive in one language, or the field that keeps it from being said."""

    language: str
    channel: Channel
    spoken: Spoken | None
    purpose: str
    missing: str | None = None


def preview(dealer: Dealer, code: str, *, at: datetime, customer: Customer | None = None) -> list[Preview]:
    """The message of a C_… automation in every language it is written in, for a made-up or a real customer."""
    definition = _definition(dealer, code)
    channel = definition.channels[0]
    real = _facts(dealer, definition, customer, at) if customer is not None else None
    found = []
    for language in words_of(definition, channel):
        values = real if real is not None else sample_values(language)
        try:
            spoken = speak(definition, channel, language, values, voice_of(dealer, language))
        except Hole as hole:
            found.append(Preview(language, channel, None, definition.purpose, hole.field))
        else:
            found.append(Preview(language, channel, spoken, definition.purpose))
    return sorted(found, key=lambda shown: shown.language != dealer.language)


def _definition(dealer: Dealer, code: str) -> Definition:
    """The dealer's own, else the library's."""
    row = Automation.objects.of(dealer).filter(code=code).first()
    if row is not None:
        return definition_of(row)
    return read_definition(shipped_definition(entry_of(code).code), code)


def _facts(dealer: Dealer, definition: Definition, customer: Customer, at: datetime) -> Values:
    """The facts of the customer's latest visit or repair order."""
    rows = REACH[definition.subject].model.objects.of(dealer).filter(**{"customer_id": customer.pk})
    latest = rows.order_by("-pk").values_list("pk", flat=True).first()
    if latest is None:
        said = {"appointment": _("no visit"), "repair_order": _("no repair order")}
        about = said.get(definition.subject, definition.subject)
        raise BadInput(
            _("%(name)s has %(what)s yet that this message could be about")
            % {"name": customer.name or customer.ref, "what": about}
        )
    return gather(dealer, definition.subject, [latest], needs_of(definition), at=at)[latest]
