"""Every address of the desk: closed to strangers, to the signed-out, and to other methods."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.builders import a_dealer, a_user
from tests.web.routes import desk_routes

CHANGES = {route.name for route in desk_routes() if route.page.changes}  # type: ignore[attr-defined]
METHODS = ("get", "post", "put", "delete", "patch", "head")
ROUTES = [(route.name, route.values()) for route in desk_routes()]


def test_every_address_of_the_desk_has_a_name_of_its_own() -> None:
    names = [name for name, _values in ROUTES]
    assert len(set(names)) == len(names) >= 19
    assert all(name.startswith("desk-") for name in names)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "values"), ROUTES, ids=[name for name, _ in ROUTES])
@pytest.mark.parametrize("method", METHODS)
def test_a_foreign_dealer_answers_exactly_like_an_absent_one(
    client: Client, name: str, values: dict[str, object], method: str
) -> None:
    a_dealer("south")
    client.force_login(a_user(a_dealer("north")))
    foreign = getattr(client, method)(reverse(name, kwargs={**values, "slug": "south"}))
    absent = getattr(client, method)(reverse(name, kwargs={**values, "slug": "never"}))
    assert foreign.status_code == absent.status_code == 404
    assert _plain(foreign.content).replace("south", "never") == _plain(absent.content)


def _plain(content: bytes) -> str:
    """The page without the token that differs each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "values"), ROUTES, ids=[name for name, _ in ROUTES])
def test_the_signed_out_are_sent_to_the_sign_in(client: Client, name: str, values: dict[str, object]) -> None:
    address = reverse(name, kwargs={**values, "slug": a_dealer("north").slug})
    for method in METHODS:
        answer = getattr(client, method)(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/?next=/d/north/")


@pytest.mark.django_db
def test_a_fragment_asked_for_after_the_session_has_ended_reloads_the_page(client: Client) -> None:
    a_dealer("north")
    answer = client.get("/d/north/programmes/sheet/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")


@pytest.mark.django_db
def test_pages_are_never_stored(client: Client) -> None:
    client.force_login(a_user(a_dealer("north")))
    assert "no-store" in client.get("/d/north/programmes/")["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "values"), ROUTES, ids=[name for name, _ in ROUTES])
def test_reading_pages_refuse_changes_and_changing_ones_refuse_reading(
    client: Client, name: str, values: dict[str, object]
) -> None:
    client.force_login(a_user(a_dealer("north")))
    address = reverse(name, kwargs={**values, "slug": "north"})
    answer = client.get(address) if name in CHANGES else client.post(address)
    assert answer.status_code == 405


@pytest.mark.django_db
def test_who_only_reads_changes_nothing(client: Client) -> None:
    client.force_login(a_user(a_dealer("north"), role="read_only"))
    assert client.post("/d/north/programmes/J_CSI/2026-05-04/hold-back/").status_code == 403


@pytest.mark.django_db
def test_a_change_without_its_token_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(a_user(a_dealer("north")))
    assert client.post(f"/d/north/outbox/{uuid4()}/cancel/").status_code == 403


@pytest.mark.django_db
def test_a_user_who_was_switched_off_is_out_at_once(client: Client) -> None:
    user = a_user(a_dealer("north"))
    client.force_login(user)
    user.is_active = False
    user.save()
    assert client.get("/d/north/programmes/").status_code == 302
