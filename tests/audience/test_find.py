"""Whoever searches for a condition may use the words of the system he comes from, in four languages."""

import pytest
from django.utils.translation import override

from relance.audience.fields import CATEGORIES
from relance.audience.find import called, find


def first(words: str, language: str = "en") -> str:
    with override(language):
        found = find(words)
    return f"{found[0][0].name}.{found[0][1].name}" if found else ""


@pytest.mark.parametrize(
    ("language", "words", "path"),
    [
        ("en", "RO", "repair_order_opened.last_time"),
        ("en", "RO number", "repair_order_closed.reference"),
        ("en", "work order", "repair_order_opened.last_time"),
        ("en", "service writer", "repair_order_closed.advisor"),
        ("en", "zip", "customer.postal_code"),
        ("en", "no show", "appointment.status"),
        ("en", "no-show", "appointment.status"),
        ("en", "oil", "repair_order_closed.package"),
        ("en", "lease maturity", "sale.term_end_on"),
        ("en", "age", "vehicle.age_years"),
        ("en", "VIN", "vehicle.vin"),
        ("en", "delivery", "sale.delivered_on"),
        ("en", "invoice total", "repair_order_closed.customer_sale"),
        ("en", "in service since last year", ""),
        ("fr", "bon de travail", "repair_order_opened.last_time"),
        ("fr", "immatriculation", "vehicle.plate"),
        ("fr", "échéance", "sale.term_end_on"),
        ("fr", "Vidange", "repair_order_closed.package"),
        ("es", "cita", "appointment.next_one"),
        ("es", "matrícula", "vehicle.plate"),
        ("es", "mantenimiento", "vehicle.next_service_on"),
        ("et", "hooldus", "vehicle.next_service_on"),
        ("et", "numbrimärk", "vehicle.plate"),
        ("et", "tööleht", "repair_order_opened.last_time"),
    ],
)
def test_the_word_of_another_system_finds_its_condition(language, words, path):
    assert first(words, language) == path


def test_a_short_word_does_not_find_what_only_contains_its_letters():
    with override("en"):
        assert "region" not in {attribute.name for _category, attribute in find("vin")}


def test_what_is_half_typed_finds_it_already():
    assert first("odom") == "vehicle.odometer"
    assert first("licen") == "vehicle.plate"


def test_every_path_of_the_table_is_a_condition_with_words():
    for path, words in called().items():
        category, name = path.split(".")
        assert name in CATEGORIES[category].attributes, path
        assert words and all(words), path
