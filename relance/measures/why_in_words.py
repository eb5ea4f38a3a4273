"""Turns the reasons why somebody does or does not hear from us into plain sentences, with what would change it.

In the language that is asked for; the commands, the pages and the API say the same.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from relance.audience.operators import ACCESSORY, COUNT, FLAG, PICK
from relance.audience.sentence import sentence
from relance.dealers.models import Dealer
from relance.lib.language import Speech, currency_of
from relance.lib.moments import parse_day
from relance.measures.why import RuleFound, Step, Why, why
from relance.measures.words import CHANNELS, REASONS, STATES, held_from
from relance.outbox.models import Message, Move
from relance.plan.models import Automation
from relance.plan.placeholders import FIELDS
from relance.plan.render import SAYS
from relance.plan.saying.sense import NOTHING_IS_SAID
from relance.plan.shipped import name_in

TOO_LONG = re.compile(r"sms: (?P<parts>[\d,]+) parts, (?P<most>\d+) at most")
# What it means that a gate let the message through.
PASSED: dict[str, Promise | str] = {
    "do_not_mail": gettext_lazy("The customer may be written to."),
    "customer_gone": gettext_lazy("The customer is still there."),
    "vehicle_gone": gettext_lazy("The vehicle is still there."),
    "no_recipient": gettext_lazy("There is somebody to write to."),
    "no_channel": gettext_lazy("There is a channel, an address and the consent for it."),
    "text_incomplete": gettext_lazy("The text has no gap."),
    "held_back": gettext_lazy("Nobody has held it back."),
    "open_complaint": gettext_lazy("No complaint is open."),
    "person_ceiling": gettext_lazy("There were not too many messages in 24 hours."),
    "frequency_cap": gettext_lazy("The last message is long enough ago."),
    "holdout": gettext_lazy("Not in the control group."),
    "too_late": gettext_lazy("It is in time."),
}
VERDICTS: dict[str, Promise | str] = {
    "ready": gettext_lazy("Yes: this message goes out."),
    "refused": gettext_lazy("No: every rule is met, but the message is stopped at the gate."),
    "not_due": gettext_lazy("No: not every rule is met at this moment."),
    "spoken_to": gettext_lazy("No: this message was already decided for this occasion, and is never repeated."),
    "off": gettext_lazy("No: the automation is off, or was not live yet at this moment."),
    "no_subject": gettext_lazy("No: there is nothing of this kind in this customer's data."),
}
CHANGES: dict[str, Promise | str] = {
    "ready": gettext_lazy("Hold it back if it should not go."),
    "spoken_to": gettext_lazy("Nothing to do: it can be sent again by hand."),
    "off": gettext_lazy("Switch the automation on; what was due before is not sent later."),
    "no_subject": gettext_lazy("Check whether the last import brought it."),
}


@dataclass(frozen=True)
class InWords:
    """The answer as one reads it aloud: the verdict, each rule, each gate, and what would change it."""

    headline: str
    rules: list[str]
    gate: list[str]
    change: str | None

    def sentences(self) -> list[str]:
        """All of it, in order."""
        return [self.headline, *self.rules, *self.gate, *([self.change] if self.change else [])]


@dataclass(frozen=True)
class MessageInWords:
    """What was decided and recorded then, and what the same rules and gates say today."""

    recorded: list[str]
    now: InWords


def why_in_words(dealer: Dealer, automation: Automation, found: Why, *, language: str | None = None) -> InWords:
    """The answer in the dealer's language, or in another."""
    spoken = language or dealer.language
    with override(spoken):
        speech = _speech(dealer, spoken)
        return InWords(
            str(VERDICTS[found.verdict]),
            [_rule(rule, speech) for rule in found.rules],
            [text for step in found.gate for text in _step(step, speech)] if found.verdict != "no_subject" else [],
            _change(found),
        )


def why_message(
    dealer: Dealer, message: Message, *, language: str | None = None, at: datetime | None = None
) -> MessageInWords:
    """Why a stored message went, waits or was refused: as recorded, and as rules and gates answer at `at`.

    Without `at` they are asked at the message's own reference moment, with today's facts.
    """
    spoken = language or dealer.language
    with override(spoken):
        automation = message.automation
        found = why(dealer, automation, message.customer, at=at or message.reference_at, subject=message.subject_ref)
        return MessageInWords(
            list(_recorded(dealer, message, _speech(dealer, spoken))),
            why_in_words(dealer, automation, found, language=spoken),
        )


def reason_in_words(reason: str, detail: str | None, speech: Speech | None = None) -> list[str]:
    """A refusal as sentences, in the language that is active: what stands against it, channel by channel."""
    reason, until = held_from(reason, detail)
    known = REASONS.get(reason)
    if until:
        last = speech.day(parse_day(until)) if speech else until
        return [_("{reason}, until {day}.").format(reason=known.says if known else reason, day=last)]
    if known is None:
        return [reason if detail is None else f"{reason}: {detail}"]
    if reason == "no_channel" and detail:
        return [f"{known.says}.", *_channels(detail)]
    if reason == "text_incomplete" and detail:
        return [_gap(known.says, detail)]
    if reason == "open_complaint" and detail:
        since = speech.day(parse_day(detail)) if speech else detail
        return [_("{reason}, since {day}.").format(reason=known.says, day=since)]
    return [f"{known.says}."]


