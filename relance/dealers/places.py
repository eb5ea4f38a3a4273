"""Turns a person's place at a dealer into another one: role, reference, suspended and back; his sessions end."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from relance.dealers.models import Dealer, Membership, User
from relance.dealers.rights import RIGHTS
from relance.lib.errors import BadInput

RUNS_THE_HOUSE = "crm_manager"


@transaction.atomic
def change_place(dealer: Dealer, place: Membership, *, role: str, reference: str) -> Membership:
    """The place with another role or reference; BadInput when nobody would run the house any more."""
    if role not in RIGHTS:
        raise BadInput(_("Choose a role."))
    if role != RUNS_THE_HOUSE:
        _keep_one(dealer, place)
    place.role, place.reference = role, reference.strip()[:64]
    place.save(update_fields=["role", "reference"])
    end_sessions(place.user)
    return place


@transaction.atomic
def suspend(dealer: Dealer, place: Membership, *, at: datetime) -> Membership:
    """The place, closed: its holder cannot come in."""
    _keep_one(dealer, place)
    place.suspended_at = at
    place.save(update_fields=["suspended_at"])
    end_sessions(place.user)
    return place


def readmit(place: Membership) -> Membership:
    """The place, open again."""
    place.suspended_at = None
    place.save(update_fields=["suspended_at"])
    return place


def end_sessions(user: User) -> None:
    """End every session of a user, wherever he is signed in."""
    User.objects.filter(pk=user.pk).update(stamp=F("stamp") + 1)


def _keep_one(dealer: Dealer, place: Membership) -> None:
    others = Membership.objects.of(dealer).filter(role=RUNS_THE_HOUSE, suspended_at=None).exclude(pk=place.pk)
    if place.role == RUNS_THE_HOUSE and not others.exists():
        raise BadInput(_("Someone has to be in charge: make another person CRM manager first."))
