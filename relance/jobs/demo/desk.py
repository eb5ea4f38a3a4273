"""Turns a sample dealership into one at work: groups, mailings, call lists, approvals, doubts, who else signs in."""

import csv
from datetime import datetime, time, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from relance.dealers.audit import Deed, Who, note
from relance.dealers.hours import Calendar
from relance.dealers.invitations import Wish as Invited
from relance.dealers.invitations import invite
from relance.dealers.models import Dealer, Membership, User
from relance.facts.absorb import take_in
from relance.facts.models import Customer
from relance.lib.fold import fold
from relance.lib.moments import DAY, day_of, local
from relance.outbox.hold_back import hold_from_everything
from relance.outbox.models import Message
from relance.outbox.runs.personal import Wish, remind
from relance.plan.apply import apply_definitions
from relance.plan.models import Automation
from relance.plan.shipped import definition_for
from relance.plan.switching.groups import group_of, mailing, save_group
from relance.plan.switching.sketches import new_sketch
from relance.plan.switching.switch import switch
from relance.replies.receive import receive

MORNING = time(10)
TWICE, COUNTER = 3, "demo-counter"
OPEN_HOUSE, NEWS, LEASE, DISPUTE = 2, 5, 3, 20  # days from now
HOUR = timedelta(hours=1)
BY = "Hélène Bellerive"


@cache
def _written() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("desk.yaml").read_text(encoding="utf-8"))
    return found


def set_up(dealer: Dealer, *, at: datetime) -> None:
    """Before the first day: groups, the call list, and a mailing that will have gone."""
    for group in _written()["groups"]:
        save_group(dealer, group["name"], group["audience"], subject=group["subject"], at=at)
        _note(dealer, "campaign", group["name"], at)
    calls = _written()["calls"]
    live_from = day_of(at, dealer.zone).isoformat()
    entry = definition_for(dealer, calls["code"], status="on") | calls | {"live_from": live_from}
    apply_definitions(dealer, [entry, _mailing(dealer, "gone", "on", day=OPEN_HOUSE, at=at)], at=at, by=BY)


def leave_to_approval(dealer: Dealer, *, at: datetime) -> None:
    """Before the last morning: some runs of that day wait for somebody."""
    for automation in Automation.objects.of(dealer).filter(code__in=_written()["approved_by_hand"]).order_by("code"):
        switch(dealer, automation, "approval", by=BY, at=at)
        _note(dealer, "automation_switched", automation.code, at)


def keep_busy(dealer: Dealer, manager: User, *, at: datetime) -> None:
    """After the last day: what is planned, begun, asked, doubted, and who else signs in."""
    apply_definitions(dealer, [_mailing(dealer, "coming", "approval", day=NEWS, at=at)], at=at, by=BY)
    _note(dealer, "campaign", _written()["mailings"]["coming"]["code"], at)
    new_sketch(dealer, manager, definition_for(dealer, _written()["sketch"]), at=at)
    _doubts(dealer, at)
    _typed_twice(dealer, at)
    _of_one_customer(dealer, at)
    for person in _written()["people"]:
        user = User.objects.filter(email=person["email"]).first()
        user = user or User(email=person["email"], name=person["name"], created_at=at)
        user.password = manager.password
        user.save()
        place = {"role": person["role"], "reference": person["reference"]}
        Membership.objects.of(dealer).get_or_create(user=user, dealer=dealer, defaults=place)
    invite(dealer, Invited(**_written()["invited"]), by=BY, at=at)
    _note(dealer, "user_invited", _written()["invited"]["email"], at)


def _note(dealer: Dealer, act: str, what: str, at: datetime) -> None:
    """It stands in the audit log as if she had done it at the desk."""
    note(dealer, Deed(act, what), who=Who(BY), at=at)


def _mailing(dealer: Dealer, which: str, status: str, *, day: int, at: datetime) -> dict[str, Any]:
    """The file form of a mailing that leaves in the morning of the first open day from `day` on."""
    wish = _written()["mailings"][which]
    named = {name: wish[name] for name in ("code", "name", "wording")}
    entry = definition_for(dealer, "V07", status=status) | named | {"channels": ["email"]}
    opens = Calendar(dealer).next_open_day(day_of(at, dealer.zone) + day * DAY) or day_of(at, dealer.zone) + day * DAY
    moment = local(opens, MORNING, dealer.zone)
    written = mailing(group_of(dealer, wish["to"]), entry, at=moment, days=wish.get("days", 1))
    written["schedule"]["closed_day"] = "next_open_day"
    return written


def _doubts(dealer: Dealer, at: datetime) -> None:
    """Some write what only a person can read."""
    rows = Message.objects.of(dealer).filter(state="sent", recipient="customer", channel__in=("sms", "email"))
    latest = {message.customer_id: message for message in rows.order_by("-moved_at", "-pk")[:60]}
    for number, (message, doubt) in enumerate(zip(latest.values(), _written()["doubts"], strict=False), 1):
        text = doubt.get(message.language) or doubt["en"]
        receive(dealer, sender=str(message.address), text=text, at=at - number * HOUR, ref=f"demo doubt {number}")


def _typed_twice(dealer: Dealer, at: datetime) -> None:
    """Some were typed anew at the counter, and are in the business system twice since."""
    rows = Customer.objects.of(dealer).filter(mobile_usable=True, status="active").exclude(last_name=None)
    twice = rows.exclude(first_name=None).order_by("-pk")[:TWICE]
    folder = Path(settings.HOME) / COUNTER
    folder.mkdir(exist_ok=True)
    with (folder / "customers.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(("id", "first_name", "last_name", "mobile", "language"))
        table.writerows((f"T{one.ref}", one.first_name, one.last_name, one.mobile, one.language) for one in twice)
    take_in(dealer, folder, at=at)


def _of_one_customer(dealer: Dealer, at: datetime) -> None:
    """A salesperson's own reminder, and one customer who is left in peace."""
    seller = _written()["people"][1]["reference"]
    his = list(Customer.objects.of(dealer).filter(salesperson_folded=fold(seller), status="active").order_by("pk")[:2])
    for customer in his[:1]:
        moment = local(day_of(at, dealer.zone) + LEASE * DAY, MORNING, dealer.zone)
        remind(customer, Wish(moment, _written()["reminder"], seller), at=at)
    for customer in his[1:]:
        until = day_of(at, dealer.zone) + DISPUTE * DAY
        hold_from_everything(dealer, customer, until=until, why=_written()["held_back"], by=BY, at=at)
        _note(dealer, "held_back", customer.ref, at)
