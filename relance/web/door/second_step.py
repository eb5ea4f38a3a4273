"""Turns a right password of a user with a second step into a session that waits for a code, and then is one."""

from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from relance.dealers.models import User
from relance.dealers.two_step import has_second_step
from relance.lib import clock
from relance.web.door.sessions import sign_in_as
from relance.web.door.throttle import know_device
from relance.web.door.told import tell_dealers

HALF = "half"
LASTS = timedelta(minutes=10)


def half_way(request: HttpRequest, user: User, onward: str) -> bool:
    """Whether a code is still missing; then the session remembers who has given his password."""
    if not has_second_step(user):
        return False
    request.session.cycle_key()
    request.session[HALF] = {"user": user.pk, "stamp": user.stamp, "at": clock.now().isoformat(), "next": onward}
    return True


def to_second_step() -> HttpResponse:
    """Where the code is asked for."""
    return redirect("sign-in-code")


@require_http_methods(["GET", "POST"])
@never_cache
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The code of the moment, or a recovery code."""
    user = _half(request)
    if user is None:
        return redirect("sign-in")
    fault = ""
    if request.method == "POST":
        found = authenticate(request, half=user, code=request.POST.get("code", "")[:20])
        if isinstance(found, User):
            onward = request.session.pop(HALF)["next"]
            sign_in_as(request, found, second=True)
            tell_dealers(request, found.email, "sign_in", "two steps")
            response = HttpResponseRedirect(own_path(request, onward) or "/")
            know_device(request, response, found)
            return response
        tell_dealers(request, user.email, "sign_in_refused", "code")
        fault = _("This code is not correct. Codes change every half minute; your phone’s clock must be right.")
        if getattr(request, "axes_locked_out", False):
            fault = _("Too many attempts. Wait an hour, or ask for a sign-in link.")
    return render(request, "sign_in/code.html", {"fault": fault})


def _half(request: HttpRequest) -> User | None:
    """Who has given his password within the last ten minutes."""
    half = request.session.get(HALF)
    if not half or clock.now() - datetime.fromisoformat(half["at"]) > LASTS:
        return None
    return User.objects.filter(pk=half["user"], stamp=half["stamp"], is_active=True).first()


def own_path(request: HttpRequest, path: str) -> str:
    """The path, when it leads to a page of this server."""
    safe = url_has_allowed_host_and_scheme(path, {request.get_host()}, require_https=request.is_secure())
    return path if safe else ""
