"""The table of merge fields, in four languages."""

import pytest

from relance.lib.errors import BadInput
from relance.lib.language import LANGUAGES
from relance.plan.gather import ALWAYS, REACH
from relance.plan.placeholders import FIELDS, SUBJECTS, Field, field_named, fields_for
from relance.plan.render import parse
from relance.plan.saying.samples import sample_values, sample_voice

SAID = {
    "customer.vehicle": ["2021 Mazda CX-5"] + ["Mazda CX-5 2021"] * 3,
    "appointment.start_at_date": ["Tuesday, March 10", "mardi 10 mars", "martes, 10 de marzo", "teisipäev, 10. märts"],
    "appointment.start_at_time": ["10:00 a.m.", "10 h 00", "10:00 a.m.", "10:00"],
    "repair_order.closed_date": [
        "September 5, 2025",
        "5 septembre 2025",
        "5 de septiembre de 2025",
        "5. september 2025",
    ],
    "repair_order.total": ["$240.00", "240,00 $", "$240.00", "240,00 €"],
    "last_service.odometer": ["84,213 km", "84 213 km", "84,213 km", "84 213 km"],
    "deferred.count": ["4"] * 4,
    "deferred.total": ["$1,285.00", "1 285,00 $", "$1,285.00", "1 285,00 €"],
    "deferred.items": [
        "Rear brake pads, Cabin filter, Wiper blades and 1 more",
        "Plaquettes arrière, Filtre d'habitacle, Balais d'essuie-glace et 1 de plus",
        "Pastillas traseras, Filtro de cabina, Limpiaparabrisas y 1 más",
        "Tagumised klotsid, Salongifilter, Klaasipuhastid ja veel 1",
    ],
    "next_service.operations": ["Oil change", "Vidange d'huile", "Cambio de aceite", "Õlivahetus"],
    "sale.condition": ["new", "neuf", "nuevo", "uus"],
    "warranty.name": ["manufacturer's warranty", "garantie du constructeur", "garantía de fábrica", "tehasegarantii"],
    "vehicles.list": ["2021 Mazda CX-5 and 2016 Ford Edge"]
    + [f"Mazda CX-5 2021 {word} Ford Edge 2016" for word in ("et", "y", "ja")],
}


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [
        (name, language, said)
        for name, all_said in SAID.items()
        for language, said in zip(LANGUAGES, all_said, strict=True)
    ],
)
def test_a_field_is_said_in_every_language(name: str, language: str, expected: str) -> None:
    assert FIELDS[name].sample_in(language) == expected


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_every_field_has_a_sample_and_leads_to_facts(field: Field) -> None:
    assert str(field.label)
    assert (field.subjects or set()) <= set(SUBJECTS)
    if field.available:
        assert all(field.sample.values())
    for language in LANGUAGES:
        assert field.render({}, sample_voice(language)) is None or field.always


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_every_need_can_be_gathered(field: Field) -> None:
    special = {"deferred.items", "next_service.operations", "vehicles.list", "at"}
    words = {need.split(".")[0] for need in field.needs if need not in special}
    assert words <= {*REACH, "last_service", "last_seen", "staff"}


def test_subjects_are_those_of_rules() -> None:
    assert set(SUBJECTS) == set(REACH)
    assert "vehicle.status" in ALWAYS


def test_names_do_not_mind_their_case() -> None:
    assert field_named(" Company.NAME ") is FIELDS["company.name"]


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(BadInput, match=r"did you mean 'vehicle\.model'"):
        field_named("vehicle.modell")


def test_a_column_of_the_feed_is_a_field() -> None:
    field = field_named("customer.meta_Colour")
    assert field.needs == ("customer.meta_colour",)
    assert field.render({"customer.meta_colour": "red"}, sample_voice("en")) == "red"
    assert parse("{ Customer.Meta_Club Level | none }").needs == {"customer.meta_club level"}


def test_a_subject_has_its_own_fields_and_those_of_all() -> None:
    names = {field.name for field in fields_for("sale")}
    assert {"sale.condition", "customer.name", "company.name"} <= names
    assert "appointment.start_at_date" not in names


def test_an_ordered_vehicle_is_named_by_its_sale() -> None:
    voice = sample_voice("en")
    ordered = {"sale.make": "Kia", "sale.model": "Soul", "last_seen.make": "Ford"}
    assert FIELDS["customer.vehicle"].render(ordered, voice) == "Kia Soul"
    assert FIELDS["vehicle.make"].render(ordered, voice) == "Kia"
    assert FIELDS["customer.vehicle"].render({"vehicle.year": 2020, "last_seen.make": "Ford"}, voice) == "Ford"


def test_a_total_with_an_unknown_amount_is_unknown() -> None:
    lines = [{"description": "Belt", "amount": None}]
    assert FIELDS["deferred.total"].render({"deferred.items": lines}, sample_voice("en")) is None


def test_the_warranty_that_still_runs_is_the_one_spoken_of() -> None:
    values = {**sample_values("en"), "vehicle.extended_warranty_end_on": sample_values("en")["sale.term_end_on"]}
    assert FIELDS["warranty.name"].render(values, sample_voice("en")) == "manufacturer's warranty"
    values["vehicle.warranty_end_on"] = sample_values("en")["sale.delivered_on"]
    assert FIELDS["warranty.name"].render(values, sample_voice("en")) == "extended warranty"
    assert FIELDS["warranty.end_date"].render(values, sample_voice("en")) == "April 14, 2029"
