"""The run behind a cell: let go, kept back and that undone, moved to another day and back."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from relance.dealers.models import AuditEntry, Dealer
from relance.jobs.command import run
from relance.jobs.stages import plan
from relance.lib import clock
from relance.outbox.models import Message
from relance.outbox.runs.late import after_import
from relance.outbox.runs.make import WAITS_FOR_APPROVAL
from relance.plan.models import MovedRun, Run
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_repair_order, a_user, an_automation
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


def test_a_run_that_reaches_unusually_many_is_let_go_only_when_somebody_has_looked(
    client: Client, dealer: Dealer
) -> None:
    Run.objects.of(dealer).update(cause=WAITS_FOR_APPROVAL)
    assert "This run reaches unusually many people" in said(client.get(f"{cell(dealer)}?full=1"))
    assert "Unusually many would hear this: tick that you want it." in decided(client, dealer, "approve")
    assert states(dealer) == {"approval"}
    client.post(f"{cell(dealer)}decide/", {"how": "approve", "sure": "1"})
    assert states(dealer) == {"ready"}


def test_a_run_that_reaches_unusually_many_can_be_kept_back_at_once(client: Client, dealer: Dealer) -> None:
    Run.objects.of(dealer).update(cause=WAITS_FOR_APPROVAL)
    assert "This run was held back." in decided(client, dealer, "reject")


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


def came_late(dealer: Dealer, refs: str) -> None:
    """A run at ten reached one person; a feed after it brought these."""
    rule = {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": 1}
    an_automation(dealer, "L_AFTER", name="After the visit", audience=[rule], repeat="each_time")
    a_repair_order(a_customer(dealer, ref="early"), A_DAY - DAY)
    plan(dealer, at=A_DAY, since=A_DAY - timedelta(minutes=1))
    for ref in refs:
        a_repair_order(a_customer(dealer, ref=ref, name=ref), A_DAY - DAY)
    after_import(dealer, at=clock.now())


def test_whom_a_feed_brought_after_a_run_is_told_and_sent_to_with_one_press(client: Client, dealer: Dealer) -> None:
    came_late(dealer, "xy")
    sheet = said(client.get("/d/north/programmes/?full=1"))
    assert "2 people came with a feed after the run of “After the visit”" in sheet
    assert "People whom a feed brought after their run 4" in said(client.get("/d/north/waiting/"))
    address = cell(dealer).replace("L_SPRING", "L_AFTER")
    assert "2 people came with a feed after this run." in said(client.get(f"{address}?full=1"))
    after = said(client.post(f"{address}decide/", {"how": "send_late"}, headers={"HX-Request": "true"}))
    assert "after this run" not in after and "3 people hear from you" in after
    assert AuditEntry.objects.of(dealer).get(act="sent_late").after == {"messages": 2}
    assert "the run of “After the visit”" not in said(client.get("/d/north/programmes/?full=1"))
    again = client.post(f"{address}decide/", {"how": "send_late"}, headers={"HX-Request": "true"})
    assert again.status_code == 200 and Message.objects.of(dealer).filter(automation__code="L_AFTER").count() == 3


def test_who_may_not_approve_is_not_asked_about_late_people(client: Client, dealer: Dealer) -> None:
    came_late(dealer, "xy")
    client.force_login(a_user(dealer, email="advisor@dealer.example", role="advisor"))
    address = cell(dealer).replace("L_SPRING", "L_AFTER")
    assert "came with a feed" not in said(client.get("/d/north/programmes/?full=1"))
    assert "came with a feed" not in said(client.get(f"{address}?full=1"))
    assert client.post(f"{address}decide/", {"how": "send_late"}).status_code == 403
    assert Message.objects.of(dealer).filter(automation__code="L_AFTER").count() == 1
