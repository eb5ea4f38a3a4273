"""Maintenance schedules on the desk: written, changed, taken back and brought back; the next services follow."""

from collections.abc import Mapping

import pytest
from django.test import Client

from relance.dealers.models import AuditEntry, Dealer
from relance.facts.models import MaintenanceSchedule, Vehicle
from relance.facts.refresh import follow_schedules
from relance.web.desk.settings import schedules
from tests.builders import a_customer, a_dealer, a_user, a_vehicle

pytestmark = pytest.mark.django_db
HOME = "/d/north/settings/schedules/"
MAZDA: Mapping[str, str] = {
    "code": "mazda-cx5",
    "make": "Mazda",
    "model": "CX-5",
    "first": "2019",
    "op-0-en": "Oil",
    "op-0-fr": "Huile",
    "op-0-months": "4",
    "op-0-km": "6 000,5",
    "op-0-done": "oil; vidange",
}


@pytest.fixture
def dealer(client: Client) -> Dealer:
    dealer = a_dealer("north")
    client.force_login(a_user(dealer))
    return dealer


@pytest.fixture
def car(dealer: Dealer) -> Vehicle:
    return a_vehicle(a_customer(dealer), in_service_on="2026-01-15", kind="car")


def due(car: Vehicle) -> str:
    car.refresh_from_db()
    return str(car.next_service_on)


def own(dealer: Dealer) -> MaintenanceSchedule:
    return MaintenanceSchedule.objects.of(dealer).get()


def saved(client: Client, number: int = 0, **values: str) -> int:
    return client.post(f"{HOME}{number}/save/", {**MAZDA, **values}).status_code


def test_a_schedule_is_kept_as_it_was_typed(client: Client, dealer: Dealer) -> None:
    assert saved(client) == 302
    assert own(dealer).definition == {
        "schedule": "mazda-cx5", "make": "Mazda", "model": "CX-5", "years": [2019, 2019],
        "operations": [{"code": "oil", "name": {"en": "Oil", "fr": "Huile"}, "months": 4, "km": 6000.5,
                        "done_by": ["oil", "vidange"]}],
    }  # fmt: skip


def test_next_services_follow_a_change_and_its_taking_back(client: Client, dealer: Dealer, car: Vehicle) -> None:
    saved(client, first="")
    assert due(car) == "2026-05-15"
    number = own(dealer).pk
    saved(client, number, first="", **{"op-0-months": "5"})
    assert due(car) == "2026-06-15"
    client.post(f"{HOME}{number}/take-back/")
    assert due(car) == "2026-07-15"  # the shipped one
    client.post(f"{HOME}{number}/bring-back/")
    assert due(car) == "2026-06-15"


def test_the_clockwork_makes_what_is_too_much_for_a_press(
    client: Client, dealer: Dealer, car: Vehicle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedules, "AT_ONCE", 0)
    saved(client, first="")
    assert due(car) == "None"
    assert "recalculated" in client.get(HOME).content.decode()
    assert follow_schedules(dealer) == 1
    assert due(car) == "2026-05-15"
    assert (own(dealer).waits_since, follow_schedules(dealer)) == (None, 0)


def test_the_list_says_how_many_vehicles_follow_each(client: Client, dealer: Dealer, car: Vehicle) -> None:
    a_vehicle(car.customer, make="Kia", model="Soul", kind="car")
    a_vehicle(car.customer, status="sold")
    page = client.get(HOME, {"full": "1"}).content.decode()
    assert "2 vehicles follow it" in page
    saved(client, first="")
    page = client.get(HOME, {"full": "1"}).content.decode()
    assert page.count("1 vehicle follows it") == 2  # the Mazda its own, the Kia the shipped one


def test_a_form_can_begin_from_a_shipped_one(client: Client, dealer: Dealer) -> None:
    page = client.get(f"{HOME}0/", {"like": "generic-car"}).content.decode()
    assert 'value="Oil and filter"' in page
    assert 'value="oil; lof; lube' in page


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"code": ""}, "Give it a short name"),
        ({"first": "21"}, "Write a model year"),
        ({"last": "2015"}, "later than the last"),
        ({"kind": "boat"}, "Choose one of the list"),
        ({"op-0-months": "-3"}, "numbers above zero"),
        ({"op-0-km": "nan"}, "numbers above zero"),
        ({"op-0-months": "241"}, "numbers above zero"),
        ({"op-0-months": "", "op-0-km": ""}, "Say how often"),
        ({"op-0-en": ""}, "this dealer’s language"),
        ({"op-0-gone": "1"}, "at least one operation"),
    ],
)
def test_a_fault_stands_at_its_place_and_nothing_is_kept(
    client: Client, dealer: Dealer, typed: Mapping[str, str], says: str
) -> None:
    answer = client.post(f"{HOME}0/save/", {**MAZDA, **typed})
    assert (answer.status_code, says in answer.content.decode()) == (422, True)
    assert 'value="oil; vidange"' in answer.content.decode() or "op-0-gone" in typed
    assert not MaintenanceSchedule.objects.of(dealer).exists()


def test_two_do_not_have_one_name(client: Client, dealer: Dealer) -> None:
    saved(client)
    assert saved(client) == 422


def test_two_operations_of_one_name_get_codes_of_their_own(client: Client, dealer: Dealer) -> None:
    saved(client, 0, **{"op-1-en": "Oil", "op-1-months": "12"})
    assert [one["code"] for one in own(dealer).definition["operations"]] == ["oil", "oil-2"]


def test_another_dealers_schedule_is_not_there(client: Client, dealer: Dealer) -> None:
    theirs = MaintenanceSchedule.objects.create(dealer=a_dealer("south"), code="x", definition={})
    for path in ("", "save/", "take-back/", "bring-back/"):
        asked = client.post if path else client.get
        assert asked(f"{HOME}{theirs.pk}/{path}", MAZDA).status_code == 404


def test_the_log_has_what_it_was_and_what_it_is(client: Client, dealer: Dealer) -> None:
    saved(client)
    entry = AuditEntry.objects.of(dealer).get(act="settings")
    assert entry.what == "maintenance schedule mazda-cx5"
    assert entry.after["operations"][0]["months"] == 4
