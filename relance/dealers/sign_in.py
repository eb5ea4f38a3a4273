"""Turns a user into a link that signs him in once, and the link back into the user.

The link dies with its first use (it is made from the moment of the last sign-in), with a new password, and after
three days. Nothing is stored.
"""

from datetime import datetime

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.http import base36_to_int, int_to_base36

from relance.dealers.models import User
from relance.lib import clock


class _Tokens(PasswordResetTokenGenerator):
    key_salt = "relance.dealers.sign_in"

    def _now(self) -> datetime:
        return clock.now().replace(tzinfo=None)


_TOKENS = _Tokens()


def sign_in_path(user: User) -> str:
    """The path of a one-time link."""
    return f"/sign-in/link/{int_to_base36(user.pk)}/{_TOKENS.make_token(user)}/"


def user_of_link(who: str, token: str) -> User | None:
    """The user to whom a link belongs; None when it is used up, too old, or made up."""
    try:
        user = User.objects.filter(pk=base36_to_int(who), is_active=True).first()
    except (ValueError, OverflowError):
        return None
    return user if user is not None and _TOKENS.check_token(user, token) else None


def use_up(user: User, *, at: datetime) -> bool:
    """Claim the link for this sign-in: of two at once only one gets in."""
    same = User.objects.filter(pk=user.pk, last_login=user.last_login)
    later = at if user.last_login is None or at > user.last_login else user.last_login
    return same.update(last_login=later) == 1
