"""The doctor notices what goes wrong while nobody looks; what is well is no alarm."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from relance.delivery.channel import Sending
from relance.delivery.models import Attempt
from relance.delivery.senders import keep_sender
from relance.measures import health, trouble
from relance.measures.health import health_of_dealers, health_of_home
from relance.measures.trouble import ENDS_SOON, Certificates, certificates
from relance.plan.models import PlanMark
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_row, an_automation
from tests.delivery.mail_server import Mailbox, certificate, mail_server
from tests.measures.test_health import bad

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def tried(dealer, *, good, lost):
    customer, automation = a_customer(dealer), an_automation(dealer, f"A{good}", status="off")
    for number in range(good + lost):
        message = a_message(customer, automation, state="sent")
        result = "accepted" if number < good else "busy"
        a_row(Attempt, dealer, message=message, number=1, at=A_DAY, result=result, answer="503 not now")


@pytest.mark.parametrize(("good", "lost", "alarms"), [(30, 0, 0), (24, 6, 0), (20, 10, 1), (0, 19, 0)])
def test_many_hand_overs_without_success_are_noticed(good, lost, alarms):
    dealer = a_dealer()
    tried(dealer, good=good, lost=lost)
    found = [says for says in bad(health_of_dealers(A_DAY + timedelta(minutes=5))) if "hand-overs" in says]
    assert len(found) == alarms
    assert all("10 of the last 30" in says and "503 not now" in says for says in found)
    assert not [s for s in bad(health_of_dealers(A_DAY + timedelta(hours=2))) if "hand-overs" in s]


def test_a_number_that_carriers_want_registered_is_noticed():
    dealer = a_dealer()
    told = "undelivered: 30034, no 10DLC campaign"
    a_message(a_customer(dealer), an_automation(dealer, status="off"), state="failed", detail=told)
    assert any("10DLC" in says for says in bad(health_of_dealers(A_DAY + timedelta(hours=1))))


@pytest.mark.parametrize(("minutes", "alarms"), [(-5, 0), (1, 0), (10, 1)])
def test_a_clock_that_has_gone_back_is_noticed(minutes, alarms):
    dealer = a_dealer()
    a_row(PlanMark, dealer, planned_until=A_DAY + timedelta(minutes=minutes))
    assert len([s for s in bad(health_of_dealers(A_DAY)) if "is the clock right" in s]) == alarms


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_certificate_near_its_end_is_noticed(tmp_path, tls):
    """A real handshake with a server whose certificate lives a day."""
    context, _ = certificate(tmp_path)
    options = {"ssl_context": context} if tls == "tls" else {"tls_context": context}
    with mail_server(Mailbox(), **options) as box:
        way = Sending("smtp", {"host": "127.0.0.1", "port": box.port, "tls": tls, "user": ""})
        keep_sender(a_dealer(), "email", way, at=A_DAY)
        [soon] = certificates(NOW)
        [ended] = certificates(NOW + timedelta(days=2))
        [well] = certificates(NOW - ENDS_SOON)
    assert (soon.state, "renew it" in soon.says) == ("bad", True)
    assert (ended.state, "ended" in ended.says) == ("bad", True)
    assert well.state == "ok"


def test_a_server_that_cannot_be_reached_is_said_and_does_not_stop_the_doctor():
    keep_sender(a_dealer(), "email", Sending("smtp", {"host": "127.0.0.1", "port": 9, "tls": "tls"}), at=A_DAY)
    [finding] = certificates(NOW)
    assert (finding.state, "no encrypted connection" in finding.says) == ("bad", True)


def test_a_server_that_is_well_is_asked_every_hour_and_its_end_is_told_in_time(monkeypatch):
    keep_sender(a_dealer(), "email", Sending("smtp", {"host": "127.0.0.1", "port": 9, "tls": "tls"}), at=A_DAY)
    asked: list[trouble.Place] = []

    def ends(place):
        asked.append(place)
        return A_DAY + ENDS_SOON + timedelta(minutes=90)

    monkeypatch.setattr(trouble, "end_of_certificate", ends)
    known = Certificates()
    states = {minutes: [f.state for f in known.look(A_DAY + timedelta(minutes=minutes))] for minutes in range(0, 94)}
    assert [minutes for minutes, found in states.items() if found == ["bad"]] == [91, 92, 93]
    assert len(asked) == 2 + 3  # at once, after an hour, and at every look that finds it bad


def test_a_server_is_out_of_reach_for_a_while_before_it_matters():
    keep_sender(a_dealer(), "email", Sending("smtp", {"host": "127.0.0.1", "port": 9, "tls": "tls"}), at=A_DAY)
    known, patience = Certificates(), timedelta(minutes=3)
    looks = [known.look(A_DAY + timedelta(minutes=minutes), patience=patience) for minutes in range(5)]
    assert [finding.state for look in looks for finding in look] == ["note", "note", "note", "bad", "bad"]


def test_an_hour_that_went_well_does_not_hide_that_nothing_is_taken_any_more():
    dealer = a_dealer()
    tried(dealer, good=300, lost=0)
    tried(dealer, good=0, lost=30)
    assert any("30 of the last 100" in says for says in bad(health_of_dealers(A_DAY + timedelta(minutes=5))))


def test_without_encryption_nothing_is_asked():
    keep_sender(a_dealer(), "email", Sending("smtp", {"host": "127.0.0.1", "port": 9, "tls": "none"}), at=A_DAY)
    assert list(certificates(NOW)) == []


def test_a_full_disk_is_noticed(monkeypatch, tmp_path):
    assert bad(health_of_home(tmp_path)) == []
    monkeypatch.setattr(health, "LEAST_DISK", 10**18)
    assert "too little" in bad(health_of_home(tmp_path))[0]


def test_the_clock_of_the_database_is_looked_at():
    found = [*trouble.clocks(datetime.now(UTC)), *trouble.clocks(datetime.now(UTC) + timedelta(minutes=9))]
    assert len(found) == (connection.vendor == "postgresql")
