"""Guessing at the door (R41): twenty an hour for an account whoever guesses; the owner comes in all the same."""

from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from tests.builders import A_DAY, a_dealer, a_user

pytestmark = pytest.mark.django_db
RIGHT = {"email": "manager@dealer.example", "password": "a long password"}
LIMIT = 20


def guess(client: Client, number: int, *, email: str = RIGHT["email"], **headers: Any) -> str:
    answer = client.post("/sign-in/", {"email": email, "password": f"guess {number}"}, **headers)
    return answer.content.decode()


@pytest.fixture(autouse=True)
def _owner() -> None:
    a_user(a_dealer("north"))


def test_twenty_guesses_an_hour_count_however_many_addresses_make_them() -> None:
    stranger = Client()
    answers = [guess(stranger, n, REMOTE_ADDR=f"10.0.{n}.1", HTTP_USER_AGENT=f"browser {n}") for n in range(LIMIT + 5)]
    compared = sum("do not match" in answer for answer in answers)
    assert compared <= LIMIT
    assert "Too many attempts" in answers[-1]
    assert stranger.post("/sign-in/", RIGHT, REMOTE_ADDR="10.9.9.9").status_code == 200  # not even the right one


def test_the_owner_comes_in_by_a_device_that_is_known() -> None:
    owner = Client()
    owner.post("/sign-in/", RIGHT)
    owner.post("/sign-out/")
    for number in range(LIMIT + 1):
        guess(Client(), number, REMOTE_ADDR="10.0.0.1")
    assert owner.post("/sign-in/", RIGHT).status_code == 302


def test_a_known_device_is_no_place_to_guess_either() -> None:
    owner = Client()
    owner.post("/sign-in/", RIGHT)
    owner.post("/sign-out/")
    answers = [guess(owner, number) for number in range(LIMIT + 1)]
    assert "Too many attempts" in answers[-1]


def test_a_forged_device_is_not_known() -> None:
    stranger = Client()
    for number in range(LIMIT):
        guess(stranger, number)
    stranger.cookies["relance-device"] = "eyJhIjoiYiJ9:1abc:forged"
    assert "Too many attempts" in stranger.post("/sign-in/", RIGHT).content.decode()


def test_a_forged_forwarding_header_gains_nothing() -> None:
    for number in range(LIMIT):
        guess(Client(), number, HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
    assert "Too many attempts" in guess(Client(), 99, HTTP_X_FORWARDED_FOR="10.7.7.7")


def test_an_hour_later_the_door_is_open_again() -> None:
    with time_machine.travel(A_DAY, tick=False) as clock:
        for number in range(LIMIT):
            guess(Client(), number)
        clock.shift(3_601)
        assert Client().post("/sign-in/", RIGHT).status_code == 302


def test_one_address_does_not_try_a_guess_on_everybody() -> None:
    stranger = Client()
    answers = [guess(stranger, n, email=f"user{n}@dealer.example", REMOTE_ADDR="10.0.0.1") for n in range(101)]
    assert "do not match" in answers[99]
    assert "Too many attempts" in answers[100]


def test_unknown_addresses_are_locked_like_known_ones() -> None:
    known = [guess(Client(), n) for n in range(LIMIT + 1)]
    unknown = [guess(Client(), n, email="nobody@dealer.example") for n in range(LIMIT + 1)]
    assert ["Too many" in answer for answer in known] == ["Too many" in answer for answer in unknown]


def test_an_unknown_address_costs_the_same_work_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both hash one password: without that an unknown one would be answered many times faster."""
    hashed = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str, *more: Any) -> str:
        hashed.append(password)
        return encode(self, password, salt, *more)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)

    def work(email: str) -> int:
        hashed.clear()
        guess(Client(), 1, email=email)
        return len(hashed)

    assert work("nobody@dealer.example") == work(RIGHT["email"]) == 1
