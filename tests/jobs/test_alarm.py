"""A fault that the doctor finds is told by e-mail, once a day, to whoever has to know; and when it is over."""

from datetime import timedelta
from email import message_from_bytes, policy
from functools import partial
from socket import gethostname

import pytest
from django.conf import settings

from relance.dealers.models import Membership, User
from relance.delivery.channel import Accepted, AnswerLost, ChannelDown, Refused
from relance.jobs.models import Fault
from relance.jobs.watch import alarm
from relance.measures.finding import Finding
from tests.builders import A_DAY, a_dealer

LOOK, DAY = timedelta(minutes=2), timedelta(days=1)
QUEUE = Finding("bad", "north: 12 messages have been due: does a worker run?", "north")
DISK = Finding("bad", "home /srv: 0.1 GB free, too little")


class Mails(list[tuple[str, str, str]]):
    """To whom, subject, body; and what the ways are going to answer, one after the other."""

    def __init__(self):
        self.answers: list[object] = []


@pytest.fixture
def mails(monkeypatch):
    """What was sent."""

    sent = Mails()

    def send(dealer, said, *, at, sending):
        answer = sent.answers.pop(0) if sent.answers else Accepted()
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Accepted):
            sent.append((said.address, said.subject, said.body))
        return answer

    monkeypatch.setattr(alarm, "send_directly", send)
    return sent


def someone(dealer, email, role="crm_manager", language="en"):
    user = User.objects.create(email=email, language=language, created_at=A_DAY)
    return Membership.objects.create(dealer=dealer, user=user, role=role)


def looks(*rounds, at=A_DAY):
    """One look after the other, each with what it finds."""
    for number, found in enumerate(rounds):
        alarm.look("house", partial(lambda found, _: found, found), at + number * LOOK)


@pytest.fixture
def dealer():
    made = a_dealer("north")
    someone(made, "boss@north.example")
    return made


@pytest.mark.django_db
def test_a_fault_that_stays_is_told_at_the_second_look_and_once_a_day(mails, dealer):
    looks([QUEUE])
    assert mails == []
    looks([QUEUE], at=A_DAY + LOOK)
    assert [to for to, _, _ in mails] == ["boss@north.example"] and QUEUE.says in mails[0][2]
    other = Finding("bad", "north: 34 messages have been due: does a worker run?", "north")  # the same, a day older
    looks(*[[other]] * 20, at=A_DAY + 2 * LOOK)
    assert len(mails) == 1
    looks([other], [other], at=A_DAY + LOOK + DAY)
    assert len(mails) == 2 and "34" in mails[1][2]


@pytest.mark.django_db
def test_what_mends_itself_before_the_second_look_wakes_nobody(mails, dealer):
    looks([QUEUE], [], [QUEUE], [], [])
    assert mails == []


@pytest.mark.django_db
def test_the_end_is_said_once_when_two_looks_find_nothing(mails, dealer):
    looks([QUEUE], [QUEUE], [], [QUEUE], [], [], [], [])
    assert len(mails) == 2
    assert "over" in mails[1][1] and QUEUE.says in mails[1][2]


@pytest.mark.django_db
def test_a_fault_that_comes_and_goes_is_told_once_a_day(mails, dealer):
    looks(*[[QUEUE], [QUEUE], [], []] * 30)
    assert len(mails) == 2  # once, and its end
    looks([QUEUE], [QUEUE], at=A_DAY + DAY + LOOK)
    assert len(mails) == 3


@pytest.mark.django_db
def test_several_faults_of_one_look_are_one_mail(mails, dealer):
    looks([QUEUE, DISK], [QUEUE, DISK])
    assert len(mails) == 2  # the dealer's, and the house's
    assert {QUEUE.says in body for _, _, body in mails} == {True, False}


@pytest.mark.django_db
def test_a_dealers_faults_are_told_to_nobody_elses_people(mails, dealer, monkeypatch):
    other = a_dealer("south")
    someone(other, "boss@south.example")
    someone(dealer, "advisor@north.example", role="advisor")
    gone = someone(dealer, "gone@north.example")
    gone.suspended_at = A_DAY
    gone.save()
    looks([QUEUE, DISK], [QUEUE, DISK])
    assert [to for to, _, _ in mails] == ["boss@north.example"]  # the house's fault is none of theirs
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_ALARM_TO", ["ops@house.example"])
    looks([QUEUE, DISK], at=A_DAY + DAY + LOOK)
    assert sorted(to for to, _, _ in mails[1:]) == ["boss@north.example"] + ["ops@house.example"] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [ChannelDown("refused"), Refused("no"), AnswerLost("?"), OSError("gone")])
def test_another_way_is_tried_when_the_first_is_broken(mails, dealer, monkeypatch, answer):
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_SMTP_URL", "smtp://127.0.0.1:9?from=a@b.example")
    mails.answers = [answer]
    looks([QUEUE], [QUEUE])
    assert len(mails) == 1


@pytest.mark.django_db
def test_what_reached_nobody_is_tried_again_with_the_next_look(mails, dealer):
    mails.answers = [ChannelDown("refused")] * 2
    looks([QUEUE], [QUEUE], [QUEUE])
    assert mails == []
    looks([QUEUE], [QUEUE], at=A_DAY + 3 * LOOK)
    assert len(mails) == 1
    mails.answers = [ChannelDown("refused")]
    looks([], [], [], [], at=A_DAY + 5 * LOOK)
    assert len(mails) == 2 and "over" in mails[1][1]


@pytest.mark.django_db
def test_it_is_told_in_the_readers_language(mails, dealer):
    someone(dealer, "patronne@north.example", language="fr")
    looks([QUEUE], [QUEUE])
    assert {to: subject for to, subject, _ in mails} == {
        "boss@north.example": "North Garage: relance has found a fault",
        "patronne@north.example": "North Garage : relance a relevé une anomalie",
    }


@pytest.mark.django_db
def test_two_processes_tell_it_once(mails, dealer):
    looks([QUEUE])
    row = Fault.objects.get()
    assert alarm._is_told(row, QUEUE, A_DAY + LOOK)
    assert not alarm._is_told(row, QUEUE, A_DAY + LOOK)  # the other one has seen the same row


@pytest.mark.django_db
def test_the_look_of_another_process_just_then_is_no_second_look(mails, dealer):
    soon = LOOK / 60
    looks([QUEUE])
    looks([QUEUE], at=A_DAY + soon)
    assert mails == []
    looks([QUEUE], [], at=A_DAY + LOOK)
    looks([], at=A_DAY + 2 * LOOK + soon)
    assert len(mails) == 1
    looks([], at=A_DAY + 3 * LOOK)
    assert len(mails) == 2


@pytest.mark.django_db
def test_the_clockwork_finds_what_the_doctor_finds(mails, dealer, monkeypatch):
    monkeypatch.setattr("relance.measures.health.LEAST_DISK", 10**18)
    for number in range(2):
        alarm.watch_house(A_DAY + number * LOOK)
    assert len(mails) == 1 and "too little" in mails[0][2]


@pytest.mark.django_db
def test_the_mail_is_a_real_one(dealer, monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    looks([DISK], [DISK])
    (mail,) = tmp_path.rglob("*.eml")
    said = message_from_bytes(mail.read_bytes(), policy=policy.default)
    assert (said["To"], said["Subject"]) == ("boss@north.example", f"{gethostname()}: relance has found a fault")
    body = said.get_body(("plain",))
    assert body is not None and f"• {DISK.says}" in body.get_content()
    assert said["List-Unsubscribe"] is None
