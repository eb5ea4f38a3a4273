"""Turns a run, or a day of an automation, into its people with everything that a letter to them may say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from relance.dealers.models import Dealer
from relance.delivery.channels.markup import plain_of, tree_of
from relance.exports.lists.cells import Cell, Column, Sheet
from relance.facts.models import Customer
from relance.lib.addresses.postal import Home, address_lines
from relance.outbox.forecast import Person, people, person_of
from relance.outbox.models import Message
from relance.plan.gather import REACH, gather
from relance.plan.models import Automation, Run
from relance.plan.placeholders import Field, fields_for
from relance.plan.render import shielded
from relance.plan.saying.legal_lines import PRINTED
from relance.plan.saying.voice import Voice, voice_of

HEARD = ("ready", "approval", "sending", "sent", "delivered", "unsure")  # the people whom a run reaches
GONE = ("sending", "sent", "delivered", "unsure")  # and whose paper has its address on it
ADDRESS_LINES = 6
CHUNK = 500
FIRST = (
    "name", *(f"address_{n}" for n in range(1, ADDRESS_LINES + 1)), "email", "mobile", "phone", "street", "city",
    "region", "postal_code", "country", "language", "channel", "send_on", "day", "subject", "text",
)  # fmt: skip


@dataclass(frozen=True)
class MergeList:
    """Whom a run reaches, for a word processor."""

    dealer: Dealer
    automation: Automation
    people: Sequence[Person]

    @property
    def fields(self) -> list[Field]:
        """The merge fields that a wording of this automation could use, too."""
        return [f for f in fields_for(self.automation.subject) if f.available and not f.name.startswith("link.")]

    @property
    def columns(self) -> list[Column]:
        """Every column; a word processor knows them by their names."""
        own = [Column(name, name.replace("_", " ")) for name in FIRST]
        return own + [Column(f.name.replace(".", "_"), str(f.label)) for f in self.fields]

    @property
    def sheet(self) -> Sheet:
        """The list as rows for a spreadsheet."""
        return Sheet(self.automation.code, self.columns, self.rows())

    def rows(self) -> Iterator[list[Cell]]:
        """A row per person, five hundred at a time."""
        for start in range(0, len(self.people), CHUNK):
            yield from self._rows(self.people[start : start + CHUNK])

    def _rows(self, some: Sequence[Person]) -> Iterator[list[Cell]]:
        customers = Customer.objects.of(self.dealer).in_bulk([person.customer_id for person in some])
        facts = self._facts(some)
        voices: dict[str, Voice] = {}
        for person in some:
            language = person.language or self.dealer.language
            voice = voices.setdefault(language, voice_of(self.dealer, language))
            customer = customers[person.customer_id]
            yield self._own(person, customer, voice) + self._shown(facts.get(person.subject_ref), voice)

    def _own(self, person: Person, customer: Customer, voice: Voice) -> list[Cell]:
        lines = _few(lines_to(self.dealer, person, customer))
        text = shielded(person.body or "", person.spans)
        sent = person.send_at.astimezone(self.dealer.zone).date() if person.send_at else None
        return [
            customer.name,
            *lines,
            customer.email,
            customer.mobile,
            customer.phone,
            customer.address,
            customer.city,
            customer.region,
            customer.postal_code,
            customer.country,
            person.language,
            person.channel,
            sent,
            voice.speech.day(sent) if sent else None,
            person.subject_line,
            plain_of(tree_of(text), person.language) if person.body else None,
        ]

    def _shown(self, facts: dict[str, Any] | None, voice: Voice) -> list[Cell]:
        return [field.shown(facts, voice) if facts else None for field in self.fields]

    def _facts(self, some: Sequence[Person]) -> dict[str, dict[str, Any]]:
        """The facts of each subject, by its reference."""
        model = REACH[self.automation.subject].model
        ids = dict(
            model.objects.of(self.dealer)
            .filter(ref__in={person.subject_ref for person in some})  # type: ignore[misc]
            .values_list("pk", "ref")
        )
        needs = {need for field in self.fields for need in field.needs}
        found = gather(self.dealer, self.automation.subject, ids, needs, at=some[0].reference_at)
        return {ids[pk]: facts for pk, facts in found.items()}


def _few(lines: list[str]) -> list[str]:
    """An address in as many lines as there are columns; the last of more stays the last."""
    if len(lines) > ADDRESS_LINES:
        kept = ADDRESS_LINES - 2
        lines = [*lines[:kept], ", ".join(lines[kept:-1]), lines[-1]]
    return lines + [""] * (ADDRESS_LINES - len(lines))


def of_run(dealer: Dealer, run: Run, *, channel: str = "") -> MergeList:
    """The people whom a run reached or will reach; of one channel, when there is one."""
    rows = Message.objects.of(dealer).filter(run=run, state__in=HEARD, recipient="customer")
    if channel:
        rows = rows.filter(channel=channel)
    found = [person_of(m) for m in rows.select_related("customer", "vehicle").order_by("pk")]
    return MergeList(dealer, run.automation, found)


def of_day(dealer: Dealer, automation: Automation, day: date, *, at: datetime, channel: str = "") -> MergeList:
    """The people of an automation on a day: those of its messages, and those whom it will reach."""
    found = [
        person
        for person in people(dealer, automation=automation, day=day, at=at)
        if person.status in HEARD and person.recipient == "customer" and channel in ("", person.channel)
    ]
    return MergeList(dealer, automation, found)


def lines_to(dealer: Dealer, person: Person, customer: Customer) -> list[str]:
    """Where paper has gone, when it has; else where it would go today."""
    if person.status in GONE and person.channel in PRINTED and person.address:
        return person.address.splitlines()
    return postal_lines(dealer, customer)


def postal_lines(dealer: Dealer, customer: Customer) -> list[str]:
    """A customer's address as his post wants it, the name first; empty when there is none."""
    if not customer.address or not (customer.city or customer.postal_code):
        return []
    place = (customer.city or "", customer.region or "", customer.postal_code or "")
    return address_lines(
        customer.name, customer.address, place, customer.country, Home(dealer.country, dealer.language)
    )
