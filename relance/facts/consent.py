"""Turns the consent ledger into what a person has agreed to at a moment, and a change of mind into one more entry.

An entry counts from its `at`. A withdrawal stands until the person's own later act undoes it; staff can undo what
staff did; a feed undoes nothing, and what it says was withdrawn counts as the person's own (docs/decisions/0011).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, Literal, NamedTuple

from django.db.models import Max

from relance.dealers.models import Dealer
from relance.facts.models import ConsentEntry, Customer, RepairOrder, Sale
from relance.lib.moments import day_of
from relance.lib.rows import Among, is_in_list, select

Channel = Literal["any", "sms", "email", "postcard", "letter", "phone"]
Purpose = Literal["any", "service", "marketing"]
Status = Literal["granted", "implied", "withdrawn"]
By = Literal["feed", "person", "staff"]
State = Literal["granted", "implied", "withdrawn", "unknown"]

ASK_AT_ONCE = 500

# whose withdrawal: whose later grant undoes it
UNDONE_BY: dict[str, frozenset[str]] = {
    "person": frozenset({"person"}),
    "feed": frozenset({"person"}),
    "staff": frozenset({"person", "staff"}),
}


class Entry(NamedTuple):
    """One change of consent: what, when, by whom, how. A signed form is the person's act, with its proof."""

    channel: str
    purpose: str
    status: str
    at: datetime
    by: str = "feed"
    expires_at: datetime | None = None
    source: str | None = None
    proof: str | None = None
    words: str | None = None

    def covers(self, channel: str, purpose: str) -> bool:
        """Whether the entry is about this way of speaking and this purpose."""
        return self.channel in ("any", channel) and self.purpose in ("any", purpose)

    def lasts_at(self, at: datetime) -> bool:
        """Whether it has begun and not expired; the moment of expiry is the first that no longer counts."""
        return self.at <= at and (self.expires_at is None or at < self.expires_at)


DECISIVE = ("channel", "purpose", "status", "at", "by", "expires_at")  # what is decided by


class Relation(NamedTuple):
    """What binds a customer to the dealer, as far as consent asks."""

    kind: str | None
    last_delivered_on: date | None
    last_closed_at: datetime | None


STRANGER = Relation(kind=None, last_delivered_on=None, last_closed_at=None)


def ledger_of(
    dealer: Dealer, customer_ids: Iterable[int], columns: Sequence[str] = Entry._fields
) -> dict[int, list[Entry]]:
    """Each customer's entries, oldest first; who has none is not in it. `columns`: DECISIVE spares the proofs."""
    ledger: dict[int, list[Entry]] = {}
    for some in _chunks(customer_ids):
        _read(ConsentEntry.objects.of(dealer).filter(Among("customer_id", some)), ledger, columns)
    return ledger


def ledger_of_all(dealer: Dealer) -> dict[int, list[Entry]]:
    """The same of every customer of a dealer, in one go, without its proofs: what is decided by."""
    ledger: dict[int, list[Entry]] = {}
    _read(ConsentEntry.objects.of(dealer).filter(customer__isnull=False), ledger, DECISIVE)
    return ledger


def ledger_of_addresses(dealer: Dealer, addresses: Iterable[str] | None = None) -> dict[str, list[Entry]]:
    """What was said for numbers and e-mail addresses, whoever has them; all of a dealer's, or some."""
    rows = ConsentEntry.objects.of(dealer).filter(customer=None)
    if addresses is not None:
        rows = rows.filter(address__in=list(addresses))
    ledger: dict[str, list[Entry]] = {}
    _read(rows, ledger, by="address")
    return ledger


def opt_outs_of(dealer: Dealer, customer_ids: Iterable[int], addresses: Iterable[str]) -> Callable[[], set[int]]:
    """A question to ask again and again: which opt-outs of these people and addresses the ledger has, undone or not.

    By primary key, and in one small statement, which is made once.
    """
    tests, values = [], []
    for column, asked, rest in (("customer_id", customer_ids, ""), ("address", addresses, " AND customer_id IS NULL")):
        test, parameter = is_in_list(column, list(asked))
        tests.append(f"dealer_id = %s AND status = 'withdrawn' AND {test}{rest}")
        values += [dealer.pk, parameter]
    # Two searches in one statement, not one with an OR, for which every opt-out would be read.
    test = f" UNION ALL SELECT id FROM {ConsentEntry._meta.db_table} WHERE ".join(tests)
    return lambda: {pk for (pk,) in select(("id",), ConsentEntry, test, values)}


def _read(
    rows: Any, ledger: dict[Any, list[Entry]], columns: Sequence[str] = Entry._fields, *, by: str = "customer_id"
) -> None:
    for whose, *cells in rows.order_by("at", "pk").values_list(by, *columns):
        ledger.setdefault(whose, []).append(Entry(*cells))


