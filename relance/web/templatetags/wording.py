"""Turns stored words and texts into what stands on a page: `{{ message.state|state_word }}`, `{{ body|as_letter }}`."""

from collections.abc import Iterable, Sequence
from typing import Any

import nh3
from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relance.delivery.channels.email.body import html_of
from relance.facts.models import Vehicle
from relance.lib.sms import size_of
from relance.measures.causes import Cause, cause_of
from relance.measures.words import CHANNELS, STATES, SUPPRESSED
from relance.outbox.models import Message, Move
from relance.plan.models import Automation
from relance.plan.render import shielded
from relance.plan.saying.legal_lines import Foot, Said, composed_sms, foot_of
from relance.web.desk.words import (
    MOODS,
    PRINT_STATES,
    PURPOSES,
    ROLES,
    SECTIONS,
    STANDINGS,
    TASK_OUTCOMES,
    TASKS,
    Word,
    held_by,
    name_of,
    reason_of,
    word,
)

register = template.Library()


@register.filter
def automation_name(automation: Automation) -> str:
    """Its name in the reader's language, unless somebody gave it one of his own."""
    return name_of(automation)


@register.filter
def state_word(state: str) -> Word:
    """`Waiting`."""
    return word(STATES, state)


@register.filter
def channel_word(channel: str) -> Word:
    """`Text message`."""
    return word(CHANNELS, channel)


@register.filter
def task_word(kind: str) -> Word:
    """`Call`."""
    return word(TASKS, kind)


@register.filter
def outcome_word(outcome: str) -> Word:
    """`Reached`."""
    return word(TASK_OUTCOMES, outcome)


@register.filter
def section_word(section: str) -> Word:
    """`Timing`: the part of the builder in which something is written."""
    return word(SECTIONS, section)


@register.filter
def print_word(state: str) -> Word:
    """`To be printed`."""
    return word(PRINT_STATES, state)


@register.filter
def suppressed_word(reason: str) -> Word:
    """`the mailbox does not exist`."""
    return word(SUPPRESSED, reason)


@register.filter
def any_or_channel(channel: str) -> Word:
    """The channel, or that it is about every one."""
    return _("every channel") if channel == "any" else word(CHANNELS, channel)


@register.filter
def purpose_word(purpose: str) -> Word:
    """`marketing`."""
    return word(PURPOSES, purpose)


@register.filter
def visit_word(status: str) -> Word:
    """The state of a visit, a customer, a vehicle or a reminder."""
    return word(STANDINGS, status)


@register.filter
def pair(lines: Iterable[Any], others: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Two lists, side by side."""
    return list(zip(lines, others, strict=False))


@register.filter
def mood(state: str) -> str:
    """`good`, `wait`, `bad` or `quiet`."""
    return MOODS.get(state, "quiet")


@register.filter
def recipient(text: str) -> str:
    """`role:NAME` and `staff:REF` in words."""
    kind, _mark, name = text.partition(":")
    return str(word(ROLES, name)) if kind == "role" else _("to staff member %(name)s") % {"name": name}


@register.filter
def why(message: Message) -> Word:
    """Why a message was refused."""
    return reason_of(message.reason, message.detail)[0]


@register.filter
def reason_word(reason: str) -> Word:
    """Why somebody is refused, by the short word of the gate."""
    return reason_of(reason, None)[0]


@register.filter
def cause(move: Move) -> Cause:
    """Who or what moved a message, and its provider's own words."""
    return cause_of(move.cause, move.state)


@register.filter
def held_words(detail: str | None) -> Word:
    """What holds a message until its sending time; empty when nothing does."""
    return held_by(detail)


@register.filter
def first_line(text: str | None) -> str:
    """The first line that says something."""
    return next((line.strip() for line in (text or "").splitlines() if line.strip()), "")


@register.filter
def one_line(text: str) -> str:
    """A postal address in one line."""
    return ", ".join(line.strip() for line in text.splitlines() if line.strip())


@register.filter
def as_letter(text: str | None, spans: Sequence[Sequence[int]] = ()) -> SafeString:
    """The text as the e-mail shows it, cleaned once more, without the styles that our own pages forbid.

    `spans` say where values stand: a name with a star in it is no Markdown.
    """
    return mark_safe(nh3.clean(html_of(shielded(text or "", spans)), link_rel="noopener noreferrer nofollow"))


@register.filter
def whole_sms(said: Said) -> str:
    """An SMS as it arrives, with the lines that relance puts around it."""
    return composed_sms(said)


@register.filter
def sms_parts(said: Said) -> str:
    """`2 parts, GSM-7`: what it costs."""
    size = size_of(composed_sms(said))
    return ngettext("%(n)s part, %(encoding)s", "%(n)s parts, %(encoding)s", size.parts) % {
        "n": size.parts, "encoding": size.encoding,
    }  # fmt: skip


@register.simple_tag(takes_context=True)
def foot_under(context: Context, said: Said, channel: str, recipient: str, purpose: str) -> Foot | None:
    """What relance puts under an e-mail or a printed page to a customer; the staff have none."""
    dealer = context["dealer"]
    language = getattr(said, "language", None) or dealer.language
    return None if recipient != "customer" else foot_of(dealer, language, channel=channel, purpose=purpose)


@register.filter
def vehicle_name(vehicle: Vehicle) -> str:
    """`2022 Mazda CX-5`."""
    parts = (vehicle.year, vehicle.make, vehicle.model)
    return " ".join(str(part) for part in parts if part) or vehicle.plate or vehicle.ref
