"""What nobody can tell about is cleared by the provider's word, else by a person's, and never by a timer."""

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from relance.delivery import deliver as deliver_module
from relance.delivery.channel import Accepted, Busy, ChannelDown, Refused
from relance.delivery.claim import DIED
from relance.delivery.models import Attempt
from relance.delivery.safety.resolve import resolve_unsure, take_back, unsure_of
from relance.delivery.safety.unsure import PATIENCE, ask_providers, is_due
from relance.facts.models import Touch
from relance.lib.leases import new_owner
from relance.outbox.models import Message, Task
from relance.outbox.states import move
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation

pytestmark = pytest.mark.django_db
KNOWS_AFTER = 120.0


class Provider:
    """Says of every parcel what the test wants it to say."""

    knows_after: float | None = KNOWS_AFTER

    def __init__(self):
        self.word: Any = None
        self.asked: list[Any] = []
        self.is_down = False

    def open(self):
        if self.is_down:
            raise ChannelDown("no connection")

    def close(self):
        pass

    def look_up(self, parcels):
        for parcel in parcels:
            self.asked.append(parcel)
            yield parcel, self.word


@pytest.fixture(autouse=True)
def provider(monkeypatch):
    made = Provider()
    monkeypatch.setattr(deliver_module, "channel_for", lambda sending: made)
    return made


def in_doubt(dealer, **values: Any) -> Message:
    answer = values.pop("answer", "")
    words: dict[str, Any] = {"state": "unsure", "attempts": 1, "owner": "dead", **values}
    message = a_message(a_customer(dealer), an_automation(dealer, f"SR{Message.objects.of(dealer).count()}"), **words)
    Attempt.objects.create(dealer=dealer, message=message, number=1, at=A_DAY, result="lost", answer=answer)
    return message


def state_of(message: Message) -> str:
    return Message.objects.of(message.dealer).get(pk=message.pk).state


def test_what_the_provider_has_is_sent_and_a_touch(provider):
    message = in_doubt(a_dealer())
    provider.word = Accepted("SM1", "delivered")
    assert [m.pk for m in ask_providers(A_DAY + timedelta(seconds=1))] == [message.pk]
    row = Message.objects.of(message.dealer).get()
    assert (row.state, row.provider_ref) == ("sent", "SM1")
    assert Touch.objects.of(message.dealer).get().ref == str(message.key)


def test_what_the_provider_will_not_carry_has_failed(provider):
    message = in_doubt(a_dealer())
    provider.word = Refused("landline")
    ask_providers(A_DAY)
    assert state_of(message) == "failed"


def test_never_had_it_is_believed_only_after_the_time_that_knowing_takes(provider):
    message = in_doubt(a_dealer())
    provider.word = Busy("no such message")
    ask_providers(A_DAY + timedelta(seconds=KNOWS_AFTER - 1))
    assert state_of(message) == "unsure"
    ask_providers(A_DAY + timedelta(seconds=KNOWS_AFTER))
    assert state_of(message) == "ready"
    assert Message.objects.of(message.dealer).get().owner == ""


def test_who_slept_through_his_lease_on_this_machine_may_still_wake_up_and_is_waited_for(provider):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as sleeper:
        owner = new_owner().replace(f":{os.getpid()}:", f":{sleeper.pid}:")
        message = in_doubt(a_dealer(), owner=owner, answer=DIED)
        provider.word = Busy("no such message")
        ask_providers(A_DAY + timedelta(seconds=KNOWS_AFTER))
        assert state_of(message) == "unsure"
        sleeper.kill()
    ask_providers(A_DAY + timedelta(seconds=KNOWS_AFTER))
    assert state_of(message) == "ready"


def test_a_process_that_lives_on_keeps_a_message_for_an_hour_at_most(provider):
    message = in_doubt(a_dealer(), owner=new_owner(), answer=DIED)
    provider.word = Busy("no such message")
    ask_providers(A_DAY + timedelta(minutes=59))
    assert state_of(message) == "unsure"
    ask_providers(A_DAY + timedelta(minutes=60))
    assert state_of(message) == "ready"


def test_a_death_before_the_last_attempt_keeps_nobody_waiting(provider):
    message = in_doubt(a_dealer(), owner=new_owner(), answer=DIED, attempts=2)
    Attempt.objects.create(dealer=message.dealer, message=message, number=2, at=A_DAY, result="lost", answer="silence")
    provider.word = Busy("no such message")
    ask_providers(A_DAY + timedelta(seconds=KNOWS_AFTER))
    assert state_of(message) == "ready"


def test_the_provider_is_asked_with_the_moment_of_the_hand_over(provider):
    in_doubt(a_dealer(), moved_at=A_DAY + timedelta(minutes=5))
    ask_providers(A_DAY + timedelta(minutes=6))
    assert [parcel.at for parcel in provider.asked] == [A_DAY]


def test_a_way_that_can_never_tell_makes_a_task_at_once_and_only_one(provider):
    provider.knows_after = None
    message = in_doubt(a_dealer())
    for minute in range(3):
        assert ask_providers(A_DAY + timedelta(minutes=minute)) == []
    task = Task.objects.of(message.dealer).get()
    assert (task.kind, task.state, task.message_id) == ("unsure", "open", message.pk)
    assert provider.asked == [] and state_of(message) == "unsure"


@pytest.mark.parametrize("is_down", [True, False])
def test_a_person_is_asked_when_the_provider_has_not_answered_for_long(provider, is_down):
    provider.is_down = is_down
    message = in_doubt(a_dealer())
    ask_providers(A_DAY + PATIENCE)
    assert not Task.objects.of(message.dealer).exists()
    ask_providers(A_DAY + PATIENCE + timedelta(seconds=1))
    assert Task.objects.of(message.dealer).get().state == "open"


