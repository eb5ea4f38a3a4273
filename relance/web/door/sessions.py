"""Turns a request into one whose session is neither idle nor too old, and a user into the list of his sessions.

Half an hour without a page, or twelve hours in all, and it is over. A session also ends with a new password, a changed
or suspended place, and from the list (dealers/places.py counts the user's stamp up).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth import login, logout
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from relance.dealers.models import DeskSession, User
from relance.lib import clock
from relance.lib.database.trouble import trouble_of

IDLE, ABSOLUTE, NOTED_EVERY = timedelta(minutes=30), timedelta(hours=12), timedelta(minutes=1)
BACKEND = "django.contrib.auth.backends.ModelBackend"
BEGUN, SEEN, SECOND = "begun", "seen", "second"


class SessionLimits:
    """The middleware: ends what is over, notes once a minute that a session is in use, lets nothing be stored."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            _keep_or_end(request, request.user)
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):  # also what was refused or not found
            patch_cache_control(response, private=True, no_store=True)
        return response


def _keep_or_end(request: HttpRequest, user: User) -> None:
    at = clock.now()
    begun, seen = _moment(request, BEGUN), _moment(request, SEEN)
    if begun is None or seen is None:
        _begin(request, user, at=at)
    elif at - seen > IDLE or at - begun > ABSOLUTE:
        forget(request)
    elif at - seen > NOTED_EVERY and _can_note(request, at):
        request.session[SEEN] = at.isoformat()


def _can_note(request: HttpRequest, at: datetime) -> bool:
    """Note that the session is in use; False where nothing can be stored: pages can be read all the same (R58)."""
    try:
        DeskSession.objects.filter(key=request.session.session_key).update(seen_at=at)
    except DatabaseError as fault:
        if trouble_of(fault) not in ("full", "read_only", "busy"):
            raise
        return False
    return True


def sign_in_as(request: HttpRequest, user: User, *, second: bool = False) -> None:
    """A session with a new number; `second`: a code was given, too."""
    login(request, user, backend=BACKEND)
    request.session[SECOND] = second
    _begin(request, user, at=clock.now())


def _begin(request: HttpRequest, user: User, *, at: datetime) -> None:
    request.session[BEGUN] = request.session[SEEN] = at.isoformat()
    if request.session.session_key is None:
        request.session.save()
    DeskSession.objects.filter(user=user, seen_at__lt=at - ABSOLUTE).delete()
    DeskSession.objects.update_or_create(
        key=request.session.session_key,
        defaults={
            "user": user,
            "begun_at": at,
            "seen_at": at,
            "ip": request.META.get("REMOTE_ADDR", "")[:45],
            "browser": request.META.get("HTTP_USER_AGENT", "")[:200],
        },
    )


def forget(request: HttpRequest) -> None:
    """End the session of this request."""
    DeskSession.objects.filter(key=request.session.session_key).delete()
    logout(request)


def sessions_of(user: User, *, at: datetime) -> list[DeskSession]:
    """The sessions that still run, the latest first."""
    rows = DeskSession.objects.filter(user=user, seen_at__gte=at - IDLE, begun_at__gte=at - ABSOLUTE)
    running = set(Session.objects.filter(session_key__in=rows.values("key")).values_list("session_key", flat=True))
    return [row for row in rows.order_by("-seen_at", "-pk") if row.key in running]


def end_others(request: HttpRequest, user: User) -> int:
    """End every other session of this user."""
    others = DeskSession.objects.filter(user=user).exclude(key=request.session.session_key)
    keys = list(others.values_list("key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    others.delete()
    return len(keys)


def _moment(request: HttpRequest, name: str) -> datetime | None:
    text = request.session.get(name)
    return datetime.fromisoformat(text) if isinstance(text, str) else None
