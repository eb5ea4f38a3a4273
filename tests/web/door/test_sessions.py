"""Sessions (R42): a new number at sign-in, idle and absolute ends, and what ends them at once."""

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from relance.dealers.models import Dealer, Membership, User
from relance.dealers.places import change_place, suspend
from tests.builders import A_DAY, a_dealer, a_user

pytestmark = pytest.mark.django_db
RIGHT = {"email": "manager@dealer.example", "password": "a long password"}
PAGE = "/d/north/outbox/"


@pytest.fixture
def dealer() -> Dealer:
    dealer = a_dealer("north")
    a_user(dealer)
    a_user(dealer, email="other@dealer.example")
    return dealer


def signed_in() -> Client:
    client = Client()
    client.post("/sign-in/", RIGHT)
    assert is_in(client)
    return client


def is_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


def test_signing_in_gives_a_new_number(client: Client, dealer: Dealer) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    client.post("/sign-in/", RIGHT)
    assert client.session.session_key != session.session_key


def test_half_an_hour_without_a_page_ends_it(dealer: Dealer) -> None:
    with time_machine.travel(A_DAY, tick=False) as now:
        client = signed_in()
        now.shift(29 * 60)
        assert is_in(client)
        now.shift(29 * 60)
        assert is_in(client)
        now.shift(31 * 60)
        assert not is_in(client)


def test_twelve_hours_end_it_however_busy_it_is(dealer: Dealer) -> None:
    with time_machine.travel(A_DAY, tick=False) as now:
        client = signed_in()
        for _ in range(24 * 2 - 1):
            now.shift(15 * 60)
            assert is_in(client)
        now.shift(16 * 60)
        assert not is_in(client)


def test_an_old_cookie_does_not_work_after_signing_out(dealer: Dealer) -> None:
    client = signed_in()
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/sign-out/")
    client.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert not is_in(client)


def test_a_new_password_ends_every_other_session(dealer: Dealer) -> None:
    here, elsewhere = signed_in(), signed_in()
    here.post("/me/password/", {"before": "a long password", "after": "another long one"})
    assert is_in(here)
    assert not is_in(elsewhere)


def test_a_new_password_needs_the_present_one(dealer: Dealer) -> None:
    here = signed_in()
    answer = here.post("/me/password/", {"before": "a guess", "after": "another long one"})
    assert answer.status_code == 422
    assert "That is not your current password." in answer.content.decode()


@pytest.mark.parametrize("weak", ["short", "1qaz2wsx3edc", "998877665544", "manager@dealer"])
def test_a_weak_password_is_refused(dealer: Dealer, weak: str) -> None:
    here = signed_in()
    assert here.post("/me/password/", {"before": "a long password", "after": weak}).status_code == 422
    assert User.objects.get(email=RIGHT["email"]).check_password("a long password")


def test_a_changed_or_suspended_place_ends_every_session(dealer: Dealer) -> None:
    place = Membership.objects.of(dealer).get(user__email=RIGHT["email"])
    client = signed_in()
    change_place(dealer, place, role="read_only", reference="")
    assert not is_in(client)
    client = signed_in()
    suspend(dealer, place, at=A_DAY)
    assert not is_in(client)
    client.post("/sign-in/", RIGHT)
    assert client.get(PAGE).status_code == 404


def test_one_s_own_sessions_are_listed_and_ended(dealer: Dealer) -> None:
    here, elsewhere = signed_in(), signed_in()
    assert here.get("/me/").content.decode().count("signed in 0") == 2
    here.post("/me/sessions/end/")
    assert is_in(here)
    assert not is_in(elsewhere)


def test_nobody_sees_the_sessions_of_another(dealer: Dealer) -> None:
    signed_in()
    other = Client()
    other.post("/sign-in/", {**RIGHT, "email": "other@dealer.example"})
    assert other.get("/me/").content.decode().count("signed in 0") == 1


@pytest.mark.parametrize("language", ["fr", "es", "et"])
def test_what_is_wrong_with_a_password_is_said_in_the_readers_language(dealer: Dealer, language: str) -> None:
    User.objects.filter(email=RIGHT["email"]).update(language=language)
    here = signed_in()
    for weak in ("short", "1qaz2wsx3edc", "998877665544", "manager@dealer"):
        page = here.post("/me/password/", {"before": "a long password", "after": weak}).content.decode()
        assert "This password" not in page and "The password is" not in page, weak