def test_the_task_closes_when_the_provider_answers_after_all(provider):
    message = in_doubt(a_dealer())
    ask_providers(A_DAY + timedelta(minutes=20))
    provider.word = Accepted()
    ask_providers(A_DAY + timedelta(minutes=21))
    task = Task.objects.of(message.dealer).get()
    assert (task.state, task.outcome, task.closed_by) == ("done", "sent", "the provider")


def test_the_task_closes_when_a_slow_worker_says_what_became_of_it(provider):
    provider.knows_after = None
    message = in_doubt(a_dealer())
    ask_providers(A_DAY)
    Message.objects.of(message.dealer).update(state="sent")  # as record.py does with a late answer
    ask_providers(A_DAY + timedelta(minutes=1))
    assert Task.objects.of(message.dealer).get().state == "done"


def test_a_second_doubt_about_a_message_is_a_task_of_its_own(provider):
    provider.knows_after = None
    message = in_doubt(a_dealer())
    ask_providers(A_DAY)
    resolve_unsure(message.dealer, [message], word="again", by="Kim", at=A_DAY)
    Message.objects.of(message.dealer).update(state="unsure", attempts=2, moved_at=A_DAY)
    ask_providers(A_DAY + timedelta(minutes=1))
    assert sorted(Task.objects.of(message.dealer).values_list("state", flat=True)) == ["done", "open"]


def test_after_an_hour_it_is_asked_once_an_hour():
    asked = [minute for minute in range(60 * 24) if is_due(A_DAY, A_DAY + timedelta(minutes=minute))]
    assert asked[:60] == list(range(60))
    assert len(asked) == 60 + 23


@pytest.mark.parametrize(("word", "state"), [("sent", "sent"), ("again", "ready"), ("failed", "failed")])
def test_a_person_says_what_became_of_it(word, state):
    message = in_doubt(a_dealer())
    moved = resolve_unsure(message.dealer, [message], word=word, by="Kim", at=A_DAY)
    assert [m.state for m in moved] == [state]
    assert state_of(message) == state
    assert Touch.objects.of(message.dealer).exists() is (word == "sent")


def test_whoever_speaks_second_changes_nothing():
    message = in_doubt(a_dealer())
    stale = Message.objects.of(message.dealer).get()
    resolve_unsure(message.dealer, [message], word="sent", by="Kim", at=A_DAY)
    assert resolve_unsure(message.dealer, [stale], word="again", by="Lee", at=A_DAY) == []
    assert state_of(message) == "sent"


@pytest.mark.parametrize("word", ["sent", "again", "failed"])
def test_what_a_person_said_is_taken_back_and_he_is_asked_again(word):
    message = in_doubt(a_dealer())
    dealer = message.dealer
    ask_providers(A_DAY + timedelta(minutes=20))
    resolve_unsure(dealer, [message], word=word, by="Kim", at=A_DAY)
    assert take_back(dealer, message, by="Kim", at=A_DAY)
    assert state_of(message) == "unsure"
    assert Message.objects.of(dealer).get().reason is None
    assert not Touch.objects.of(dealer).exists()
    assert [(task.state, task.outcome) for task in Task.objects.of(dealer)] == [("open", "")]
    assert not take_back(dealer, message, by="Kim", at=A_DAY)
    assert resolve_unsure(dealer, [message], word="sent", by="Kim", at=A_DAY)


@pytest.mark.parametrize(("word", "since"), [("sent", "delivered"), ("again", "sending")])
def test_what_has_gone_on_since_is_not_taken_back(word, since):
    message = in_doubt(a_dealer())
    resolve_unsure(message.dealer, [message], word=word, by="Kim", at=A_DAY)
    stale = Message.objects.of(message.dealer).get()
    move(message.dealer, [message], to=since, at=A_DAY, cause="went on")
    assert not take_back(message.dealer, stale, by="Kim", at=A_DAY)
    assert state_of(message) == since


def test_the_providers_word_is_nobodys_to_take_back(provider):
    message = in_doubt(a_dealer())
    provider.word = Accepted()
    ask_providers(A_DAY + timedelta(minutes=1))
    message = Message.objects.of(message.dealer).get()
    assert not take_back(message.dealer, message, by="Kim", at=A_DAY)
    assert state_of(message) == "sent"


def test_another_dealers_doubts_are_not_listed():
    in_doubt(a_dealer("south"))
    assert unsure_of(a_dealer("north")) == []


def test_the_command_lists_and_resolves(relance):
    message = in_doubt(a_dealer())
    listed = relance("unsure", "north", "--json")
    assert str(message.key) in listed.out and "1 unsure" in listed.err
    assert relance("unsure", "north", "--resolve", message.key, "again").status == 0
    assert state_of(message) == "ready"


def test_the_command_takes_a_word_back(relance):
    message = in_doubt(a_dealer())
    relance("unsure", "north", "--resolve", message.key, "sent")
    assert relance("unsure", "north", "--take-back", message.key).status == 0
    assert state_of(message) == "unsure"
    again = relance("unsure", "north", "--take-back", message.key)
    assert again.status == 2 and "nobody spoke of it" in again.err and again.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [(("nothing", "sent"), "no unsure message has the key nothing"), (("all", "sned"), "unknown word 'sned'")],
)
def test_the_command_says_in_one_line_what_it_cannot_do(relance, words, says):
    message = in_doubt(a_dealer())
    answer = relance("unsure", "north", "--resolve", *words)
    assert answer.status == 2 and says in answer.err and answer.err.count("\n") == 1
    assert state_of(message) == "unsure"
