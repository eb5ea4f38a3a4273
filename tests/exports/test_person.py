"""A person's data: all of it handed out, all of it taken away, and nobody who comes back by the next feed."""

import json
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from relance.dealers.models import AuditEntry
from relance.exports.person.erase import erase
from relance.exports.person.gather import as_json
from relance.facts.consent import Entry, record_for_address
from relance.facts.models import ConsentEntry, Customer, Recall, RepairOrder, Suppression, Vehicle
from relance.lib.errors import BadInput
from relance.replies.models import Inbound
from tests.builders import (
    A_DAY,
    a_customer,
    a_dealer,
    a_message,
    a_repair_order,
    a_row,
    a_vehicle,
    an_appointment,
    an_automation,
    consent,
    deferred_work,
)  # fmt: skip
from tests.intake.feed_files import a_feed, taken_in

pytestmark = pytest.mark.django_db
CANARY = ("Zebulon", "zebulon@canary.example", "+15145550177", "1M8GDM9AXKP042788", "C-CANARY")


@pytest.fixture
def dealer():
    return a_dealer()


@pytest.fixture
def person(dealer):
    """Somebody with a row in every table that leads to a customer by itself."""
    person = a_customer(
        dealer, ref="C-CANARY", first_name="Zebulon", name="Zebulon Roy", email="zebulon@canary.example",
        mobile="+15145550177",
    )  # fmt: skip
    vehicle = a_vehicle(person, vin="1M8GDM9AXKP042788", ref="V-CANARY")
    order = a_repair_order(person, "2026-05-04T10:00", vehicle=vehicle, ref="R-CANARY")
    deferred_work(order, "Brakes for Zebulon")
    an_appointment(person, "2026-05-06T10:00", requested_work="ask for Zebulon")
    consent(person, proof="signed by Zebulon")
    a_message(person, an_automation(dealer), body="Hello Zebulon", state="sent")
    a_row(Recall, dealer, vin="1M8GDM9AXKP042788", campaign="26V001")
    a_row(Suppression, dealer, channel="email", address="zebulon@canary.example", reason="bounce", at=A_DAY)
    record_for_address(
        dealer, "+15145550177", Entry("sms", "any", "withdrawn", A_DAY, by="person", words="STOP"), recorded_at=A_DAY
    )
    a_row(
        Inbound, dealer, provider="hand", ref="1", channel="sms", sender="+15145550177", text="I am Zebulon",
        said_at=A_DAY, received_at=A_DAY,
    )  # fmt: skip
    return person


def erased(dealer, person, home):
    return erase(dealer, person, home=home, at=A_DAY)


def everything():
    """Every value of every row of every table."""
    for model in apps.get_models():
        for row in models.QuerySet(model).values():
            yield model.__name__, json.dumps(row, default=str, ensure_ascii=False)


def test_everything_is_handed_out(dealer, person):
    said = json.loads(as_json(dealer, person, at=A_DAY))
    assert said["customer"] == "C-CANARY"
    assert set(said["kept"]) == {
        "facts.Customer", "facts.Vehicle", "facts.RepairOrder", "facts.DeferredWork", "facts.Appointment",
        "facts.ConsentEntry", "facts.Recall", "facts.Suppression", "outbox.Message", "replies.Inbound",
    }  # fmt: skip
    assert said["kept"]["outbox.Message"][0]["body"] == "Hello Zebulon"


def test_other_peoples_visits_with_a_vehicle_that_was_his_are_not_handed_out(dealer, person):
    a_repair_order(a_customer(dealer), "2026-01-04T10:00", vehicle=Vehicle.objects.of(dealer).get(), ref="R-OTHER")
    assert "R-OTHER" not in as_json(dealer, person, at=A_DAY)


def test_nothing_that_names_him_is_left_in_any_table(dealer, person, tmp_path):
    erased(dealer, person, tmp_path)
    assert [(table, row) for table, row in everything() for word in CANARY if word in row] == []


def test_other_people_stay_and_so_do_their_visits(dealer, person, tmp_path):
    other = a_customer(dealer, ref="OTHER")
    a_repair_order(other, "2026-01-04T10:00", vehicle=Vehicle.objects.of(dealer).get())
    erased(dealer, person, tmp_path)
    assert [row.ref for row in Customer.objects.of(dealer)] == ["OTHER"]
    assert [(row.customer_id, row.vehicle_id) for row in RepairOrder.objects.of(dealer)] == [(other.pk, None)]


def test_a_message_in_the_middle_of_its_hand_over_is_waited_for(dealer, person, tmp_path):
    a_message(person, an_automation(dealer, "X"), state="sending")
    with pytest.raises(BadInput, match="try again"):
        erased(dealer, person, tmp_path)
    assert Customer.objects.of(dealer).count() == 1


