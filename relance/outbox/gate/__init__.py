"""Turns drafts into verdicts: channel, words and sending time, or the first reason against (docs/outbox.md).

The order of the checks is the contract. What must be known of people is read once per chunk (gate/known); what all
drafts of a run share is made once per run (Terms).
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.facts.consent import OptedOutAddresses
from relance.facts.models import Suppression
from relance.lib.addresses.postal import Home
from relance.lib.language import LANGUAGES
from relance.outbox.address import ADDRESS_OF, NEEDS_OF, zones_of
from relance.outbox.gate.known import HERE, Counted, Known, day_at
from relance.outbox.gate.terms import Terms, terms_of
from relance.outbox.gate.too_much import Asked, counted_now, too_much
from relance.outbox.law.calling_hours import LegalHours, legal_hours
from relance.outbox.sending_time import SendingTime
from relance.plan.definition import Channel, Definition, Language
from relance.plan.draft import Draft, RunOf
from relance.plan.render import Hole
from relance.plan.saying.legal_elements import wanted
from relance.plan.saying.legal_lines import sms_lines
from relance.plan.saying.promotion import with_promotion
from relance.plan.saying.voice import Voice, voice_of
from relance.plan.wording import Spoken, language_for, nonsense, speak, words_of

NEEDS = frozenset({f"customer.{c}" for c in ("do_not_mail", "status", "language", "preferred_channel")}) | {
    "vehicle.status"
}
GONE_CUSTOMER, GONE_VEHICLE = ("moved", "deceased"), ("sold", "scrapped")
AT_ONCE = ("sms", "email")  # what is read when it arrives: it must arrive within the hours
HELD = "held: "  # before what holds a message until its sending time: window, quiet_hours, law K21 FL


def needs_of(definition: Definition, *also: str) -> frozenset[str]:
    """The fact keys that the gate asks for; `also`: channels that the definition had when it was planned."""
    of_channels = NEEDS.union(*(NEEDS_OF[channel] for channel in (*definition.channels, *also)))
    return of_channels | {"appointment.start_at"} if definition.subject == "appointment" else of_channels


class Verdict(NamedTuple):
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
class Handover:
    """The second time at the gate: the channel stays, the words are frozen, the message does not count itself."""

    channel: Channel
    pk: int
    send_at: datetime
    is_marketing: bool  # as it was accepted: its words are frozen, whatever its automation has become
    has_left: bool = False  # a call that somebody has on his list is asked about again as well


class Gate:
    """The gate of one dealer at one moment. It remembers what it let through, so that caps hold inside one plan."""

    def __init__(self, dealer: Dealer, at: datetime, *, calendar: Calendar, sending_time: SendingTime) -> None:
        self.dealer, self.at, self.zone = dealer, at, dealer.zone
        self.preferences, self.regime = dealer.preferences, dealer.regime
        self.sending_time = sending_time
        self.address_of = ADDRESS_OF
        self.home = Home(dealer.country, dealer.language)
        self.calendar = calendar
        self.voices: dict[str, Voice] = {}
        self.said: dict[int, list[Counted]] = defaultdict(list)  # let through by this gate, not yet stored
        self.told: dict[tuple[int, datetime, int], int] = {}  # whom a run told of all his vehicles: about which
        self.suppressed = set(Suppression.objects.of(dealer).values_list("channel", "address"))
        self.opted_out = OptedOutAddresses(dealer)
        self._switches: dict[str, bool] = self.preferences.channels.model_dump()
        self._is_quebec = dealer.country == "CA" and self.preferences.region == "QC"

    # One chunk of drafts.

    def judge(self, drafts: Sequence[Draft], handovers: Sequence[Handover | None] | None = None) -> list[Verdict]:
        """A verdict per draft, in their order."""
        known = self.known(drafts)
        again: Sequence[Handover | None] = handovers or [None] * len(drafts)
        known.not_counted = _alone(drafts, again)
        verdicts = []
        terms: Terms | None = None
        for draft, handover in zip(drafts, again, strict=True):
            if terms is None or terms.run is not draft.run:
                terms = self._terms(draft.run)
            joins = handover is None and terms.definition.speaks_of_all_vehicles and self._is_told(draft)
            verdict = Verdict(is_joined=True) if joins else self._judge(draft, terms, known, handover)
            if handover is None and verdict.send_at and draft.recipient == "customer":
                self._remember(draft, terms, verdict.send_at)
            verdicts.append(verdict)
        return verdicts

    def _terms(self, run: RunOf) -> Terms:
        return terms_of(run, at=self.at, regime=self.regime)

    def _remember(self, draft: Draft, terms: Terms, send_at: datetime) -> None:
        self.said[draft.customer_id].append(Counted(send_at, day_at(send_at, self.zone), terms.is_marketing, 0))
        if terms.definition.speaks_of_all_vehicles:
            self.told.setdefault(_telling(draft), draft.subject_id)

    def _is_told(self, draft: Draft) -> bool:
        """Whether a message of the same run speaks to this customer of all his vehicles (docs/plan.md)."""
        if not draft.is_for_customer or draft.run.is_by_hand:
            return False
        return self.told.get(_telling(draft), draft.subject_id) != draft.subject_id

    def known(self, drafts: Sequence[Draft]) -> Known:
        """What these drafts' people are known by."""
        return Known(self.dealer, self.at, drafts)

    def _judge(self, draft: Draft, terms: Terms, known: Known, handover: Handover | None) -> Verdict:
        values, to_customer = draft.values, draft.recipient == "customer"
        reason = _person(draft, values, to_customer)
        if reason:
            return Verdict(reason)
        channel, address, detail = self._channel(draft, terms, known, handover)
        if channel is None:
            return Verdict("no_channel", detail)
        try:
            spoken = None if handover else self._words(draft, channel, terms, known)
        except Hole as hole:
            return Verdict("text_incomplete", hole.detail)
        decided = not to_customer or terms.run.is_by_hand  # our own caution has no say then, the law has
        if not decided and (kept_back := _kept_back(draft, terms, known)):
            return kept_back
        zones = zones_of(channel, values) if to_customer else ()
        law = self._law(channel, address, terms) if to_customer else None
        send_at, holds = self._earliest(zones, law, terms)
        if send_at is None:
            return Verdict("too_late", "no sending time within 14 days")
        if to_customer and (too_much := self._too_much(draft, terms, known, handover or send_at)):
            return too_much
        if reason := _too_late(values, terms.definition, send_at):
            return Verdict(reason)
        until = self._until(send_at, zones, law, terms) if handover and channel in AT_ONCE and to_customer else None
        return Verdict(None, f"{HELD}{holds}" if holds else None, channel, address, spoken, send_at, until)

    # The checks, in order.

    def _channel(
        self, draft: Draft, terms: Terms, known: Known, handover: Handover | None
    ) -> tuple[Channel | None, str | None, str | None]:
        """The first usable channel with its address, or what stood against each."""
        values, to_customer = draft.values, draft.recipient == "customer"
        tried = []
        for channel in [handover.channel] if handover else terms.order(values, to_customer):
            reason = None if self._switches[channel] else "channel_off"
            if reason is None and handover is None and self._language(draft, channel, terms) is None:
                reason = "no_wording"
            if reason is None:
                text, compared, reason = self.address_of[channel](values, self.home)
            if reason is None and self.suppressed and (channel, compared) in self.suppressed:
                reason = "suppressed"
            if reason is None and to_customer and self.opted_out.of(compared):
                no = self.opted_out.holds(channel, compared, terms.purpose, at=terms.moment)
                reason = "opted_out" if no else None
            if reason is None and to_customer:
                reason = known.consent(draft.customer_id, channel=channel, purpose=terms.purpose, at=terms.moment)
            if reason is None:
                return channel, text, None
            tried.append(f"{channel}: {reason}")
        return None, None, "; ".join(tried)

    def _law(self, channel: Channel, address: str | None, terms: Terms) -> LegalHours | None:
        """The hours that the law leaves for this number."""
        if channel not in ("sms", "phone") or terms.purpose != "marketing" or not address:
            return None
        return legal_hours(self.regime, channel, terms.purpose, address, day_at(terms.moment, self.zone))

    def _earliest(
        self, zones: tuple[ZoneInfo, ...], law: LegalHours | None, terms: Terms
    ) -> tuple[datetime | None, str | None]:
        """When it may leave, and what holds it until then."""
        if (zones, law) not in terms.earliest:
            schedule = terms.definition.schedule
            terms.earliest[zones, law] = self.sending_time.held(terms.moment, schedule=schedule, zones=zones, law=law)
        return terms.earliest[zones, law]

    def _until(self, send_at: datetime, zones: tuple[ZoneInfo, ...], law: LegalHours | None, terms: Terms) -> datetime:
        """Carriers keep a text message for hours: it must not arrive when its hours are over (R8)."""
        return self.sending_time.until(send_at, schedule=terms.definition.schedule, zones=zones, law=law)

    def _language(self, draft: Draft, channel: Channel, terms: Terms) -> Language | None:
        """The first of the reader's languages in which the channel is written."""
        to_customer = draft.recipient == "customer"
        reader: str | None = None
        if to_customer:
            reader = draft.values["customer.language"]
        elif draft.staff is not None:
            reader = draft.staff.language
        key = (channel, reader, to_customer)
        if key not in terms.languages:
            terms.languages[key] = language_for(terms.definition, channel, self.languages(reader, to_customer))
        return terms.languages[key]

    def languages(self, reader: str | None, to_customer: bool) -> list[Language]:
        """The reader's language, else the dealer's; in Québec an unknown language is French."""
        own = cast(Language, self.dealer.language)
        if reader in LANGUAGES:
            return [cast(Language, reader), own]
        return ["fr", own] if self._is_quebec and to_customer else [own]

    def spoken_language(self, draft: Draft, channel: Channel, terms: Terms) -> Language:
        """The language of the words. A staff member whose language is not written reads the first that is."""
        chosen = self._language(draft, channel, terms)
        return next(iter(words_of(terms.definition, channel))) if chosen is None else chosen

    def voice(self, language: Language) -> Voice:
        """The dealer speaking this language."""
        if language not in self.voices:
            self.voices[language] = voice_of(self.dealer, language)
        return self.voices[language]

    def _words(self, draft: Draft, channel: Channel, terms: Terms, known: Known) -> Spoken:
        spoken = self._spoken(draft, channel, terms)
        if channel == "sms" and draft.recipient == "customer":
            spoken = self._with_lines(draft, spoken, terms, known)
        if (wrong := nonsense(channel, spoken)) is not None:
            raise Hole(wrong)
        return spoken

    def _spoken(self, draft: Draft, channel: Channel, terms: Terms) -> Spoken:
        language = self.spoken_language(draft, channel, terms)
        spoken = speak(terms.definition, channel, language, draft.values, self.voice(language))
        if terms.purpose != "marketing" or draft.recipient != "customer":
            return spoken
        on = day_at(terms.moment, self.zone)
        return spoken._replace(body=with_promotion(self.dealer, channel, language, spoken.body, on))

    def _with_lines(self, draft: Draft, spoken: Spoken, terms: Terms, known: Known) -> Spoken:
        """An SMS with the lines that the law wants around it; everything else has a foot of its own."""
        asks = wanted(self.regime, "sms", terms.purpose, day_at(terms.moment, self.zone))
        told = asks.monthly and known.was_told_how_to_stop(draft.customer_id, terms.moment)
        if "stop" not in asks.elements or told:
            return spoken
        around = sms_lines(self.dealer, spoken.language, spoken.body)
        return spoken._replace(opening=around.opening, closing=around.closing)

    def _too_much(self, draft: Draft, terms: Terms, known: Known, going: Handover | datetime) -> Verdict | None:
        """Cap, ceilings and control group. At hand-over those count that have left, and those accepted before it."""
        customer, is_marketing = draft.customer_id, terms.is_marketing
        counted = known.counted(customer)
        if isinstance(going, Handover):
            send_at, is_marketing = max(going.send_at, self.at), is_marketing or going.is_marketing
            counted = counted_now(counted, going.pk, self.at, self.zone)
        else:
            send_at, counted = going, counted + self.said.get(customer, [])
        asked = Asked(send_at, day_at(send_at, self.zone), is_marketing, terms.run.is_by_hand)
        if counted and (against := too_much(self.preferences, counted, asked)):
            return Verdict(*against)
        if terms.run.is_by_hand or not terms.definition.holdout_percent:
            return None
        return Verdict("holdout") if is_held_out(terms.definition, draft) else None


