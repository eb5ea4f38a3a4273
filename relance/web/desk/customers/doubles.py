"""Turns customers who are probably there twice into a list of pairs, and a decision about one of them into rows."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relance.facts.persons.matching import Alike, Offer, alike, offer_again, offers, set_apart
from relance.outbox.runs.merged import merge
from relance.web.desk.customers.one import customer_named
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, Undo, desk_page
from relance.web.desk.results.reckoned import (
    Known,
    change_kept,
    is_asked_for,
    is_large,
    known,
    reckoned,
    shown_with,
)
from relance.web.desk.words import Word
from relance.web.lists.listing import Column, Listing
from relance.web.lists.memory import Memory
from relance.web.lists.order import Key

DOUBLES = "doubles"
PLACE = "desk-doubles"
SAME: dict[str, Word] = {"email_folded": _("E-mail"), "mobile": _("Mobile")}


@desk_page("erase")
def doubles(desk: Desk) -> HttpResponse:
    """Customers who are probably there twice."""
    values: dict[str, Any] = {}
    if is_asked_for(desk):
        large = is_large(desk.dealer)  # else as of now
        found = known(desk, DOUBLES, lambda: alike(desk.dealer)) if large else Known(alike(desk.dealer))
        pairs: list[Alike] = found.figures or []
        page = pairs_of(lambda _desk: pairs).page(desk)
        values = {"offers": page.rows, "head": page.head, "total": len(pairs)}
        values |= shown_with(desk, found, "desk/customers/_doubles.html")
    template = "desk/results/_reckoned.html" if desk.is_fragment else "desk/customers/doubles.html"
    return show(desk, template, values, place=PLACE)


@desk_page("erase", changes=True)
def decide_doubles(desk: Desk) -> HttpResponse:
    """Two become one for good, or are two people and not offered again; the latter can be taken back."""
    typed = desk.request.POST
    keep, gone = customer_named(desk, typed.get("keep", "")), customer_named(desk, typed.get("gone", ""))
    keep_key, gone_key = keep.pk, gone.pk  # one who is merged has none any more
    if keep_key == gone_key:
        raise Http404
    if typed.get("act") == "merge":
        row = merge(desk.dealer, keep, gone, by=str(desk.user), at=desk.reader.at)
        desk.note("customer", f"customer {typed.get('gone')} merged into {keep.ref}", after={"moved": row.moved})
        desk.tell(gettext("Everything of {gone} is with {keep} now.").format(keep=keep.ref, gone=typed["gone"]))
    elif typed.get("act") == "apart":
        set_apart(desk.dealer, keep, gone, by=str(desk.user), at=desk.reader.at)
        desk.note("customer", f"customers {keep.ref} and {gone.ref} are two")
        undo = Undo(
            address=reverse("desk-doubles-decide", kwargs={"slug": desk.dealer.slug}),
            fields={"keep": keep.ref, "gone": gone.ref, "act": "perhaps"},
        )
        desk.tell(gettext("{keep} and {gone} stay two people.").format(keep=keep.ref, gone=gone.ref), undo=undo)
    elif typed.get("act") == "perhaps":
        offer_again(desk.dealer, keep, gone)
        desk.note("customer", f"customers {keep.ref} and {gone.ref} may be one")
    else:
        raise Http404
    change_kept(
        desk, DOUBLES, lambda pairs: [pair for pair in pairs if {keep_key, gone_key} != {pair.first, pair.second}]
    )
    return redirect(PLACE, slug=desk.dealer.slug)


def _every_pair(desk: Desk) -> list[Alike]:
    """As the page knows them."""
    if not is_large(desk.dealer):
        return alike(desk.dealer)
    return reckoned(desk, DOUBLES, lambda: alike(desk.dealer))


def _columns(_desk: Desk) -> list[Column[Offer]]:
    return [
        Column("name", _("Name"), lambda offer: offer.keep.name),
        Column("same", _("In common"), lambda offer: ", ".join(str(SAME[name]) for name in offer.same)),
        Column("keep", _("Id"), lambda offer: offer.keep.ref),
        Column("keep_email", _("E-mail"), lambda offer: offer.keep.email),
        Column("keep_mobile", _("Mobile"), lambda offer: offer.keep.mobile),
        Column("keep_city", _("City"), lambda offer: offer.keep.city),
        Column("gone", _("The other’s id"), lambda offer: offer.gone.ref),
        Column("gone_email", _("The other’s e-mail"), lambda offer: offer.gone.email),
        Column("gone_mobile", _("The other’s mobile"), lambda offer: offer.gone.mobile),
        Column("gone_city", _("The other’s city"), lambda offer: offer.gone.city),
    ]


def _offers(desk: Desk, pairs: Sequence[Alike]) -> list[Offer]:
    return offers(desk.dealer, pairs)


def pairs_of(pairs: Callable[[Desk], Sequence[Alike]]) -> Listing[Offer]:
    """The list of these pairs."""
    return Listing(
        name="doubles",
        place=PLACE,
        title=_("Duplicates"),
        act="erase",
        source=Memory(
            keys=(
                Key("name", _("Name"), lambda pair: pair.name),
                Key("newest", _("Last added"), lambda pair: pair.second, down=True),
            ),
            rows=pairs,
            whole=_offers,
            tie=lambda pair: f"{pair.first} {pair.second}",
        ),
        columns=_columns,
    )


PAIRS = pairs_of(_every_pair)
