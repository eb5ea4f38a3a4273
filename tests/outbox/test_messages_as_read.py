"""A message that is read is what Django would have made of its row, only sooner."""

import pytest
from django.db.models import Model

from relance.outbox.models import Message
from tests.builders import a_customer, a_dealer, a_message, an_automation

pytestmark = pytest.mark.django_db


@pytest.fixture
def message():
    dealer = a_dealer()
    return a_message(a_customer(dealer), an_automation(dealer), subject_line="A word", facts={"x": "1"})


def test_it_has_every_column_and_is_no_new_row(message):
    read = Message.objects.of(message.dealer).get()
    names = [field.attname for field in Message._meta.concrete_fields]
    usual = Model.from_db.__func__(Message, "default", names, [getattr(read, name) for name in names])  # type: ignore[attr-defined]
    assert {name: getattr(usual, name) for name in names} == {name: vars(read)[name] for name in names}
    assert (read._state.adding, read._state.db) == (usual._state.adding, usual._state.db) == (False, "default")
    assert read == message and read.customer == message.customer


def test_what_was_not_read_is_read_when_it_is_asked_for(message, django_assert_num_queries):
    (read,) = Message.objects.of(message.dealer).defer("facts", "accepted_at")
    assert read.get_deferred_fields() == {"facts", "accepted_at"}
    with django_assert_num_queries(1):
        assert read.facts == {"x": "1"}
    read.subject_line = "Another"
    read.save()
    assert Message.objects.of(message.dealer).get().subject_line == "Another"
