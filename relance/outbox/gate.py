"""Turns drafts into verdicts: the channel, the words and the sending time, or the first reason against (03-rules §6).

The order of the checks is the contract. Everything that they must know is read once per chunk of drafts.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from django.db.models import Max

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.facts.consent import Entry, Relation, ledger_of, relations_of
from relance.facts.models import Suppression
from relance.lib.addresses.postal import Home
from relance.lib.language import LANGUAGES
from relance.lib.moments import DAY, add_months, day_of
from relance.outbox.address import ADDRESS_OF, Address, zones_of
from relance.outbox.address import NEEDS as ADDRESS_NEEDS
from relance.outbox.models import HoldBack, Message
from relance.outbox.regimes import judge, needs_relation, purpose_under
from relance.outbox.sending_time import SendingTime
from relance.plan.definition import Channel, Definition, Language
from relance.plan.draft import Draft
from relance.plan.render import Hole
from relance.plan.saying.legal_elements import wanted
from relance.plan.saying.legal_lines import sms_lines
from relance.plan.saying.voice import Voice, voice_of
from relance.plan.wording import Spoken, language_for, speak, words_of

NEEDS = (
    ADDRESS_NEEDS
    | {f"customer.{column}" for column in ("do_not_mail", "status", "language", "preferred_channel")}
    | {"vehicle.status"}
)
COUNTED = ("ready", "approval", "sending", "sent", "delivered", "unsure")  # states that count towards cap and ceiling
LEFT = ("sent", "delivered")
GONE_CUSTOMER, GONE_VEHICLE = ("moved", "deceased"), ("sold", "scrapped")
CEILING, CEILING_HOURS = 6, 24
SURVEYS = ("satisfaction", "review")  # programmes that ask for an opinion


def needs_of(definition: Definition) -> frozenset[str]:
    """The fact keys that the gate asks for."""
    return NEEDS | {"appointment.start_at"} if definition.subject == "appointment" else NEEDS


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate said of a draft: with a `reason` it is refused."""

    reason: str | None = None
    detail: str | None = None
    channel: Channel | None = None
    address: str | None = None
    spoken: Spoken | None = None
    send_at: datetime | None = None
    until: datetime | None = None  # at hand-over: when the hours end that allow it
    is_joined: bool = False  # another message of this run to the same customer speaks of this vehicle too


@dataclass(frozen=True, slots=True)
class Counted:
    """A message to a person that caps and ceilings count."""

    send_at: datetime
    is_marketing: bool
    pk: int


@dataclass(frozen=True, slots=True)
class Handover:
    """The second time at the gate: the channel stays, the words are frozen, the message does not count itself."""

    channel: Channel
    pk: int
    send_at: datetime


