"""Turns the link of an invitation into a place at a dealer, by the button and not by looking."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from relance.dealers.audit import Deed, Who, note
from relance.dealers.invitations import invitation_of, take
from relance.dealers.models import User
from relance.lib import clock
from relance.web.desk.guard import speak
from relance.web.desk.words import ROLES, word
from relance.web.door.sign_in import come_in


@require_http_methods(["GET", "POST"])
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who has an account takes the place and signs in as ever; who has none gives a name and a password."""
    at = clock.now()
    found = invitation_of(token, at=at)
    if found is None:
        return render(request, "sign_in/invitation_dead.html")
    if not request.user.is_authenticated:
        speak(request, found.dealer.language if "django_language" not in request.COOKIES else "")
    is_new = not User.objects.filter(email__iexact=found.email).exists()
    name, faults = request.POST.get("name", ""), []
    if request.method == "POST":
        faults = _faults(found.email, request.POST.get("password", "")) if is_new else []
        user = None if faults else take(found, name=name, password=request.POST.get("password", ""), at=at)
        if user is not None:
            who = Who(user.email, str(request.META.get("REMOTE_ADDR", "")))
            note(found.dealer, Deed("user_changed", f"user {user.email}", after={"role": found.role}), who=who, at=at)
            return come_in(request, user) if is_new else redirect("sign-in")
        faults = faults or [_("This link has just been used.")]
    values = {
        "invitation": found,
        "role": word(ROLES, found.role),
        "is_new": is_new,
        "name": name,
        "faults": faults,
    }
    return render(request, "sign_in/invitation.html", values, status=422 if faults else 200)


def _faults(email: str, password: str) -> list[str]:
    try:
        validate_password(password, User(email=email))
    except ValidationError as error:
        return list(error.messages)
    return []
