"""`relance merges`: pairs, a merge that is asked for, two who are two."""

import json

import pytest

from relance.facts.models import Customer
from tests.builders import a_customer, a_dealer, an_automation

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealer():
    dealer = a_dealer()
    for ref in ("K", "G"):
        a_customer(dealer, ref=ref, email="ann@example.org")
    return dealer


def test_pairs_are_shown_with_what_they_have_in_common(dealer, relance):
    answer = relance("merges", "north")
    assert answer.out == "K  G  Ann Lee: the same e-mail address\n"
    [line] = relance("merges", "north", "--json").out.splitlines()
    assert json.loads(line) == {"keep": "K", "gone": "G", "name": "Ann Lee", "same": ["email_folded"]}


def test_two_become_one_and_the_log_says_so(dealer, relance):
    assert relance("merges", "north", "--merge", "K", "G", "--yes").status == 0
    assert [row.ref for row in Customer.objects.of(dealer)] == ["K"]
    assert "customer G merged into K" in relance("audit", "north", "--json").out
    assert relance("merges", "north").err == "0 pairs\n"


def test_the_gone_id_leads_to_the_kept_one(dealer, relance):
    an_automation(dealer)
    relance("merges", "north", "--merge", "K", "G", "--yes")
    why = relance("why", "north", "SR180", "G", "--at", "2026-05-04T10:00", "--json")
    assert json.loads(why.out)["customer"] == "K"
    assert json.loads(relance("evidence", "north", "--customer", "G", "--json").out)["customer"] == "K"
    assert relance("remind", "north", "G", "--at", "2099-05-05", "--text", "Call").status == 0


def test_two_who_are_two_are_not_shown_again(dealer, relance):
    assert relance("merges", "north", "--apart", "G", "K").status == 0
    assert relance("merges", "north").out == ""


def test_an_unknown_customer_is_said_in_one_line(dealer, relance):
    answer = relance("merges", "north", "--merge", "K", "X", "--yes")
    assert (answer.status, answer.err.count("\n")) == (2, 1)
    assert "no customer X" in answer.err
