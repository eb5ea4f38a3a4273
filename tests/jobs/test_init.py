"""`relance init`: the first administrator, and the link that lets him in."""

import re

import pytest
from django.test import Client

from relance.dealers.models import Membership, User
from tests.builders import a_dealer
from tests.conftest import Relance

pytestmark = pytest.mark.django_db


def link_in(text: str) -> str:
    found = re.search(r"http://\S+?(/sign-in/link/\S+)", text)
    assert found is not None
    return found.group(1)


def test_the_link_signs_the_administrator_in(relance: Relance, client: Client) -> None:
    a_dealer("north")
    answer = relance("init", "--email", "Boss@dealer.example")
    assert answer.status == 0
    assert client.post(link_in(answer.out), follow=True).request["PATH_INFO"] == "/d/north/programmes/"


def test_a_second_time_it_is_the_same_user_with_a_new_link_and_the_new_dealers(relance: Relance) -> None:
    relance("init", "--email", "boss@dealer.example")
    dealer = a_dealer("north")
    relance("init", "--email", "boss@dealer.example")
    assert User.objects.count() == 1
    assert Membership.objects.of(dealer).count() == 1


def test_without_a_dealer_it_says_the_next_step(relance: Relance) -> None:
    assert "relance dealer create" in relance("init").out


def test_what_is_no_address_changes_nothing(relance: Relance) -> None:
    answer = relance("init", "--email", "boss")
    assert (answer.status, User.objects.count()) == (2, 0)
    assert "is not an e-mail address" in answer.err
