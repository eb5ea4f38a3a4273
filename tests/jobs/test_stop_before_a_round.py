"""Who says stop after the clockwork's step began, but before his message leaves, has said it in time (R10)."""

import time
from datetime import timedelta

import pytest

from relance.jobs import schedule
from relance.lib.clock import now
from relance.outbox.models import Message
from relance.replies.receive import receive
from tests.builders import a_customer, a_dealer, a_message, an_automation

pytestmark = pytest.mark.django_db
TAKES = 0.4  # seconds


@pytest.fixture
def dealer():
    return a_dealer(quiet_hours={"may_send": ["00:00", "23:59"]}, stop_answer="provider")


@pytest.mark.parametrize("step", [schedule.deliver_everyone, None], ids=["everyone", "one"])
def test_a_stop_while_the_provider_s_log_is_read_is_heard(dealer, monkeypatch, step):
    customer = a_customer(dealer, mobile="+15145550123", mobile_zones="")
    a_message(customer, an_automation(dealer), at=now() - timedelta(minutes=1), address=customer.mobile)

    def hears(_dealers, _at):
        time.sleep(
            TAKES
        )  # the log takes its time, longer than a round needs to take the message up; meanwhile he writes
        receive(dealer, sender="+15145550123", text="STOP", at=now(), ref="stop-1")
        return set()

    monkeypatch.setattr("relance.jobs.schedule.LISTENING.deaf", hears)
    step(now()) if step else schedule.deliver_one(dealer, now())
    assert Message.objects.of(dealer).get().state == "refused"
