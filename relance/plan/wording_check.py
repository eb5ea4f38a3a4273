"""Turns a wording into what a person should know before it is used: what cannot be understood, what must be put right
before it is switched on, and what is worth a second look.

`apply` refuses faults alone and tells the rest; desk and library switch nothing on that has a `refuse_on_switch`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Literal

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from relance.dealers.models import Dealer
from relance.lib.errors import BadInput
from relance.lib.sms import size_of
from relance.plan.definition import Definition
from relance.plan.placeholders import Field
from relance.plan.render import Slot, Text, open_places, parse
from relance.plan.saying.composed_check import composed, missing
from relance.plan.saying.legal_elements import Element
from relance.plan.saying.legal_lines import whole_sms
from relance.plan.saying.loaded_words import invited, is_answer, selling, unexplained_warranty
from relance.plan.saying.samples import sample_values, sample_voice
from relance.plan.saying.voice import voice_of

Severity = Literal["fault", "refuse_on_switch", "warning"]
FILLED_IN_EACH_TIME = "personal"  # the theme of V18
PARTS = 2  # an SMS of more parts costs more than it says
ANSWERED = ("sms", "email")  # an answer there is read for words to stop before anything else
MISSING: dict[Element, str] = {
    "advertisement": _("the law wants it to say that it is an advertisement"),
    "sender": _("does not say who speaks: write { company.name }"),
    "postal_address": _("the law wants your postal address in it: fill in the setting 'address'"),
    "contact": _(
        "the law wants a way to reach you in it: write { company.phone }, and fill in the setting 'phone', 'email' or "
        "'website'"
    ),
    "stop": _("the law wants it to say how to stop: fill in the setting 'phone', 'email' or 'website'"),
}


@dataclass(frozen=True)
class Finding:
    """Something found in a wording: how grave, where (`sms.en.body`), what."""

    severity: Severity
    path: str
    says: str
    is_blank: bool = False  # a place that its author has not filled in yet

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
            told = gettext("{field} belongs to {owners}, this automation is about {subject}")
            owners = ", ".join(sorted(field.subjects))
            told = told.format(field=f"{{ {field.name} }}", owners=owners, subject=definition.subject)
            yield fault(part.path, told)


def _unavailable_fields(_definition: Definition, dealer: Dealer | None, part: Part) -> Iterator[Finding]:
    for field in _bare(part.text):
        reason = field.unavailable_at(dealer)
        if reason is not None:
            yield refusal(part.path, reason)


def _missing_fallbacks(_definition: Definition, _dealer: Dealer | None, part: Part) -> Iterator[Finding]:
    for field in _bare(part.text):
        if not field.always and field.available:
            told = gettext("{field} may be empty: give it a fallback, {example}")
            example = f"{{ {field.name} | … }}"
            yield warning(part.path, told.format(field=f"{{ {field.name} }}", example=example))


def _bare(text: Text) -> list[Field]:
    """The fields that stand somewhere without a fallback, each once."""
    return list(dict.fromkeys(slot.field for slot in text.slots if slot.fallback is None))


def _open_places(definition: Definition, _dealer: Dealer | None, part: Part) -> Iterator[Finding]:
    if definition.theme == FILLED_IN_EACH_TIME:
        return  # a personal reminder (V18) fills them in each time
    for place in open_places(part.source):
        yield refusal(part.path, gettext("{place} is still to be filled in").format(place=place), is_blank=True)


def _long_sms(definition: Definition, dealer: Dealer | None, part: Part) -> Iterator[Finding]:
    if part.channel != "sms":
        return
    to_customers = "customer" in definition.recipients
    said = (sample_sms if to_customers else sample_of)(part.text, part.language, dealer)
    size = size_of(said)
    if size.parts > PARTS:
        told = gettext("takes {parts} parts as an SMS ({length} places, {encoding})")
        if size.forced_by:
            told = gettext("takes {parts} parts as an SMS ({length} places, {encoding}, because of {signs})")
        signs = " ".join(size.forced_by[:5])
        told = told.format(parts=size.parts, length=size.length, encoding=size.encoding, signs=signs)
        yield warning(part.path, told)


def sample_of(text: Text, language: str, dealer: Dealer | None = None) -> str:
    """The text with samples in its fields, spoken by the dealer when there is one."""
    values, model = sample_values(language), sample_voice(language)
    voice = voice_of(dealer, language) if dealer else model

    def filled(slot: Slot) -> str:
        said = slot.field.render(values, voice) or slot.field.render(values, model)
        return said or slot.fallback or ""

    return "".join(piece if isinstance(piece, str) else filled(piece) for piece in text.pieces)


def sample_sms(text: Text, language: str, dealer: Dealer | None = None) -> str:
    """The whole SMS with samples in its fields, as it arrives: with the lines that relance puts around it."""
    return whole_sms(dealer or sample_voice(language).dealer, language, sample_of(text, language, dealer))


def _missing_elements(definition: Definition, dealer: Dealer | None, part: Part) -> Iterator[Finding]:
    """What the law still misses in the message as it would leave; by the newest rule, also one that is to come."""
    if dealer is None or not _reaches_customers(definition, part) or not part.path.endswith(".body"):
        return
    said = sample_of(part.text, part.language, dealer)
    text = composed(dealer, part.language, channel=part.channel, purpose=definition.purpose, body=said)
    for element in missing(dealer, text, channel=part.channel, purpose=definition.purpose, on=date.max):
        yield refusal(part.path, gettext(MISSING[element]))


def _unexplained_warranty(definition: Definition, dealer: Dealer | None, part: Part) -> Iterator[Finding]:
    if dealer is None or dealer.preferences.region != "QC" or not _reaches_customers(definition, part):
        return
    offer = unexplained_warranty(part.source)
    if offer is not None:
        told = gettext("offers a warranty ({offer}): Québec wants the legal warranty explained before it")
        yield refusal(part.path, told.format(offer=offer))


def _reaches_customers(definition: Definition, part: Part) -> bool:
    return "customer" in definition.recipients and part.channel in definition.channels and part.channel != "staff"


def _selling_words(definition: Definition, _dealer: Dealer | None, part: Part) -> Iterator[Finding]:
    if definition.purpose != "service" or "customer" not in definition.recipients:
        return
    found = selling("".join(piece for piece in part.text.pieces if isinstance(piece, str)))
    if found:
        told = gettext("sells ({words}): a service message carries nothing that sells")
        yield refusal(part.path, told.format(words=", ".join(found)))
    if any(field.name == "promotion.text" for field in part.text.fields):
        yield refusal(part.path, gettext("{ promotion.text } sells: a service message carries nothing that sells"))


def _invited_answers(definition: Definition, _dealer: Dealer | None, part: Part) -> Iterator[Finding]:
    if part.channel not in ANSWERED or "customer" not in definition.recipients:
        return
    for word in invited(part.source, "blocks"):
        told = gettext("asks for {word}, which carriers act on themselves: ask for a digit, CONFIRM or CHANGE")
        yield refusal(part.path, told.format(word=word.upper()))
    for word in invited(part.source, "added_by_relance"):
        told = gettext("says how to answer {word}: relance adds that line by itself, leave it out")
        yield refusal(part.path, told.format(word=word.upper()))


def _languages(definition: Definition, dealer: Dealer | None) -> Iterator[Finding]:
    if dealer is None or "customer" not in definition.recipients:
        return
    for channel, by_language in definition.wording.items():
        if channel not in definition.channels or channel == "staff":
            continue
        for language in dict.fromkeys([dealer.language, *dealer.preferences.languages]):
            if language not in by_language:
                told = gettext("has no wording in your language '{language}'")
                yield warning(channel, told.format(language=language))
        if dealer.preferences.region == "QC" and "fr" not in by_language:
            yield refusal(channel, gettext("has no French wording, which Québec asks for"))


def _channels(definition: Definition) -> Iterator[Finding]:
    for channel in definition.channels:
        if channel != "staff" and not definition.wording.get(channel):
            yield warning(channel, gettext("has no wording: nobody hears by this channel"))
    for language, words in definition.wording.get("email", {}).items():
        if not words.subject and "email" in definition.channels:
            yield warning(f"email.{language}", gettext("has no subject line"))


def _keywords(definition: Definition) -> Iterator[Finding]:
    for keyword in definition.replies.keywords:
        for word in keyword.words:
            if is_answer(word, "blocks") or is_answer(word, "added_by_relance"):
                told = gettext("carriers act on {word} themselves: choose another word").format(word=word.upper())
                yield refusal("", f"replies.keywords: {told}")


LOOKS: tuple[Callable[[Definition, Dealer | None, Part], Iterator[Finding]], ...] = (
    _impossible_fields,
    _unavailable_fields,
    _missing_fallbacks,
    _open_places,
    _long_sms,
    _missing_elements,
    _unexplained_warranty,
    _selling_words,
    _invited_answers,
)
