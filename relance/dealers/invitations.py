"""Turns an e-mail address and a role into an invitation, and its link into a place at the dealer."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from relance.dealers.models import Dealer, Invitation, Membership, User
from relance.dealers.rights import RIGHTS
from relance.lib.errors import BadInput

LASTS = timedelta(days=7)


@dataclass(frozen=True)
class Wish:
    """Whom to invite, as what."""

    email: str
    role: str
    reference: str = ""


def invite(dealer: Dealer, wish: Wish, *, by: str, at: datetime) -> tuple[Invitation, str]:
    """The invitation and its token, which is stored nowhere; an earlier one to the same address ends."""
    email = wish.email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise BadInput(_("“%(text)s” is not an e-mail address.") % {"text": wish.email}) from None
    if wish.role not in RIGHTS:
        raise BadInput(_("Choose a role."))
    if Membership.objects.of(dealer).filter(user__email__iexact=email).exists():
        raise BadInput(_("%(email)s already has access: change it in the list.") % {"email": email})
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        waiting(dealer).filter(email=email).update(ended_at=at)
        row = Invitation.objects.create(
            dealer=dealer,
            email=email,
            role=wish.role,
            reference=wish.reference.strip()[:64],
            token_hash=_hashed(token),
            invited_by=by,
            created_at=at,
            expires_at=at + LASTS,
        )
    return row, token


def waiting(dealer: Dealer):  # type: ignore[no-untyped-def]
    """The invitations that nobody has taken or taken back, the newest first; also those that have expired."""
    return Invitation.objects.of(dealer).filter(ended_at=None).order_by("-created_at", "-pk")


def invitation_of(token: str, *, at: datetime) -> Invitation | None:
    """The invitation of a link; None when it was taken, has expired or is made up."""
    rows = Invitation.objects.across_dealers("the link is all that is known")
    found = rows.filter(token_hash=_hashed(token), ended_at=None, expires_at__gt=at).select_related("dealer")
    return found.first()


@transaction.atomic
def take(invitation: Invitation, *, name: str, password: str, at: datetime) -> User | None:
    """The user with his place; None when somebody was quicker. A password is set for a new user only."""
    rows = Invitation.objects.of(invitation.dealer).filter(pk=invitation.pk, ended_at=None)
    if rows.update(ended_at=at) != 1:
        return None
    user = User.objects.filter(email__iexact=invitation.email).first()
    if user is None:
        user = User(email=invitation.email, name=name.strip()[:200], created_at=at)
        user.set_password(password)
        user.save()
    Membership.objects.of(invitation.dealer).get_or_create(
        dealer=invitation.dealer,
        user=user,
        defaults={"role": invitation.role, "reference": invitation.reference},
    )
    return user


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
