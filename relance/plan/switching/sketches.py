"""Turns what somebody types into a sketch that outlives the closed tab, and a finished sketch into an automation."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from relance.dealers.models import Dealer, User
from relance.lib.errors import BadInput
from relance.plan.apply import SWITCHED_ON, apply_definitions, plain
from relance.plan.definition import read_definition
from relance.plan.models import Automation, Sketch
from relance.plan.switching.switch import may_switch_on

EMPTY: dict[str, Any] = {
    "code": "",
    "name": "",
    "programme": "service_reminder",
    "kind": "general",
    "purpose": "marketing",
    "subject": "repair_order",
    "scope": "customer",
    "audience": [],
    "schedule": {"kind": "daily", "at": "10:00", "closed_day": "next_open_day"},
    "repeat": "once",
    "recipients": ["customer"],
    "channels": ["sms", "email"],
    "wording": {},
    "replies": {"assign": "reference"},
    "status": "off",
}


def sketch_of(dealer: Dealer, user: User, automation: Automation, *, at: datetime) -> Sketch:
    """What this user is writing of an automation: as left, or as the automation stands."""
    found = Sketch.objects.of(dealer).filter(user=user, automation=automation).first()
    return found or Sketch(
        dealer=dealer, user=user, automation=automation, version=automation.version,
        entry=automation.definition, updated_at=at,
    )  # fmt: skip


def new_sketch(dealer: Dealer, user: User, entry: dict[str, Any], *, at: datetime) -> Sketch:
    """A sketch of an automation that does not exist yet."""
    return Sketch.objects.create(dealer=dealer, user=user, entry=plain(entry), updated_at=at)


def keep(sketch: Sketch, entry: dict[str, Any], *, at: datetime) -> None:
    """Keep what was typed; two windows of one writer keep one sketch."""
    sketch.entry, sketch.updated_at = plain(entry), at
    if not sketch.pk and sketch.automation is not None:
        mine: dict[str, Any] = {"dealer": sketch.dealer, "user": sketch.user, "automation": sketch.automation}
        values = {"version": sketch.version, "entry": sketch.entry, "updated_at": at}
        sketch.pk = Sketch.objects.of(sketch.dealer).update_or_create(**mine, defaults=values)[0].pk
        return
    sketch.save()


def is_behind(sketch: Sketch) -> bool:
    """Whether somebody saved the automation since the writing began."""
    return sketch.automation is not None and sketch.automation.version != sketch.version


@transaction.atomic
def finish(sketch: Sketch, *, by: str, at: datetime) -> Automation:
    """Save the sketch as the automation, and forget the sketch; BadInput with what stands in the way.

    One that is on must keep every promise of one that is switched on: the desk refuses where `apply` only warns.
    """
    dealer = sketch.dealer
    definition = read_definition(sketch.entry, sketch.entry.get("code") or _("automation"))
    of_this_code = Automation.objects.of(dealer).filter(code=definition.code).first()
    if of_this_code is not None and of_this_code.pk != sketch.automation_id:
        raise BadInput(_("the code {code} is taken by another automation").format(code=definition.code))
    if sketch.automation is not None and definition.code != sketch.automation.code:
        raise BadInput(_("the code of an automation cannot change: copy it instead"))
    if is_behind(sketch):
        raise BadInput(_("someone saved this automation after you started: look at the versions, then start again"))
    if definition.status in SWITCHED_ON and (reasons := may_switch_on(dealer, definition, at=at)):
        raise BadInput("; ".join(reasons))
    apply_definitions(dealer, [sketch.entry], at=at, by=by)
    if sketch.pk:
        Sketch.objects.of(dealer).filter(pk=sketch.pk).delete()
    return Automation.objects.of(dealer).get(code=definition.code)


def is_changed(sketch: Sketch) -> bool:
    """Whether it says anything else than what is saved."""
    return sketch.automation is None or sketch.entry != sketch.automation.definition


def copy_of(automation: Automation) -> dict[str, Any]:
    """The file form of a new automation that says the same: switched off, with a code of its own."""
    dealer = automation.dealer
    taken = set(Automation.objects.of(dealer).values_list("code", flat=True))
    stem = automation.code[:20]
    code = next(code for n in range(2, 1000) if (code := f"{stem}_{n}") not in taken)
    return {**automation.definition, "code": code, "status": "off"}
