"""Every route × every method × every role × a foreign dealer (R30, R31, R44), from the resolver itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from relance.dealers.models import ROLES, AuditEntry, Dealer, Membership, User
from relance.dealers.rights import rights_of
from tests.builders import A_DAY, a_dealer, a_staff_member, a_user
from tests.contracts.test_tables import ROWS
from tests.contracts.walk import DESK, OUTSIDE
from tests.web.routes import Route, desk_routes, routes
from tests.web.sample import a_busy_dealer, the_message, with_tasks_and_paper

pytestmark = pytest.mark.django_db
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
EVERYONE = (*ROLES, "read_only")
FIVE = ("crm_manager", "service_manager", "salesperson", "general_manager", "read_only")


@pytest.fixture(autouse=True)
def _on_a_monday_morning() -> Iterator[None]:
    with time_machine.travel(A_DAY, tick=True):
        yield


def test_every_route_has_its_entry() -> None:
    assert {route.name for route in desk_routes()} == set(DESK), "give the new route its entry in walk.py"
    assert {route.name for route in routes() if not route.is_of_a_dealer} == set(OUTSIDE)


@pytest.mark.parametrize("route", desk_routes(), ids=lambda route: route.name)
def test_a_page_asks_for_the_right_of_its_entry(route: Route) -> None:
    guard, entry = vars(route.page), DESK[route.name]
    assert guard["act"] == entry.right
    assert guard["changes"] == bool(entry.deed or entry.unlogged)
    if entry.deed:
        assert entry.right != "look", "who only looks changes nothing"


def everything(dealer: Dealer) -> dict[str, list[Any]]:
    """Every row of a dealer."""
    rows: dict[str, list[Any]] = {m.__name__: list(m.objects.of(dealer).order_by("pk").values()) for m in ROWS}
    return {**rows, "Dealer": list(Dealer.objects.filter(pk=dealer.pk).values())}


class World:
    """Two dealers alike, and what belongs to the second."""

    def __init__(self) -> None:
        self.north, self.south = a_busy_dealer("north"), a_busy_dealer("south")
        a_user(self.south, email="south@dealer.example")
        a_staff_member(self.south, "SOUTH")
        message = the_message(self.south, "sent")
        self.foreign: dict[str, object] = {
            "key": message.key,
            "number": Membership.objects.of(self.south).get().pk,
            "customer": message.customer.ref,
            "ref": message.customer.ref,
            "keep": message.customer.ref,
            "sure": message.customer.ref,
            "to": "SOUTH",
            "held": 1,
            "how": "ever",
            "role": "crm_manager",
        }

    def path(self, route: Route, slug: str) -> str:
        """The address with the second dealer's ids in it."""
        values = {**route.values(), "slug": slug}
        values |= {part: self.foreign[part] for part in route.parts if part in self.foreign}
        return reverse(route.name, kwargs=values)

    def ask(self, client: Client, method: str, path: str) -> int:
        """The status of an answer; the second dealer's ids stand in the query and in the form, too."""
        ids = {name: str(value) for name, value in self.foreign.items()}
        as_json = {} if method in ("get", "head", "post") else {"content_type": "application/json"}
        answer = getattr(client, method)(path, ids, **as_json)
        return int(answer.status_code)


@pytest.mark.process
@pytest.mark.parametrize("role", FIVE)
def test_no_role_reaches_another_dealer_by_any_route_and_method(role: str) -> None:
    world, client = World(), Client(raise_request_exception=True)
    client.force_login(a_user(world.north, role=role))
    before, leaks = everything(world.south), []
    for route in desk_routes():
        for method in METHODS:
            if world.ask(client, method, world.path(route, "south")) != 404:
                leaks.append((route.name, method))
    assert leaks == []
    assert everything(world.south) == before


@pytest.mark.process
def test_ids_of_another_dealer_lead_nowhere_at_one_s_own() -> None:
    world, client = World(), Client()
    client.force_login(a_user(world.north))
    before, leaks = everything(world.south), []
    for route in desk_routes():
        for method in ("get", "post"):
            status = world.ask(client, method, world.path(route, "north"))
            if {"key", "number", "ref"} & set(route.parts) and status not in (404, 405):
                leaks.append((route.name, method, status))
    assert leaks == []
    assert everything(world.south) == before


@pytest.mark.process
@pytest.mark.parametrize("role", EVERYONE)
def test_each_role_is_let_in_and_kept_out_as_the_table_says(role: str) -> None:
    world, client = World(), Client()
    client.force_login(a_user(world.north, role=role))
    wrong = []
    for route in desk_routes():
        entry = DESK[route.name]
        method = "post" if vars(route.page)["changes"] else "get"
        status = world.ask(client, method, world.path(route, "north"))
        decides = "day" in route.parts and method == "post" and entry.right != "export"
        subject = "repair_order" if decides else None  # what J_CSI is about
        if (status == 403) == rights_of(role).may(entry.right, subject):
            wrong.append((route.name, method, status))
    assert wrong == []


def test_absent_and_foreign_cost_the_same_questions() -> None:
    """The same queries take the same time: nobody learns from a clock whether a dealer exists."""
    a_dealer("south")
    client = Client()
    client.force_login(a_user(a_dealer("north")))
    client.get("/")
    for route in desk_routes():
        asked = []
        for slug in ("south", "never"):
            with CaptureQueriesContext(connection) as seen:
                client.get(reverse(route.name, kwargs={**route.values(), "slug": slug}))
            asked.append([query["sql"] for query in seen][1:])  # but the session's, which names its moment
        assert len(asked[0]) == len(asked[1]), route.name


@pytest.mark.process
def test_every_changing_page_leaves_its_entry_in_the_log(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    dealer = with_tasks_and_paper(a_busy_dealer("north"))
    a_user(dealer, email="advisor@dealer.example", role="advisor")
    client = Client()
    client.force_login(a_user(dealer))
    client.post("/d/north/automations/new/")  # the sketch that is saved below
    silent = []
    for name, entry in DESK.items():
        if entry.deed is None:
            continue
        last = AuditEntry.objects.of(dealer).count()
        values = {"slug": "north", **entry.deed.values(dealer)}
        answer = client.post(reverse(name, kwargs=values), entry.deed.data(dealer))
        noted = list(AuditEntry.objects.of(dealer).filter(number__gt=last).values_list("act", flat=True))
        if entry.deed.act not in noted:
            silent.append((name, answer.status_code, noted))
    assert silent == []


def test_signing_in_is_known_by_name_only_to_the_dealers_of_the_user() -> None:
    north, south = a_dealer("north"), a_dealer("south")
    a_user(north)
    Client().post("/sign-in/", {"email": "manager@dealer.example", "password": "a long password"})
    assert [e.act for e in AuditEntry.objects.of(north)] == ["sign_in"]
    assert not AuditEntry.objects.of(south).exists()
    assert User.objects.count() == 1


def test_an_address_without_its_dealer_is_no_address() -> None:
    for route in desk_routes():
        with pytest.raises(NoReverseMatch):
            reverse(route.name, kwargs=route.values())
