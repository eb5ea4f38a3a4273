"""The doctor notices what nobody looks at: an old backup, a queue that stands still, replies that nobody understood."""

from datetime import timedelta

import pytest

from relance.measures.health import health_of_backups, health_of_dealers, remember_backup
from relance.replies.receive import store
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation


def bad(findings):
    return [finding.says for finding in findings if finding.state == "bad"]


@pytest.mark.parametrize(("hours", "alarms"), [(1, 0), (26, 0), (27, 1)])
def test_a_backup_is_missed_after_a_day(tmp_path, hours, alarms):
    remember_backup(tmp_path, A_DAY)
    assert len(bad(health_of_backups(tmp_path, A_DAY + timedelta(hours=hours)))) == alarms


def test_without_any_backup_it_says_how_to_make_one(tmp_path):
    (finding,) = health_of_backups(tmp_path, A_DAY)
    assert (finding.state, "relance backup" in finding.says) == ("note", True)


@pytest.mark.django_db
def test_a_queue_that_stands_still_is_noticed():
    dealer = a_dealer()
    a_message(a_customer(dealer), an_automation(dealer, status="off"))
    assert bad(health_of_dealers(A_DAY + timedelta(minutes=10))) == []
    assert "due for over 15 minutes" in bad(health_of_dealers(A_DAY + timedelta(minutes=20)))[0]


@pytest.mark.django_db
def test_replies_that_were_not_understood_are_noticed():
    store(a_dealer(), sender="+15145550001", text="?", at=A_DAY, ref="1")
    assert bad(health_of_dealers(A_DAY)) == []
    assert "not understood" in bad(health_of_dealers(A_DAY + timedelta(hours=1)))[0]