class Gate:
    """The gate of one dealer at one moment. It remembers what it let through, so that caps hold inside one plan."""

    def __init__(self, dealer: Dealer, at: datetime, *, calendar: Calendar, sending_time: SendingTime) -> None:
        self.dealer, self.at, self.zone = dealer, at, dealer.zone
        self.preferences, self.regime = dealer.preferences, dealer.regime
        self.sending_time = sending_time
        self.home = Home(dealer.country, dealer.language)
        self.calendar = calendar
        self.voices: dict[str, Voice] = {}
        self.said: dict[int, list[Counted]] = defaultdict(list)  # let through by this gate, not yet stored
        self.told: dict[tuple[int, datetime, int], int] = {}  # whom a run told of all his vehicles: about which
        self.suppressed = set(Suppression.objects.of(dealer).values_list("channel", "address"))

    # One chunk of drafts.

    def judge(self, drafts: Sequence[Draft], handovers: Sequence[Handover | None] | None = None) -> list[Verdict]:
        """A verdict per draft, in their order."""
        known = self.known(drafts)
        again: Sequence[Handover | None] = handovers or [None] * len(drafts)
        verdicts = []
        for draft, handover in zip(drafts, again, strict=True):
            joins = handover is None and self._is_told(draft)
            verdict = Verdict(is_joined=True) if joins else self._judge(draft, known, handover)
            if handover is None and verdict.reason is None and draft.is_for_customer and verdict.send_at:
                marketing = draft.run.definition.purpose == "marketing"
                self.said[draft.customer_id].append(Counted(verdict.send_at, marketing, 0))
                if draft.run.definition.speaks_of_all_vehicles:
                    self.told.setdefault(_telling(draft), draft.subject_id)
            verdicts.append(verdict)
        return verdicts

    def _is_told(self, draft: Draft) -> bool:
        """Whether a message of the same run speaks to this customer of all his vehicles (03-rules §8)."""
        if not draft.run.definition.speaks_of_all_vehicles or not draft.is_for_customer or draft.run.is_by_hand:
            return False
        return self.told.get(_telling(draft), draft.subject_id) != draft.subject_id

    def known(self, drafts: Sequence[Draft]) -> "Known":
        """What these drafts' people are known by."""
        return Known(self, drafts)

    def _judge(self, draft: Draft, known: "Known", handover: Handover | None) -> Verdict:
        reason = self._person(draft)
        if reason:
            return Verdict(reason)
        channel, address, detail = self._channel(draft, known, handover)
        if channel is None:
            return Verdict("no_channel", detail)
        spoken = None
        if handover is None:
            try:
                spoken = self._with_lines(draft, channel, self._spoken(draft, channel), known)
            except Hole as hole:
                return Verdict("text_incomplete", hole.field)
        decided = draft.run.is_by_hand or not draft.is_for_customer
        if not decided and (draft.run.automation.pk, draft.customer_id) in known.held_back(draft):
            return Verdict("held_back")
        zones = zones_of(channel, draft.values) if draft.is_for_customer else ()
        send_at = self.sending_time.earliest(self.moment(draft), schedule=draft.run.definition.schedule, zones=zones)
        if send_at is None:
            return Verdict("too_late", "no sending time within 14 days")
        counted_at = handover.send_at if handover else send_at
        reason = self._too_much(draft, known, counted_at, handover) or self._too_late(draft, send_at)
        if reason:
            return Verdict(reason)
        until = self._until(draft, send_at, zones) if handover and channel == "sms" and draft.is_for_customer else None
        return Verdict(channel=channel, address=address, spoken=spoken, send_at=send_at, until=until)

    def _until(self, draft: Draft, send_at: datetime, zones: tuple[ZoneInfo, ...]) -> datetime:
        """Carriers keep a text message for hours: it must not arrive when its hours are over (R8)."""
        return self.sending_time.until(send_at, schedule=draft.run.definition.schedule, zones=zones)

    def moment(self, draft: Draft) -> datetime:
        """When the gate is asked: now, or the run's own moment while that lies ahead (forecast)."""
        return max(draft.run.run_at, self.at)

    # The checks, in order.

    def _person(self, draft: Draft) -> str | None:
        values = draft.values
        if draft.is_for_customer and values["customer.do_not_mail"]:
            return "do_not_mail"
        if draft.is_for_customer and values["customer.status"] in GONE_CUSTOMER:
            return "customer_gone"
        if values["vehicle.status"] in GONE_VEHICLE:
            return "vehicle_gone"
        return "no_recipient" if draft.recipient.startswith("role:") else None

    def _channel(
        self, draft: Draft, known: "Known", handover: Handover | None
    ) -> tuple[Channel | None, str | None, str | None]:
        """The first usable channel with its address, or what stood against each."""
        tried = []
        for channel in [handover.channel] if handover else self._order(draft):
            address = ADDRESS_OF[channel](draft.values, self.home)
            reason = self._against(draft, channel, address, known, is_handover=handover is not None)
            if reason is None:
                return channel, address.text, None
            tried.append(f"{channel}: {reason}")
        return None, None, "; ".join(tried)

    def _order(self, draft: Draft) -> list[Channel]:
        if not draft.is_for_customer:
            return ["staff"]
        channels = [channel for channel in draft.run.definition.channels if channel != "staff"]
        preferred = draft.values["customer.preferred_channel"]
        return sorted(channels, key=lambda channel: channel != preferred)

    def _against(
        self, draft: Draft, channel: Channel, address: Address, known: "Known", *, is_handover: bool
    ) -> str | None:
        if not getattr(self.preferences.channels, channel):
            return "channel_off"
        if not is_handover and self._language(draft, channel) is None:
            return "no_wording"
        if address.fault:
            return address.fault
        if (channel, address.compared) in self.suppressed:
            return "suppressed"
        return known.consent(draft, channel) if draft.is_for_customer else None

    def _language(self, draft: Draft, channel: Channel) -> Language | None:
        return language_for(draft.run.definition, channel, self.languages(draft))

    def languages(self, draft: Draft) -> list[Language]:
        """The reader's language, else the dealer's; in Québec an unknown language is French."""
        reader = draft.values["customer.language"] if draft.is_for_customer else draft.staff and draft.staff.language
        own = cast(Language, self.dealer.language)
        if reader in LANGUAGES:
            return [cast(Language, reader), own]
        is_quebec = self.dealer.country == "CA" and self.preferences.region == "QC"
        return ["fr", own] if is_quebec and draft.is_for_customer else [own]

    def _spoken(self, draft: Draft, channel: Channel) -> Spoken:
        """The words. A staff member whose language is not written reads the first that is."""
        written = words_of(draft.run.definition, channel)
        chosen = self._language(draft, channel)
        language = next(iter(written)) if chosen is None else chosen
        if language not in self.voices:
            self.voices[language] = voice_of(self.dealer, language)
        return speak(draft.run.definition, channel, language, draft.values, self.voices[language])

    def _with_lines(self, draft: Draft, channel: Channel, spoken: Spoken, known: "Known") -> Spoken:
        """An SMS with the lines that the law wants around it; everything else has a foot of its own."""
        if channel != "sms" or not draft.is_for_customer:
            return spoken
        at = self.moment(draft)
        asks = wanted(self.regime, channel, known.purpose(draft), day_of(at, self.zone))
        if "stop" not in asks.elements or (asks.monthly and known.was_told_how_to_stop(draft, at)):
            return spoken
        around = sms_lines(self.dealer, spoken.language, spoken.body)
        return replace(spoken, opening=around.opening, closing=around.closing)

    def _too_much(self, draft: Draft, known: "Known", send_at: datetime, handover: Handover | None) -> str | None:
        if draft.run.is_by_hand or not draft.is_for_customer:
            return None
        definition = draft.run.definition
        counted = known.counted(draft, handover)
        if self.preferences.guards.ceiling:
            recent = [c for c in counted if abs(c.send_at - send_at) < timedelta(hours=CEILING_HOURS)]
            if len(recent) >= CEILING:
                return "person_ceiling"
        cap = self.preferences.frequency_cap
        if cap is not None and definition.purpose == "marketing":
            last = day_of(send_at, self.zone)
            days = range_of_days(last, cap.days)
            if sum(c.is_marketing and day_of(c.send_at, self.zone) in days for c in counted) >= cap.messages:
                return "frequency_cap"
        return "holdout" if is_held_out(definition, draft) else None

    def _too_late(self, draft: Draft, send_at: datetime) -> str | None:
        if draft.run.definition.kind != "appointment_reminder":
            return None
        return "too_late" if draft.values["appointment.start_at"] <= send_at else None


