"""Turns who works here into a page: people with their roles, invitations that wait; and each change of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from relance.dealers.invitations import Wish, invite, waiting
from relance.dealers.models import GroupMembership, Invitation, Membership, Staff
from relance.dealers.places import change_place, readmit, suspend
from relance.dealers.rights import ACTS, RIGHTS
from relance.dealers.two_step import who_have_it
from relance.delivery.channel import Accepted, ChannelDown
from relance.delivery.senders.trial import INVITATION, Direct, send_directly, stays_here
from relance.lib.errors import BadInput
from relance.lib.fold import fold
from relance.plan.saying.links import server_url
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.words import ROLES, Word, word
from relance.web.lists.listing import Column, Listing
from relance.web.lists.memory import Memory
from relance.web.lists.order import Key

LINK = "invitation-link"  # in the inviter's session, until it has been shown once
MOST = 2_000  # of the staff, offered with a reference
PER_PAGE = 100


@dataclass(frozen=True)
class Person:
    """One line of the page."""

    place: Membership
    role: Word
    staff: str  # the name behind the reference
    has_second_step: bool

    @property
    def is_open(self) -> bool:
        """Whether the person can come in."""
        return self.place.suspended_at is None and self.place.user.is_active


@desk_page("users")
def people(desk: Desk) -> HttpResponse:
    """The page."""
    return _page(desk)


def _page(desk: Desk, *, status: int = 200, **told: object) -> HttpResponse:
    page = PEOPLE.page(desk)
    values = {
        "people": page.rows,
        "head": page.head,
        "number": Membership.objects.of(desk.dealer).count(),
        "of_groups": GroupMembership.objects.filter(group=desk.dealer.group_id).select_related("user", "group")
        if desk.dealer.group_id
        else [],
        "invitations": [(row, word(ROLES, row.role), row.expires_at <= desk.reader.at) for row in waiting(desk.dealer)],
        "roles": [(role, ROLES[role]) for role in RIGHTS],
        "staff": Staff.objects.of(desk.dealer).filter(retired_at=None).order_by("name")[:MOST],
        "table": [(says, [act in RIGHTS[role].acts for role in RIGHTS]) for act, says in ACTS.items()],
        "link": desk.request.session.pop(LINK, None),
        **told,
    }
    return show(desk, "desk/settings/people.html", values, place="desk-people", status=status)


def _everybody(desk: Desk) -> list[Membership]:
    return list(Membership.objects.of(desk.dealer).select_related("user"))


def _persons(desk: Desk, places: Sequence[Membership]) -> list[Person]:
    second = who_have_it([row.user for row in places])
    names = dict(Staff.objects.of(desk.dealer).values_list("ref_folded", "name"))
    return [Person(r, word(ROLES, r.role), names.get(fold(r.reference), ""), r.user_id in second) for r in places]


def _columns(_desk: Desk) -> list[Column[Person]]:
    return [
        Column("name", _("Name"), lambda person: person.place.user.name),
        Column("email", _("E-mail"), lambda person: person.place.user.email),
        Column("role", _("Role"), lambda person: person.role),
        Column("reference", _("Reference"), lambda person: person.place.reference),
        Column("staff", _("Staff"), lambda person: person.staff),
        Column("two_steps", _("Two steps"), lambda person: _("yes") if person.has_second_step else _("no")),
        Column("suspended_at", _("Suspended"), lambda person: person.place.suspended_at),
        Column("last_login", _("Last sign-in"), lambda person: person.place.user.last_login),
    ]


def _last_here(place: Membership) -> float | None:
    return place.user.last_login.timestamp() if place.user.last_login else None


PEOPLE = Listing(
    name="people",
    place="desk-people",
    title=_("People and roles"),
    act="users",
    source=Memory(
        keys=(
            Key("name", _("Name"), lambda place: fold(str(place.user))),
            Key("role", _("Role"), lambda place: fold(str(word(ROLES, place.role)))),
            Key("here", _("Last sign-in"), _last_here, down=True, may_lack=True),
        ),
        rows=_everybody,
        whole=_persons,
        tie=lambda place: place.pk,
    ),
    columns=_columns,
    per_page=PER_PAGE,
)


@desk_page("users", changes=True)
def invite_person(desk: Desk) -> HttpResponse:
    """Invite somebody: by e-mail, and by a link that the inviter sees once."""
    asked = desk.request.POST
    wish = Wish(asked.get("email", ""), asked.get("role", ""), asked.get("reference", ""))
    try:
        row, token = invite(desk.dealer, wish, by=str(desk.user), at=desk.reader.at)
    except BadInput as error:
        return _page(desk, status=422, fault=str(error), wish=wish)
    path = reverse("invitation", kwargs={"token": token})
    link = f"{server_url()}{path}"
    desk.note("user_invited", f"user {row.email}", after={"role": row.role, "reference": row.reference})
    desk.request.session[LINK] = {"email": row.email, "link": link, "told": _send(desk, row, link)}
    return redirect("desk-people", slug=desk.dealer.slug)


def _send(desk: Desk, row: Invitation, link: str) -> str:
    """Send the link; what stood in the way, when something did."""
    with override(desk.dealer.language):
        subject = gettext("%(dealer)s has invited you to relance") % {"dealer": desk.dealer.name}
        body = gettext(
            "%(by)s has invited you to use relance at %(dealer)s.\n\nAccept the invitation here within a week: %(link)s"
        )
        body = body % {"by": str(desk.user), "dealer": desk.dealer.name, "link": link}
    try:
        direct = Direct(INVITATION, "email", row.email, subject, body, recipient="user")
        result = send_directly(desk.dealer, direct, at=desk.reader.at)
    except (BadInput, ChannelDown) as error:
        return str(error)
    if stays_here(desk.dealer, "email"):
        return gettext("no mail server is set up yet")
    return "" if isinstance(result, Accepted) else result.answer


@desk_page("users", changes=True)
def take_back(desk: Desk, number: int) -> HttpResponse:
    """Take an invitation back."""
    row = waiting(desk.dealer).filter(pk=number).first()
    if row is None:
        raise Http404
    row.ended_at = desk.reader.at
    row.save(update_fields=["ended_at"])
    desk.note("user_invited", f"user {row.email}", before={"role": row.role}, after={"taken_back": True})
    return redirect("desk-people", slug=desk.dealer.slug)


@desk_page("users", changes=True)
def change_person(desk: Desk, number: int) -> HttpResponse:
    """Another role or reference."""
    place, asked = _place(desk, number), desk.request.POST
    before = {"role": place.role, "reference": place.reference}
    try:
        change_place(
            desk.dealer,
            place,
            role=asked.get("role", place.role),
            reference=asked.get("reference", place.reference),
        )
    except BadInput as error:
        return _page(desk, status=422, fault_of=place.pk, fault=str(error))
    after = {"role": place.role, "reference": place.reference}
    desk.note("user_changed", f"user {place.user.email}", before=before, after=after)
    return redirect("desk-people", slug=desk.dealer.slug)


@desk_page("users", changes=True)
def suspend_person(desk: Desk, number: int) -> HttpResponse:
    """Close somebody's place: he cannot come in, and nothing is forgotten."""
    place = _place(desk, number)
    try:
        suspend(desk.dealer, place, at=desk.reader.at)
    except BadInput as error:
        return _page(desk, status=422, fault_of=place.pk, fault=str(error))
    desk.note("user_left", f"user {place.user.email}", before={"role": place.role})
    return redirect("desk-people", slug=desk.dealer.slug)


@desk_page("users", changes=True)
def readmit_person(desk: Desk, number: int) -> HttpResponse:
    """Open it again."""
    place = readmit(_place(desk, number))
    desk.note("user_changed", f"user {place.user.email}", after={"role": place.role, "readmitted": True})
    return redirect("desk-people", slug=desk.dealer.slug)


def _place(desk: Desk, number: int) -> Membership:
    found = Membership.objects.of(desk.dealer).filter(pk=number).select_related("user").first()
    if found is None:
        raise Http404
    return found
