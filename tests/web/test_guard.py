"""Every address of the desk: closed to strangers, to the signed-out, and to other methods."""

import re
from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.urls.resolvers import RoutePattern

from tests.builders import a_dealer, a_user

VALUES = {"code": "J_CSI", "day": date(2026, 5, 4), "month": date(2026, 5, 1), "key": uuid4()}
WITHOUT_DEALER = {"home", "sign-in", "sign-in-link", "sign-out", "language"}
CHANGES = {"hold-back", "release", "cancel", "approve", "bring-back", "contact-settings-save"}
METHODS = ("get", "post", "put", "delete", "patch", "head")


def desk_routes() -> Iterator[tuple[str, dict[str, object]]]:
    """Every route of the resolver that is not the sign-in's, with values for its parts."""
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLPattern) and isinstance(pattern.pattern, RoutePattern):
            name = pattern.name or ""
            if name not in WITHOUT_DEALER and name.startswith("desk-"):
                yield name, {part: VALUES[part] for part in pattern.pattern.converters if part != "slug"}


ROUTES = list(desk_routes())


def test_every_address_under_d_is_a_desk_route() -> None:
    under_d = [p for p in get_resolver().url_patterns if str(p.pattern).startswith("d/")]
    assert len(under_d) == len(ROUTES) >= 13


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
    changes = name.removeprefix("desk-") in CHANGES
    answer = client.get(address) if changes else client.post(address)
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
