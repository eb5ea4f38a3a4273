"""Customers: found by what people type, shown with what is between us, changed only by who may."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from relance.dealers.models import AuditEntry, Dealer, Membership
from relance.facts.models import ConsentEntry, Customer
from relance.outbox.models import HoldBack
from relance.plan.models import PersonalReminder
from tests.builders import (
    A_DAY,
    a_customer,
    a_dealer,
    a_message,
    a_repair_order,
    a_user,
    a_vehicle,
    an_appointment,
    an_automation,
)
from tests.web.test_programmes import text_of

pytestmark = pytest.mark.django_db
HERE = "/d/north/customers/"


@pytest.fixture
def dealer(client: Client) -> Dealer:
    dealer = a_dealer()
    client.force_login(a_user(dealer))
    return dealer


@pytest.fixture
def zoe(dealer: Dealer) -> Customer:
    values = {"ref": "Z/1", "name": "Zoé Tremblay-Roy", "email": "zoe@example.org", "mobile": "+15145550177"}
    customer = a_customer(dealer, **values)
    a_vehicle(customer, ref="V1", plate="ABC 123", vin="JM3KFBCM1M0123456")
    return customer


@pytest.mark.parametrize(
    "words", ["zoe", "Trembl", "ZOÉ TREMBLAY", "zoe@ex", "514 555-0177", "Z/1", "abc 123", "JM3KFBCM1M0"]
)
def test_a_customer_is_found_by_what_people_type(client: Client, zoe: Customer, words: str) -> None:
    a_customer(zoe.dealer, name="Bob Olsen", email="bob@example.org")
    text = text_of(client, f"{HERE}?q={words}")
    assert "Zoé Tremblay-Roy" in text and "Bob Olsen" not in text


def test_nobody_is_found_by_what_fits_nobody(client: Client, zoe: Customer) -> None:
    assert "Nobody matches." in text_of(client, f"{HERE}?q=weather")


def test_a_filter_leaves_the_others_out(client: Client, zoe: Customer) -> None:
    a_customer(zoe.dealer, name="Bob Olsen", email=None, email_usable=None)
    text = text_of(client, f"{HERE}?only=no_email")
    assert "Bob Olsen" in text and "Zoé" not in text


def test_a_long_list_goes_on_where_it_ended(client: Client, dealer: Dealer) -> None:
    for number in range(60):
        a_customer(dealer, name=f"Person {number:02}")
    first = client.get(HERE).content.decode()
    assert "Person 49" in first and "Person 50" not in first
    cursor = first.split("cursor=")[1].split('"')[0]
    rest = client.get(f"{HERE}?cursor={cursor}", headers={"HX-Request": "true"}).content.decode()
    assert "Person 50" in rest and "Person 49" not in rest and "<html" not in rest


def test_who_has_no_name_stands_last_and_is_found_by_id(client: Client, dealer: Dealer) -> None:
    for number in range(49):
        a_customer(dealer, name=f"Person {number:02}")
    for ref in ("N1", "N2", "N3"):
        a_customer(dealer, ref=ref, name=None, first_name=None, last_name=None)
    first = client.get(HERE).content.decode()
    assert "/one/N1/" in first and "/one/N2/" not in first
    cursor = first.split("cursor=")[1].split('"')[0]
    rest = client.get(f"{HERE}?cursor={cursor}", headers={"HX-Request": "true"}).content.decode()
    assert "/one/N2/" in rest and "/one/N3/" in rest and "Person" not in rest
    assert "/one/N2/" in client.get(f"{HERE}?q=N2").content.decode()
    assert "N3" in b"".join(client.get("/d/north/files/customers.csv")).decode()


def test_a_forged_cursor_begins_at_the_beginning(client: Client, zoe: Customer) -> None:
    assert "Zoé" in text_of(client, f"{HERE}?cursor=forged")


def test_the_list_goes_out_as_a_file_without_formulas(client: Client, dealer: Dealer) -> None:
    a_customer(dealer, name="=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in b"".join(client.get("/d/north/files/customers.csv")).decode()
    assert client.get(f"{HERE}all.exe").status_code == 404


def test_the_page_says_what_is_ahead_and_what_was(client: Client, zoe: Customer) -> None:
    an_appointment(zoe, A_DAY + timedelta(days=3), requested_work="Winter tyres")
    a_repair_order(zoe, A_DAY - timedelta(days=9), reference="WO-7", packages=["Oil change"])
    a_message(zoe, an_automation(zoe.dealer, "J_CSI"), state="sent", body="How was it?")
    text = text_of(client, f"{HERE}one/Z/1/")
    for piece in ("Winter tyres", "Repair order WO-7", "Oil change", "How was it?", "2022 Mazda CX-5", "ABC 123"):
        assert piece in text


def test_why_is_answered_in_place(client: Client, zoe: Customer) -> None:
    an_automation(zoe.dealer, "J_CSI", audience=[
        {"category": "customer", "attribute": "city", "operator": "is", "value": "Laval"},
    ])  # fmt: skip
    answer = client.get(f"{HERE}why/Z/1/?automation=J_CSI", headers={"HX-Request": "true"}).content.decode()
    assert "Not met" in answer and "<html" not in answer
    assert "Not met" in client.get(f"{HERE}why/Z/1/?automation=J_CSI").content.decode()


def test_a_moment_that_is_none_is_said(client: Client, zoe: Customer) -> None:
    an_automation(zoe.dealer, "J_CSI")
    assert "is not a moment" in client.get(f"{HERE}why/Z/1/?automation=J_CSI&at=soon").content.decode()


def test_a_no_is_written_down_at_once(client: Client, zoe: Customer) -> None:
    client.post(f"{HERE}consent/Z/1/", {"status": "withdrawn", "channel": "sms", "purpose": "marketing"})
    entry = ConsentEntry.objects.of(zoe.dealer).get()
    assert (entry.status, entry.channel, entry.by) == ("withdrawn", "sms", "staff")
    assert "said no" in text_of(client, f"{HERE}one/Z/1/")


def test_a_yes_needs_its_proof(client: Client, zoe: Customer) -> None:
    typed = {"status": "granted", "channel": "any", "purpose": "marketing"}
    assert "needs its proof" in client.post(f"{HERE}consent/Z/1/", typed).content.decode()
    assert not ConsentEntry.objects.of(zoe.dealer).exists()
    client.post(f"{HERE}consent/Z/1/", {**typed, "proof": "Form of 4 May, signed", "signed": "1"})
    assert ConsentEntry.objects.of(zoe.dealer).get().by == "person"


def test_a_reminder_is_kept_for_its_moment_and_taken_back(client: Client, zoe: Customer) -> None:
    typed = {"at": "2026-06-01T09:00", "text": "Call about the lease", "kind": "reminder"}
    client.post(f"{HERE}remind/Z/1/", typed)
    kept = PersonalReminder.objects.of(zoe.dealer).get()
    assert "Call about the lease" in text_of(client, f"{HERE}one/Z/1/")
    client.post(f"{HERE}no-reminder/Z/1/", {"reminder": kept.pk})
    kept.refresh_from_db()
    assert kept.status == "canceled"


def test_a_reminder_for_yesterday_is_refused_and_its_text_is_kept(client: Client, zoe: Customer) -> None:
    answer = client.post(f"{HERE}remind/Z/1/", {"at": "2020-06-01T09:00", "text": "Call", "kind": "reminder"})
    assert answer.status_code == 422 and "lies ahead" in answer.content.decode() and ">Call<" in answer.content.decode()


def test_a_hold_back_is_undone(client: Client, zoe: Customer) -> None:
    held = HoldBack.objects.create(
        dealer=zoe.dealer, automation=an_automation(zoe.dealer), customer=zoe, at=A_DAY, by="Kim"
    )
    client.post(f"{HERE}let-go/Z/1/", {"held": held.pk})
    held.refresh_from_db()
    assert held.undone_at is not None


def test_two_who_are_one_are_offered_and_made_one(client: Client, zoe: Customer) -> None:
    a_customer(zoe.dealer, ref="Z2", name=zoe.name, email=zoe.email)
    assert "1 pair has the same name" in text_of(client, f"{HERE}doubles/?full=1")
    client.post(f"{HERE}doubles/decide/", {"act": "merge", "keep": "Z/1", "gone": "Z2"})
    assert list(Customer.objects.of(zoe.dealer).values_list("ref", flat=True)) == ["Z/1"]


def test_two_who_are_two_are_not_offered_again(client: Client, zoe: Customer) -> None:
    a_customer(zoe.dealer, ref="Z2", name=zoe.name, email=zoe.email)
    client.post(f"{HERE}doubles/decide/", {"act": "apart", "keep": "Z/1", "gone": "Z2"})
    assert "No duplicates found" in text_of(client, f"{HERE}doubles/?full=1")


def test_everything_of_a_person_goes_out_as_one_file(client: Client, zoe: Customer) -> None:
    assert "Zoé Tremblay-Roy" in json.dumps(json.loads(client.get(f"{HERE}data/Z/1/").content), ensure_ascii=False)


def test_nobody_is_forgotten_by_a_slip(client: Client, zoe: Customer) -> None:
    assert "Nothing was erased" in client.post(f"{HERE}forget/Z/1/", {"sure": "yes"}).content.decode()
    client.post(f"{HERE}forget/Z/1/", {"sure": "Z/1"})
    assert not Customer.objects.of(zoe.dealer).exists()
    assert "Zoé" not in str(list(AuditEntry.objects.of(zoe.dealer).values_list("what", "after")))


def test_a_salesperson_finds_his_own_customers_only(client: Client, zoe: Customer) -> None:
    a_customer(zoe.dealer, name="Own Customer", ref="OWN", salesperson="S7")
    seller = a_user(zoe.dealer, email="seller@dealer.example", role="salesperson")
    Membership.objects.of(zoe.dealer).filter(user=seller).update(reference="S7")
    client.force_login(seller)
    assert "Zoé" not in text_of(client, f"{HERE}?q=o") and "Own Customer" in text_of(client, HERE)
    assert client.get(f"{HERE}one/Z/1/").status_code == client.get(f"{HERE}one/NEVER/").status_code == 404
    assert client.post(f"{HERE}forget/OWN/", {"sure": "OWN"}).status_code == 403


def test_a_vehicle_says_when_it_is_due_and_what_was_done(client: Client, zoe: Customer) -> None:
    vehicle = a_vehicle(zoe, ref="V2", next_service_on="2026-06-10")
    a_repair_order(zoe, A_DAY - timedelta(days=30), vehicle=vehicle, packages=["Brakes"])
    text = text_of(client, f"{HERE}vehicle/V2/")
    assert "Next service Wed, Jun 10" in text and "Brakes" in text


def test_a_service_whose_day_has_passed_is_overdue(client: Client, zoe: Customer) -> None:
    a_vehicle(zoe, ref="V3", next_service_on="2025-06-10", warranty_end_on="2027-03-02")
    assert "Service overdue since Tue, Jun 10, 2025" in text_of(client, f"{HERE}vehicle/V3/")
    assert "overdue since Tue, Jun 10, 2025 · Warranty until Tue, Mar 2, 2027" in text_of(client, f"{HERE}one/Z/1/")


def test_a_telephone_number_is_written_as_people_write_it(client: Client, zoe: Customer) -> None:
    assert "(514) 555-0177" in text_of(client, HERE) and "(514) 555-0177" in text_of(client, f"{HERE}one/Z/1/")


def test_a_customer_is_held_back_from_everything_with_a_reason_and_brought_back(client: Client, dealer: Dealer) -> None:
    one = a_customer(dealer, ref="H1")
    page = "/d/north/customers/one/H1/"
    refused = client.post("/d/north/customers/hold-back/H1/", {"why": "", "until": "2026-05-09"})
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode() and 'value="2026-05-09"' in refused.content.decode()
    client.post("/d/north/customers/hold-back/H1/", {"why": "Away until the ninth", "until": "2026-05-09"})
    shown = client.get(page).content.decode()
    assert "From everything" in shown and "Away until the ninth" in shown and "May 9" in shown
    held = HoldBack.objects.of(dealer).get(customer=one)
    client.post("/d/north/customers/let-go/H1/", {"held": held.pk})
    assert "Away until the ninth" not in client.get(page).content.decode()
    acts = AuditEntry.objects.of(dealer).order_by("number").values_list("act", "what")
    assert list(acts) == [("held_back", "everything, customer H1"), ("released", "everything, customer H1")]
