"""Turns who tries to sign in, from where and with which device into the key by which django-axes counts his failures.

Twenty failures an hour for an account, whoever makes them. A device on which the owner has signed in before counts for
itself: strangers' guesses do not lock him out. From one address a hundred an hour, over all accounts.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.core import signing
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse

from relance.dealers.models import User
from relance.lib import clock

FROM_ONE_ADDRESS = 100
WINDOW = timedelta(hours=1)
YEAR_SECONDS = 365 * 86_400
SALT = "relance.door.device"
USERS_OF_A_DEVICE = 8


def name_to_count(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """For AXES_USERNAME_CALLABLE: the account, the step, and the device when it is known."""
    given = credentials or {}
    half = given.get("half")
    email = half.email if isinstance(half, User) else str(given.get("username") or "")
    step = " code" if isinstance(half, User) else ""
    device = _devices(request).get(_mark(email), "")
    return f"{email.strip().lower()[:180]}{step}{' on ' + device if device else ''}"


def address_of(request: HttpRequest) -> str:
    """For AXES_CLIENT_IP_CALLABLE: the address of the connection; forwarding headers count for nothing here."""
    return str(request.META.get("REMOTE_ADDR", ""))


def is_too_busy(request: HttpRequest, email: str) -> bool:
    """Whether too many failures came from this address; a known device is let through."""
    if _mark(email) in _devices(request):
        return False
    recent = AccessAttempt.objects.filter(ip_address=address_of(request), attempt_time__gte=clock.now() - WINDOW)
    failures = recent.aggregate(failures=Sum("failures_since_start"))["failures"] or 0
    return bool(failures >= FROM_ONE_ADDRESS)


def know_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Remember in the browser that this user has signed in here."""
    known = _devices(request)
    if _mark(user.email) in known:
        return
    latest = dict(list(known.items())[-USERS_OF_A_DEVICE + 1 :])
    latest[_mark(user.email)] = secrets.token_urlsafe(9)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(latest, salt=SALT),
        max_age=YEAR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _devices(request: HttpRequest) -> dict[str, str]:
    """By user, the name of this device; nothing when the cookie is missing or was made elsewhere."""
    try:
        found: dict[str, str] = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT)
    except signing.BadSignature:
        return {}
    return found


def _mark(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()[:16]