def relations_of(dealer: Dealer, customer_ids: Iterable[int], at: datetime) -> dict[int, Relation]:
    """Each customer's kind, latest delivery and latest closed repair order up to `at`."""
    relations: dict[int, Relation] = {}
    today = day_of(at, dealer.zone)
    for some in _chunks(customer_ids):
        mine = Among("customer_id", some)
        delivered = _latest(Sale.objects.of(dealer).filter(mine, delivered_on__lte=today), "delivered_on")
        closed = _latest(RepairOrder.objects.of(dealer).filter(mine, closed_at__lte=at), "closed_at")
        for pk, kind in Customer.objects.of(dealer).filter(Among("pk", some)).values_list("pk", "kind"):
            relations[pk] = Relation(kind, delivered.get(pk), closed.get(pk))
    return relations


def relations_of_all(dealer: Dealer, at: datetime) -> dict[int, Relation]:
    """The same of every customer of a dealer, in one go."""
    delivered = _latest(Sale.objects.of(dealer).filter(delivered_on__lte=day_of(at, dealer.zone)), "delivered_on")
    closed = _latest(RepairOrder.objects.of(dealer).filter(closed_at__lte=at), "closed_at")
    kinds = Customer.objects.of(dealer).values_list("pk", "kind")
    return {pk: Relation(kind, delivered.get(pk), closed.get(pk)) for pk, kind in kinds}


def record(dealer: Dealer, customer_ids: Iterable[int], entry: Entry, *, recorded_at: datetime) -> None:
    """Append the entry for each customer. The same entry again changes nothing; nothing is ever updated."""
    said = {name: getattr(entry, name) for name in Entry._fields}
    rows = [ConsentEntry(dealer=dealer, customer_id=pk, recorded_at=recorded_at, **said) for pk in customer_ids]
    ConsentEntry.objects.of(dealer).bulk_create(rows, batch_size=ASK_AT_ONCE, ignore_conflicts=True)


def record_for_address(dealer: Dealer, address: str, entry: Entry, *, recorded_at: datetime) -> None:
    """Append the entry for whoever has this number or e-mail address. The same entry again changes nothing."""
    said = {name: getattr(entry, name) for name in Entry._fields}
    row = ConsentEntry(dealer=dealer, address=address, recorded_at=recorded_at, **said)
    ConsentEntry.objects.of(dealer).bulk_create([row], ignore_conflicts=True)


def standing_withdrawal(entries: Sequence[Entry], *, channel: str, purpose: str, at: datetime) -> Entry | None:
    """The latest opt-out that forbids this channel and purpose at `at`; None when nothing does.

    An expiry of a withdrawal is ignored: no opt-out ends by itself.
    """
    for entry in entries:  # thousands are asked about, and hardly anybody has said no
        if entry.status == "withdrawn":
            break
    else:
        return None
    said = [e for e in entries if e.at <= at and e.covers(channel, purpose)]
    grants = [e for e in said if e.status == "granted"]
    standing = [
        w for w in said if w.status == "withdrawn" and not any(g.at > w.at and g.by in UNDONE_BY[w.by] for g in grants)
    ]
    return max(standing, key=lambda w: w.at, default=None)


def ever_withdrawn(entries: Sequence[Entry], *, channel: str, purpose: str, at: datetime) -> bool:
    """Whether there was an opt-out of this channel and purpose up to `at`, undone or not."""
    return any(e.status == "withdrawn" and e.at <= at and e.covers(channel, purpose) for e in entries)


def standing_grants(entries: Sequence[Entry], *, channel: str, purpose: str, at: datetime) -> Iterator[Entry]:
    """The granted and implied entries that carry at `at`: begun, not expired, and not older than an opt-out."""
    said = [e for e in entries if e.covers(channel, purpose)]
    last_no = max((e.at for e in said if e.status == "withdrawn" and e.at <= at), default=None)
    return (e for e in said if e.status != "withdrawn" and e.lasts_at(at) and (last_no is None or e.at > last_no))


def state_of(entries: Sequence[Entry], *, channel: str, purpose: str, at: datetime) -> State:
    """In one word, what the ledger says; what the law makes of it is outbox/law/regimes."""
    if standing_withdrawal(entries, channel=channel, purpose=purpose, at=at) is not None:
        return "withdrawn"
    given = {e.status for e in standing_grants(entries, channel=channel, purpose=purpose, at=at)}
    if "granted" in given:
        return "granted"
    return "implied" if given else "unknown"


class OptedOutAddresses:
    """The numbers and e-mail addresses of one dealer for which something was said, read once: they are few.

    A STOP holds for the number: for whoever has it today, and for whoever gets it tomorrow (docs/decisions/, 110).
    """

    def __init__(self, dealer: Dealer) -> None:
        self._ledger = ledger_of_addresses(dealer)

    def of(self, address: str | None) -> list[Entry]:
        """What was said for an address; mostly nothing."""
        return self._ledger.get(address, []) if address and self._ledger else []

    def holds(self, channel: str, address: str | None, purpose: str, *, at: datetime) -> bool:
        """Whether an opt-out of this address stands for this channel and purpose."""
        return standing_withdrawal(self.of(address), channel=channel, purpose=purpose, at=at) is not None


def _latest(rows: Any, column: str) -> dict[int, Any]:
    return dict(rows.order_by().values_list("customer_id").annotate(latest=Max(column)))


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while some := list(islice(rest, ASK_AT_ONCE)):
        yield some
