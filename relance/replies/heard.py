"""Turns an inbound message into its situation: who said it, which of our messages it answers, who looks after it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import Q, QuerySet

from relance.dealers.models import Dealer, Staff
from relance.facts.consent import Entry, ledger_of, ledger_of_addresses, standing_withdrawal
from relance.facts.models import Customer, Suppression, Touch
from relance.lib.language import LANGUAGES
from relance.outbox.models import Message
from relance.outbox.runs.answers import CODE as ANSWERS
from relance.plan.apply import definition_of
from relance.plan.definition import Definition
from relance.plan.gather import gather
from relance.plan.recipients import NEEDS, Roster
from relance.replies.models import Inbound

BY_CARRIER = "opted_out"  # the reason of a suppression: a STOP that the provider has, and we perhaps have not
FRESH = timedelta(days=30)  # an answer belongs to the last message of these days; later it stands alone


@dataclass(frozen=True)
class Heard:
    """One inbound message with what is known around it."""

    dealer: Dealer
    inbound: Inbound

    @property
    def at(self) -> datetime:
        """When it was said."""
        return self.inbound.said_at

    @cached_property
    def senders(self) -> list[Customer]:
        """Everybody who has the address."""
        rows = Customer.objects.of(self.dealer).order_by("pk")
        if self.inbound.channel == "email":
            return list(rows.filter(email_folded=self.inbound.sender))
        return list(rows.filter(mobile=self.inbound.sender))

    @cached_property
    def answered_touch(self) -> Touch | None:
        """The last message to this address before it, as a fact; our own answers to replies do not count."""
        sent = Touch.objects.of(self.dealer).filter(kind="sent", address=self.inbound.sender, happened_at__lte=self.at)
        return sent.filter(~Q(code=ANSWERS) | Q(code=None)).order_by("-happened_at").first()

    @cached_property
    def answered(self) -> Message | None:
        """The message that it answers; None when there is none, or when it is long ago."""
        touch = self.answered_touch
        if touch is None or touch.happened_at < self.at - FRESH:
            return None
        try:
            key = UUID(touch.ref)
        except ValueError:
            return None
        return Message.objects.of(self.dealer).select_related("automation", "customer").filter(key=key).first()

    @cached_property
    def definition(self) -> Definition | None:
        """The automation whose message it answers."""
        return definition_of(self.answered.automation) if self.answered else None

    @property
    def answers_reminder(self) -> bool:
        """Whether the last message was a reminder of a visit."""
        return self.definition is not None and self.definition.kind == "appointment_reminder"

    @property
    def customer(self) -> Customer | None:
        """The one whom we answer: to whom the message went, else the first who has the address."""
        to = self.answered.customer_id if self.answered else None
        return next((c for c in self.senders if c.pk == to), self.senders[0] if self.senders else None)

    @property
    def language(self) -> str:
        """The language in which we speak to the sender."""
        spoken = [self.answered.language if self.answered else None, self.customer.language if self.customer else None]
        return next((word for word in spoken if word in LANGUAGES), self.dealer.language)

    @cached_property
    def ledgers(self) -> list[list[Entry]]:
        """What was said about consent: for the address, and by everybody who has it."""
        own = ledger_of(self.dealer, [customer.pk for customer in self.senders])
        return [*ledger_of_addresses(self.dealer, [self.inbound.sender]).values(), *own.values()]

    @property
    def stopped_at_carrier(self) -> QuerySet[Suppression]:
        """The number, when its provider has told us before that its owner said STOP there (Twilio's 21610)."""
        rows = Suppression.objects.of(self.dealer).filter(reason=BY_CARRIER, at__lte=self.at)
        return rows.filter(channel=self.inbound.channel, address=self.inbound.sender)

    def is_opted_out(self, purposes: tuple[str, ...] = ("service", "marketing")) -> bool:
        """Whether an opt-out from this channel stands, for one of these purposes."""
        asked = [(entries, purpose) for entries in self.ledgers for purpose in purposes]
        channel = self.inbound.channel
        return any(standing_withdrawal(e, channel=channel, purpose=p, at=self.at) is not None for e, p in asked)

    @cached_property
    def looks_after(self) -> Staff | None:
        """Whose it is: as the automation says, else the customer's salesperson; None: whoever takes it."""
        roster = Roster(self.dealer)
        assign = self.definition.replies.assign if self.definition else None
        if assign and assign != "reference":
            return next(iter(roster.people(f"user:{assign}", {})), None)
        message = self.answered
        if message is not None and message.subject_type in NEEDS:
            needs = NEEDS[message.subject_type]
            values = gather(self.dealer, message.subject_type, [message.subject_id], needs, at=self.at)
            found = values.get(message.subject_id, {})
            people = [person for role in ("advisor", "salesperson") for person in roster.people(role, found)]
            return people[0] if people else None
        reference = self.customer.salesperson if self.customer else None
        return next(iter(roster.people(f"user:{reference}", {})), None) if reference else None
