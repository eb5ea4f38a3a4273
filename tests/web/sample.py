"""Turns a few words into a dealer whose desk has something to show: automations, people, messages of every state."""

from datetime import datetime, timedelta

from relance.dealers.models import Dealer
from relance.lib import clock
from relance.lib.moments import day_of
from relance.outbox.models import Message, Move
from relance.plan.models import Automation
from tests.builders import a_customer, a_dealer, a_message, a_repair_order, a_vehicle, an_appointment, an_automation

PEOPLE = (
    ("Camille", "Tremblay", "fr", "Mazda", "CX-5", 2022),
    ("Robert", "Okafor", "en", "Toyota", "RAV4", 2019),
    ("María", "Fernández Ruiz", "es", "Ford", "F-150", 2021),
    ("Kristjan", "Tamm", "et", "Hyundai", "Ioniq 5", 2023),
    ("Anne-Sophie", "Bélanger-Létourneau", "fr", "Honda", "Civic", 2018),
    ("Wei", "Chen", "en", "Mazda", "3", 2020),
    ("<script>alert(1)</script>", '& "Sons"', "en", "Kia", "Soul", 2017),
)
TOMORROW = [{"category": "appointment", "attribute": "date", "operator": "in_exactly_days", "value": 1}]
AFTER = [
    {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": 2},
]


def a_busy_dealer(slug: str = "north") -> Dealer:
    """Three automations, seven people with visits ahead and behind, one message in every state."""
    dealer = a_dealer(
        slug,
        opening_hours={day: ["08:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
    )
    at = clock.now()
    tomorrow = an_automation(
        dealer,
        "J_TOMORROW",
        name="Your visit is tomorrow",
        programme="appointment",
        subject="appointment",
        audience=TOMORROW,
        wording={
            "sms": {
                "en": {"body": "Hello {customer.first_name | friend}, see you tomorrow at {appointment.start_at_time}."}
            }
        },
    )
    an_automation(
        dealer,
        "J_CSI",
        name="How was your visit?",
        programme="satisfaction",
        subject="repair_order",
        audience=AFTER,
        schedule={"kind": "daily", "at": "11:00", "closed_day": "next_open_day"},
        channels=["email"],
        replies={"assign": "reference"},
        wording={
            "email": {
                "en": {
                    "subject": "How was it, {customer.first_name | friend}?",
                    "body": "Thank you for your visit.\n\n**Two words** are enough: [answer](https://example.org/a).",
                }
            }
        },
    )
    an_automation(dealer, "J_MISSED", name="We missed you", programme="retention", schedule={"kind": "realtime"})
    for number, person in enumerate(PEOPLE):
        _a_person(dealer, number, person, tomorrow, at)
    return dealer


def _a_person(
    dealer: Dealer, number: int, person: tuple[str, str, str, str, str, int], tomorrow: Automation, at: datetime
) -> None:
    first, last, language, make, model, year = person
    customer = a_customer(dealer, first_name=first, last_name=last, name=f"{first} {last}", language=language)
    car = a_vehicle(customer, make=make, model=model, year=year)
    an_appointment(customer, at + timedelta(days=2 + 3 * number, hours=number), vehicle=car, created_at=at)
    a_repair_order(customer, at - timedelta(days=1, hours=number), vehicle=car)
    state = ("ready", "approval", "sent", "delivered", "refused", "failed", "unsure")[number]
    message = a_message(
        customer,
        tomorrow,
        at=at - timedelta(hours=number + 1),
        vehicle=car,
        state=state,
        reason="no_channel" if state == "refused" else None,
        detail="sms: no_address; email: opted_out" if state == "refused" else None,
        body=f"Hello {first}, see you tomorrow at 9:30.",
        facts={"customer.first_name": first, "appointment.start_at": "9:30"},
        send_at=None if state == "refused" else at + timedelta(hours=1) if number < 2 else at - timedelta(hours=number),
        expires_at=at + timedelta(days=1),
    )
    if state in ("sent", "delivered", "failed", "unsure"):
        Move.objects.of(dealer).create(
            dealer=dealer, message=message, state=state, at=message.moved_at, cause="written"
        )


def the_message(dealer: Dealer, state: str) -> Message:
    """The message in that state."""
    return Message.objects.of(dealer).get(state=state)


def today_at(dealer: Dealer) -> str:
    """The dealer's day, as addresses write it."""
    return day_of(clock.now(), dealer.zone).isoformat()
