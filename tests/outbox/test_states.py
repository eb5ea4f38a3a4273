"""Messages move only as the table allows, once, and every move is written down."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from relance.outbox.models import Message, Move
from relance.outbox.states import MOVES, STATES, IllegalMove, move
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation


@pytest.mark.django_db
def test_a_move_changes_the_row_and_writes_time_and_cause():
    dealer = a_dealer()
    message = a_message(a_customer(dealer), an_automation(dealer))

    moved = move(dealer, [message], to="canceled", at=A_DAY, cause="held back by Kim", reason="held_back")

    row = Message.objects.of(dealer).get()
    assert moved == [message]
    assert (row.state, row.reason, row.moved_at) == ("canceled", "held_back", A_DAY)
    assert (message.state, message.reason) == ("canceled", "held_back")
    written = Move.objects.of(dealer).get()
    assert (written.state, written.at, written.cause) == ("canceled", A_DAY, "held back by Kim")


@pytest.mark.django_db
def test_who_comes_second_moves_nothing():
    dealer = a_dealer()
    message = a_message(a_customer(dealer), an_automation(dealer))
    same = Message.objects.of(dealer).get()

    assert move(dealer, [message], to="sending", at=A_DAY, cause="one", owner="one")
    assert move(dealer, [same], to="canceled", at=A_DAY, cause="two") == []
    assert Message.objects.of(dealer).get().state == "sending"
    assert Move.objects.of(dealer).count() == 1


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_writes_nothing():
    dealer = a_dealer()
    message = a_message(a_customer(dealer), an_automation(dealer), state="sending", owner="one")
    Message.objects.of(dealer).update(owner="two")

    assert move(dealer, [message], to="sent", at=A_DAY, cause="accepted") == []


@pytest.mark.django_db
def test_another_dealers_message_does_not_move():
    dealer, other = a_dealer(), a_dealer("south")
    message = a_message(a_customer(dealer), an_automation(dealer))

    assert move(other, [message], to="canceled", at=A_DAY, cause="not yours") == []


@pytest.mark.django_db
def test_many_messages_of_several_states_move_at_once():
    dealer = a_dealer()
    customer, automation = a_customer(dealer), an_automation(dealer)
    messages = [a_message(customer, automation, state=state) for state in ("ready", "approval", "ready")]

    assert len(move(dealer, messages, to="canceled", at=A_DAY, cause="halted")) == 3
    assert Move.objects.of(dealer).count() == 3


class TestWalks(TestCase):
    """Whatever is asked for in whatever order, a message only ever walks along the table."""

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.sampled_from(STATES), max_size=8))
    def test_a_walk_is_a_path_of_the_table(self, wished: list[str]) -> None:
        dealer = a_dealer()
        message = a_message(a_customer(dealer), an_automation(dealer))
        path = ["ready"]
        for state in wished:
            if state in MOVES[path[-1]]:
                move(dealer, [message], to=state, at=A_DAY, cause="walk")
                path.append(state)
            else:
                with pytest.raises(IllegalMove):
                    move(dealer, [message], to=state, at=A_DAY, cause="walk")
        assert Message.objects.of(dealer).get().state == path[-1]
        assert list(Move.objects.of(dealer).order_by("pk").values_list("state", flat=True)) == path[1:]


def test_what_has_ended_stays_ended():
    assert not MOVES["refused"]
    assert MOVES["failed"] == {"unsure"}  # a person takes back that it did not arrive
    assert MOVES["delivered"] == {"failed"}  # sent back later


def test_only_what_was_taken_up_or_is_at_the_provider_by_his_own_word_can_be_sent_or_unsure():
    taken_back = {"sent", "ready", "failed"}  # what a person may have said of it before
    assert {state for state, onward in MOVES.items() if "unsure" in onward} == {"sending", *taken_back}
    assert {state for state, onward in MOVES.items() if "sent" in onward} == {"sending", "unsure", "ready"}
