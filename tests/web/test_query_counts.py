"""What each page asks of the database, recorded: a page that grows more curious fails here."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.builders import a_user
from tests.web.sample import a_busy_dealer, the_message, today_at

# session, user, memberships; then what the page is about. The forecast's own questions are bounded by its own tests.
QUERIES = {
    "/d/north/programmes/": 6,
    "/d/north/outbox/": 7,
    "/d/north/outbox/?state=sent&q=fernandez": 8,
    "/d/north/settings/audit/": 6,
    "/d/north/automations/": 10,
    "/d/north/customers/": 6,
    "/d/north/customers/?q=tremblay": 7,
    "/d/north/customers/doubles/": 8,
    "/d/north/results/": 5,
    "/d/north/results/?full=1": 18,
    "/d/north/results/retention/?full=1": 18,
    "/d/north/results/quality/?full=1": 24,
    "/d/north/results/economics/": 12,
    "/d/north/automations/library/": 4,
    "/d/north/campaigns/": 8,
    "/d/north/campaigns/new/": 6,
    "/d/north/campaigns/groups/0/": 10,
    "/d/north/automations/J_CSI/": 25,
    "/d/north/automations/J_CSI/versions/": 6,
    "/d/north/settings/people/": 9,
    "/d/north/settings/": 4,
    "/d/north/settings/of/facts/": 6,
    "/d/north/settings/earlier/": 5,
    "/d/north/waiting/": 8,
    "/d/north/waiting/number/": 7,
    "/d/north/tasks/": 6,
    "/d/north/tasks/calls/": 26,
    "/d/north/programmes/print/": 4,
    "message": 6,
}


@pytest.mark.django_db
@pytest.mark.parametrize("address", QUERIES)
def test_a_page_asks_no_more_than_recorded(client: Client, address: str) -> None:
    dealer = a_busy_dealer()
    client.force_login(a_user(dealer))
    client.get("/")  # a session notes its beginning once
    if address == "message":
        path, headers = f"/d/north/outbox/{the_message(dealer, 'sent').key}/", {"HX-Request": "true"}
    else:
        path, headers = address, {}
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path, headers=headers).status_code == 200
    assert len(asked) <= QUERIES[address], "\n".join(query["sql"] for query in asked)


@pytest.mark.django_db
def test_a_panel_asks_no_more_for_many_people_than_for_one(client: Client) -> None:
    dealer = a_busy_dealer()
    client.force_login(a_user(dealer))
    address = f"/d/north/programmes/J_TOMORROW/{today_at(dealer)}/"
    with CaptureQueriesContext(connection) as asked:
        client.get(address, headers={"HX-Request": "true"})
    hold_backs = [query for query in asked if "holdback" in query["sql"]]
    assert len(hold_backs) <= 2