def _person(draft: Draft, values: Mapping[str, Any], to_customer: bool) -> str | None:
    if to_customer and values["customer.do_not_mail"]:
        return "do_not_mail"
    if to_customer and values["customer.status"] in GONE_CUSTOMER:
        return "customer_gone"
    if values["vehicle.status"] in GONE_VEHICLE:
        return "vehicle_gone"
    return "no_recipient" if draft.recipient.startswith("role:") else None


def _kept_back(draft: Draft, terms: Terms, known: Known) -> Verdict | None:
    held = known.held_back(draft, day_at(terms.moment, known.zone))
    if held is not None:
        return Verdict("held_back", None if held == HERE else held)
    complaint = known.complaint(draft.customer_id) if terms.waits_for_complaints else None
    return Verdict("open_complaint", complaint) if complaint else None


def _too_late(values: Mapping[str, Any], definition: Definition, send_at: datetime) -> str | None:
    if definition.kind != "appointment_reminder":
        return None
    return "too_late" if values["appointment.start_at"] <= send_at else None


def _alone(drafts: Sequence[Draft], again: Sequence[Handover | None]) -> list[int]:
    """At hand-over: messages that are the only one to their reader here. None counts itself: these count for nobody."""
    of_readers: dict[int, list[Handover]] = defaultdict(list)
    for draft, handover in zip(drafts, again, strict=True):
        if handover is not None:
            of_readers[draft.customer_id].append(handover)
    return [own[0].pk for own in of_readers.values() if len(own) == 1 and not own[0].has_left]


def _telling(draft: Draft) -> tuple[int, datetime, int]:
    return draft.run.automation.pk, draft.run.reference_at, draft.customer_id


def is_held_out(definition: Definition, draft: Draft) -> bool:
    """Whether the customer is in the automation's control group: stable per customer, whatever else changes."""
    if not definition.holdout_percent:
        return False
    seed = f"{definition.code}:{draft.values['customer.ref']}".encode()
    return int.from_bytes(hashlib.blake2b(seed, digest_size=4).digest()) % 100 < definition.holdout_percent
