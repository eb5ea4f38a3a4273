"""A customer held back from every automation: the gate refuses with its own words, up to the last day and no longer."""

from datetime import date, timedelta

import pytest

from relance.dealers.models import Dealer
from relance.jobs.stages import plan
from relance.lib.errors import BadInput
from relance.measures.why import why
from relance.measures.why_in_words import reason_in_words, why_in_words
from relance.outbox.hold_back import hold_from_everything, standing_of, undo
from relance.outbox.models import HoldBack, Message
from relance.outbox.recheck import Refusal, recheck
from relance.plan.models import Automation
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_repair_order, an_automation

pytestmark = pytest.mark.django_db
TODAY = A_DAY.date()
DAY = timedelta(days=1)


@pytest.fixture
def dealer() -> Dealer:
    return a_dealer()


@pytest.fixture
def automation(dealer: Dealer) -> Automation:
    """Every day at eleven: who was here yesterday."""
    rule = {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": 1}
    return an_automation(
        dealer, audience=[rule], subject="repair_order", schedule={"kind": "daily", "at": "11:00"}, purpose="service"
    )


def held(message: Message, until: date | None = None) -> HoldBack:
    return hold_from_everything(message.dealer, message.customer, until=until, why="away", by="Kim", at=A_DAY)


def state_of(message: Message) -> str:
    return Message.objects.of(message.dealer).values_list("state", flat=True).get(pk=message.pk)


def test_what_waits_of_any_automation_is_canceled_and_comes_back(dealer: Dealer, automation: Automation) -> None:
    customer = a_customer(dealer)
    messages = [a_message(customer, automation), a_message(customer, an_automation(dealer, "OTHER"), state="approval")]
    row = held(messages[0])
    assert [state_of(message) for message in messages] == ["canceled", "canceled"]
    undo(dealer, row, by="Kim", at=A_DAY)
    assert [state_of(message) for message in messages] == ["ready", "approval"]


def test_what_leaves_after_the_last_day_still_leaves(dealer: Dealer, automation: Automation) -> None:
    customer = a_customer(dealer)
    soon, later = (a_message(customer, automation, at=A_DAY, send_at=A_DAY + days * DAY) for days in (2, 3))
    held(soon, TODAY + 2 * DAY)
    assert (state_of(soon), state_of(later)) == ("canceled", "ready")


def test_the_staff_and_who_sends_by_hand_are_not_held_back(dealer: Dealer, automation: Automation) -> None:
    customer = a_customer(dealer)
    to_staff = a_message(customer, automation, recipient="staff:A12")
    held(to_staff)
    assert state_of(to_staff) == "ready"


@pytest.mark.parametrize(("until", "reasons"), [(None, ["held_back"] * 3), (1, ["held_back"] * 2 + [None])])
def test_planning_refuses_up_to_the_last_day(
    dealer: Dealer, automation: Automation, until: int | None, reasons: list[str | None]
) -> None:
    customer = a_customer(dealer)
    last = None if until is None else TODAY + until * DAY
    hold_from_everything(dealer, customer, until=last, why="away", by="Kim", at=A_DAY)
    plan(dealer, at=A_DAY, since=A_DAY)
    for days in range(3):
        a_repair_order(customer, A_DAY + (days - 1) * DAY)
        plan(dealer, at=A_DAY + days * DAY + timedelta(hours=2))
    rows = Message.objects.of(dealer).order_by("run_at")
    assert [row.reason for row in rows] == reasons
    detail = "everything" if last is None else f"everything until {last}"
    assert {row.detail for row in rows if row.reason} == {detail}


def test_at_hand_over_the_same_is_asked_again(dealer: Dealer, automation: Automation) -> None:
    a_repair_order(a_customer(dealer), A_DAY - DAY)
    plan(dealer, at=A_DAY, since=A_DAY)
    plan(dealer, at=A_DAY + timedelta(hours=2))
    message = Message.objects.of(dealer).get()
    held(message)
    Message.objects.of(dealer).update(state="sending")  # it was in hand when somebody held its customer back
    message.refresh_from_db()
    answer = recheck(dealer, [message], at=A_DAY + timedelta(hours=2))[message.pk]
    assert answer == Refusal("held_back", "everything")


def test_why_says_that_and_until_when(dealer: Dealer, automation: Automation) -> None:
    customer = a_customer(dealer)
    a_repair_order(customer, A_DAY - DAY)
    hold_from_everything(dealer, customer, until=TODAY + DAY, why="away", by="Kim", at=A_DAY)
    found = why(dealer, automation, customer, at=A_DAY)
    assert found.verdict == "refused"
    for language, says in [
        ("en", "Held back from everything by hand, until May 5, 2026."),
        ("fr", "Retenu de tout, à la main, jusqu’au 5 mai 2026."),
        ("es", "Retenido de todo a mano, hasta el 5 de mayo de 2026."),
        ("et", "Käsitsi kõigest tagasi hoitud kuni 5. mai 2026."),
    ]:
        assert any(says in line for line in why_in_words(dealer, automation, found, language=language).gate), language


def test_without_an_end_the_words_have_none() -> None:
    assert reason_in_words("held_back", "everything") == ["Held back from everything by hand."]
    assert reason_in_words("held_back", None) == ["Held back by hand."]


def test_a_new_end_replaces_the_earlier_one(dealer: Dealer, automation: Automation) -> None:
    soon = a_message(a_customer(dealer), automation)
    later = a_message(soon.customer, automation, send_at=A_DAY + 9 * DAY)
    held(soon, None)
    assert state_of(later) == "canceled"
    row = held(soon, TODAY + DAY)
    assert (state_of(soon), state_of(later)) == ("canceled", "ready")
    assert list(standing_of(dealer, soon.customer, at=A_DAY)) == [row]


def test_one_that_is_over_stands_no_more(dealer: Dealer, automation: Automation) -> None:
    row = held(a_message(a_customer(dealer), automation), TODAY)
    assert list(standing_of(dealer, row.customer, at=A_DAY)) == [row]
    assert not standing_of(dealer, row.customer, at=A_DAY + DAY).exists()


@pytest.mark.parametrize(("until", "why_not"), [(TODAY - DAY, "away"), (None, "  ")])
def test_an_end_in_the_past_or_no_reason_is_refused(dealer: Dealer, until: date | None, why_not: str) -> None:
    with pytest.raises(BadInput):
        hold_from_everything(dealer, a_customer(dealer), until=until, why=why_not, by="Kim", at=A_DAY)
    assert not HoldBack.objects.of(dealer).exists()
