"""Tasks and the call list: who sees what, what each button does, and that it can be taken back."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from relance.dealers.models import AuditEntry, Dealer
from relance.facts.consent import ledger_of
from relance.facts.models import ConsentEntry
from relance.outbox.models import Message, Task
from relance.outbox.states import move
from relance.replies.receive import receive
from relance.web.desk.tasks.task_list import CALLS_TO_MAKE
from tests.builders import A_DAY, a_dealer, a_user
from tests.web.sample import a_busy_dealer, with_tasks_and_paper

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def dealer(tmp_path, settings) -> Dealer:
    settings.HOME = tmp_path
    return with_tasks_and_paper(a_busy_dealer())


def signed_in(client: Client, dealer: Dealer, **values) -> Client:
    client.force_login(a_user(dealer, **values))
    return client


def one(dealer: Dealer, kind: str) -> Task:
    return Task.objects.of(dealer).filter(kind=kind).order_by("pk")[0]


def press(client: Client, task: Task, act: str, **values):
    return client.post(f"/d/north/tasks/{task.key}/{act}/", values, headers=HTMX)


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_mine_all_and_late_are_counted_and_filtered(client, dealer):
    client = signed_in(client, dealer, reference="s7")
    assert "Camille Tremblay" in text_of(client, "/d/north/tasks/")
    assert "Robert Okafor" not in text_of(client, "/d/north/tasks/?show=mine")
    late = text_of(client, "/d/north/tasks/?show=late")
    assert "The brakes still squeak." in late and "Camille Tremblay" not in late
    only = text_of(client, "/d/north/tasks/?show=all&kind=complaint")
    assert only.count("data-row") == 1


def test_who_has_no_tasks_of_his_own_sees_everybodys(client, dealer):
    assert "Robert Okafor" in text_of(signed_in(client, dealer), "/d/north/tasks/")


def test_a_salesperson_sees_the_tasks_of_his_customers_alone(client, dealer):
    client = signed_in(client, dealer, role="salesperson", reference="S7")
    assert "Robert Okafor" not in text_of(client, "/d/north/tasks/?show=all")
    other = Task.objects.of(dealer).filter(kind="call", staff=None)[0]
    assert client.get(f"/d/north/tasks/{other.key}/").status_code == 404
    assert press(client, other, "outcome", outcome="reached", seen=0).status_code == 404


def test_the_panel_has_what_to_say_and_a_number_to_tap(client, dealer):
    client = signed_in(client, dealer)
    task = one(dealer, "call")
    panel = text_of(client, f"/d/north/tasks/{task.key}/")
    assert task.message is not None
    assert "Your vehicle is due for service." in panel and f'href="tel:{task.message.address}"' in panel


def test_an_outcome_closes_the_call_and_is_noted(client, dealer):
    client, task = signed_in(client, dealer), one(dealer, "call")
    answer = press(client, task, "outcome", outcome="reached", seen=0, note="Comes on Friday.")
    assert "Reached" in answer.content.decode() and answer["HX-Trigger"] == "tasks-changed"
    task.refresh_from_db(from_queryset=Task.objects.of(dealer))
    assert (task.state, task.note, task.closed_by) == ("done", "Comes on Friday.", "Kim Manager")
    assert AuditEntry.objects.of(dealer).filter(act="task", what__endswith="reached").exists()


def test_undo_brings_the_call_back(client, dealer):
    client, task = signed_in(client, dealer), one(dealer, "call")
    press(client, task, "outcome", outcome="wrong_number", seen=0)
    press(client, task, "undo")
    assert one(dealer, "call").state == "open"


def test_who_comes_second_is_told(client, dealer):
    client, task = signed_in(client, dealer), one(dealer, "call")
    press(client, task, "outcome", outcome="reached", seen=0)
    assert "Someone was faster" in press(client, task, "outcome", outcome="no_answer", seen=0).content.decode()


def test_no_more_calls_is_a_withdrawal_that_no_button_undoes(client, dealer):
    client, task = signed_in(client, dealer), one(dealer, "call")
    panel = press(client, task, "outcome", outcome="do_not_call", seen=0).content.decode()
    assert "Undo" not in panel
    assert task.customer is not None
    assert [e.channel for e in ledger_of(dealer, [task.customer.pk])[task.customer.pk]] == ["phone"]
    press(client, task, "undo")
    assert one(dealer, "call").state == "done"


@pytest.mark.parametrize(("again", "moved"), [("2026-05-06T09:30", True), ("2026-05-01T09:30", False), ("x", False)])
def test_call_back_takes_the_moment_that_was_agreed(client, dealer, again, moved):
    client, task = signed_in(client, dealer), one(dealer, "call")
    press(client, task, "outcome", outcome="call_back", seen=0, again=again)
    due = one(dealer, "call").due_at
    assert (due.astimezone(dealer.zone).strftime("%Y-%m-%dT%H:%M") == again) == moved
    assert due > A_DAY


@pytest.mark.parametrize(("word", "state"), [("sent", "sent"), ("again", "ready"), ("failed", "failed")])
def test_an_unsure_message_is_resolved_by_whoever_knows(client, dealer, word, state):
    client, task = signed_in(client, dealer), one(dealer, "unsure")
    press(client, task, "resolve", word=word)
    assert Message.objects.of(dealer).filter(channel="sms", state=state).exists()
    assert not Message.objects.of(dealer).filter(state="unsure").exists()
    assert one(dealer, "unsure").state == "done"


@pytest.mark.parametrize("word", ["sent", "again", "failed"])
def test_what_was_said_of_an_unsure_message_is_undone(client, dealer, word):
    client, task = signed_in(client, dealer), one(dealer, "unsure")
    assert "Undo" in press(client, task, "resolve", word=word).content.decode()
    panel = press(client, task, "undo").content.decode()
    assert "It arrived" in panel and "Someone was faster" not in panel
    assert Message.objects.of(dealer).filter(state="unsure").count() == 1
    assert one(dealer, "unsure").state == "open"


def test_an_unsure_message_that_has_gone_on_offers_no_undo_and_says_so(client, dealer):
    client, task = signed_in(client, dealer), one(dealer, "unsure")
    press(client, task, "resolve", word="sent")
    message = Message.objects.of(dealer).get(key=task.message.key) if task.message else None
    assert message is not None
    move(dealer, [message], to="delivered", at=A_DAY, cause="the provider says so")
    assert "Undo" not in text_of(client, f"/d/north/tasks/{task.key}/")
    assert "Someone was faster" in press(client, task, "undo").content.decode()
    assert one(dealer, "unsure").state == "done"


def test_a_complaint_is_put_off_taken_and_done(client, dealer):
    client, task = signed_in(client, dealer, reference="S7"), one(dealer, "complaint")
    press(client, task, "later", again="2026-05-07T10:00")
    assert one(dealer, "complaint").due_at > A_DAY + timedelta(days=2)
    press(client, task, "mine")
    assert Task.objects.of(dealer).filter(kind="complaint", staff__ref="S7").exists()
    press(client, task, "mine")
    assert Task.objects.of(dealer).filter(kind="complaint", staff=None).exists()
    press(client, task, "done", note="Apologised.")
    assert one(dealer, "complaint").state == "done"


@pytest.mark.parametrize(
    ("kind", "act", "values"),
    [
        ("complaint", "outcome", {"outcome": "reached"}),
        ("call", "outcome", {"outcome": "nonsense"}),
        ("unsure", "done", {}),
        ("unsure", "resolve", {"word": "nonsense"}),
        ("complaint", "resolve", {"word": "sent"}),
    ],
)
def test_what_a_task_does_not_have_is_not_found(client, dealer, kind, act, values):
    assert press(signed_in(client, dealer), one(dealer, kind), act, **values).status_code == 404


def test_without_scripts_every_button_leads_back(client, dealer):
    client, task = signed_in(client, dealer), one(dealer, "call")
    answer = client.post(f"/d/north/tasks/{task.key}/outcome/", {"outcome": "reached", "seen": 0, "at": "calls"})
    assert (answer.status_code, answer["Location"]) == (302, "/d/north/tasks/calls/")


def test_the_call_list_has_todays_calls_and_says_which_are_not_needed_any_more(client, dealer):
    client = signed_in(client, dealer)
    task = one(dealer, "call")
    assert task.customer is not None
    task.customer.do_not_mail = True
    task.customer.save()
    page = text_of(client, "/d/north/tasks/calls/")
    assert page.count('class="call"') == 5 and page.count("No longer needed:") == 1
    assert text_of(client, "/d/north/tasks/calls/?automation=E01").count('class="call"') == 4
    run = Message.objects.of(dealer).filter(channel="phone").order_by("pk")[0].run_id
    assert text_of(client, f"/d/north/tasks/calls/?run={run}").count('class="call"') == 1


def test_a_long_call_list_says_how_many_and_goes_on_on_the_next_page(client, dealer, monkeypatch):
    monkeypatch.setattr("relance.web.desk.tasks.tasks.CALLS_TO_MAKE", replace(CALLS_TO_MAKE, per_page=3))
    client = signed_in(client, dealer)
    page = text_of(client, "/d/north/tasks/calls/")
    assert "<b>5</b> calls to make" in page and page.count('class="call"') == 3
    further = re.search(r'href="(/d/north/tasks/calls/\?cursor=[^"]+)"', page)
    assert further and text_of(client, further[1]).count('class="call"') == 2


def test_a_reader_may_look_and_press_nothing(client, dealer):
    client = signed_in(client, dealer, role="read_only")
    task = one(dealer, "call")
    assert "outcome/" not in text_of(client, f"/d/north/tasks/{task.key}/")
    assert press(client, task, "outcome", outcome="reached", seen=0).status_code == 403


def test_another_dealers_task_is_not_found(client, dealer):
    a_user(a_dealer("south"), email="south@dealer.example")
    client.force_login(a_user(a_dealer("east"), email="east@dealer.example"))
    key = one(dealer, "call").key
    assert client.get(f"/d/east/tasks/{key}/").status_code == 404


def test_what_is_new_for_me_is_behind_the_bell_until_it_is_read(client, tmp_path, settings):
    settings.HOME = tmp_path
    dealer = a_busy_dealer()
    client = signed_in(client, dealer, reference="S7")
    with_tasks_and_paper(dealer)
    assert "Camille Tremblay" in text_of(client, "/d/north/waiting/")
    client.post("/d/north/waiting/read/")
    assert "Camille Tremblay" not in text_of(client, "/d/north/waiting/")


def a_wish(dealer: Dealer) -> Task:
    receive(dealer, sender="+15145550199", text="don't text me before 9", at=A_DAY, ref="in-9")
    return Task.objects.of(dealer).get(ref__startswith="perhaps-stop")


def test_a_doubtful_wish_becomes_an_opt_out_with_one_press_and_for_good(client, dealer):
    client, task = signed_in(client, dealer), a_wish(dealer)
    assert "It is an opt-out" in text_of(client, f"/d/north/tasks/{task.key}/")
    assert press(client, task, "done").status_code == 404  # the doubt would stay
    assert "An opt-out" in press(client, task, "wish", outcome="opt_out").content.decode()
    assert ConsentEntry.objects.of(dealer).filter(address="+15145550199", status="withdrawn").count() == 2
    assert AuditEntry.objects.of(dealer).latest("number").act == "consent"
    assert press(client, task, "undo").status_code == 404
    assert "Someone was faster" in press(client, task, "wish", outcome="no_opt_out").content.decode()


def test_that_it_was_none_can_be_taken_back(client, dealer):
    client, task = signed_in(client, dealer), a_wish(dealer)
    assert "No opt-out" in press(client, task, "wish", outcome="no_opt_out").content.decode()
    assert "It is an opt-out" in press(client, task, "undo").content.decode()
    assert press(client, task, "wish", outcome="else").status_code == 404
    assert press(client, one(dealer, "complaint"), "wish", outcome="opt_out").status_code == 404
