"""Turns two customers into one, as far as facts go: history and vehicles go over, the stricter consent stays.

Messages and once-keys follow in outbox/runs/merged.py, which calls this. Every table that points to a customer is found
by its foreign key, so that a new one is not forgotten.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.facts.consent import UNDONE_BY, Entry, ledger_of, record, standing_withdrawal
from relance.facts.models import Apart, ConsentEntry, Customer, Merge
from relance.facts.proposed import propose
from relance.intake.records import CHANNELS

PURPOSES = ("service", "marketing")
# What the kept one lacks comes from the other, a group at a time: half of an address is no address.
FILLED: tuple[tuple[str, ...], ...] = (
    ("email", "email_folded", "email_usable"),
    ("mobile", "mobile_usable", "mobile_zones"),
    ("phone", "phone_usable", "phone_zones"),
    (
        "address", "city", "city_folded", "region", "region_folded", "postal_code", "postal_code_folded", "country",
    ),
    ("language",),
    ("birth_date",),
    ("preferred_channel",),
    ("salesperson", "salesperson_folded"),
)  # fmt: skip


def move_facts(dealer: Dealer, keep: Customer, gone: Customer, *, by: str, at: datetime) -> Merge:
    """Everything known of `gone` becomes `keep`'s; the row of `gone` ends. In the caller's transaction."""
    keep_the_stricter_consent(dealer, keep, gone, at=at)
    fill(keep, gone)
    Apart.objects.of(dealer).filter(models.Q(first=gone) | models.Q(second=gone)).delete()
    moved = {}
    for model, name in pointing():
        if model not in (ConsentEntry, Apart):
            rows = model._base_manager.filter(dealer_id=dealer.pk, **{name: gone.pk})
            moved[model._meta.label] = rows.update(**{name: keep.pk})
    row = Merge(dealer=dealer, kept=keep, gone_ref=gone.ref, digest=gone.digest, gone=snapshot(gone), at=at, by=by)
    row.moved = {label: count for label, count in moved.items() if count}
    gone.delete()
    keep.save()
    row.save()
    propose(dealer, Calendar(dealer), customer_ids=[keep.pk])
    return row


def pointing(to: type[models.Model] = Customer) -> Iterator[tuple[type[models.Model], str]]:
    """Every table that points to customers (or to another table), and by which field."""
    for relation in to._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            model = relation.related_model
            assert isinstance(model, type)
            yield model, relation.field.name


def who_is(dealer: Dealer, pk: int) -> Customer | None:
    """The customer of a key that an old link names; of one who was merged, the one that was kept. None: erased."""
    rows = Customer.objects.of(dealer)
    merged = Merge.objects.of(dealer).filter(gone__id=pk).select_related("kept")
    return rows.filter(pk=pk).first() or next((merge.kept for merge in merged), None)


def snapshot(row: models.Model) -> dict[str, Any]:
    """A row as it can be kept in a file or a column."""
    encoder = DjangoJSONEncoder()
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {name: value if _is_json(value) else encoder.default(value) for name, value in values.items()}


def _is_json(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool | list | dict)


def fill(keep: Customer, gone: Customer) -> None:
    """What `keep` lacks and `gone` has. What one of the two refused stays refused; whoever died, died."""
    for names in FILLED:
        if getattr(keep, names[0]) is None and getattr(gone, names[0]) is not None:
            for name in names:
                setattr(keep, name, getattr(gone, name))
    if gone.do_not_mail:
        keep.do_not_mail = True
    if gone.status == "deceased":
        keep.status = "deceased"


def land(dealer: Dealer, kept_id: int, row: dict[str, Any], *, at: datetime) -> bool:
    """A feed's row of a customer who is another one now: it fills what that one lacks. Whether it changed anything."""
    kept = Customer.objects.of(dealer).get(pk=kept_id)
    names = [name for group in FILLED for name in group]
    coming = Customer(dealer=dealer, ref=row["ref"], **{name: row[name] for name in names if name in row})
    coming.do_not_mail, coming.status = row.get("do_not_mail"), row.get("status")
    before = snapshot(kept)
    fill(kept, coming)
    changed = snapshot(kept) != before
    if changed:
        kept.save()
    if coming.do_not_mail:
        _refuse(dealer, kept, coming, at=at)
    Merge.objects.of(dealer).filter(gone_ref=row["ref"]).update(digest=row["digest"])
    return changed


def keep_the_stricter_consent(dealer: Dealer, keep: Customer, gone: Customer, *, at: datetime) -> None:
    """Both ledgers in one; what one of the two had withdrawn stays so, whatever later entries of the other say."""
    ledgers = ledger_of(dealer, [keep.pk, gone.pk])
    mine, theirs = ledgers.get(keep.pk, []), ledgers.get(gone.pk, [])
    entries = ConsentEntry.objects.of(dealer)
    for entry in entries.filter(customer=gone):
        entry.pk, entry.customer_id = None, keep.pk
        entries.bulk_create([entry], ignore_conflicts=True)
    both = ledger_of(dealer, [keep.pk]).get(keep.pk, [])
    for channel in CHANNELS:
        for purpose in PURPOSES:
            _withdraw_again(dealer, keep, (mine, theirs), both, (channel, purpose), at)
    if gone.do_not_mail:
        _refuse(dealer, keep, gone, at=at)


def _refuse(dealer: Dealer, keep: Customer, gone: Customer, *, at: datetime) -> None:
    """The flag "do not mail" may go with the kept one's next row; an entry stays until the person undoes it."""
    source = f"do not mail, of {gone.ref}"
    if not ConsentEntry.objects.of(dealer).filter(customer=keep, source=source).exists():
        _withdraw(dealer, keep, ("any", "any"), by="person", source=source, at=at)


def _withdraw_again(
    dealer: Dealer,
    keep: Customer,
    ledgers: tuple[list[Entry], list[Entry]],
    both: list[Entry],
    about: tuple[str, str],
    at: datetime,
) -> None:
    channel, purpose = about
    standing = [standing_withdrawal(one, channel=channel, purpose=purpose, at=at) for one in ledgers]
    left = standing_withdrawal(both, channel=channel, purpose=purpose, at=at)
    stood = [entry for entry in standing if entry is not None]
    if not stood:
        return
    strictest = min(stood, key=lambda entry: len(UNDONE_BY[entry.by]))
    if left is None or len(UNDONE_BY[left.by]) > len(UNDONE_BY[strictest.by]):
        source = f"{strictest.source or strictest.by}, kept when two customers became one"[:200]
        _withdraw(dealer, keep, about, by=strictest.by, source=source, at=at)


def _withdraw(dealer: Dealer, keep: Customer, about: tuple[str, str], *, by: str, source: str, at: datetime) -> None:
    entry = Entry(channel=about[0], purpose=about[1], status="withdrawn", at=at, by=by, source=source)
    record(dealer, [keep.pk], entry, recorded_at=at)
