"""The run behind a cell: let go, kept back and that undone, moved to another day and back."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from relance.dealers.models import AuditEntry, Dealer
from relance.jobs.command import run
from relance.lib import clock
from relance.outbox.models import Message
from relance.plan.models import MovedRun
from tests.builders import a_customer, a_dealer, a_message, a_user, an_automation
from tests.web.sample import today_at

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def dealer(client: Client) -> Dealer:
    dealer = a_dealer()
    client.force_login(a_user(dealer))
    automation = an_automation(dealer, "L_SPRING", name="Spring is here", status="approval", repeat="each_time")
    at = clock.now()
    for first_name in ("Ann", "Bo", "Cy"):
        person = a_customer(dealer, first_name=first_name, name=first_name, mobile="+15145550123")
        message = a_message(person, automation, at=at, state="approval", send_at=at, expires_at=at + DAY)
        Message.objects.of(dealer).filter(pk=message.pk).update(run=Message.objects.of(dealer).order_by("pk")[0].run)
    return dealer


def cell(dealer: Dealer, days: int = 0) -> str:
    return f"/d/north/programmes/L_SPRING/{date.fromisoformat(today_at(dealer)) + days * DAY}/"


def said(response: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))  # type: ignore[attr-defined]


def decided(client: Client, dealer: Dealer, how: str) -> str:
    return said(client.post(f"{cell(dealer)}decide/", {"how": how}, headers={"HX-Request": "true"}))


def states(dealer: Dealer) -> set[str]:
    return set(Message.objects.of(dealer).values_list("state", flat=True))


def test_a_run_that_waits_is_let_go_with_one_press(client: Client, dealer: Dealer) -> None:
    assert "3 messages wait for your approval" in said(client.get(f"{cell(dealer)}?full=1"))
    assert "wait for your approval" not in decided(client, dealer, "approve")
    assert states(dealer) == {"ready"}
    assert AuditEntry.objects.of(dealer).get(act="approved").after == {"messages": 3}


def test_a_run_that_was_kept_back_comes_back(client: Client, dealer: Dealer) -> None:
    assert "This run was held back." in decided(client, dealer, "reject")
    assert states(dealer) == {"canceled"}
    assert "3 messages wait for your approval" in decided(client, dealer, "bring_back")
    assert states(dealer) == {"approval"}


def test_an_unknown_decision_decides_nothing(client: Client, dealer: Dealer) -> None:
    assert "Approve them or hold them back." in decided(client, dealer, "perhaps")
    assert states(dealer) == {"approval"}


def test_a_run_is_moved_and_goes_back_to_its_day(client: Client, dealer: Dealer) -> None:
    to = date.fromisoformat(today_at(dealer)) + 5 * DAY
    answer = client.post(f"{cell(dealer, 2)}move/", {"to": to.isoformat()}, headers={"HX-Request": "true"})
    assert "Moved here from" in said(answer) and "by Kim Manager" in said(answer)
    assert "Moved here" not in said(
        client.post(f"{cell(dealer, 5)}move/", {"to": "own"}, headers={"HX-Request": "true"})
    )
    assert not MovedRun.objects.of(dealer).exists()


@pytest.mark.parametrize(("to", "told"), [("", "Choose a day."), ("2001-01-01", "That time has passed")])
def test_a_day_that_does_not_do_is_told(client: Client, dealer: Dealer, to: str, told: str) -> None:
    answer = client.post(f"{cell(dealer, 2)}move/", {"to": to}, headers={"HX-Request": "true"})
    assert told in said(answer) and not MovedRun.objects.of(dealer).exists()


def test_a_salesperson_neither_sees_nor_may_do_it(client: Client, dealer: Dealer) -> None:
    client.force_login(a_user(dealer, email="s@dealer.example", role="salesperson"))
    page = client.get(f"{cell(dealer)}?full=1").content.decode()
    assert "decide/" not in page and "/move/" not in page
    assert client.post(f"{cell(dealer)}decide/", {"how": "approve"}).status_code == 403
    assert client.post(f"{cell(dealer, 2)}move/", {"to": "2030-01-01"}).status_code == 403


def test_on_the_command_line_too(dealer: Dealer, capsys: pytest.CaptureFixture[str]) -> None:
    day = date.fromisoformat(today_at(dealer)) + 2 * DAY
    assert run(["move", "north", "L_SPRING", "--from", day.isoformat(), "--to", (day + DAY).isoformat()]) == 0
    assert f"1 run of L_SPRING moved to {day + DAY}" in capsys.readouterr().err
    assert MovedRun.objects.of(dealer).get().by == "operator"
    assert run(["move", "north", "L_SPRING", "--from", day.isoformat(), "--to", day.isoformat()]) == 2
