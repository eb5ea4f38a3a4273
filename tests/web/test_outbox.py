"""The outbox: every message with its state, found by state and name, paged, opened, decided."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from relance.dealers.models import Dealer
from relance.jobs.stages import messages_of, plan
from relance.lib import clock
from relance.lib.moments import day_of
from relance.outbox.hold_back import hold_back
from relance.outbox.models import Message
from relance.outbox.tasks import Reason, open_task
from relance.web.desk.outbox.outbox_list import by_day, of_chart
from relance.web.lists.listing import PAGE
from relance.web.templatetags.charts import HEIGHT, bars_of
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_user, an_automation
from tests.web.sample import a_busy_dealer, the_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealer(client: Client) -> Dealer:
    dealer = a_busy_dealer()
    client.force_login(a_user(dealer))
    return dealer


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_answer_and_every_state_with_its_number(client: Client, dealer: Dealer) -> None:
    text = text_of(client, "/d/north/outbox/")
    assert "1 waiting , 2 sent , 1 refused in thirty days" in text
    for chip in (
        "All 7",
        "Needs approval 1",
        "Waiting 1",
        "Sent 1",
        "Delivered 1",
        "Refused 1",
        "Unsure 1",
        "Failed 1",
    ):
        assert chip in text


def test_a_state_filters(client: Client, dealer: Dealer) -> None:
    text = text_of(client, "/d/north/outbox/?state=delivered")
    assert "Kristjan Tamm" in text and "Camille" not in text


@pytest.mark.parametrize("search", ["tremblay", "TREMBLAY", "belanger-letourneau", "fernández"])
def test_a_name_is_found_whatever_its_case_and_accents(client: Client, dealer: Dealer, search: str) -> None:
    text = text_of(client, f"/d/north/outbox/?q={search}")
    assert text.count("J_TOMORROW ·") == 1


def test_nothing_found_says_what_to_do(client: Client, dealer: Dealer) -> None:
    assert "No message matches" in text_of(client, "/d/north/outbox/?q=zzz")


def test_an_unknown_state_and_a_broken_cursor_show_everything(client: Client, dealer: Dealer) -> None:
    assert text_of(client, "/d/north/outbox/?state=nonsense&cursor=nonsense&sort=nonsense").count("J_TOMORROW ·") == 7


def test_pages_follow_each_other_without_gap_or_repetition(client: Client) -> None:
    dealer = a_dealer()
    client.force_login(a_user(dealer))
    automation, customer = an_automation(dealer), a_customer(dealer)
    for _ in range(PAGE + 7):
        a_message(customer, automation)  # all moved at the same moment
    seen, address = [], "/d/north/outbox/"
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r'href="/d/north/outbox/([0-9a-f-]{36})/"', page)
        further = re.search(r'hx-get="(/d/north/outbox/\?[^"]*cursor=[^"]+)"', page)
        address = unescape(further[1]) if further else ""
    assert len(seen) == len(set(seen)) == PAGE + 7


def test_the_chart_has_a_bar_a_day_and_the_tallest_fills_it() -> None:
    dealer, at = a_dealer(), clock.now()
    automation, customer = an_automation(dealer), a_customer(dealer)
    for days in (0, 0, 3):
        a_message(customer, automation, state="sent", at=at - timedelta(days=days))
    a_message(customer, automation, state="refused", reason="held_back", at=at)
    a_message(customer, automation, state="sent", at=at - timedelta(days=31))
    per_day = by_day(Message.objects.of(dealer), today=day_of(at, dealer.zone), zone=dealer.zone)
    bars = bars_of(of_chart(per_day))
    assert [(bar.sent, bar.refused) for bar in bars if bar.sent or bar.refused] == [(1, 0), (2, 1)]
    assert bars[-1].sent_height + bars[-1].refused_height == pytest.approx(HEIGHT, abs=0.2)


def test_no_message_yet_teaches(client: Client) -> None:
    client.force_login(a_user(a_dealer("empty")))
    assert "Here you will see every message" in text_of(client, "/d/empty/outbox/")


def test_a_message_shows_words_moves_and_facts(client: Client, dealer: Dealer) -> None:
    text = text_of(client, f"/d/north/outbox/{the_message(dealer, 'sent').key}/")
    assert "Hello María, see you tomorrow at 9:30." in text
    assert "What happened Decided" in text and "Sent written" in text
    assert "customer.first_name María" in text


def test_a_refused_message_says_why_on_each_channel(client: Client, dealer: Dealer) -> None:
    text = text_of(client, f"/d/north/outbox/{the_message(dealer, 'refused').key}/")
    assert "Cannot be reached on any channel" in text
    assert "E-mail Has unsubscribed from this" in text


def decide(client: Client, message: Message, act: str) -> str:
    client.post(f"/d/north/outbox/{message.key}/{act}/")
    return Message.objects.of(message.dealer).values_list("state", flat=True).get(pk=message.pk)


def test_a_waiting_message_is_canceled_and_brought_back(client: Client, dealer: Dealer) -> None:
    message = the_message(dealer, "ready")
    assert decide(client, message, "cancel") == "canceled"
    assert "Undo: restore it" in text_of(client, f"/d/north/outbox/{message.key}/")
    assert decide(client, message, "bring-back") == "ready"


def test_a_message_that_needs_approval_is_approved(client: Client, dealer: Dealer) -> None:
    assert decide(client, the_message(dealer, "approval"), "approve") == "ready"


def test_what_our_own_caution_refused_is_sent_all_the_same(client: Client) -> None:
    dealer = a_dealer()
    client.force_login(a_user(dealer))
    customer = a_customer(dealer, first_name="Ann")
    hold_back(dealer, an_automation(dealer), customer, reference_on=None, by="Kim", at=A_DAY)
    (refused,) = messages_of(dealer, plan(dealer, at=A_DAY, since=A_DAY - timedelta(minutes=1)))
    assert refused.reason == "held_back"
    assert "Send it anyway" in text_of(client, f"/d/north/outbox/{refused.key}/")
    answer = client.post(f"/d/north/outbox/{refused.key}/send-by-hand/")
    made = Message.objects.of(dealer).get(state="ready")
    assert (answer.status_code, answer["Location"]) == (302, f"/d/north/outbox/{made.key}/")
    assert made.occurrence.key == "by-hand:1"
    refused.refresh_from_db()
    assert refused.state == "refused"


def test_what_the_customer_refused_is_not_sent_and_the_page_says_why(client: Client, dealer: Dealer) -> None:
    customer = a_customer(dealer, ref="NO", do_not_mail=True)
    message = a_message(customer, an_automation(dealer), state="refused", reason="do_not_mail")
    before = Message.objects.of(dealer).count()
    answer = client.post(f"/d/north/outbox/{message.key}/send-by-hand/").content.decode()
    assert "nobody can decide otherwise" in answer
    assert "Send it anyway" not in answer
    assert Message.objects.of(dealer).count() == before


def test_who_may_not_approve_sends_nothing_by_hand(client: Client, dealer: Dealer) -> None:
    client.force_login(a_user(dealer, email="adv@dealer.example", role="advisor"))
    message = the_message(dealer, "refused")
    assert "Send it anyway" not in text_of(client, f"/d/north/outbox/{message.key}/")
    assert client.post(f"/d/north/outbox/{message.key}/send-by-hand/").status_code == 403


@pytest.mark.parametrize("act", ["cancel", "approve", "bring-back"])
@pytest.mark.parametrize("state", ["sent", "delivered", "refused", "failed", "unsure"])
def test_what_is_done_cannot_be_decided_again(client: Client, dealer: Dealer, act: str, state: str) -> None:
    assert decide(client, the_message(dealer, state), act) == state


def test_a_message_of_another_dealer_is_no_page_and_stays(client: Client, dealer: Dealer) -> None:
    theirs = the_message(a_busy_dealer("south"), "ready")
    for act in ("", "file/"):
        assert client.get(f"/d/north/outbox/{theirs.key}/{act}").status_code == 404
    assert decide(client, theirs, "cancel") == "ready"


def written(dealer: Dealer, name: str) -> Message:
    """A sent message whose file stands at `name`."""
    message = the_message(dealer, "sent")
    Message.objects.of(dealer).filter(pk=message.pk).update(provider_ref=name)
    path = Path(settings.HOME) / "sent" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("Subject: Hello", encoding="utf-8")
    return message


def test_the_file_that_was_written_can_be_taken(client: Client, dealer: Dealer) -> None:
    message = written(dealer, "north/2026-05-04/100000-J_TOMORROW.eml")
    answer = client.get(f"/d/north/outbox/{message.key}/file/")
    assert b"".join(answer.streaming_content) == b"Subject: Hello"  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment")
    answer.close()


@pytest.mark.parametrize(
    "name", ["south/2026-05-04/theirs.eml", "../outside.eml", "north/../south/x.eml", "/etc/hosts"]
)
def test_no_file_outside_the_dealers_own_folder_is_given(client: Client, dealer: Dealer, name: str) -> None:
    message = the_message(dealer, "sent")
    Message.objects.of(dealer).filter(pk=message.pk).update(provider_ref=name)
    for path in (
        Path(settings.HOME) / "sent" / "south" / "2026-05-04" / "theirs.eml",
        Path(settings.HOME) / "outside.eml",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("secret", encoding="utf-8")
    assert client.get(f"/d/north/outbox/{message.key}/file/").status_code == 404


def test_sending_can_be_halted_and_let_go_on(client: Client, dealer: Dealer) -> None:
    assert "Stop all sending now?" in text_of(client, "/d/north/outbox/")
    assert client.post("/d/north/outbox/halt/").status_code == 302
    assert "Sending is halted" in text_of(client, "/d/north/outbox/")
    assert client.post("/d/north/outbox/release/").status_code == 302
    assert "Sending is halted" not in text_of(client, "/d/north/outbox/")


def test_an_unsure_message_leads_to_the_task_that_asks_about_it(client: Client) -> None:
    dealer = a_busy_dealer()
    client.force_login(a_user(dealer))
    message = the_message(dealer, "unsure")
    here = f"/d/north/outbox/{message.key}/"
    assert "the provider is being asked" in client.get(here).content.decode()
    task = open_task(dealer, Reason("unsure", f"message {message.key}:1", message=message), due_at=A_DAY, at=A_DAY)
    assert f"/d/north/tasks/{task.key}/" in client.get(here).content.decode()
