"""Made-up facts from which samples, previews and the length of an SMS are made."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from relance.dealers.models import Dealer
from relance.plan.saying.voice import Voice, voice_of

COUNTRIES = {"en": "CA", "fr": "CA", "es": "US", "et": "EE"}
WORK = {"en": "Oil change", "fr": "Vidange d'huile", "es": "Cambio de aceite", "et": "Õlivahetus"}
LINES = {
    "en": ("Rear brake pads", "Cabin filter", "Wiper blades", "Timing belt"),
    "fr": ("Plaquettes arrière", "Filtre d'habitacle", "Balais d'essuie-glace", "Courroie"),
    "es": ("Pastillas traseras", "Filtro de cabina", "Limpiaparabrisas", "Correa"),
    "et": ("Tagumised klotsid", "Salongifilter", "Klaasipuhastid", "Hammasrihm"),
}
PEOPLE = {  # with the accents that people have: they decide what an SMS costs
    "en": ("Marie", "Tremblay", "Ms. Marie Tremblay"),
    "fr": ("François", "Tremblay", "M. François Tremblay"),
    "es": ("María", "García", "Sra. María García"),
    "et": ("Tõnu", "Tamm", "Tõnu Tamm"),
}
PHONES = {"es": "+1 305 555-0100", "et": "+372 5551 0100"}
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


PROMOTION = {
    "en": "This month: one in a hundred on-line bookings wins a bicycle.",
    "fr": "Ce mois-ci : un rendez-vous en ligne sur cent fait gagner un vélo.",
    "es": "Este mes: una de cada cien citas por internet gana una bicicleta.",
    "et": "Sel kuul: iga sajas veebis broneerija võidab jalgratta.",
}


@lru_cache(maxsize=8)
def sample_voice(language: str) -> Voice:
    """A made-up dealer, speaking this language."""
    settings = {
        "owner": "Robin Keeper",
        "address": "1 Station Road",
        "phone": PHONES.get(language, "+1 514 555-0100"),
        "email": "desk@dealer.example",
        "website": "https://dealer.example",
        "feedback": "https://dealer.example/feedback",
        "review_links": ["https://reviews.example/us"],
        "promotion": {"text": PROMOTION, "since": "2000-01-01", "until": "2999-12-31"},
    }
    dealer = Dealer(
        slug="sample",
        name="Rideau Motors",
        timezone="America/Toronto",
        language=language,
        country=COUNTRIES.get(language, "CA"),
        settings=settings,
    )
    return voice_of(dealer, language)


@lru_cache(maxsize=8)
def sample_values(language: str) -> dict[str, Any]:
    """A made-up subject that has everything."""
    amounts = ("310.00", "45.00", "30.00", "900.00")
    lines = LINES.get(language, LINES["en"])
    return {
        **_people(language),
        "at": AT,
        "appointment.start_at": datetime(2026, 3, 10, 14, 0, tzinfo=UTC),
        "appointment.requested_work": WORK.get(language, WORK["en"]),
        "repair_order.reference": "WO-4711",
        "repair_order.opened_at": datetime(2025, 9, 5, 12, 0, tzinfo=UTC),
        "repair_order.closed_at": datetime(2025, 9, 5, 20, 0, tzinfo=UTC),
        "repair_order.customer_sale": Decimal("240.00"),
        "last_service.at": datetime(2025, 9, 5, 20, 0, tzinfo=UTC),
        "last_service.odometer": Decimal("84213"),
        "next_service.operations": [("oil", WORK)],
        "deferred.items": [
            {"description": description, "amount": amount} for description, amount in zip(lines, amounts, strict=True)
        ],
        "sale.delivered_on": date(2025, 4, 14),
        "sale.ordered_at": datetime(2025, 3, 20, 15, 0, tzinfo=UTC),
        "sale.expected_delivery_on": date(2026, 4, 20),
        "sale.term_end_on": date(2029, 4, 14),
        "sale.condition": "new",
        "vehicles.list": [[2021, "Mazda", "CX-5"], [2016, "Ford", "Edge"]],
    }


def _people(language: str) -> dict[str, Any]:
    first, last, on_an_envelope = PEOPLE.get(language, PEOPLE["en"])
    return {
        "customer.name": f"{first} {last}",
        "customer.first_name": first,
        "customer.last_name": last,
        "customer.mailing_name": on_an_envelope,
        "customer.company": f"{last} & Filles",
        "customer.email": "marie@example.com",
        "customer.mobile": "+15145550101",
        "vehicle.year": 2021,
        "vehicle.make": "Mazda",
        "vehicle.model": "CX-5",
        "vehicle.sub_model": "GT",
        "vehicle.plate": "A1B 2C3",
        "vehicle.vin": "JM3KFBCM1M0123456",
        "vehicle.odometer": Decimal("84213"),
        "vehicle.odometer_unit": "km",
        "vehicle.warranty_end_on": date(2026, 5, 14),
        "vehicle.next_service_on": date(2026, 3, 28),
        "vehicle.next_service_odometer": 92000.0,
        "staff.name": "Line Roy",
        "staff.mobile": "+15145550190",
        "staff.email": "line@dealer.example",
    }
