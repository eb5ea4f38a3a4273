"""Turns addresses that are not used any more into a list: why, since when, whose; and one into use again."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relance.delivery.safety.suppressed import HIS_OWN, LONGEST, lift, owners_of, suppressed_of
from relance.facts.models import Customer, Suppression
from relance.lib.errors import BadInput
from relance.measures.words import CHANNELS, SUPPRESSED
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.words import Word, word
from relance.web.lists.listing import Column, Listing
from relance.web.lists.order import Key
from relance.web.lists.table import Table, in_order

PLACE = "desk-suppressed"


@dataclass(frozen=True)
class Line:
    """One address."""

    row: Suppression
    channel: Word
    reason: Word
    owners: list[Customer]

    @property
    def is_his_own(self) -> bool:
        """Whether the reader said so himself."""
        return self.row.reason in HIS_OWN


@desk_page("settings")
def suppressed(desk: Desk) -> HttpResponse:
    """The list; of addresses that begin with what is searched for."""
    return _page(desk)


def _page(desk: Desk, *, fault: str = "", of: int = 0, why: str = "", status: int = 200) -> HttpResponse:
    page = SUPPRESSIONS.page(desk)
    values = {"lines": page.rows, "head": page.head, "search": _search(desk), "fault": fault, "of": of, "why": why}
    is_more = desk.is_fragment and "cursor" in desk.request.GET
    template = "desk/settings/_suppressed_rows.html" if is_more else "desk/settings/suppressed.html"
    return show(desk, template, values, place=PLACE, status=status)


@desk_page("settings", changes=True)
def use_again(desk: Desk, number: int) -> HttpResponse:
    """Use an address again, with the reason."""
    row = Suppression.objects.of(desk.dealer).filter(pk=number).first()
    if row is None:
        raise Http404
    why = desk.request.POST.get("why", "").strip()[:LONGEST]
    whose = ", ".join(one.ref for one in owners_of(desk.dealer, [row])[row.pk]) or "nobody"
    try:
        lift(desk.dealer, row, why=why)
    except BadInput as error:
        return _page(desk, fault=str(error), of=number, why=why, status=422)
    desk.note(
        "address_used_again",
        f"{row.channel} of customer {whose}"[:300],
        before={"reason": row.reason, "since": row.at},
        after={"why": why},
    )
    desk.tell(gettext("The address is used again from the next message on."))
    return redirect(PLACE, slug=desk.dealer.slug)


def _search(desk: Desk) -> str:
    return desk.request.GET.get("q", "").strip()[:254]


def _fitting(desk: Desk) -> QuerySet[Suppression]:
    return suppressed_of(desk.dealer, _search(desk))


def _whole(desk: Desk, keys: Sequence[int]) -> list[Line]:
    rows = in_order(Suppression.objects.of(desk.dealer), keys)
    owners = owners_of(desk.dealer, rows)
    return [Line(row, word(CHANNELS, row.channel), word(SUPPRESSED, row.reason), owners[row.pk]) for row in rows]


def _columns(_desk: Desk) -> list[Column[Line]]:
    return [
        Column("address", _("Address"), lambda line: line.row.address),
        Column("channel", _("Channel"), lambda line: line.channel),
        Column("reason", _("Reason"), lambda line: line.reason),
        Column("since", _("Since"), lambda line: line.row.at),
        Column("customers", _("Customers"), lambda line: ", ".join(one.ref for one in line.owners)),
    ]


SUPPRESSIONS = Listing(
    name="suppressed",
    place=PLACE,
    title=_("Addresses not used"),
    act="settings",
    source=Table(
        keys=(
            Key("since", _("Since"), ("at", "pk"), down=True),
            Key("address", _("Address"), ("channel", "address", "pk")),
        ),
        rows=_fitting,
        whole=_whole,
    ),
    columns=_columns,
)
