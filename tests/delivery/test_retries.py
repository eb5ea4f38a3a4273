"""What is tried again: later and later, scattered, eight times at most, never past its time; the rest never."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.delivery import claim
from relance.delivery import deliver as deliver_module
from relance.delivery.channel import Accepted, AnswerLost, Busy, ChannelDown, Refused
from relance.delivery.deliver import deliver
from relance.delivery.models import Attempt
from relance.delivery.record import FIRST_WAIT, LONGEST_WAIT, MOST_ATTEMPTS, _try_again
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation


@given(
    hours=st.one_of(st.none(), st.floats(0, 72)),
    asked=st.lists(st.floats(0, 7200), min_size=MOST_ATTEMPTS, max_size=MOST_ATTEMPTS),
)
def test_whatever_the_other_side_asks_retries_are_bounded_by_number_and_time(hours, asked):
    expires_at = None if hours is None else A_DAY + timedelta(hours=hours)
    at, tried = A_DAY, []
    for number, retry_after in enumerate(asked, 1):
        tried.append(at)
        message = Message(attempts=number, expires_at=expires_at)
        verdict = _try_again(message, Busy("later", retry_after), at).verdict
        changes = dict(verdict.changes)
        if verdict.to == "failed":
            break
        wait = (changes["send_at"] - at).total_seconds()
        longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (number - 1))
        assert int(max(1, retry_after)) <= wait <= max(1, retry_after, longest)
        at = changes["send_at"]
    assert verdict.to == "failed" and changes["reason"] in ("gave_up", "expired")
    assert len(tried) <= MOST_ATTEMPTS
    assert expires_at is None or max(tried) <= expires_at


def test_waits_are_scattered_over_the_whole_of_their_length():
    said = [_try_again(Message(attempts=5), Busy("later"), A_DAY) for _ in range(200)]
    waits = [dict(one.verdict.changes)["send_at"] - A_DAY for one in said]
    longest = FIRST_WAIT * 2**4
    assert min(waits) < timedelta(seconds=longest / 4) and max(waits) > timedelta(seconds=longest * 3 / 4)


class Provider:
    """Answers what the test says, by dealer."""

    knows_after = None

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.taken: list[str] = []

    def open(self) -> None: ...

    def close(self) -> None: ...

    def send(self, parcels):
        for parcel in parcels:
            answer = self.answers.get(parcel.dealer.slug, Accepted())
            self.taken.append(parcel.dealer.slug)
            if isinstance(answer, ChannelDown):
                yield parcel, answer.result
                return
            yield parcel, answer


@pytest.fixture
def provider(monkeypatch):
    made = Provider()
    monkeypatch.setattr(claim, "recheck", lambda dealer, messages, at: {})
    monkeypatch.setattr(deliver_module, "channel_for", lambda sending: made)
    return made


def messages(dealer, number: int, **values: Any) -> None:
    customer, automation = a_customer(dealer), an_automation(dealer, f"A{Message.objects.of(dealer).count()}")
    for _ in range(number):
        a_message(customer, automation, **values)


@pytest.mark.django_db
def test_what_was_refused_for_good_is_never_tried_again(provider):
    dealer = a_dealer()
    messages(dealer, 3)
    provider.answers["north"] = Refused("landline")
    for hours in range(0, 96, 8):
        list(deliver(None, at=A_DAY + timedelta(hours=hours)))
    assert len(provider.taken) == 3


NOISE = "no \0 such \ud83d user \x07"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "answer",
    [Accepted(f"ref {NOISE}", NOISE), Busy(NOISE), Refused(NOISE), AnswerLost(NOISE), ChannelDown(NOISE)],
    ids=lambda answer: type(answer).__name__,
)
def test_whatever_signs_the_other_side_answers_with_are_written_down(provider, answer):
    dealer = a_dealer()
    messages(dealer, 1)
    provider.answers["north"] = answer
    list(deliver(None, at=A_DAY))
    assert [said.split() for said in Attempt.objects.of(dealer).values_list("answer", flat=True)] == [
        ["no", "such", "user"]
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [Busy("later"), ChannelDown("no connection"), Refused("never")])
def test_one_dealers_trouble_is_not_anothers(provider, answer):
    for slug in ("north", "south"):
        messages(a_dealer(slug), 5)
    provider.answers["north"] = answer
    list(deliver(None, at=A_DAY))
    assert provider.taken.count("south") == 5


@pytest.mark.django_db
def test_one_dealers_flood_does_not_keep_anothers_reminder_waiting(provider, monkeypatch):
    monkeypatch.setattr(deliver_module, "BATCH", 10)
    flood, other = a_dealer("north"), a_dealer("south")
    messages(flood, 60, send_at=A_DAY - timedelta(hours=1))
    messages(other, 1)
    list(deliver(None, at=A_DAY))
    assert provider.taken.index("south") <= 10
