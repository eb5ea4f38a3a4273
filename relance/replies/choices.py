"""Turns the page of a customer's choices into entries of the ledger, his language, and vehicles that he sold.

What is ticked is what he would receive today. Only what he changes is written: nothing is granted by a box that was
ticked when he came (K4). What he does here is his own act: it undoes his own opt-outs, and nothing else does.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from relance.dealers.models import Dealer
from relance.facts.consent import Entry, OptedOutAddresses, ledger_of, record, record_for_address, relations_of
from relance.facts.models import Customer, Vehicle
from relance.facts.persons.merge import who_is
from relance.lib.language import LANGUAGES
from relance.outbox.forecast import KEPT
from relance.outbox.law.regimes import judge
from relance.plan.saying.links import read_choices

SOURCE = "choices page"
WAYS: dict[str, tuple[str, ...]] = {  # as the page says it: the channels of the ledger
    "sms": ("sms",),
    "email": ("email",),
    "phone": ("phone",),
    "post": ("postcard", "letter"),
}
PURPOSES = ("service", "marketing")
GONE = ("sold", "scrapped")


@dataclass(frozen=True)
class Page:
    """Who has opened the page."""

    dealer: Dealer
    customer: Customer

    @property
    def language(self) -> str:
        """The reader's language, as far as we have it."""
        known = self.customer.language or ""
        return known if known in LANGUAGES else self.dealer.language

    def address_of(self, way: str) -> str | None:
        """The address of a way of speaking, as compared; None when there is none."""
        customer = self.customer
        if way == "sms":
            return customer.mobile if customer.mobile_usable else None
        if way == "phone":
            usable = (customer.phone_usable and customer.phone) or (customer.mobile_usable and customer.mobile)
            return usable or None
        if way == "email":
            return customer.email_folded if customer.email_usable else None
        return (customer.address and customer.address.strip()) or None

    @property
    def ways(self) -> list[str]:
        """The ways by which we could speak to the reader."""
        return [way for way in WAYS if self.address_of(way)]

    def received(self, at: datetime) -> set[tuple[str, str]]:
        """(way, purpose) of everything that may reach the reader at a moment."""
        dealer, customer = self.dealer, self.customer
        if customer.do_not_mail:
            return set()
        entries = ledger_of(dealer, [customer.pk]).get(customer.pk, [])
        relation = relations_of(dealer, [customer.pk], at).get(customer.pk)
        numbers = OptedOutAddresses(dealer)
        found = set()
        for way in self.ways:
            for purpose in PURPOSES:
                channel = WAYS[way][0]
                against = judge(
                    dealer.regime, channel=channel, purpose=purpose, entries=entries, relation=relation, at=at,
                    zone=dealer.zone,
                )  # fmt: skip
                if against is None and not numbers.holds(channel, self.address_of(way), purpose, at=at):
                    found.add((way, purpose))
        return found

    def vehicles(self) -> list[Vehicle]:
        """The vehicles that the reader has, as far as we know."""
        rows = Vehicle.objects.of(self.dealer).filter(customer=self.customer).exclude(status__in=GONE)
        return list(rows.order_by("pk"))


@dataclass(frozen=True)
class Wanted:
    """What came back: what was ticked when the page was made, what is now, and the rest."""

    was: Collection[tuple[str, str]] = ()
    now: Collection[tuple[str, str]] = ()
    language: str = ""
    sold: Collection[int] = ()  # vehicles
    words: str = ""  # what stood on the page


def page_of(token: str) -> Page | None:
    """Whose page a link opens; None when the link is none of ours, or the customer was erased."""
    holder = read_choices(token)
    dealer = Dealer.objects.filter(pk=holder.dealer_id).first() if holder else None
    if holder is None or dealer is None:
        return None
    customer = who_is(dealer, holder.customer_id)
    return Page(dealer, customer) if customer else None


def dealer_of(token: str) -> Dealer | None:
    """Whose customer a link was made for, whether or not he is still there; None when it is none of ours."""
    holder = read_choices(token)
    return Dealer.objects.filter(pk=holder.dealer_id).first() if holder else None


@transaction.atomic
def choose(page: Page, wanted: Wanted, *, at: datetime) -> None:
    """Write down what the reader changed. The same again changes nothing."""
    for way, purpose in sorted(set(wanted.was) - set(wanted.now)):
        _enter(page, way, purpose, "withdrawn", wanted.words, at)
    back = sorted(set(wanted.now) - set(wanted.was))
    for way, purpose in back:
        _enter(page, way, purpose, "granted", wanted.words, at)
    if back and page.customer.do_not_mail and _chose_it_himself(page, at):
        Customer.objects.of(page.dealer).filter(pk=page.customer.pk).update(do_not_mail=False)
    if wanted.language in LANGUAGES and wanted.language != page.customer.language:
        Customer.objects.of(page.dealer).filter(pk=page.customer.pk).update(language=wanted.language)
    mine = [vehicle.pk for vehicle in page.vehicles() if vehicle.pk in wanted.sold]
    if mine:
        Vehicle.objects.of(page.dealer).filter(pk__in=mine).update(status="sold")
    KEPT.forget(page.dealer.pk)


@transaction.atomic
def stop_everything(page: Page, *, words: str, at: datetime) -> None:
    """No more messages at all, by any means."""
    entry = _entry("any", "any", "withdrawn", words, at)
    record(page.dealer, [page.customer.pk], entry, recorded_at=at)
    KEPT.forget(page.dealer.pk)


def _chose_it_himself(page: Page, at: datetime) -> bool:
    """Whether "do not mail" came from the reader's own click on a link that stops everything."""
    entries = ledger_of(page.dealer, [page.customer.pk]).get(page.customer.pk, [])
    return any(
        e.by == "person" and e.status == "withdrawn" and (e.channel, e.purpose) == ("any", "any") for e in entries
    )


def _enter(page: Page, way: str, purpose: str, status: str, words: str, at: datetime) -> None:
    for channel, entry in _entries(way, purpose, status, words, at):
        record(page.dealer, [page.customer.pk], entry, recorded_at=at)
        address = page.address_of(way)
        if status == "granted" and address and OptedOutAddresses(page.dealer).holds(channel, address, purpose, at=at):
            record_for_address(page.dealer, address, entry, recorded_at=at)  # his own number: his STOP held for it too


def _entries(way: str, purpose: str, status: str, words: str, at: datetime) -> Iterator[tuple[str, Entry]]:
    for channel in WAYS[way]:
        yield channel, _entry(channel, purpose, status, words, at)


def _entry(channel: str, purpose: str, status: str, words: str, at: datetime) -> Entry:
    return Entry(
        channel=channel, purpose=purpose, status=status, at=at, by="person", source=SOURCE,
        proof="the customer's own link", words=words,
    )  # fmt: skip
