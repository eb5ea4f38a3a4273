"""Where a dealer has nothing yet, each page says what will stand there and leads to the step that fills it."""

import pytest
from django.test import Client

from tests.builders import a_dealer, a_user

pytestmark = pytest.mark.django_db
FEEDS, LIBRARY, COMING = "settings/feeds/", "automations/library/", "programmes/"
NEXT_STEP = {
    "programmes/": FEEDS,
    "automations/": LIBRARY,
    "customers/": FEEDS,
    "outbox/": COMING,
    "results/?full=1": COMING,
    "results/retention/?full=1": FEEDS,
    "results/quality/?full=1": FEEDS,
}


@pytest.mark.parametrize(("page", "step"), NEXT_STEP.items())
def test_an_empty_page_leads_to_the_step_that_fills_it(client: Client, page: str, step: str) -> None:
    client.force_login(a_user(a_dealer()))
    text = client.get(f"/d/north/{page}").content.decode()
    empty = text[text.index('class="empty"') :]
    assert f'href="/d/north/{step}"' in empty


def test_who_may_not_upload_learns_who_does(client: Client) -> None:
    client.force_login(a_user(a_dealer(), role="advisor"))
    text = client.get("/d/north/customers/").content.decode()
    assert "Your CRM manager uploads it." in text and FEEDS not in text


def test_a_page_without_duplicates_says_when_there_will_be_some(client: Client) -> None:
    client.force_login(a_user(a_dealer()))
    assert "a person decides whether they are one" in client.get("/d/north/customers/doubles/?full=1").content.decode()
