"""Turns an address and a password, or a one-time link, into a session; and ends it."""

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relance.dealers.models import User
from relance.dealers.sign_in import use_up, user_of_link
from relance.lib import clock
from relance.web.desk.guard import memberships_of, remember_dealer, speak
from relance.web.door.second_step import half_way, own_path, to_second_step
from relance.web.door.sessions import forget, sign_in_as
from relance.web.door.throttle import is_too_busy, know_device
from relance.web.door.told import tell_dealers

YEAR_SECONDS = 365 * 86_400


@require_GET
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """The first page: the programmes of the dealer last used, or the sign-in, or a word to who has no dealer yet."""
    if not request.user.is_authenticated:
        return redirect("sign-in")
    speak(request, request.user.language)
    if dealers := [membership.dealer for membership in memberships_of(request.user)]:
        last = next((dealer for dealer in dealers if dealer.pk == request.user.last_dealer_id), dealers[0])
        remember_dealer(request.user, last)
        return redirect("desk-programmes", slug=last.slug)
    return render(request, "sign_in/no_dealer.html")


@require_http_methods(["GET", "POST"])
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail address and password."""
    onward = request.POST.get("next") or request.GET.get("next") or ""
    if request.user.is_authenticated and request.method == "GET":
        return _onward(request, onward)
    email, fault = request.POST.get("email", "").strip(), ""
    if request.method == "POST":
        found = _with_password(request, email, request.POST.get("password", ""))
        if isinstance(found, User):
            return come_in(request, found, onward)
        fault = found
    return render(request, "sign_in/sign_in.html", {"email": email, "next": onward, "fault": fault})


def _with_password(request: HttpRequest, email: str, password: str) -> User | str:
    """The user, or why not. Unknown and known addresses answer alike, and as slowly."""
    if is_too_busy(request, email):
        return _("Too many attempts. Wait an hour, or ask for a sign-in link.")
    user = authenticate(request, username=email, password=password)
    if isinstance(user, User):
        return user
    tell_dealers(request, email, "sign_in_refused")
    if getattr(request, "axes_locked_out", False):
        return _("Too many attempts. Wait an hour, or ask for a sign-in link.")
    return _("This e-mail address and password do not match. Check both; capital letters count.")


def come_in(request: HttpRequest, user: User, onward: str = "") -> HttpResponse:
    """In; or to the second step, when the user has one."""
    if half_way(request, user, onward):
        return to_second_step()
    sign_in_as(request, user)
    tell_dealers(request, user.email, "sign_in")
    response = _onward(request, onward)
    know_device(request, response, user)
    return response


@require_http_methods(["GET", "POST"])
@never_cache
def sign_in_link(request: HttpRequest, who: str, token: str) -> HttpResponse:
    """The link is used up by the button, not by looking: mail programs look at links before people do."""
    user = user_of_link(who, token)
    if user is None:
        return render(request, "sign_in/link_dead.html")
    faults: list[str] = []
    if request.method == "POST":
        faults = _use_link(user, request.POST.get("password", ""))
        if not faults:
            return come_in(request, user)
    return render(request, "sign_in/link.html", {"who": user, "faults": faults})


def _use_link(user: User, password: str) -> list[str]:
    """Use the link up, with a password for the next time when one is given; or say why not."""
    if password:
        try:
            validate_password(password, user)
        except ValidationError as error:
            return list(error.messages)
    if not use_up(user, at=clock.now()):
        return [_("This link has just been used.")]
    if password:
        user.set_password(password)
        user.save(update_fields=["password"])
    return []


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        tell_dealers(request, request.user.email, "sign_out")
    forget(request)
    return redirect("sign-in")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language of the pages: kept with the user, and in the browser for the sign-in."""
    chosen = request.POST.get("language", "")
    response = HttpResponseRedirect(own_path(request, request.POST.get("next", "")) or "/")
    if chosen in dict(settings.LANGUAGES) and check_for_language(chosen):
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=chosen)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=YEAR_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def _onward(request: HttpRequest, path: str) -> HttpResponse:
    return HttpResponseRedirect(own_path(request, path) or "/")
