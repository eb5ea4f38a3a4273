"""`relance audit`: what was done, and whether the log is as it was written."""

import json

import pytest

from relance.dealers.audit import Deed, Who, note
from relance.dealers.models import AuditEntry
from tests.builders import A_DAY, a_dealer, an_automation

pytestmark = pytest.mark.django_db


def test_what_the_operator_does_stands_in_the_log(relance):
    an_automation(a_dealer(), "J_CSI")
    assert relance("switch", "north", "J_CSI", "off").status == 0
    [line] = relance("audit", "north", "--json").out.splitlines()
    entry = json.loads(line)
    assert (entry["by"], entry["act"], entry["what"]) == ("operator", "automation_switched", "automation J_CSI")


def test_a_whole_log_is_called_whole(relance):
    note(a_dealer(), Deed("settings"), who=Who("kim"), at=A_DAY)
    answer = relance("audit", "north", "--verify")
    assert (answer.status, answer.err.strip()) == (0, "1 entries, all as they were written")


def test_tampering_is_located(relance):
    dealer = a_dealer()
    for _ in range(3):
        note(dealer, Deed("settings"), who=Who("kim"), at=A_DAY)
    AuditEntry.objects.of(dealer).filter(number=2).update(by="somebody else")
    answer = relance("audit", "north", "--verify")
    assert answer.status == 1
    assert answer.out.splitlines() == ["entry 2: not as it was written, or put in between"]


def test_a_line_of_the_log_cannot_be_forged_by_its_content(relance):
    note(a_dealer(), Deed("settings", "x\n      2 forged"), who=Who("kim\n"), at=A_DAY)
    assert len(relance("audit", "north").out.splitlines()) == 1
