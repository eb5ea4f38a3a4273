"""News of a provider, late, twice and in any order, leads to the same end."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from relance.delivery import hand_over
from relance.delivery.channel import Accepted
from relance.delivery.claim import Lane, claim
from relance.delivery.deliver import deliver
from relance.delivery.models import Attempt, Receipt
from relance.delivery.receipts.kinds import KINDS, RANK, News
from relance.delivery.receipts.take_in import take_in
from relance.facts.absorb import take_in as import_feed
from relance.facts.models import ConsentEntry, Customer, Suppression, Touch
from relance.outbox.models import Message, Move, Task
from relance.outbox.tasks import Reason, open_task
from relance.plan.models import Automation
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation

HOUR = timedelta(hours=1)


def a_sent_message(dealer=None, **values):
    dealer = dealer or a_dealer()
    values = {"state": "sent", "channel": "email", "address": "ann@example.org", "attempts": 1, **values}
    return a_message(a_customer(dealer), Automation.objects.of(dealer).first() or an_automation(dealer), **values)


def told(message, *kinds, at=A_DAY + HOUR, **values):
    news = [News(kind, f"{message.key}:{kind}", at, message.key, **values) for kind in kinds]
    return take_in(message.dealer, "postmark", news, channel=message.channel, at=at)


def state_of(message):
    return Message.objects.of(message.dealer).values_list("state", flat=True).get(pk=message.pk)


def oracle(kinds):
    return max((KINDS[kind].state or "sent" for kind in kinds), key=lambda state: RANK[state], default="sent")


class TestAnyOrder(TestCase):
    """Whatever comes in whatever order, and as often as it likes (R12, R13)."""

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.sampled_from(sorted(KINDS)), max_size=7))
    def test_the_end_is_the_highest_of_what_was_told(self, kinds: list[str]) -> None:
        message = a_sent_message()
        for kind in kinds:
            told(message, kind)
        assert state_of(message) == oracle(kinds)
        assert Receipt.objects.of(message.dealer).count() == len(set(kinds))
        assert Receipt.objects.of(message.dealer).filter(applied_at=None).count() == 0
        left = {kind: KINDS[kind].touch for kind in kinds if KINDS[kind].touch}
        assert set(Touch.objects.of(message.dealer).values_list("kind", flat=True)) == set(left.values())


@pytest.mark.django_db
def test_whatever_signs_a_provider_tells_with_are_kept_and_the_news_is_known_again():
    message = a_sent_message(a_dealer(), state="sent")
    news = News("failed", "id \0 \ud83d", A_DAY + HOUR, message.key, provider_ref="r\0", said="gone \0\ud83d")
    for _ in range(2):
        take_in(message.dealer, "postmark", [news], channel=message.channel, at=A_DAY + HOUR)
    row = Receipt.objects.of(message.dealer).get()
    assert (row.ref, row.provider_ref, row.said) == ("id    ", "r ", "gone   ")
    assert state_of(message) == "failed"


@pytest.mark.django_db
@pytest.mark.parametrize("first", ["sending", "unsure", "ready", "sent"])
def test_every_order_of_three_ends_alike(first):
    dealer, ends = a_dealer(), set()
    for order in permutations(("taken", "delivered", "failed")):
        message = a_sent_message(dealer, state=first, owner="w" if first == "sending" else "")
        for kind in order:
            told(message, kind)
        ends.add(state_of(message))
    assert ends == {"failed"}


@pytest.mark.django_db
def test_news_that_comes_at_once_is_taken_in_at_once():
    message = a_sent_message(state="unsure")
    assert told(message, "clicked", "taken", "delivered", "opened") == 4
    assert told(message, "clicked", "taken", "delivered", "opened") == 0
    assert list(Move.objects.of(message.dealer).order_by("pk").values_list("state", flat=True)) == ["sent", "delivered"]


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["sending", "unsure", "ready"])
def test_a_receipt_alone_says_that_a_message_is_sent(state):
    message = a_sent_message(state=state)
    open_task(message.dealer, Reason("unsure", "message", message=message), due_at=A_DAY, at=A_DAY)
    told(message, "taken", provider_ref="P-1")
    after = Message.objects.of(message.dealer).get()
    assert (after.state, after.provider_ref) == ("sent", "P-1")
    assert Touch.objects.of(message.dealer).get().kind == "sent"
    assert state != "unsure" or Task.objects.of(message.dealer).get().state == "done"


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["refused", "failed", "canceled", "approval"])
def test_what_was_never_handed_over_stays_as_it_is(state):
    message = a_sent_message(state=state)
    told(message, "delivered")
    assert state_of(message) == state


@pytest.mark.django_db
def test_the_receipt_may_come_before_the_answer(monkeypatch):
    """The call back overtakes our own record: the worker that comes second changes nothing and doubles nothing."""

    class Channel:
        knows_after = None

        def open(self):
            pass

        def close(self):
            pass

        def send(self, parcels):
            for parcel in parcels:
                told(parcel.message, "delivered", at=A_DAY)
                yield parcel, Accepted("P-1")

    monkeypatch.setattr("relance.delivery.deliver.channel_for", lambda _: Channel())
    message = a_sent_message(state="ready", attempts=0)
    list(deliver(message.dealer, at=A_DAY))
    assert state_of(message) == "delivered"
    assert list(Attempt.objects.of(message.dealer).values_list("result", flat=True)) == ["accepted"]
    assert sorted(Touch.objects.of(message.dealer).values_list("kind", flat=True)) == ["delivered", "sent"]
    assert hand_over.IN_HAND == 20


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["hard_bounce", "complaint", "landline"])
def test_a_dead_address_is_not_used_again(reason):
    message = a_sent_message()
    told(message, "failed", suppress=reason, said="550 no such user")
    after = Message.objects.of(message.dealer).get()
    assert (after.state, after.reason, after.detail) == ("failed", "undeliverable", "550 no such user")
    found = Suppression.objects.of(message.dealer).get()
    assert (found.channel, found.address, found.reason) == ("email", "ann@example.org", reason)


@pytest.mark.django_db
def test_three_soft_bounces_in_a_week_are_a_dead_address():
    dealer, suppressed = a_dealer(), []
    for day in (0, 4, 8, 9):
        told(a_sent_message(dealer), "soft", at=A_DAY + timedelta(days=day))
        suppressed.append(Suppression.objects.of(dealer).values_list("reason", flat=True).first())
    assert suppressed == [None, None, None, "soft_bounces"]


@pytest.mark.django_db
def test_a_dead_address_is_known_even_where_the_message_is_not():
    dealer = a_dealer()
    news = News("failed", "1", A_DAY, address="Gone@Example.org", suppress="hard_bounce")
    assert take_in(dealer, "postmark", [news], channel="email", at=A_DAY) == 1
    assert Suppression.objects.of(dealer).get().address == "gone@example.org"


@pytest.mark.django_db
def test_whoever_unsubscribes_at_the_provider_has_unsubscribed_here():
    message = a_sent_message()
    told(message, "unsubscribed")
    said = ConsentEntry.objects.of(message.dealer).values_list("status", "purpose", "by")
    assert list(said) == [("withdrawn", "marketing", "person")] * 2  # for the person and for the address


@pytest.mark.django_db
def test_another_dealers_message_is_not_ours_to_move():
    message, other = a_sent_message(), a_dealer("south")
    take_in(other, "postmark", [News("failed", "1", A_DAY, message.key, suppress="x")], channel="email", at=A_DAY)
    assert state_of(message) == "sent" and not Suppression.objects.of(message.dealer).exists()


@pytest.mark.django_db
def test_a_list_for_the_staff_is_one_mail_and_one_receipt():
    dealer = a_dealer()
    first = a_sent_message(dealer, state="unsure", channel="staff", recipient="staff:A12")
    second = a_sent_message(dealer, state="unsure", channel="staff", recipient="staff:A12")
    Message.objects.of(dealer).update(run=first.run)
    told(first, "delivered")
    assert [state_of(first), state_of(second)] == ["delivered", "sent"]


@pytest.mark.django_db
def test_nothing_happens_later_than_it_is_told():
    message = a_sent_message()
    news = News("opened", "1", A_DAY + timedelta(days=400), message.key)
    take_in(message.dealer, "postmark", [news], channel="email", at=A_DAY)
    assert Touch.objects.of(message.dealer).get().happened_at == A_DAY


@pytest.mark.django_db
def test_a_dead_address_stays_dead_when_the_feed_brings_it_again(tmp_path):
    """Also in capitals, and for another customer who has it: the next claim hands nothing over."""
    dealer = a_dealer()
    message = a_sent_message(dealer)
    told(message, "failed", suppress="hard_bounce")
    rows = ["id,first_name,email", f"{message.customer.ref},Ann,ann@example.org", "C-new,Bo,ANN@Example.org"]
    (tmp_path / "customers.csv").write_text("\n".join(rows) + "\n")
    for full in (False, True):
        import_feed(dealer, tmp_path, at=A_DAY + HOUR, full=full, force=True)
    assert Suppression.objects.of(dealer).get().address == "ann@example.org"
    for customer in Customer.objects.of(dealer).filter(email_folded="ann@example.org"):
        a_message(customer, message.automation, channel="email", address=customer.email, at=A_DAY)
    found = claim(Lane(dealer, "email", message.purpose), at=A_DAY + HOUR, owner="me")
    assert found.ours == [] and [one.reason for one in found.stopped] == ["no_channel"] * 2
