"""A user hears in the desk what came for the member of the staff whose reference he has."""

from datetime import timedelta

import pytest

from relance.delivery.deliver import deliver
from relance.delivery.models import Notice
from relance.delivery.staff.notices import read_notices, unread
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_staff_member, a_user, an_automation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.HOME = tmp_path


def a_list(dealer, *, email="s7@dealer.example", lines=3):
    a_staff_member(dealer, "S7", email=email)
    automation = an_automation(dealer, "V03", channels=["staff"], recipients=["salesperson"])
    run = None
    for _ in range(lines):
        words = {"channel": "staff", "recipient": "staff:S7", "address": email}
        message = a_message(a_customer(dealer), automation, **words)
        run = run or message.run
        Message.objects.of(dealer).filter(pk=message.pk).update(run=run)


def test_a_list_is_one_line_for_the_user_with_that_reference():
    dealer = a_dealer()
    mine, other = a_user(dealer, reference="s7"), a_user(dealer, email="other@dealer.example")
    a_list(dealer)
    list(deliver(dealer, at=A_DAY))
    assert unread(dealer, mine).values_list("message__recipient", flat=True).get() == "staff:S7"
    assert not unread(dealer, other).exists()


def test_who_has_no_address_reads_his_list_at_the_desk():
    dealer = a_dealer()
    user = a_user(dealer, reference="S7")
    a_list(dealer, email=None)
    assert {m.state for m in deliver(dealer, at=A_DAY)} == {"sent"}
    assert unread(dealer, user).count() == 1


def test_who_has_an_address_and_a_desk_gets_the_list_by_e_mail_as_well(tmp_path):
    dealer = a_dealer()
    user = a_user(dealer, reference="S7")
    a_list(dealer)
    list(deliver(dealer, at=A_DAY))
    assert len(list(tmp_path.rglob("*.eml"))) == 1
    assert unread(dealer, user).count() == 1


def test_a_list_that_nobody_could_read_has_failed():
    dealer = a_dealer()
    a_list(dealer, email=None)
    assert {m.state for m in deliver(dealer, at=A_DAY)} == {"failed"}


def test_a_list_for_the_desk_alone_does_not_hold_up_the_others(tmp_path):
    dealer = a_dealer()
    a_user(dealer, reference="S7")
    a_list(dealer, email=None)
    a_message(
        a_customer(dealer), an_automation(dealer, "V04"), channel="staff", recipient="staff:S8", address="s8@x.example"
    )
    assert sorted(m.recipient for m in deliver(dealer, at=A_DAY) if m.state == "sent")[-1] == "staff:S8"
    assert len(list(tmp_path.rglob("*.eml"))) == 1


def test_a_notice_is_read_once_and_let_go_after_three_months():
    dealer = a_dealer()
    user = a_user(dealer, reference="S7")
    a_list(dealer)
    list(deliver(dealer, at=A_DAY))
    assert read_notices(dealer, user, at=A_DAY) == 1
    assert read_notices(dealer, user, at=A_DAY) == 0
    read_notices(dealer, user, at=A_DAY + timedelta(days=91))
    assert not Notice.objects.of(dealer).exists()


def test_the_same_reference_at_another_dealer_hears_nothing():
    dealer, other = a_dealer(), a_dealer("south")
    user = a_user(other, reference="S7")
    a_list(dealer)
    list(deliver(dealer, at=A_DAY))
    assert not Notice.objects.of(other).exists() and not unread(dealer, user).exists()
