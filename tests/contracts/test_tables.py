"""Every table keeps to its dealer, and its keys look back along the pipe."""

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models

from relance.dealers.access import DealerRow, UnscopedQuery
from relance.dealers.models import Dealer
from tests.contracts.rooms import PIPE, place

OURS = [model for model in apps.get_models() if model.__module__.startswith("relance.")]
ROWS = [model for model in OURS if issubclass(model, DealerRow)]
OF_NO_DEALER = {
    "Group",
    "Dealer",
    "User",
    "GroupMembership",
    "DeskSession",
    "Tick",
    "Fault",
}  # who, when, what ails the house
UNSCOPED = [
    lambda rows: rows.all(),
    lambda rows: rows.filter(pk=1),
    lambda rows: rows.get(pk=1),
    lambda rows: rows.count(),
    lambda rows: rows.create(),
    lambda rows: rows.bulk_create([]),
    lambda rows: rows.across_dealers(""),
]


def room_of(model):
    return model.__module__.split(".")[1]


def keys():
    return [
        pytest.param(model, field, id=f"{model.__name__}.{field.name}")
        for model in OURS
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
    ]


def name(model):
    return model.__name__


def test_every_table_belongs_to_a_dealer():
    assert {model.__name__ for model in OURS if model not in ROWS} == OF_NO_DEALER


@pytest.mark.parametrize("model", ROWS, ids=name)
def test_a_query_without_a_dealer_raises(model):
    for ask in UNSCOPED:
        with pytest.raises(UnscopedQuery):
            ask(model.objects)


@pytest.mark.parametrize("model", ROWS, ids=name)
def test_the_way_to_rows_is_the_same_for_every_table(model):
    assert type(model.objects).__name__ == "RowsOf"
    assert model._default_manager is model.objects


@pytest.mark.parametrize("model", ROWS, ids=name)
def test_a_dealers_rows_are_asked_for_by_dealer(model):
    condition, parameters = model.objects.of(Dealer(pk=77)).query.sql_with_params()
    assert f'"{model._meta.db_table}"."dealer_id" = ' in condition
    assert parameters == (77,)


@pytest.mark.parametrize(("model", "field"), keys())
def test_a_foreign_key_looks_back_along_the_pipe(model, field):
    target = field.related_model
    assert target in OURS
    assert place(room_of(target)) <= place(room_of(model))
    assert room_of(model) in PIPE


@pytest.mark.parametrize(("model", "field"), keys())
def test_a_key_across_rooms_has_no_reverse_name(model, field):
    if room_of(field.related_model) != room_of(model):
        assert field.remote_field.hidden


@pytest.mark.parametrize("model", ROWS, ids=name)
def test_uniqueness_never_spans_dealers(model):
    """Unique by dealer, by something that has a dealer, or by a number that nobody can guess."""
    own = {field.name for field in model._meta.get_fields() if isinstance(field, models.ForeignKey)}
    for constraint in model._meta.constraints:
        assert own & set(constraint.fields), constraint.name


def test_nobody_is_a_user_of_django_s_own_kind():
    assert not AnonymousUser().is_authenticated
    assert [model for model in apps.get_models() if model._meta.label == "auth.User"] == []
