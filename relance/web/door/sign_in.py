"""Turns an address and a password, or a one-time link, into a session; and ends it."""

import hashlib

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relance.dealers.models import User
from relance.dealers.sign_in import use_up, user_of_link
from relance.lib import clock
from relance.web.desk.guard import memberships_of, speak

TRIES = 10  # per account and address, then a pause
PAUSE_SECONDS = 15 * 60
YEAR_SECONDS = 365 * 86_400
BACKEND = "django.contrib.auth.backends.ModelBackend"


@require_GET
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """The first page: the programmes of the first dealer, or the sign-in, or a word to who has no dealer yet."""
    if not request.user.is_authenticated:
        return redirect("sign-in")
    speak(request, request.user.language)
    for membership in memberships_of(request.user):
        return redirect("desk-programmes", slug=membership.dealer.slug)
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
        fault = _try_password(request, email, request.POST.get("password", ""))
        if not fault:
            return _onward(request, onward)
    return render(request, "sign_in/sign_in.html", {"email": email, "next": onward, "fault": fault})


def _try_password(request: HttpRequest, email: str, password: str) -> str:
    """Sign in, or say why not. Unknown and known addresses answer alike."""
    tries = "tries:" + hashlib.sha256(f"{email.lower()}|{request.META.get('REMOTE_ADDR')}".encode()).hexdigest()
    if cache.get(tries, 0) >= TRIES:
        return _("Too many attempts. Wait a quarter of an hour, or ask for a sign-in link.")
    user = authenticate(request, username=email, password=password)
    if user is None:
        cache.add(tries, 0, PAUSE_SECONDS)
        cache.incr(tries)
        return _("This address and this password do not belong together. Check both, capital letters count.")
    cache.delete(tries)
    login(request, user)
    return ""


@require_http_methods(["GET", "POST"])
@never_cache
def sign_in_link(request: HttpRequest, who: str, token: str) -> HttpResponse:
    """The link is used up by the button, not by looking: mail programs look at links before people do."""
    user = user_of_link(who, token)
    if user is None:
        return render(request, "sign_in/link_dead.html")
    faults: list[str] = []
    if request.method == "POST":
        faults = _try_link(request, user, request.POST.get("password", ""))
        if not faults:
            return redirect("home")
    return render(request, "sign_in/link.html", {"who": user, "faults": faults})


def _try_link(request: HttpRequest, user: User, password: str) -> list[str]:
    """Sign in, with a password for the next time when one is given."""
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
    login(request, user, backend=BACKEND)
    return []


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language of the pages: kept with the user, and in the browser for the sign-in."""
    chosen = request.POST.get("language", "")
    response = HttpResponseRedirect(_own_path(request, request.POST.get("next", "")) or "/")
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
    return HttpResponseRedirect(_own_path(request, path) or "/")


def _own_path(request: HttpRequest, path: str) -> str:
    """The path, when it leads to a page of this server."""
    safe = url_has_allowed_host_and_scheme(path, {request.get_host()}, require_https=request.is_secure())
    return path if safe else ""