def _gap(reason: Any, detail: str) -> str:
    """What a text lacks: a field that is not known, or one that says nothing; or why the whole of it is not sent."""
    name, says, value = detail.partition(SAYS)
    field = FIELDS.get(name)
    if parts := TOO_LONG.fullmatch(detail):
        return _("The text would take {parts} parts as an SMS; {most} are sent at most.").format(**parts.groupdict())
    if detail == NOTHING_IS_SAID:
        return _("Nothing would be left of the text.")
    label = field.label if field else name
    if says:
        return _("{reason}: “{field}” says “{value}”.").format(reason=reason, field=label, value=value)
    return _("{reason}: “{field}” is not known.").format(reason=reason, field=label)


def change_in_words(reason: str, detail: str | None) -> str | None:
    """What would change a refusal; of several channels what the first one lacks."""
    if reason == "no_channel" and detail:
        first = detail.split(";")[0].partition(":")[2].strip()
        reason = first if first in REASONS else reason
    known = REASONS.get(held_from(reason, detail)[0])
    return str(known.change) if known else None


def _channels(detail: str) -> Iterator[str]:
    for part in detail.split(";"):
        channel, _colon, reason = part.strip().partition(": ")
        name, known = CHANNELS.get(channel, channel), REASONS.get(reason)
        says = str(known.says) if known else reason
        yield f"{name}: {says[:1].lower()}{says[1:]}."


def _rule(found: RuleFound, speech: Speech) -> str:
    """`Holds: vehicle: make contains “mazda”. Found: Mazda.`"""
    template = _("Met: {rule}. Found: {value}.") if found.holds else _("Not met: {rule}. Found: {value}.")
    return _ended(template.format(rule=sentence(found.rule), value=_value(found, speech)))


def _ended(text: str) -> str:
    """With one full stop, also behind `3:00 p.m.`."""
    return text.removesuffix("..") + "." if text.endswith("..") else text


def _value(found: RuleFound, speech: Speech) -> str:
    value = found.raw
    if found.rule.asks.kind == COUNT:
        return str(value or 0)
    if value in (None, "", []):
        return _("nothing")
    if found.rule.asks.kind in (FLAG, ACCESSORY, PICK) or not isinstance(value, str):
        return _said(value, speech)
    return value


def _said(value: Any, speech: Speech) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return speech.moment(value)
    if isinstance(value, date):
        return speech.day(value)
    if isinstance(value, (Decimal, float)):
        return speech.number(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_said(part, speech) for part in value) or _("nothing")
    return _("nothing") if value is None else str(value)


def _step(step: Step, speech: Speech) -> Iterator[str]:
    if step.result == "ok":
        yield str(PASSED[step.step])
    elif step.result == "stops":
        first, *rest = reason_in_words(step.step, step.detail, speech)
        yield _("Stopped here: {reason}").format(reason=first)
        yield from rest


def _change(found: Why) -> str | None:
    """What would have to be different."""
    if found.verdict == "refused":
        stop = next((step for step in found.gate if step.result == "stops"), None)
        return change_in_words(stop.step, stop.detail) if stop else None
    if found.verdict == "not_due":
        missing = _missing(found.rules)
        if not missing:
            return _("Each rule finds a record, but no single record satisfies all of them.")
        listed = "; ".join(missing)
        return _("It would be due if this were met as well: {rules}.").format(rules=listed)
    known = CHANGES.get(found.verdict)
    return str(known) if known else None


def _missing(rules: Sequence[RuleFound]) -> list[str]:
    """The entries of which no alternative holds, alternatives joined by "or"."""
    entries: dict[int, list[RuleFound]] = {}
    for rule in rules:
        entries.setdefault(rule.entry, []).append(rule)
    lacking = [found for found in entries.values() if not any(rule.holds for rule in found)]
    return [f" {_('or')} ".join(sentence(rule.rule) for rule in found) for found in lacking]


def _recorded(dealer: Dealer, message: Message, speech: Speech) -> Iterator[str]:
    """What stands in the rows: the decision, its reason, and every move since."""
    decided = _("Decided on {moment} by {automation}, version {version}: {state}.")
    first = "refused" if message.send_at is None else "ready"
    yield decided.format(
        moment=speech.moment(message.accepted_at),
        automation=name_in(message.automation.code, message.automation.name, speech.language),
        version=message.version,
        state=str(STATES[first]).lower(),
    )
    if message.channel and message.send_at:
        leaves = _("{channel} to {address}, to leave on {moment}.").format(
            channel=CHANNELS.get(message.channel, message.channel),
            address=(message.address or message.recipient).replace("\n", ", "),
            moment=speech.moment(message.send_at),
        )
        yield _ended(leaves)
    if message.reason:
        yield from reason_in_words(message.reason, message.detail, speech)
    for move in Move.objects.of(dealer).filter(message=message).order_by("pk"):
        yield f"{speech.moment(move.at)}: {STATES.get(move.state, move.state)} ({move.cause})."
    change = change_in_words(message.reason, message.detail) if message.reason else None
    if change:
        yield change


def _speech(dealer: Dealer, language: str) -> Speech:
    currency = dealer.preferences.currency or currency_of(dealer.country)
    return Speech(language, dealer.country, dealer.zone, currency)
