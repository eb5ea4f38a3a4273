"""What stands in the builder's fields is read as it was written: what nobody touched is no change."""

from typing import Any

from django.http import QueryDict

from relance.web.desk.automations.typed import read_form

BEFORE: dict[str, Any] = {"wording": {"email": {"en": {"subject": "Hi", "body": "Hello.\n\nBye\n"}}}}


def read(body: str) -> str:
    typed = QueryDict(mutable=True)
    typed.update({"words-email": "1", "words-email-en-subject": "Hi", "words-email-en-body": body})
    return str(read_form(typed, BEFORE)["wording"]["email"]["en"]["body"])


def test_a_break_at_the_end_that_a_browser_drops_is_no_change() -> None:
    assert read("Hello.\r\n\r\nBye") == "Hello.\n\nBye\n"


def test_a_word_that_was_changed_is() -> None:
    assert read("Hello.\r\n\r\nGood-bye\r\n") == "Hello.\n\nGood-bye"