class Known:
    """What the gate must know of the people of one chunk, read lazily: what nobody asks is not read."""

    def __init__(self, gate: Gate, drafts: Sequence[Draft]) -> None:
        self.gate = gate
        self.customers = sorted({draft.customer_id for draft in drafts if draft.is_for_customer})
        self.automations = sorted({draft.run.automation.pk for draft in drafts})
        self.ledger: dict[int, list[Entry]] | None = None
        self.relations: dict[int, Relation] | None = None
        self._held: dict[date, set[tuple[int, int]]] | None = None
        self.stored: dict[int, list[Counted]] | None = None
        self._told: dict[int, datetime] | None = None  # when each last heard by SMS how to stop
        self._span = _span(
            drafts, gate.at, gate.preferences.frequency_cap.days if gate.preferences.frequency_cap else 1
        )

    def consent(self, draft: Draft, channel: Channel) -> str | None:
        """opted_out or no_consent, or nothing against."""
        gate = self.gate
        if self.ledger is None:
            self.ledger = ledger_of(gate.dealer, self.customers)
        purpose = self.purpose(draft)
        relation = None
        if purpose == "marketing" and needs_relation(gate.regime):
            if self.relations is None:
                self.relations = relations_of(gate.dealer, self.customers, gate.at)
            relation = self.relations.get(draft.customer_id)
        return judge(
            gate.regime,
            channel=channel,
            purpose=purpose,
            entries=self.ledger.get(draft.customer_id, []),
            relation=relation,
            at=gate.moment(draft),
            zone=gate.zone,
        )

    def purpose(self, draft: Draft) -> str:
        """The purpose as the law sees it."""
        definition = draft.run.definition
        return purpose_under(self.gate.regime, definition.purpose, is_survey=definition.programme in SURVEYS)

    def was_told_how_to_stop(self, draft: Draft, at: datetime) -> bool:
        """Whether an SMS that said so has left for this person within the last month."""
        if self._told is None:
            rows = Message.objects.of(self.gate.dealer).filter(
                customer__in=self.customers, recipient="customer", channel="sms", state__in=LEFT
            )
            told = rows.exclude(closing="").values_list("customer_id").annotate(last=Max("send_at"))
            self._told = dict(told.order_by())
        last = self._told.get(draft.customer_id)
        return last is not None and day_of(at, self.gate.zone) < add_months(day_of(last, self.gate.zone), 1)

    def held_back(self, draft: Draft) -> set[tuple[int, int]]:
        """(automation, customer) that a person held back for this run's day or for ever."""
        if self._held is None:
            self._held = defaultdict(set)
            rows = HoldBack.objects.of(self.gate.dealer).filter(
                automation__in=self.automations, customer__in=self.customers, undone_at=None
            )
            for automation, customer, day in rows.values_list("automation_id", "customer_id", "reference_on"):
                self._held[day or date.max].add((automation, customer))
        return self._held.get(draft.run.reference_on, set()) | self._held.get(date.max, set())

    def counted(self, draft: Draft, handover: Handover | None) -> list[Counted]:
        """The messages to this person that count; at hand-over only those that were accepted before it."""
        if self.stored is None:
            self.stored = self._read_counted()
        stored = self.stored.get(draft.customer_id, [])
        if handover is not None:
            return [c for c in stored if c.pk < handover.pk]
        return stored + self.gate.said.get(draft.customer_id, [])

    def _read_counted(self) -> dict[int, list[Counted]]:
        found: dict[int, list[Counted]] = defaultdict(list)
        rows = Message.objects.of(self.gate.dealer).filter(
            customer__in=self.customers, recipient="customer", state__in=COUNTED,
            send_at__gte=self._span[0], send_at__lt=self._span[1],
        )  # fmt: skip
        for customer, send_at, purpose, pk in rows.values_list("customer_id", "send_at", "purpose", "pk"):
            if send_at is not None:
                found[customer].append(Counted(send_at, purpose == "marketing", pk))
        return found


def _telling(draft: Draft) -> tuple[int, datetime, int]:
    return draft.run.automation.pk, draft.run.reference_at, draft.customer_id


def _span(drafts: Sequence[Draft], at: datetime, days: int) -> tuple[datetime, datetime]:
    """The time in which a message could count: the cap's days back, the longest wait ahead."""
    starts = [max(draft.run.run_at, at) for draft in drafts] or [at]
    return min(starts) - timedelta(days=days + 2), max(starts) + timedelta(days=days + 16)


def range_of_days(last: date, days: int) -> set[date]:
    """The `days` days that end with `last`."""
    return {last - i * DAY for i in range(days)}


def is_held_out(definition: Definition, draft: Draft) -> bool:
    """Whether the customer is in the automation's control group: stable per customer, whatever else changes."""
    if not definition.holdout_percent:
        return False
    seed = f"{definition.code}:{draft.values['customer.ref']}".encode()
    return int.from_bytes(hashlib.blake2b(seed, digest_size=4).digest()) % 100 < definition.holdout_percent


def refused(verdicts: Iterable[Verdict]) -> int:
    """How many were refused."""
    return sum(verdict.reason is not None for verdict in verdicts)
