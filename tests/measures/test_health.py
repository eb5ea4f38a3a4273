"""The doctor notices what nobody looks at: an old backup, a queue that stands still, replies that nobody understood."""

from datetime import timedelta

import pytest

from relance.delivery.models import MarketingPause, Unheard
from relance.intake.models import ImportRun
from relance.measures.health import LastBackup, health_of_backups, health_of_dealers, remember_backup
from relance.outbox.tasks import Reason, open_task
from relance.plan.models import PlanMark
from relance.replies.receive import store
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_row, an_automation


def bad(findings):
    return [finding.says for finding in findings if finding.state == "bad"]


@pytest.mark.parametrize(("hours", "alarms"), [(1, 0), (26, 0), (27, 1)])
def test_a_backup_is_missed_after_a_day(tmp_path, hours, alarms):
    remember_backup(tmp_path, LastBackup(A_DAY))
    assert len(bad(health_of_backups(tmp_path, A_DAY + timedelta(hours=hours)))) == alarms


def test_without_any_backup_it_says_how_to_make_one(tmp_path):
    (finding,) = health_of_backups(tmp_path, A_DAY)
    assert (finding.state, "relance backup" in finding.says) == ("note", True)


@pytest.mark.django_db
def test_replies_that_were_not_understood_are_noticed():
    store(a_dealer(), sender="+15145550001", text="?", at=A_DAY, ref="1")
    assert bad(health_of_dealers(A_DAY)) == []
    assert "not understood" in bad(health_of_dealers(A_DAY + timedelta(hours=1)))[0]


def an_import(dealer, *, hours_ago=1, stopped=False):
    at = A_DAY - timedelta(hours=hours_ago)
    file = {"file": "customers.csv", "rejected": 0, "stopped": stopped}
    a_row(ImportRun, dealer, feed="feed", started_at=at, finished_at=at, files=[file])


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "alarms"), [(1, 0), (26, 0), (27, 1)])
def test_a_stale_feed_is_noticed(hours, alarms):
    dealer = a_dealer()
    for day in range(4):
        an_import(dealer, hours_ago=hours + 24 * day)
    assert len([says for says in bad(health_of_dealers(A_DAY)) if "should have come" in says]) == alarms


@pytest.mark.django_db
def test_whoever_has_imported_once_for_a_trial_is_left_in_peace():
    an_import(a_dealer(), hours_ago=100)
    assert bad(health_of_dealers(A_DAY)) == []


@pytest.mark.django_db
def test_an_import_that_was_stopped_is_noticed():
    an_import(a_dealer(), stopped=True)
    assert any("stopped at customers.csv" in says for says in bad(health_of_dealers(A_DAY)))


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "alarms"), [(2, 0), (4, 1)])
def test_a_clockwork_that_stands_still_is_noticed(minutes, alarms):
    dealer = a_dealer()
    an_automation(dealer)
    a_row(PlanMark, dealer, planned_until=A_DAY - timedelta(minutes=minutes))
    assert len([says for says in bad(health_of_dealers(A_DAY)) if "last planned" in says]) == alarms


@pytest.mark.django_db
def test_a_broken_automation_an_unsure_message_and_marketing_that_stands_still_are_noticed():
    dealer = a_dealer()
    automation = a_row_paused(dealer)
    a_message(a_customer(dealer), automation, state="unsure")
    a_row(MarketingPause, dealer, channel="email", because="too many complaints", at=A_DAY)
    found = " ".join(bad(health_of_dealers(A_DAY + timedelta(hours=1))))
    assert all(word in found for word in ("is paused: no field", "1 messages are unsure", "too many complaints"))


def a_row_paused(dealer):
    automation = an_automation(dealer, status="off")
    automation.paused = "no field of that name"
    automation.save()
    return automation


@pytest.mark.django_db
def test_an_unsure_message_is_a_persons_matter_once_nobody_else_can_tell():
    dealer = a_dealer()
    message = a_message(a_customer(dealer), an_automation(dealer, status="off"), state="unsure")
    soon = A_DAY + timedelta(minutes=10)  # its provider is still asked
    assert not [says for says in bad(health_of_dealers(soon)) if "unsure" in says]
    open_task(dealer, Reason("unsure", "message", message=message), due_at=A_DAY, at=A_DAY)
    assert [says for says in bad(health_of_dealers(soon)) if "unsure" in says]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what", "hours", "alarms"), [("mailbox", 9, 1), ("log", 9, 1), ("call", 9, 0), ("call", 0, 1)]
)
def test_what_does_not_come_in_twice_is_noticed_and_a_call_for_an_hour(what, hours, alarms):
    dealer = a_dealer()
    row = a_row(Unheard, dealer, channel="sms", what=what, since=A_DAY, at=A_DAY, says="no", times=1)
    later = A_DAY + timedelta(hours=hours, minutes=1)
    assert bad(health_of_dealers(later)) == []
    row.times = 2
    row.save()
    assert len(bad(health_of_dealers(later))) == alarms
