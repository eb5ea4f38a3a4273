"""A dry run says month by month what would have been sent; a preview, who is gained and lost."""

from datetime import UTC, date, datetime

import pytest

from relance.lib.errors import BadInput
from relance.outbox.models import Message
from relance.outbox.outlook.dry_run import dry_run
from relance.outbox.outlook.preview import preview
from relance.plan.apply import definition_of
from tests.builders import a_customer, a_dealer, a_message, a_repair_order, an_appointment, an_automation, consent

VISITED = {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": 30}
MISSED = [
    {"category": "appointment", "attribute": "time", "operator": "at_least_minutes_ago", "value": 120},
    {"category": "appointment", "attribute": "time", "operator": "at_most_minutes_ago", "value": 130},
]
YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}

pytestmark = pytest.mark.django_db


def a_visitor(dealer, closed_at="2026-02-01T15:00", **values):
    customer = a_customer(dealer, **{"first_name": "Ann", "mobile": "+15145550123", **values})
    a_repair_order(customer, closed_at)
    return customer


def form(dealer, **definition):
    return definition_of(an_automation(dealer, **{"subject": "repair_order", "audience": [VISITED], **definition}))


def test_each_month_says_how_many_by_which_channel():
    dealer = a_dealer()
    a_visitor(dealer)
    a_visitor(dealer, "2026-04-20T15:00")
    found = dry_run(dealer, form(dealer), **YEAR)
    assert [(m.month, m.people, dict(m.messages)) for m in found.months] == [
        (date(2026, 3, 1), 1, {"sms": 1}),
        (date(2026, 5, 1), 1, {"sms": 1}),
    ]


def test_refusals_are_counted_by_their_reason():
    dealer = a_dealer()
    a_visitor(dealer, do_not_mail=True)
    (month,) = dry_run(dealer, form(dealer), **YEAR).months
    assert (month.people, dict(month.refused)) == (0, {"do_not_mail": 1})


def test_what_was_really_sent_does_not_count():
    dealer = a_dealer(frequency_cap={"messages": 1, "days": 30})
    ann = a_visitor(dealer)
    definition = form(dealer, purpose="marketing")
    row = an_automation(dealer, "OTHER", purpose="marketing")
    a_message(ann, row, at=datetime(2026, 3, 2, 15, tzinfo=UTC), state="sent", purpose="marketing")
    (month,) = dry_run(dealer, definition, **YEAR).months
    assert month.people == 1


def test_consent_is_asked_as_of_each_moment():
    dealer = a_dealer()
    ann = a_visitor(dealer)
    a_repair_order(ann, "2026-06-01T15:00")
    consent(ann, "withdrawn", by="person", at="2026-05-01T12:00")
    rule = {"category": "repair_order_closed", "attribute": "happened_at", "operator": "exactly_days_ago", "value": 30}
    before, after = dry_run(dealer, form(dealer, audience=[rule]), **YEAR).months
    assert (dict(before.messages), dict(after.refused)) == ({"sms": 1}, {"no_channel": 1})


def test_once_keys_count_inside_the_dry_run():
    dealer = a_dealer()
    a_visitor(dealer)
    rule = {"category": "repair_order_closed", "attribute": "last_time", "operator": "at_most_days_ago", "value": 90}
    assert sum(m.people for m in dry_run(dealer, form(dealer, audience=[rule]), **YEAR).months) == 1


def test_examples_show_the_words():
    dealer = a_dealer()
    ann = a_visitor(dealer)
    (month,) = dry_run(dealer, form(dealer), **YEAR).months
    assert [(e.customer, e.body) for e in month.examples] == [(ann.ref, "Hello Ann.")]


def test_real_time_is_asked_at_the_minutes_that_matter():
    dealer = a_dealer()
    an_appointment(a_customer(dealer, first_name="Ann", mobile="+15145550123"), "2026-03-03T10:00")
    definition = form(dealer, subject="appointment", audience=MISSED, schedule={"kind": "realtime"})
    found = dry_run(dealer, definition, **YEAR)
    assert [dict(m.messages) for m in found.months] == [{"sms": 1}]
    assert found.months[0].examples[0].send_at == datetime(2026, 3, 3, 17, tzinfo=UTC)
    assert any("Real time" in note for note in found.notes)


def test_real_time_without_minutes_says_that_it_would_be_a_guess():
    dealer = a_dealer()
    definition = form(dealer, schedule={"kind": "realtime"})
    found = dry_run(dealer, definition, **YEAR)
    assert found.months == []
    assert any("guess" in note for note in found.notes)


def test_a_period_that_ends_before_it_begins_is_refused():
    dealer = a_dealer()
    definition = form(dealer)
    with pytest.raises(BadInput):
        dry_run(dealer, definition, first=date(2026, 2, 1), last=date(2026, 1, 1))


def test_nothing_is_stored():
    dealer = a_dealer()
    a_visitor(dealer)
    dry_run(dealer, form(dealer), **YEAR)
    assert not Message.objects.of(dealer).exists()


def test_a_change_shows_who_is_gained_lost_and_kept():
    dealer = a_dealer()
    at = datetime(2026, 2, 2, 12, tzinfo=UTC)
    kept, lost = a_visitor(dealer, city="Laval"), a_visitor(dealer, city="Sorel")
    old = form(dealer)
    rule = {"category": "customer", "attribute": "city", "operator": "is", "value": "laval"}
    new = old.model_copy(update={"audience": [VISITED, rule]})
    new = type(old)(**new.model_dump(mode="json", exclude_unset=True))
    found = preview(dealer, old, new, at=at)
    assert [p.ref for p in found.kept.first] == [kept.ref]
    assert [p.ref for p in found.lost.first] == [lost.ref]
    assert found.gained.count == 0


def test_a_new_automation_gains_everybody():
    dealer = a_dealer()
    ann = a_visitor(dealer)
    found = preview(dealer, None, form(dealer), at=datetime(2026, 2, 2, 12, tzinfo=UTC))
    assert [(p.id, p.ref) for p in found.gained.first] == [(ann.pk, ann.ref)]


def test_of_real_time_nobody_can_say_who_is_gained():
    dealer = a_dealer()
    new = form(dealer, subject="appointment", audience=MISSED, schedule={"kind": "realtime"})
    assert not preview(dealer, None, new, at=datetime(2026, 2, 2, 12, tzinfo=UTC)).known


def test_the_command_prints_a_line_a_month(relance):
    dealer = a_dealer()
    a_visitor(dealer)
    form(dealer)
    answer = relance("dry-run", dealer.slug, "SR180", "--from", "2026-01-01", "--to", "2026-12-31", "--json")
    assert answer.status == 0
    assert '"month": "2026-03", "people": 1, "messages": {"sms": 1}' in answer.out
