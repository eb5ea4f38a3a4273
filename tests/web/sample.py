"""Turns a few words into a dealer whose desk has something to show: automations, people, messages of every state."""

from datetime import datetime, timedelta

from relance.dealers.models import Dealer
from relance.delivery.deliver import deliver
from relance.facts.models import Customer
from relance.lib import clock
from relance.lib.moments import day_of
from relance.outbox.models import Message, Move
from relance.outbox.tasks import Reason, open_task
from relance.plan.models import Automation
from tests.builders import (
    a_customer,
    a_dealer,
    a_message,
    a_repair_order,
    a_staff_member,
    a_vehicle,
    an_appointment,
    an_automation,
)

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
    """The first message in that state; the sample has one of each."""
    return Message.objects.of(dealer).filter(state=state).order_by("pk")[0]


def today_at(dealer: Dealer) -> str:
    """The dealer's day, as addresses write it."""
    return day_of(clock.now(), dealer.zone).isoformat()


def with_tasks_and_paper(dealer: Dealer) -> Dealer:
    """Calls to make, one of every other kind of task, and print files of cards and letters."""
    at = clock.now()
    a_staff_member(dealer, "S7", name="Sam Salesperson", roles=("salesperson",))
    call = an_automation(dealer, "E01", name="Service is due", channels=["phone"])
    card = an_automation(dealer, "L_HOLIDAY", name="Season’s greetings", programme="holiday", channels=["postcard"])
    paper = an_automation(dealer, "V04", name="The warranty ends", programme="warranty", channels=["letter"])
    at_home = {"address": "1 Main St", "city": "Laval", "region": "QC", "postal_code": "H7A 1A1"}
    Customer.objects.of(dealer).update(**at_home)
    people = list(Customer.objects.of(dealer).order_by("pk"))
    Customer.objects.of(dealer).filter(pk=people[0].pk).update(salesperson="S7", salesperson_folded="s7")
    words = "Hello, this is North Garage.\n\nYour vehicle is **due for service**. Shall we find a time this week?"
    for number, person in enumerate(people[:4]):
        a_message(person, call, at=at, channel="phone", address="+15145550101", body=words, send_at=at)
        _on_paper(person, card if number % 2 else paper, at)
    for kind in ("complaint", "question", "follow_up", "recall"):
        reason = Reason(kind, f"{kind} 1", people[4], said="" if kind == "recall" else "The brakes still squeak.")
        open_task(dealer, reason, due_at=at - timedelta(days=2), at=at)
    doubtful = the_message(dealer, "unsure")
    open_task(dealer, Reason("unsure", "message 1", doubtful.customer, doubtful), due_at=at, at=at)
    list(deliver(dealer, at=at))
    return dealer


def _on_paper(person: Customer, automation: Automation, at: datetime) -> None:
    channel = automation.definition["channels"][0]
    body = "Dear customer,\n\nwe wish you **safe roads**. Book a visit: https://north.example/book\n\nRobin Keeper"
    address = f"{person.name}\n1 Main St\nLAVAL QC  H7A 1A1"
    a_message(person, automation, at=at, channel=channel, address=address, body=body, send_at=at)
