"""Turns stored words and texts into what stands on a page: `{{ message.state|state_word }}`, `{{ body|as_letter }}`."""

from collections.abc import Sequence

import nh3
from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from relance.delivery.channels.email.body import html_of
from relance.facts.models import Vehicle
from relance.outbox.models import Message
from relance.plan.render import shielded
from relance.web.desk.words import CHANNELS, MOODS, ROLES, STATES, Word, cause_of, reason_of, word

register = template.Library()


@register.filter
def state_word(state: str) -> Word:
    """`Waiting`."""
    return word(STATES, state)


@register.filter
def channel_word(channel: str) -> Word:
    """`Text message`."""
    return word(CHANNELS, channel)


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
def cause_words(stored: str) -> Word:
    """Who or what moved a message."""
    return cause_of(stored)


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
def vehicle_name(vehicle: Vehicle) -> str:
    """`2022 Mazda CX-5`."""
    parts = (vehicle.year, vehicle.make, vehicle.model)
    return " ".join(str(part) for part in parts if part) or vehicle.plate or vehicle.ref