def test_what_was_said_for_a_number_that_others_have_too_stays_for_them(dealer, person, tmp_path):
    a_customer(dealer, mobile="+15145550177")
    erased(dealer, person, tmp_path)
    assert [entry.words for entry in ConsentEntry.objects.of(dealer)] == ["STOP"]


class TestFiles:
    def test_his_messages_go_and_others_stay(self, dealer, person, tmp_path):
        folder = tmp_path / "sent" / "north" / "2026-05-04"
        folder.mkdir(parents=True)
        message = a_message(person, an_automation(dealer, "X"), state="sent")
        his, other = folder / f"100000-X-{message.key}.eml", folder / "100000-X-other.eml"
        for path in (his, other):
            path.write_text("Hello")
        assert erased(dealer, person, tmp_path).files == 1
        assert (his.exists(), other.exists()) == (False, True)

    def test_his_rejected_rows_go(self, dealer, person, tmp_path):
        folder = tmp_path / "rejects" / "north"
        folder.mkdir(parents=True)
        path = folder / "x.csv"
        path.write_text("file,line,reason\nv.csv,2,bad,V9,C-CANARY\nv.csv,3,bad,V8,OTHER\n")
        erased(dealer, person, tmp_path)
        assert path.read_text().splitlines() == ["file,line,reason", "v.csv,3,bad,V8,OTHER"]

    def test_a_file_that_cannot_be_cleared_by_itself_is_told(self, dealer, person, tmp_path):
        folder = tmp_path / "inbox" / "north" / "archive"
        folder.mkdir(parents=True)
        (folder / "customers.csv").write_text("id,email\nC-CANARY,Zebulon@Canary.example\n")
        assert erased(dealer, person, tmp_path).left == [folder / "customers.csv"]


class TestTheNextFeed:
    def feed(self, folder, **files):
        folder.mkdir(exist_ok=True)
        return a_feed(folder, **files)

    def test_does_not_bring_him_back_and_says_so(self, dealer, person, tmp_path):
        erased(dealer, person, tmp_path)
        feed = self.feed(
            tmp_path / "feed",
            customers="id,first_name\nC-CANARY,Zebulon\nOTHER,Bob\n",
            vehicles="id,customer_id\nV-CANARY,C-CANARY\n",
            repair_orders="id,customer_id,opened_at\nR-NEW,C-CANARY,2026-05-05\n",
            deferred_work="id,repair_order_id,description\nD-NEW,R-NEW,Brakes\n",
        )
        run = taken_in(dealer, feed)
        assert [row.ref for row in Customer.objects.of(dealer)] == ["OTHER"]
        assert RepairOrder.objects.of(dealer).count() == Vehicle.objects.of(dealer).count() == 0
        assert [(line["unchanged"], line["rejected"]) for line in run.files] == [(1, 0)] * 4
        assert "customers.csv: 1 row of erased people left out" in run.notes

    def test_under_another_id_he_is_kept_and_not_spoken_to(self, dealer, person, tmp_path):
        erased(dealer, person, tmp_path)
        taken_in(dealer, self.feed(tmp_path / "feed", customers="id,email\nNEW,Zebulon@canary.example\nOTHER,b@x.ca\n"))
        [entry] = ConsentEntry.objects.of(dealer).select_related("customer")
        assert entry.customer is not None
        assert (entry.customer.ref, entry.channel, entry.status, entry.by) == ("NEW", "any", "withdrawn", "person")

    def test_another_dealer_may_know_him(self, dealer, person, tmp_path):
        erased(dealer, person, tmp_path)
        south = a_dealer("south")
        taken_in(south, self.feed(tmp_path / "feed", customers="id,first_name\nC-CANARY,Zebulon\n"))
        assert Customer.objects.of(south).count() == 1


def test_the_command_hands_out_and_erases_and_the_log_says_so(dealer, person, relance, tmp_path: Path):
    file = tmp_path / "zebulon.json"
    assert relance("person", "export", "north", "C-CANARY", "--to", str(file)).status == 0
    assert json.loads(file.read_text())["customer"] == "C-CANARY"
    assert relance("person", "export", "north", "C-CANARY", "--to", str(file)).status == 2  # never over a file
    answer = relance("person", "erase", "north", "C-CANARY", "--yes")
    assert (answer.status, answer.err.splitlines()[0]) == (0, "erased: 11 rows and 0 files of customer C-CANARY")
    assert [entry.act for entry in AuditEntry.objects.of(dealer).order_by("pk")] == ["person_exported", "person_erased"]
    assert relance("person", "export", "north", "C-CANARY").status == 2
