"""`relance contact-settings`: shown, set, refused."""

import json

import pytest

from tests.builders import a_dealer
from tests.conftest import Relance

pytestmark = pytest.mark.django_db


def test_numbers_are_set_and_printed(relance: Relance) -> None:
    a_dealer(feedback="https://dealer.example/feedback")
    answer = relance("contact-settings", "north", "--usual", "--set", "email.reminder-1=21", "--json")
    assert (answer.status, answer.err) == (0, "12 added, 0 changed\n")
    printed = json.loads(answer.out)
    assert (printed["email"]["reminder_1"], printed["postcard"]["reminder_1"]) == (21, 14)


def test_they_are_said_in_words(relance: Relance) -> None:
    a_dealer()
    relance("contact-settings", "north", "--set", "email.inactive=90")
    assert "Days 90, 180, 270, 360; then silent." in relance("contact-settings", "north").out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("email.reminder1=1", "unknown setting 'reminder1', did you mean 'reminder_1'?"),
        ("mail.reminder_1=1", "unknown column 'mail', did you mean 'email'?"),
        ("email.reminder_1=soon", "write it as email.reminder_1=14, in whole days"),
        ("email.reminder_1=1000", "from 0 to 365 days (found 1000)"),
    ],
)
def test_what_cannot_be_understood_changes_nothing(relance: Relance, words: str, says: str) -> None:
    a_dealer()
    answer = relance("contact-settings", "north", "--set", words)
    assert answer.status == 2 and says in answer.err
