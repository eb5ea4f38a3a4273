"""Turns an automation that somebody wants to switch on into the reasons against it, and into one that is on.

Desk, library and `relance switch` refuse here; `automations apply` is the operator's act and only warns (docs/plan.md).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relance.dealers.models import Dealer
from relance.intake.freshness import FILE_OF, rhythm
from relance.lib.errors import BadInput
from relance.lib.moments import DAY, MINUTE
from relance.plan.apply import apply_definitions, definition_of
from relance.plan.definition import Definition
from relance.plan.models import Automation
from relance.plan.wording_check import check

AGAINST = ("fault", "refuse_on_switch")
STATES = ("on", "off", "approval")


def may_switch_on(dealer: Dealer, definition: Definition, *, at: datetime) -> list[str]:
    """Every reason against switching it on, each a sentence; none: it may."""
    found = [finding.text for finding in check(definition, dealer) if finding.severity in AGAINST]
    return [*found, *_rhythm_too_slow(dealer, definition, at)]


def switch(dealer: Dealer, automation: Automation, to: str, *, by: str, at: datetime) -> Automation:
    """Switch an automation on, off, or to approval; BadInput with every reason against it."""
    if to not in STATES:
        raise BadInput(_("an automation is switched on, off or to approval (found {word})").format(word=repr(to)))
    if to != "off" and (reasons := may_switch_on(dealer, definition_of(automation), at=at)):
        told = _("{code} cannot be switched on: {reasons}")
        raise BadInput(told.format(code=automation.code, reasons="; ".join(reasons)))
    apply_definitions(dealer, [automation.definition | {"status": to}], at=at, by=by)
    return Automation.objects.of(dealer).get(pk=automation.pk)


def _rhythm_too_slow(dealer: Dealer, definition: Definition, at: datetime) -> Iterator[str]:
    """Records that do not come as often as the rules need them: the runs would wait, and be missed."""
    if not definition.needs or not dealer.preferences.guards.stale:
        return
    usual = rhythm(dealer, definition.needs, at=at)
    for record, minutes in definition.needs.items():
        needed, every = minutes * MINUTE, usual[record]
        if every is not None and every > needed:
            yield _("%(file)s comes every %(every)s, this needs it every %(needed)s") % {
                "file": FILE_OF[record], "every": _words(every), "needed": _words(needed),
            }  # fmt: skip
        elif every is None and needed < DAY:
            yield _("%(file)s does not come regularly yet, this needs it every %(needed)s") % {
                "file": FILE_OF[record], "needed": _words(needed),
            }  # fmt: skip


def _words(span: timedelta) -> str:
    """How long, in the unit that one says it in."""
    minutes = round(span / MINUTE)
    if minutes < 120:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
