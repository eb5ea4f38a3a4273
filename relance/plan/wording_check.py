"""Turns a wording into what a person should know before it is used: what cannot be understood, what must be put right
before it is switched on, and what is worth a second look.

`apply` refuses faults alone and tells the rest; desk and library switch nothing on that has a `refuse_on_switch`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from relance.dealers.models import Dealer
from relance.lib.errors import BadInput
from relance.lib.sms import size_of
from relance.plan.definition import Definition
from relance.plan.placeholders import Field
from relance.plan.render import Slot, Text, open_places, parse
from relance.plan.saying.loaded_words import invited, is_answer, selling
from relance.plan.saying.samples import sample_values, sample_voice
from relance.plan.saying.voice import voice_of

Severity = Literal["fault", "refuse_on_switch", "warning"]
PARTS = 2  # an SMS of more parts costs more than it says
NAMED_UNDER = "casl"


@dataclass(frozen=True)
class Finding:
    """Something found in a wording: how grave, where (`sms.en.body`), what."""

    severity: Severity
    path: str
    says: str

    @property
    def text(self) -> str:
        """Where and what, on one line."""
        return f"wording.{self.path}: {self.says}" if self.path else self.says


@dataclass(frozen=True)
class Part:
    """One text of a wording."""

    channel: str
    language: str
    path: str
    source: str
    text: Text


fault = partial(Finding, "fault")
refusal = partial(Finding, "refuse_on_switch")
warning = partial(Finding, "warning")


def check(definition: Definition, dealer: Dealer | None = None) -> list[Finding]:
    """Everything found, the gravest first. Without a dealer nothing is asked that depends on one."""
    findings, parts = [], []
    for channel, by_language in definition.wording.items():
        for language, words in by_language.items():
            for name, source in (("subject", words.subject), ("body", words.body)):
                path = f"{channel}.{language}.{name}"
                try:
                    if source:
                        parts.append(Part(channel, language, path, source, parse(source)))
                except BadInput as error:
                    findings.append(fault(path, str(error)))
    for part in parts:
        for look in LOOKS:
            findings += look(definition, dealer, part)
    findings += [*_languages(definition, dealer), *_channels(definition), *_keywords(definition)]
    order = ("fault", "refuse_on_switch", "warning")
    return sorted(findings, key=lambda finding: order.index(finding.severity))


def _impossible_fields(definition: Definition, _dealer: Dealer | None, part: Part) -> Iterator[Finding]:
    for field in part.text.fields:
        if field.subjects is not None and definition.subject not in field.subjects:
            owners = " or ".join(sorted(field.subjects))
            yield fault(
                part.path, f"{{ {field.name} }} belongs to {owners}, this automation is about {definition.subject}"
            )


def _unavailable_fields(_definition: Definition, dealer: Dealer | None, part: Part) -> Iterator[Finding]:
    for field in _bare(part.text):
        reason = field.unavailable_at(dealer)
        if reason is not None:
            yield refusal(part.path, reason)


def _missing_fallbacks(_definition: Definition, _dealer: Dealer | None, part: Part) -> Iterator[Finding]:
    for field in _bare(part.text):
        if not field.always and field.available:
            yield warning(part.path, f"{{ {field.name} }} may be empty: give it a fallback, {{ {field.name} | … }}")


def _bare(text: Text) -> list[Field]:
    """The fields that stand somewhere without a fallback, each once."""
    return list(dict.fromkeys(slot.field for slot in text.slots if slot.fallback is None))


def _open_places(_definition: Definition, _dealer: Dealer | None, part: Part) -> Iterator[Finding]:
    for place in open_places(part.source):
        yield refusal(part.path, f"{place} is still to be filled in")


def _long_sms(_definition: Definition, dealer: Dealer | None, part: Part) -> Iterator[Finding]:
    if part.channel != "sms":
        return
    size = size_of(sample_of(part.text, part.language, dealer))
    if size.parts > PARTS:
        forced = f", because of {' '.join(size.forced_by[:5])}" if size.forced_by else ""
        yield warning(part.path, f"takes {size.parts} parts as an SMS ({size.length} places, {size.encoding}{forced})")


def sample_of(text: Text, language: str, dealer: Dealer | None = None) -> str:
    """The text with samples in its fields, spoken by the dealer when there is one."""
    values, model = sample_values(language), sample_voice(language)
    voice = voice_of(dealer, language) if dealer else model

    def filled(slot: Slot) -> str:
        said = slot.field.render(values, voice) or slot.field.render(values, model)
        return said or slot.fallback or ""

    return "".join(piece if isinstance(piece, str) else filled(piece) for piece in text.pieces)


def _unnamed_sender(definition: Definition, dealer: Dealer | None, part: Part) -> Iterator[Finding]:
    if part.channel != "sms" or "customer" not in definition.recipients:
        return
    asked = definition.purpose == "marketing" or (dealer is not None and dealer.regime == NAMED_UNDER)
    named = any(field.name == "company.name" for field in part.text.fields)
    if asked and not named and (dealer is None or dealer.name.casefold() not in part.source.casefold()):
        yield warning(part.path, "does not name you: relance puts { company.name } before it")


def _selling_words(definition: Definition, _dealer: Dealer | None, part: Part) -> Iterator[Finding]:
    if definition.purpose != "service" or "customer" not in definition.recipients:
        return
    found = selling("".join(piece for piece in part.text.pieces if isinstance(piece, str)))
    if found:
        yield warning(part.path, f"sells ({', '.join(found)}): a service message carries nothing that sells")
    if any(field.name == "promotion.text" for field in part.text.fields):
        yield refusal(part.path, "{ promotion.text } sells: a service message carries nothing that sells")


def _invited_answers(definition: Definition, _dealer: Dealer | None, part: Part) -> Iterator[Finding]:
    if part.channel != "sms" or "customer" not in definition.recipients:
        return
    for word in invited(part.source, "blocks"):
        yield refusal(
            part.path, f"asks for {word.upper()}, which carriers act on themselves: ask for a digit, CONFIRM or CHANGE"
        )
    for word in invited(part.source, "added_by_relance"):
        yield warning(part.path, f"says how to answer {word.upper()}: relance adds that line by itself")


def _languages(definition: Definition, dealer: Dealer | None) -> Iterator[Finding]:
    if dealer is None or "customer" not in definition.recipients:
        return
    for channel, by_language in definition.wording.items():
        if channel not in definition.channels or channel == "staff":
            continue
        for language in dict.fromkeys([dealer.language, *dealer.preferences.languages]):
            if language not in by_language:
                yield warning(channel, f"has no wording in your language '{language}'")
        if dealer.preferences.region == "QC" and "fr" not in by_language:
            yield refusal(channel, "has no French wording, which Québec asks for")


def _channels(definition: Definition) -> Iterator[Finding]:
    for channel in definition.channels:
        if channel != "staff" and not definition.wording.get(channel):
            yield warning(channel, "has no wording: nobody hears by this channel")
    for language, words in definition.wording.get("email", {}).items():
        if not words.subject and "email" in definition.channels:
            yield warning(f"email.{language}", "has no subject line")


def _keywords(definition: Definition) -> Iterator[Finding]:
    for keyword in definition.replies.keywords:
        for word in keyword.words:
            if is_answer(word, "blocks") or is_answer(word, "added_by_relance"):
                yield refusal("", f"replies.keywords: carriers act on {word.upper()} themselves: choose another word")


LOOKS: tuple[Callable[[Definition, Dealer | None, Part], Iterator[Finding]], ...] = (
    _impossible_fields,
    _unavailable_fields,
    _missing_fallbacks,
    _open_places,
    _long_sms,
    _unnamed_sender,
    _selling_words,
    _invited_answers,
)
