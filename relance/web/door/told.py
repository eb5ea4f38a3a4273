"""Turns what happens at the door into an entry in the audit log of every dealer whom it concerns."""

from django.http import HttpRequest

from relance.dealers.audit import Deed, Who, note
from relance.dealers.models import User
from relance.lib import clock
from relance.web.desk.guard import memberships_of


def tell_dealers(request: HttpRequest, email: str, act: str, what: str = "") -> None:
    """Note it at every dealer where the user of this address has a place; nobody's address is nobody's business."""
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        return
    who = Who(user.email, str(request.META.get("REMOTE_ADDR", "")))
    for place in memberships_of(user):
        note(place.dealer, Deed(act, what), who=who, at=clock.now())
