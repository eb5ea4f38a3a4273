"""Turns a request for a dealer's page into that page, or into the same "not found" that an absent dealer answers.

Every page under /d/<slug>/ goes through `desk_page`; a test walks the addresses and fails when one does not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation
from django.utils.cache import patch_cache_control

from relance.dealers.models import Dealer, Membership, User
from relance.lib import clock
from relance.web.desk.reading import Reader, reader_of

Rest = ParamSpec("Rest")
READING = ("GET", "HEAD")


@dataclass(frozen=True)
class Desk:
    """Who sits at which dealer's desk."""

    request: HttpRequest
    user: User
    dealer: Dealer
    membership: Membership
    dealers: tuple[Dealer, ...]  # every dealer of this user, by name
    reader: Reader

    @property
    def may_change(self) -> bool:
        """Whether the role may do more than look."""
        return self.membership.role != "read_only"

    @property
    def is_fragment(self) -> bool:
        """Whether only a part of the page is asked for."""
        return bool(getattr(self.request, "htmx", False))


Page = Callable[Concatenate[Desk, Rest], HttpResponse]


def desk_page(*, changes: bool = False) -> Callable[[Page[Rest]], Callable[..., HttpResponse]]:
    """Only members come in; `changes`: only by POST, and no role that merely reads."""

    def guarded(page: Page[Rest]) -> Callable[..., HttpResponse]:
        @wraps(page)
        def answer(request: HttpRequest, slug: str, **rest: Any) -> HttpResponse:
            response = _answer(page, request, slug, changes=changes, rest=rest)
            patch_cache_control(response, private=True, no_store=True)
            return response

        return answer

    return guarded


def _answer(
    page: Callable[..., HttpResponse], request: HttpRequest, slug: str, *, changes: bool, rest: dict[str, Any]
) -> HttpResponse:
    if not request.user.is_authenticated:
        return to_sign_in(request)
    desk = sit_down(request, request.user, slug)
    if request.method not in (("POST",) if changes else READING):
        return HttpResponseNotAllowed(["POST"] if changes else READING)
    if changes and not desk.may_change:
        raise PermissionDenied
    return page(desk, **rest)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in, for a whole page and for a fragment alike."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect_to_login(request.get_full_path())


def sit_down(request: HttpRequest, user: User, slug: str) -> Desk:
    """The desk of this user at this dealer; 404 when there is none, whether or not the dealer exists."""
    at = clock.now()
    memberships = memberships_of(user)
    membership = next((m for m in memberships if m.dealer.slug == slug), None)
    if membership is None:
        speak(request, user.language)
        raise Http404
    dealer = membership.dealer
    language = speak(request, user.language)
    reader = reader_of(dealer, language, at)
    return Desk(request, user, dealer, membership, tuple(m.dealer for m in memberships), reader)


def memberships_of(user: User) -> list[Membership]:
    """Every dealer at which this user has a place, by name."""
    rows = Membership.objects.across_dealers("at the door no dealer is known yet").filter(user=user)
    return list(rows.select_related("dealer").order_by("dealer__name", "dealer_id"))


def speak(request: HttpRequest, language: str) -> str:
    """Answer in the user's own language; without one, in the browser's."""
    if language:
        translation.activate(language)
    request.LANGUAGE_CODE = translation.get_language() or "en"
    return translation.get_language() or "en"
