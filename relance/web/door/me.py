"""Turns one's own account into a page: name, password, second step, and where one is signed in."""

from collections.abc import Callable
from functools import wraps
from textwrap import wrap
from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from relance.dealers import two_step
from relance.dealers.models import User
from relance.lib import clock
from relance.web.desk.guard import memberships_of, speak, to_sign_in
from relance.web.door.browsers import known_as
from relance.web.door.sessions import SECOND, end_others, sessions_of
from relance.web.door.told import tell_dealers

NEW_SECRET = "new-secret"
Page = Callable[[HttpRequest, User], HttpResponse]


def own_page(page: Page) -> Callable[[HttpRequest], HttpResponse]:
    """Only the signed-in come in; each sees himself."""

    @wraps(page)
    def answer(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        speak(request, request.user.language)
        return page(request, request.user)

    return never_cache(answer)


@require_http_methods(["GET", "POST"])
@own_page
def me(request: HttpRequest, user: User) -> HttpResponse:
    """The page; POST changes the name."""
    if request.method == "POST":
        user.name = request.POST.get("name", "").strip()[:200]
        user.save(update_fields=["name"])
        return redirect("me")
    return _show(request, user)


def _show(request: HttpRequest, user: User, *, status: int = 200, **told: Any) -> HttpResponse:
    values = {
        "has_second": two_step.has_second_step(user),
        "codes_left": len(two_step.recovery_codes(user)),
        "sessions": [(one, known_as(one.browser)) for one in sessions_of(user, at=clock.now())],
        "this": request.session.session_key,
        "places": memberships_of(user),
        "needs_second": needs_second(request, user),
        **told,
    }
    return render(request, "me/me.html", values, status=status)


def needs_second(request: HttpRequest, user: User) -> bool:
    """Whether a dealer asks for a second step that this session does not have."""
    places = memberships_of(user)
    return not request.session.get(SECOND) and any(p.dealer.preferences.asks_two_steps(p.role) for p in places)


@require_POST
@own_page
def change_password(request: HttpRequest, user: User) -> HttpResponse:
    """A new password: the present one shows that it is the owner. Every other session ends."""
    before, after = request.POST.get("before", ""), request.POST.get("after", "")
    faults = _faults(user, before, after)
    if faults:
        return _show(request, user, status=422, password_faults=faults)
    user.set_password(after)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)
    end_others(request, user)
    tell_dealers(request, user.email, "password")
    return redirect("me")


def _faults(user: User, before: str, after: str) -> list[str]:
    if user.has_usable_password() and not user.check_password(before):
        return [_("That is not your current password.")]
    try:
        validate_password(after, user)
    except ValidationError as error:
        return list(error.messages)
    return []


@require_http_methods(["GET", "POST"])
@own_page
def second_step(request: HttpRequest, user: User) -> HttpResponse:
    """Switch the second step on: the square, and a code that shows that the telephone has read it."""
    if two_step.has_second_step(user):
        return redirect("me")
    secret = request.session.setdefault(NEW_SECRET, two_step.new_secret())
    fault = ""
    if request.method == "POST":
        if two_step.switch_on(user, secret, request.POST.get("code", "")):
            del request.session[NEW_SECRET]
            request.session[SECOND] = True
            end_others(request, user)
            tell_dealers(request, user.email, "second_step", "on")
            return redirect("me-codes")
        fault = _("This code is not correct. Codes change every half minute; your phone’s clock must be right.")
    by_hand = " ".join(wrap(secret, 4))  # to be typed into a telephone
    values = {"secret": by_hand, "drawing": two_step.drawing(user, secret), "fault": fault}
    return render(request, "me/second_step.html", values)


@require_http_methods(["GET", "POST"])
@own_page
def codes(request: HttpRequest, user: User) -> HttpResponse:
    """The recovery codes; POST makes new ones."""
    if not two_step.has_second_step(user):
        return redirect("me")
    if request.method == "POST":
        two_step.new_recovery_codes(user)
        tell_dealers(request, user.email, "second_step", "new recovery codes")
        return redirect("me-codes")
    return render(request, "me/codes.html", {"codes": two_step.recovery_codes(user)})


@require_POST
@own_page
def second_step_off(request: HttpRequest, user: User) -> HttpResponse:
    """Switch it off: a code shows that it is the owner."""
    if not two_step.is_right(user, request.POST.get("code", "")):
        return _show(request, user, status=422, off_fault=_("This code is not correct."))
    two_step.switch_off(user)
    request.session[SECOND] = False
    tell_dealers(request, user.email, "second_step", "off")
    return redirect("me")


@require_POST
@own_page
def sign_out_elsewhere(request: HttpRequest, user: User) -> HttpResponse:
    """End every other session."""
    ended = end_others(request, user)
    tell_dealers(request, user.email, "sessions_ended", f"{ended} sessions")
    return redirect("me")
