"""The audit log: append-only, chained, and honest about what was done to it."""

from collections.abc import Iterator

import pytest

from relance.dealers.audit import Deed, Who, faults, note
from relance.dealers.models import AuditEntry, AuditMark, Dealer
from tests.builders import A_DAY, a_dealer

pytestmark = pytest.mark.django_db
KIM = Who("kim@dealer.example", "10.0.0.7")
NUMBERS = range(1, 101)


@pytest.fixture
def dealer() -> Iterator[Dealer]:
    dealer = a_dealer()
    for number in NUMBERS:
        note(dealer, Deed("settings", f"thing {number}", {"n": number}, {"n": number + 1}), who=KIM, at=A_DAY)
    assert list(faults(dealer)) == []
    yield dealer


def found(dealer: Dealer) -> list[int]:
    return [fault.number for fault in faults(dealer)]


def test_entries_are_numbered_without_a_gap(dealer: Dealer) -> None:
    assert list(AuditEntry.objects.of(dealer).order_by("number").values_list("number", flat=True)) == list(NUMBERS)


@pytest.mark.parametrize("column", ["by", "act", "what", "ip", "before", "after", "at"])
def test_an_edited_row_is_found(dealer: Dealer, column: str) -> None:
    other = {"before": {}, "after": {"n": 9}, "at": A_DAY.replace(hour=3)}.get(column, "other")
    AuditEntry.objects.of(dealer).filter(number=42).update(**{column: other})
    assert found(dealer) == [42]


def test_a_deleted_row_is_missed(dealer: Dealer) -> None:
    AuditEntry.objects.of(dealer).filter(number=42).delete()
    assert found(dealer) == [42]


def test_rows_cut_off_at_the_end_are_missed(dealer: Dealer) -> None:
    AuditEntry.objects.of(dealer).filter(number__gt=90).delete()
    assert found(dealer) == [91]


def test_all_rows_gone_are_missed(dealer: Dealer) -> None:
    AuditEntry.objects.of(dealer).delete()
    assert found(dealer) == [1]


def test_a_row_put_in_at_the_end_is_found(dealer: Dealer) -> None:
    last = AuditEntry.objects.of(dealer).get(number=100)
    last.pk, last.number = None, 101
    last.save(force_insert=True)
    assert 101 in found(dealer)


def test_a_row_exchanged_for_another_is_found(dealer: Dealer) -> None:
    rows = AuditEntry.objects.of(dealer)
    rows.filter(number=42).update(number=1000)
    rows.filter(number=43).update(number=42)
    rows.filter(number=1000).update(number=43)
    assert found(dealer)[0] == 42


def test_a_forged_end_has_no_seal(dealer: Dealer) -> None:
    AuditEntry.objects.of(dealer).filter(number__gt=90).delete()
    last = AuditEntry.objects.of(dealer).get(number=90)
    AuditMark.objects.of(dealer).update(number=90, digest=last.digest)
    assert found(dealer) == [90]


def test_each_dealer_has_a_log_of_its_own(dealer: Dealer) -> None:
    south = a_dealer("south")
    assert note(south, Deed("settings"), who=KIM, at=A_DAY).number == 1
    assert list(faults(south)) == []


def test_an_act_without_words_is_a_fault() -> None:
    with pytest.raises(KeyError):
        note(a_dealer(), Deed("settled"), who=KIM, at=A_DAY)


def test_a_hostile_text_stays_one_entry(dealer: Dealer) -> None:
    deed = Deed("settings", 'a"\n2026-05-04 sign_in root\x00' * 50, after={"x": "\x00"})
    entry = note(dealer, deed, who=KIM, at=A_DAY)
    assert (entry.number, len(entry.what), entry.after) == (101, 300, {"x": ""})
    assert entry.what.isprintable()
    assert found(dealer) == []
