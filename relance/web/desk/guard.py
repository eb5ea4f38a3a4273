"""Turns a request for a dealer's page into that page, or into the same "not found" that an absent dealer answers.

Every page under /d/<slug>/ goes through `desk_page`; a test walks the addresses and fails when one does not. Pages ask
`desk.customers()` and `desk.messages()`, never the tables: not everybody sees every customer.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypedDict

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_cache_control

from relance.dealers.audit import Deed, Who, note
from relance.dealers.models import Dealer, GroupMembership, Membership, User
from relance.dealers.rights import Rights, rights_of
from relance.facts.models import Customer
from relance.facts.reach import customers_within
from relance.lib import clock
from relance.outbox.models import Message
from relance.web.desk.reading import Reader, reader_of

Rest = ParamSpec("Rest")
READING = ("GET", "HEAD")
Values = Mapping[str, Any]


class Undo(TypedDict):
    """The form that takes back what has just been done."""

    address: str
    fields: dict[str, str]


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
    def rights(self) -> Rights:
        """What the role may do."""
        return rights_of(self.membership.role)

    @property
    def acts(self) -> frozenset[str]:
        """The acts of the role, for templates: `{% if "approve" in desk.acts %}`."""
        return self.rights.acts

    def may(self, act: str, subject: str | None = None) -> bool:
        """Whether the reader may do this; with a subject, to an automation of that subject."""
        return self.rights.may(act, subject)

    def must(self, act: str, subject: str | None = None) -> None:
        """PermissionDenied unless he may."""
        if not self.may(act, subject):
            raise PermissionDenied

    def note(self, act: str, what: str = "", *, before: Values | None = None, after: Values | None = None) -> None:
        """Note in the audit log what the reader did; inside the transaction of the page itself."""
        note(self.dealer, Deed(act, what, before or {}, after or {}), who=who_asks(self.request), at=self.reader.at)

    def tell(self, says: str, *, undo: Undo | None = None) -> None:
        """Say on the next page what has just been done, and offer to undo it."""
        self.request.session[TOLD] = {"says": says, "undo": undo}

    @property
    def sees_all(self) -> bool:
        """Whether no customer of the dealer is hidden from the reader."""
        return self.rights.reach == "all"

    @property
    def sees_own(self) -> bool:
        """Whether the reader has customers of his own: then every number is of them."""
        return self.rights.reach == "own"

    def customers(self) -> QuerySet[Customer]:
        """The customers whom the reader may see."""
        return customers_within(self.dealer, self.rights.reach, self.membership.reference)

    def messages(self) -> QuerySet[Message]:
        """The messages to them."""
        rows = Message.objects.of(self.dealer)
        return rows if self.sees_all else rows.filter(customer__in=self.customers())

    @property
    def is_fragment(self) -> bool:
        """Whether only a part of the page is asked for."""
        return bool(getattr(self.request, "htmx", False))


TOLD = "told"  # in the session, until the next page has said it
Page = Callable[Concatenate[Desk, Rest], HttpResponseBase]


def desk_page(act: str = "look", *, changes: bool = False) -> Callable[[Page[Rest]], Callable[..., HttpResponseBase]]:
    """Only members whose role has the right `act` (dealers/rights.py) come in; `changes`: only by POST."""

    def guarded(page: Page[Rest]) -> Callable[..., HttpResponseBase]:
        @wraps(page)
        def answer(request: HttpRequest, slug: str, **rest: Any) -> HttpResponseBase:
            response = _answer(page, request, slug, needs=(act, changes), rest=rest)
            patch_cache_control(response, private=True, no_store=True)
            return response

        answer.__dict__.update(act=act, changes=changes)  # for the tests that walk every page
        return answer

    return guarded


def _answer(
    page: Callable[..., HttpResponseBase],
    request: HttpRequest,
    slug: str,
    *,
    needs: tuple[str, bool],
    rest: dict[str, Any],
) -> HttpResponseBase:
    act, changes = needs
    if not request.user.is_authenticated:
        return to_sign_in(request)
    desk = sit_down(request, request.user, slug)
    if desk.dealer.preferences.asks_two_steps(desk.membership.role) and not request.session.get("second"):
        return redirect("me-second-step")
    if request.method not in (("POST",) if changes else READING):
        return HttpResponseNotAllowed(["POST"] if changes else READING)
    try:
        # What a page changes and what the audit log says of it stand or fall together.
        with transaction.atomic() if changes else nullcontext():
            desk.must(act)
            return page(desk, **rest)
    except PermissionDenied:
        desk.note("refused", f"{request.method} {request.path}"[:300])
        raise


def who_asks(request: HttpRequest) -> Who:
    """Who asks, and from where; forwarding headers are believed by the server in front only (jobs/serve.py)."""
    name = request.user.email if request.user.is_authenticated else ""
    return Who(name, request.META.get("REMOTE_ADDR", ""))


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
    remember_dealer(user, dealer)
    language = speak(request, user.language)
    reader = reader_of(dealer, language, at)
    return Desk(request, user, dealer, membership, tuple(m.dealer for m in memberships), reader)


def remember_dealer(user: User, dealer: Dealer) -> None:
    """Whose desk the user sits at: there he begins the next time."""
    if user.last_dealer_id != dealer.pk:
        User.objects.filter(pk=user.pk).update(last_dealer=dealer)


def memberships_of(user: User) -> list[Membership]:
    """Every dealer at which this user has a place, by name; his own place there comes before that of a group."""
    own = Membership.objects.across_dealers("at the door no dealer is known yet").filter(user=user)
    shut = own.exclude(suspended_at=None)  # also against his place in the group
    of_groups = GroupMembership.objects.filter(user=user)
    here, above = own.filter(dealer=OuterRef("pk")), of_groups.filter(group=OuterRef("group"))
    dealers = Dealer.objects.filter(
        Q(pk__in=own.values("dealer_id")) | Q(group_id__in=of_groups.values("group_id"))
    ).exclude(pk__in=shut.values("dealer_id"))
    dealers = dealers.annotate(
        role=Coalesce(Subquery(here.values("role")), Subquery(above.values("role"))),
        reference=Coalesce(Subquery(here.values("reference")), Value("")),
    )
    return [
        Membership(dealer=dealer, user=user, role=dealer.role, reference=dealer.reference)
        for dealer in dealers.order_by("name", "pk")
    ]


def speak(request: HttpRequest, language: str) -> str:
    """Answer in the user's own language; without one, in the browser's."""
    if language:
        translation.activate(language)
    request.LANGUAGE_CODE = translation.get_language() or "en"
    return translation.get_language() or "en"
