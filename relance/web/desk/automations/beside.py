"""Turns a sketch into what stands beside it: faults, how many match now, whom it reaches, its words, the days ahead."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from relance.audience.compile import Question
from relance.audience.count import Counted, count
from relance.dealers.models import Dealer
from relance.lib.database.time_limit import TooLong, time_limit
from relance.lib.errors import BadInput
from relance.lib.moments import DAY, day_of
from relance.lib.sms import Size, size_of
from relance.measures.words import CHANNELS
from relance.outbox.outlook.ahead import Outlook
from relance.outbox.outlook.dry_run import as_automation
from relance.outbox.outlook.preview import Preview, preview
from relance.plan.definition import Definition, read_definition
from relance.plan.gather import gather
from relance.plan.render import Hole
from relance.plan.saying.legal_lines import composed_sms, sms_lines
from relance.plan.saying.promotion import with_promotion
from relance.plan.saying.samples import sample_values
from relance.plan.saying.voice import voice_of
from relance.plan.wording import Spoken, needs_of, speak, words_of
from relance.plan.wording_check import Finding, check
from relance.web.desk.automations.choices import LANGUAGE_NAMES

AHEAD_DAYS = 60
AHEAD_LIMIT = 4_000  # milliseconds that the days ahead may take
STRIP_HEIGHT = 40
# Where a fault belongs: the first step of its path → the section of the form.
SECTIONS = {
    "audience": "target", "schedule": "timing", "repeat": "timing", "live_from": "timing", "grace_hours": "timing",
    "wording": "message", "channels": "message", "replies": "replies",
}  # fmt: skip
TRIED = ("sms", "email", "staff")  # what goes to a number or an e-mail address
FEW_BLANKS = 3  # so many places that are still to be filled in are told one by one
STAND_IN = {"code": "SKETCH", "name": "…"}


@dataclass(frozen=True)
class Fault:
    """One thing that stands in the way, and where in the form it is."""

    section: str
    says: str
    severity: str = "fault"  # fault | refuse_on_switch | warning


@dataclass(frozen=True)
class Match:
    """One of the first that match."""

    subject_id: int
    name: str
    about: str


@dataclass(frozen=True)
class Said:
    """The message of one channel in one language, or the field that keeps it from being said."""

    channel: str
    language: str
    recipient: str
    spoken: Spoken | None
    missing: str = ""
    size: Size | None = None  # of an SMS, with the lines that relance puts around it

    @property
    def can_be_tried(self) -> bool:
        """Whether a test of it can be sent to an address."""
        return self.spoken is not None and self.channel in TRIED


@dataclass(frozen=True)
class Day:
    """One day of the strip."""

    day: date
    reached: int
    refused: int
    x: int
    y: float
    height: float


@dataclass
class Ahead:
    """The coming days of a sketch, and what saving would change."""

    days: list[Day] = field(default_factory=list)
    reached: int = 0
    refused: list[tuple[str, int]] = field(default_factory=list)  # reason, how many; the most frequent first
    change: Preview | None = None
    note: str = ""


def read_in(entry: Mapping[str, Any]) -> tuple[Definition | None, list[Fault]]:
    """The definition of a sketch, or what keeps it from being one."""
    try:
        return read_definition(dict(entry), ""), []
    except BadInput as error:
        return None, list(_faults(str(error)))


def _faults(text: str) -> Iterator[Fault]:
    for line in text.split("; "):
        path, mark, says = line.partition(": ")
        if not mark or " " in path:
            yield Fault("about", line)
            continue
        steps = path.strip(".").replace("[", ".").split(".")
        yield Fault(SECTIONS.get(steps[0], "about"), says if steps[0] in SECTIONS else f"{steps[0]}: {says}")


def readable(entry: Mapping[str, Any]) -> Definition | None:
    """The words of a sketch although its rules or its timing cannot be read yet."""
    named = {**entry, **{key: word for key, word in STAND_IN.items() if not entry.get(key)}}
    steps: tuple[dict[str, Any], ...] = ({}, {"audience": []}, {"schedule": {"kind": "manual"}}, {"replies": {}})
    for instead in steps:
        named |= instead
        try:
            return read_definition(named, "")
        except BadInput:
            continue
    return None


def findings(definition: Definition, dealer: Dealer) -> list[Fault]:
    """What the check of the wording says."""
    found = check(definition, dealer)
    blank = [one for one in found if one.is_blank]
    together = [_blanks(blank)] if len(blank) > FEW_BLANKS else []
    rest = [one for one in found if not (together and one.is_blank)]
    return together + [Fault("message" if one.path else "replies", _says(one), one.severity) for one in rest]


def _blanks(found: Sequence[Finding]) -> Fault:
    """What is still blank in many texts, as one line: a message that was just begun is not a dozen faults."""
    texts: dict[str, dict[str, None]] = {}
    for one in found:
        channel, language, _name = one.path.split(".")
        texts.setdefault(channel, {}).setdefault(LANGUAGE_NAMES.get(language, language))
    where = "; ".join(f"{CHANNELS[channel]} ({', '.join(languages)})" for channel, languages in texts.items())
    told = _("fill in what stands in [square brackets]: {texts}")
    return Fault("message", told.format(texts=where), found[0].severity)


def _says(finding: Finding) -> str:
    """Where and what, as the form names it: `Text message, English: …`."""
    channel, _dot, rest = finding.path.partition(".")
    if channel not in CHANNELS:
        return finding.says
    language = LANGUAGE_NAMES.get(rest.split(".")[0], "")
    where = f"{CHANNELS[channel]}, {language}" if language else str(CHANNELS[channel])
    return f"{where}{_(':')} {finding.says}"


def matching(dealer: Dealer, definition: Definition, *, at: datetime, patiently: bool = False) -> Counted:
    """How many subjects match now."""
    question = Question(dealer, definition.tree, definition.subject, definition.scope, at)
    return count(question, patiently=patiently)


def first_matches(dealer: Dealer, definition: Definition, counted: Counted, *, at: datetime) -> list[Match]:
    """The first of them by name, with their vehicle."""
    needs = frozenset({"customer.name", "vehicle.year", "vehicle.make", "vehicle.model"})
    facts = gather(dealer, definition.subject, counted.first, needs, at=at)
    return [
        Match(pk, values["customer.name"] or values["customer.ref"] or values["subject.ref"], _vehicle(values))
        for pk, values in facts.items()
    ]


def _vehicle(values: Mapping[str, Any]) -> str:
    parts = (values[f"vehicle.{name}"] for name in ("year", "make", "model"))
    return " ".join(str(part) for part in parts if part)


def say(dealer: Dealer, definition: Definition, subject_id: int | None, *, at: datetime) -> list[Said]:
    """The message of every channel and language, for a real subject or a made-up one."""
    real: Mapping[str, Any] | None = None
    if subject_id is not None:
        real = gather(dealer, definition.subject, [subject_id], needs_of(definition), at=at).get(subject_id)
    on = day_of(at, dealer.zone)
    return [
        _promoting(dealer, definition, _said(dealer, definition, channel, language, real), on)
        for channel in definition.channels
        for language in words_of(definition, channel)
    ]


def _promoting(dealer: Dealer, definition: Definition, said: Said, on: date) -> Said:
    """With the promotion of the day, where a message to a customer has it."""
    if said.spoken is None or definition.purpose != "marketing" or said.recipient != "customer":
        return said
    body = with_promotion(dealer, said.channel, said.language, said.spoken.body, on)
    return replace(said, spoken=said.spoken._replace(body=body))


def _said(dealer: Dealer, definition: Definition, channel: Any, language: Any, real: Mapping[str, Any] | None) -> Said:
    values = real if real is not None else sample_values(language)
    recipient = "customer" if definition.speaks_to_customer and channel != "staff" else "staff"
    try:
        spoken = speak(definition, channel, language, values, voice_of(dealer, language))
    except Hole as hole:
        return Said(channel, language, recipient, None, hole.field)
    except BadInput as error:
        return Said(channel, language, recipient, None, str(error))
    if channel != "sms":
        return Said(channel, language, recipient, spoken)
    if recipient == "customer" and dealer.regime != "none":  # as long as it can get: not every one says how to stop
        around = sms_lines(dealer, language, spoken.body)
        spoken = spoken._replace(opening=around.opening, closing=around.closing)
    return Said(channel, language, recipient, spoken, size=size_of(composed_sms(spoken)))


def ahead(dealer: Dealer, old: Definition | None, new: Definition, *, at: datetime) -> Ahead:
    """The coming sixty days, and who is gained and lost by saving; what takes too long is given up and said."""
    found = Ahead()
    if new.schedule.kind == "realtime":
        found.note = _("Sent as it happens: who that will be is not known beforehand.")
        return found
    if new.schedule.kind == "manual":
        found.note = _("Sent by hand: it has no days of its own.")
        return found
    today = day_of(at, dealer.zone)
    try:
        with time_limit(AHEAD_LIMIT):
            automation = as_automation(dealer, new, live_from=at)
            seen = list(Outlook(dealer, at).ahead([automation], after=at, until=at + AHEAD_DAYS * DAY))
            found.change = preview(dealer, old, new, at=at, days=AHEAD_DAYS)
    except TooLong:
        found.note = _("The coming days take too long to calculate: narrow the rules down.")
        return found
    reached = Counter(one.day for one in seen if one.reason is None)
    refused = Counter(one.day for one in seen if one.reason is not None)
    found.refused = Counter(one.reason for one in seen if one.reason is not None).most_common()
    found.reached = sum(reached.values())
    most = max(reached.values(), default=0) or 1
    for place in range(AHEAD_DAYS):
        day = today + place * DAY
        height = round(STRIP_HEIGHT * reached[day] / most, 1)
        found.days.append(Day(day, reached[day], refused[day], place * 6, round(STRIP_HEIGHT - height, 1), height))
    return found
