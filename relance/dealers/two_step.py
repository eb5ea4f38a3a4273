"""Turns a user's telephone into the second step of signing in: codes that change, and recovery codes for a lost one.

Codes, tolerance and replay are django-allauth's; the secrets are sealed with the server's key.
"""

import base64
import secrets
from collections.abc import Iterable

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.db import transaction
from django.http import HttpRequest

from relance.dealers.models import User
from relance.lib.errors import Failure
from relance.lib.seal import seal, unseal

SECRET_BYTES = 20
TOTP, RECOVERY = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES


class SealedAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets sealed in the database."""

    def encrypt(self, text: str) -> str:
        """Sealed."""
        return seal({"secret": text}, settings.SECRET_KEY).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Unsealed."""
        return unseal(encrypted_text.encode("ascii"), settings.SECRET_KEY)["secret"]


class SecondStep(BaseBackend):
    """Lets in who has given the right password before, and now the right code."""

    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, *, half: User | None = None, code: str | None = None
    ) -> User | None:
        """The user; None when the code is not his."""
        return half if half is not None and half.is_active and is_right(half, code or "") else None


def has_second_step(user: User) -> bool:
    """Whether signing in needs a code."""
    return bool(Authenticator.objects.filter(user=user, type=TOTP).exists())


def who_have_it(users: Iterable[User]) -> set[int]:
    """The keys of those users who have a second step."""
    rows = Authenticator.objects.filter(user__in=users, type=TOTP)
    return set(rows.values_list("user_id", flat=True))


def new_secret() -> str:
    """A secret for an authenticator app."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def drawing(user: User, secret: str) -> str:
    """The secret as a square that a telephone reads, as SVG without styles."""
    address = DefaultMFAAdapter().build_totp_url(user, secret)
    return segno.make(address, error="m").svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=True)


@transaction.atomic
def switch_on(user: User, secret: str, code: str) -> bool:
    """Switch it on when the code shows that the telephone has the secret; False otherwise."""
    row = Authenticator(user=user, type=TOTP, data={"secret": encrypt(secret)})
    if not row.wrap().validate_code(code):
        return False
    Authenticator.objects.filter(user=user).delete()
    row.save()
    new_recovery_codes(user)
    return True


def switch_off(user: User) -> None:
    """Signing in needs the password alone."""
    Authenticator.objects.filter(user=user).delete()


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Ten codes that work once each; earlier ones end."""
    Authenticator.objects.filter(user=user, type=RECOVERY).delete()
    row = Authenticator.objects.create(
        user=user, type=RECOVERY, data={"seed": encrypt(secrets.token_hex(40)), "used_mask": 0}
    )
    codes: list[str] = row.wrap().generate_codes()
    return codes


def recovery_codes(user: User) -> list[str]:
    """Those that were not used yet."""
    row = Authenticator.objects.filter(user=user, type=RECOVERY).first()
    try:
        return list(row.wrap().get_unused_codes()) if row else []
    except Failure:  # sealed by the server from which the database was moved
        return []


def is_right(user: User, code: str) -> bool:
    """Whether this is the code of the moment, or a recovery code that was not used yet: which it is no longer."""
    plain = "".join(code.split())
    rows = {row.type: row for row in Authenticator.objects.filter(user=user, type__in=(TOTP, RECOVERY))}
    try:
        return TOTP in rows and any(row.wrap().validate_code(plain) for row in rows.values())
    except Failure:  # as above: nobody comes in by a secret that cannot be read; relance init --reset-second-step
        return False
