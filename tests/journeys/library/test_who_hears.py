"""Every entry of the library, asked of real rows through rules and gate: who hears, who does not, and why."""

from datetime import datetime

import pytest

from relance.facts.models import Customer
from relance.measures.why import RuleFound, Why, why
from relance.plan.shipped import definition_of, entries, entry_of, unavailable
from tests.builders import an_automation
from tests.journeys.library.cases import CASES
from tests.journeys.library.worlds import AT, order, somebody, the_dealer

pytestmark = pytest.mark.django_db
CODES = [entry.code for entry in entries()]
SILENT = [(code, reason) for code, case in CASES.items() for reason in case.silent]


def asked(row, code, **numbers):
    """Why the customer of this row does, or does not, hear from this entry."""
    customer = row if isinstance(row, Customer) else row.customer
    automation = an_automation(row.dealer, **definition_of(code, status="on", **numbers))
    subject = None if isinstance(row, Customer) or code.startswith("P") else _subject(row, automation.subject)
    return why(row.dealer, automation, customer, at=AT, subject=subject)


def _subject(row, wanted):
    """Its reference, when the row itself is what the automation is about."""
    return row.ref if row._meta.db_table.endswith(wanted.replace("_", "")) else None


def failing(found: Why) -> str:
    """The one reason: the rule of which no alternative holds, by its attributes; else the gate that stops."""
    if found.verdict == "no_subject":
        return "no_subject"
    if found.verdict == "refused":
        return next(step.step for step in found.gate if step.result == "stops")
    alternatives: dict[int, list[RuleFound]] = {}
    for rule in found.rules:
        alternatives.setdefault(rule.entry, []).append(rule)
    lacking = [rules for rules in alternatives.values() if not any(rule.holds for rule in rules)]
    return "; ".join(" ".join(dict.fromkeys(rule.rule.attribute for rule in rules)) for rules in lacking)


def test_every_entry_has_its_case_here():
    assert set(CASES) == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_it_speaks_to_those_it_is_for(code):
    found = asked(CASES[code].hears(the_dealer()), code, **CASES[code].numbers)
    if unavailable(entry_of(code)):  # its page is not there yet: the text would have a hole
        assert failing(found) == "text_incomplete"
    else:
        assert (found.verdict, failing(found)) == ("ready", "")


@pytest.mark.parametrize(("code", "reason"), SILENT, ids=[f"{code}-{reason}" for code, reason in SILENT])
def test_it_leaves_others_alone_for_this_reason_only(code, reason):
    found = asked(CASES[code].silent[reason](the_dealer()), code, **CASES[code].numbers)
    assert found.verdict != "ready"
    assert failing(found) == reason


@pytest.mark.parametrize("days", [90, 180, 270, 360])
def test_the_inactive_hear_every_ninety_days_until_they_are_dead(days):
    assert asked(_away(days), "C_INACT").verdict == "ready"


@pytest.mark.parametrize(("days", "heard"), [(90, True), (150, True), (180, False), (210, False)])
def test_another_series_of_the_inactive(days, heard):
    assert (asked(_away(days), "C_INACT", interval=60, dead=180).verdict == "ready") is heard


def _away(days):
    """Somebody who was there so many days ago."""
    then = datetime.fromordinal(AT.toordinal() - days).replace(hour=16, tzinfo=AT.tzinfo)
    return order(somebody(the_dealer()), then)
