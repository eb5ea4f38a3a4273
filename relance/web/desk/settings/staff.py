"""Turns the dealer's staff into pages: whom visits and sales name, what the feed says of each, what was typed here."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from relance.dealers import staff as book
from relance.dealers.models import LANGUAGES, ROLES, Membership, Staff
from relance.dealers.places import change_place
from relance.lib.errors import BadInput
from relance.lib.fold import fold
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.taken import number_in
from relance.web.desk.words import ROLES as ROLE_WORDS
from relance.web.desk.words import Word, word
from relance.web.lists.listing import Column, Listing
from relance.web.lists.memory import Memory
from relance.web.lists.order import Key

PER_PAGE = 100
FIELDS = ("name", "email", "mobile", "language")


@dataclass(frozen=True)
class Line:
    """One member of the staff in the list."""

    person: Staff
    roles: list[Word]
    user: str  # who signs in as this person

    @property
    def is_by_hand(self) -> bool:
        """Whether no feed has said anything of him."""
        return not self.person.digest and bool(self.person.typed)


@desk_page("users")
def staff(desk: Desk) -> HttpResponse:
    """Everybody, those who work here first."""
    page = STAFF.page(desk)
    here = [line for line in page.rows if line.person.retired_at is None]
    gone = [line for line in page.rows if line.person.retired_at is not None]
    return show(desk, "desk/settings/staff.html", {"here": here, "gone": gone, "head": page.head}, place="desk-staff")


def _everybody(desk: Desk) -> list[Staff]:
    return list(Staff.objects.of(desk.dealer).order_by("pk"))


def _lines(desk: Desk, people: Sequence[Staff]) -> list[Line]:
    users = {fold(place.reference): str(place.user) for place in _places(desk) if place.reference}
    return [
        Line(person, [word(ROLE_WORDS, role) for role in person.roles], users.get(person.ref_folded, ""))
        for person in people
    ]


def _columns(_desk: Desk) -> list[Column[Line]]:
    return [
        Column("ref", _("Reference"), lambda line: line.person.ref),
        Column("name", _("Name"), lambda line: line.person.name),
        Column("roles", _("Roles"), lambda line: ", ".join(map(str, line.roles))),
        Column("email", _("E-mail"), lambda line: line.person.email),
        Column("mobile", _("Mobile"), lambda line: line.person.mobile),
        Column("language", _("Language"), lambda line: line.person.language),
        Column("user", _("Signs in as"), lambda line: line.user),
        Column("by_hand", _("By hand"), lambda line: ", ".join(line.person.typed)),
        Column("gone", _("Gone since"), lambda line: line.person.retired_at),
    ]


STAFF = Listing(
    name="staff",
    place="desk-staff",
    title=_("Staff"),
    act="users",
    source=Memory(
        keys=(
            Key("name", _("Name"), lambda person: fold(person.name or "") or None, may_lack=True),
            Key("ref", _("Reference"), lambda person: person.ref_folded),
            Key("role", _("Roles"), lambda person: ", ".join(str(word(ROLE_WORDS, r)) for r in person.roles)),
        ),
        rows=_everybody,
        whole=_lines,
        tie=lambda person: person.pk,
        band=lambda person: int(person.retired_at is not None),  # those who are gone come behind the others
    ),
    columns=_columns,
    per_page=PER_PAGE,
)


@desk_page("users")
def member(desk: Desk, number: int) -> HttpResponse:
    """One of them, or a new one (0)."""
    return _page(desk, _person(desk, number) if number else None)


@desk_page("users", changes=True)
def save_member(desk: Desk, number: int) -> HttpResponse:
    """Keep what was typed, or say what is wrong with it; what was typed is still there."""
    posted = desk.request.POST
    person = _person(desk, number) if number else None
    values = {name: posted.get(name, "")[:254] for name in FIELDS}
    typed: book.Values = {**values, "roles": posted.getlist("roles")}
    try:
        if person is None:
            person = book.add_staff(desk.dealer, posted.get("reference", ""), typed)
            before, after = dict[str, object](), dict[str, object](person.typed)
        else:
            before, after = book.change_staff(person, typed)
        user = _make_user(desk, person, number_in(posted.get("user")))
    except BadInput as error:
        reference = posted.get("reference", "")[:64]
        return _page(desk, person, typed=typed, reference=reference, fault=str(error), status=422)
    if before or after or user:
        desk.note("staff", f"staff {person.ref}", before=before, after={**after, **user})
    return redirect("desk-staff", slug=desk.dealer.slug)


@desk_page("users", changes=True)
def give_member_back(desk: Desk, number: int) -> HttpResponse:
    """Let the next feed say everything of this person again."""
    person = _person(desk, number)
    before = dict(person.typed)
    book.give_back(person)
    desk.note("staff", f"staff {person.ref}", before=before, after={"given_back_to_the_feed": True})
    return redirect("desk-staff-member", slug=desk.dealer.slug, number=number)


@desk_page("users", changes=True)
def retire_member(desk: Desk, number: int) -> HttpResponse:
    """This person does not work here any more."""
    person = _person(desk, number)
    book.retire(person, at=desk.reader.at)
    desk.note("staff", f"staff {person.ref}", after={"retired": True})
    return redirect("desk-staff", slug=desk.dealer.slug)


@desk_page("users", changes=True)
def bring_member_back(desk: Desk, number: int) -> HttpResponse:
    """This person works here again."""
    person = _person(desk, number)
    book.bring_back(person)
    desk.note("staff", f"staff {person.ref}", after={"retired": False})
    return redirect("desk-staff", slug=desk.dealer.slug)


def _make_user(desk: Desk, person: Staff, number: int) -> dict[str, object]:
    """Give the person's reference to the user who he is, and take it from whoever had it; what that changed."""
    changed: dict[str, object] = {}
    for place in _places(desk):
        has_it, is_it = fold(place.reference) == person.ref_folded, place.pk == number
        if has_it != is_it:
            change_place(desk.dealer, place, role=place.role, reference=person.ref if is_it else "")
            changed["user" if is_it else "no_longer_user"] = place.user.email
    return changed


def _page(
    desk: Desk,
    person: Staff | None,
    *,
    typed: book.Values | None = None,
    reference: str = "",
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    shown = typed or {name: getattr(person, name, None) or "" for name in (*FIELDS, "roles")}
    own = person.ref_folded if person else None
    places = [(place, fold(place.reference) == own) for place in _places(desk)]
    values = {
        "person": person,
        "number": person.pk if person else 0,
        "shown": shown,
        "reference": reference,
        "fault": fault,
        "roles": [(role, ROLE_WORDS[role]) for role in ROLES],
        "languages": LANGUAGES,
        "users": places,
        "by_hand": list(person.typed) if person else [],
        "has_feed": bool(person and person.digest),
    }
    return show(desk, "desk/settings/staff_member.html", values, place="desk-staff", status=status)


def _places(desk: Desk) -> QuerySet[Membership]:
    return Membership.objects.of(desk.dealer).select_related("user").order_by("user__name", "user__email")


def _person(desk: Desk, number: int) -> Staff:
    found = Staff.objects.of(desk.dealer).filter(pk=number).first()
    if found is None:
        raise Http404
    return found
