"""What each page asks of the database, recorded: a page that grows more curious fails here."""

import re
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from relance.dealers.models import Dealer
from tests.builders import a_user
from tests.web.pages import NOT_VISITED, pages_of
from tests.web.routes import desk_routes
from tests.web.sample import a_busy_dealer, today_at, with_tasks_and_paper

pytestmark = pytest.mark.django_db
# session, user, memberships; then what the page is about. The forecast's own questions are bounded by its own tests.
QUERIES = {
    "desk-programmes": 6,
    "desk-print-files": 6,
    "desk-day": 23,
    "desk-cell": 19,
    "desk-month": 37,
    "desk-outbox": 10,
    "desk-message": 12,
    "desk-automations": 8,
    "desk-library": 4,
    "desk-library-entry": 5,
    "desk-automations-file": 3,
    "desk-automation": 11,
    "desk-automation-switching": 9,
    "desk-automation-versions": 5,
    "desk-contact-settings": 5,
    "desk-contact-preview": 5,
    "desk-campaigns": 6,
    "desk-mailing-new": 4,
    "desk-group": 9,
    "desk-tasks": 8,
    "desk-call-list": 19,
    "desk-task": 10,
    "desk-lists": 6,
    "desk-customers": 7,
    "desk-customer": 22,
    "desk-vehicle": 14,
    "desk-doubles": 7,
    "desk-results": 19,
    "desk-retention": 7,
    "desk-quality": 18,
    "desk-economics": 7,
    "desk-settings": 3,
    "desk-settings-of": 3,
    "desk-settings-versions": 4,
    "desk-senders": 12,
    "desk-suppressed": 5,
    "desk-feeds": 5,
    "desk-schedules": 6,
    "desk-schedule": 3,
    "desk-staff": 5,
    "desk-staff-member": 5,
    "desk-people": 9,
    "desk-audit": 5,
    "desk-waiting": 11,
}
# A live count sets its time-out for a moment and takes it back: statements of their own on PostgreSQL.
MORE_ON_POSTGRES = {"desk-automation": 5, "desk-group": 10}
MOMENT = re.compile(r"'\d{4}-\d\d-\d\d[^']*'")
FURTHER = {"/d/north/outbox/?state=sent&q=fernandez": 12, "/d/north/customers/?q=tremblay": 10}


def test_every_page_is_recorded() -> None:
    looked_at = {route.name for route in desk_routes() if not vars(route.page)["changes"]}
    assert looked_at == set(QUERIES) | set(NOT_VISITED), "give the new page its address in pages.py and its number here"


def asked_by(client: Client, address: str) -> list[str]:
    """What it asks; a question that a forecast asks day by day, planned once (lib/database/often.py), counts once."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return [question for question, _days in groupby(MOMENT.sub("…", query["sql"]) for query in asked)]


@pytest.fixture
def desk(client: Client, settings: Any, tmp_path: Path) -> Client:
    settings.HOME = tmp_path
    client.force_login(a_user(with_tasks_and_paper(a_busy_dealer())))
    client.get("/")  # a session notes its beginning once
    return client


@pytest.mark.process
def test_no_page_asks_more_than_recorded(desk: Client) -> None:
    curious = {}
    for name, address in pages_of(Dealer.objects.get()).items():
        asked = asked_by(desk, address)
        more = MORE_ON_POSTGRES.get(name, 0) if connection.vendor == "postgresql" else 0
        if len(asked) > QUERIES[name] + more:
            curious[name] = len(asked)
    assert curious == {}


def test_a_search_asks_no_more_than_recorded(desk: Client) -> None:
    assert {address: len(asked_by(desk, address)) <= most for address, most in FURTHER.items()} == dict.fromkeys(
        FURTHER, True
    )


def test_a_panel_asks_no_more_for_many_people_than_for_one(client: Client) -> None:
    dealer = a_busy_dealer()
    client.force_login(a_user(dealer))
    address = f"/d/north/programmes/J_TOMORROW/{today_at(dealer)}/"
    with CaptureQueriesContext(connection) as asked:
        client.get(address, headers={"HX-Request": "true"})
    hold_backs = [query for query in asked if "holdback" in query["sql"]]
    assert len(hold_backs) <= 2
