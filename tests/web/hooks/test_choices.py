"""The page of a customer's choices: his own act, by his own link, without sign-in, cookie or script."""

import re

import pytest
from django.test import Client

from relance.exports.person.erase import erase
from relance.facts.consent import ledger_of, state_of
from relance.facts.models import ConsentEntry, Customer, Vehicle
from relance.lib.clock import now
from relance.outbox.runs.merged import merge
from relance.plan.saying.links import choices_path
from relance.replies.receive import receive
from tests.builders import a_customer, a_dealer, a_repair_order, a_vehicle, consent

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def ann() -> Customer:
    return a_customer(a_dealer(consent_regime="casl"), last_name="Unsaid", mobile="+15145550001")


def link(customer: Customer) -> str:
    return choices_path(customer.dealer_id, customer.pk)


def page(client: Client, customer: Customer) -> str:
    return client.get(link(customer)).content.decode()


def ticked(html: str) -> set[str]:
    return set(re.findall(r'name="now" value="([a-z]+ [a-z]+)" checked', html))


def save(client: Client, customer: Customer, now_ticked: set[str], **more: object) -> str:
    was = re.findall(r'name="was" value="([^"]+)"', page(client, customer))
    return client.post(link(customer), {"was": was, "now": sorted(now_ticked), **more}).content.decode()


def state(customer: Customer, channel: str, purpose: str) -> str:
    entries = ledger_of(customer.dealer, [customer.pk]).get(customer.pk, [])
    return state_of(entries, channel=channel, purpose=purpose, at=now())


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client, ann, method):
    assert getattr(client, method)(link(ann)).status_code == 200
    assert not ConsentEntry.objects.of(ann.dealer).exists()


def test_the_page_says_no_more_than_the_first_name(client, ann):
    html = page(client, ann)
    assert "Hello Ann" in html
    for secret in ("Unsaid", ann.email, "5550001", ann.ref):
        assert secret not in html


def test_what_is_ticked_is_what_would_come_today(client, ann):
    assert ticked(page(client, ann)) == {"sms service", "email service", "phone service", "phone marketing"}
    a_repair_order(ann, "2026-05-04T10:00" if now().year == 2026 else now())
    assert "email marketing" in ticked(page(client, ann))


def test_saving_without_a_change_grants_nothing(client, ann):
    save(client, ann, ticked(page(client, ann)))
    assert not ConsentEntry.objects.of(ann.dealer).exists()


def test_a_box_that_is_unticked_is_withdrawn_and_one_that_is_ticked_granted(client, ann):
    html = save(client, ann, {"sms service", "phone service", "phone marketing", "sms marketing"})
    assert "Saved." in html
    assert (state(ann, "email", "service"), state(ann, "sms", "marketing")) == ("withdrawn", "granted")
    entry = ConsentEntry.objects.of(ann.dealer).filter(status="granted").get()
    assert (entry.by, entry.source) == ("person", "choices page")
    assert "Text messages: Offers and news" in (entry.words or "")


def test_his_own_stop_is_taken_back_also_for_his_number(client, ann):
    receive(ann.dealer, sender=ann.mobile or "", text="STOP", at=now(), ref="1")
    assert "sms service" not in ticked(page(client, ann))
    save(client, ann, {"email service", "sms service"})
    assert "sms service" in ticked(page(client, ann))


def test_stop_everything_stops_everything_and_can_be_taken_back(client, ann):
    assert "any more messages" in client.post(link(ann), {"stop": "everything"}).content.decode()
    assert ticked(page(client, ann)) == set()
    save(client, ann, {"email service"})
    assert ticked(page(client, ann)) == {"email service"}


def test_do_not_mail_of_the_dealer_is_not_undone_here(client, ann):
    Customer.objects.of(ann.dealer).update(do_not_mail=True)
    save(client, ann, {"email service"})
    assert Customer.objects.of(ann.dealer).get().do_not_mail
    assert ticked(page(client, ann)) == set()


def test_language_and_sold_vehicles_are_kept(client, ann):
    mine, other = a_vehicle(ann), a_vehicle(a_customer(ann.dealer))
    assert "2022 Mazda CX-5" in page(client, ann)
    html = save(client, ann, ticked(page(client, ann)), language="fr", sold=[mine.pk, other.pk, "x", "9" * 30])
    assert "C’est enregistré" in html or "Saved." in html
    states = dict(Vehicle.objects.of(ann.dealer).values_list("pk", "status"))
    assert states == {mine.pk: "sold", other.pk: "active"}
    assert "Vos choix" in page(client, ann)


def test_a_later_feed_undoes_nothing(client, ann):
    save(client, ann, {"sms service"})
    consent(ann, "granted", channel="email", purpose="any", at=now(), by="feed")
    assert state(ann, "email", "service") == "withdrawn"


def test_a_link_opens_one_customer_at_one_dealer(client, ann):
    token = link(ann).removeprefix("/p/")
    south = a_customer(a_dealer("south"))
    crossed = choices_path(south.dealer_id, ann.pk)
    client.post(crossed, {"stop": "everything"})
    assert "Hello" not in client.get(crossed).content.decode()
    for wrong in (token[:-2], token + "a", "x"):
        assert client.get(f"/p/{wrong}").status_code == 404
        assert client.post(f"/p/{wrong}", {"stop": "everything"}).status_code == 404
    assert not ConsentEntry.objects.of(ann.dealer).exists()


def test_the_page_has_no_script_of_its_own_and_is_not_kept(client, ann):
    answer = client.get(link(ann))
    assert "<script" not in answer.content.decode()
    assert (answer["X-Robots-Tag"], "no-store" in answer["Cache-Control"]) == ("noindex", True)
    assert "Set-Cookie" not in answer


@pytest.mark.parametrize(
    ("language", "title"), [("fr", "Vos choix"), ("es", "Sus preferencias"), ("et", "Teie valikud")]
)
def test_it_speaks_the_readers_language(client, language, title):
    customer = a_customer(a_dealer(), language=language)
    assert title in page(client, customer)


def test_garbage_sent_back_changes_nothing(client, ann):
    client.post(
        link(ann), {"now": ["sms", "fax marketing", "sms dreams", "sms any", ""], "was": ["x y"], "language": "xx"}
    )
    assert not ConsentEntry.objects.of(ann.dealer).exists()


def test_the_link_of_a_customer_who_was_merged_opens_the_choices_of_the_one_who_was_kept(client, ann):
    gone = a_customer(ann.dealer, first_name="Gone")
    lost = link(gone)
    merge(ann.dealer, ann, gone, by="Kim", at=now())
    html = client.get(lost).content.decode()
    assert "Hello Ann" in html
    client.post(lost, {"stop": "everything"})
    assert state(ann, "sms", "service") == "withdrawn"


def test_the_link_of_somebody_erased_says_that_nothing_is_left(client, ann, tmp_path):
    lost = link(ann)
    erase(ann.dealer, ann, home=tmp_path, at=now())
    answer = client.get(lost)
    assert answer.status_code == 200 and "Your data was erased" in answer.content.decode()
