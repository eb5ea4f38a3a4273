"""Turns the facts of a subject into the words of one field; None when the fact is unknown."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from relance.lib.addresses import said_number
from relance.plan.saying.links import choices_url
from relance.plan.saying.voice import Voice

Values = Mapping[str, Any]
Shown = Callable[[Values, Voice], str | None]
YEAR_IS_PLAIN = timedelta(days=300)  # a day nearer than this is said without its year
ITEMS = 3
SAMPLE_LINK = "https://dealer.example/p/5Zq2Jw"  # a real one is longer, and one customer's own


def text(*keys: str) -> Shown:
    """The first known of these facts, as it is."""

    def shown(values: Values, _voice: Voice) -> str | None:
        for key in keys:
            value = values.get(key)
            if value is not None and value != "":
                return str(value)
        return None

    return shown


def telephone(key: str) -> Shown:
    """A number as people of the dealer's country write it."""

    def shown(values: Values, voice: Voice) -> str | None:
        value = values.get(key)
        return said_number(str(value), voice.dealer.country) if value else None

    return shown


def day(*keys: str) -> Shown:
    """`March 3, 2026`, of the first known of these facts."""

    def shown(values: Values, voice: Voice) -> str | None:
        known = next((values[key] for key in keys if values.get(key) is not None), None)
        return None if known is None else voice.speech.day(known)

    return shown


def near_day(key: str) -> Shown:
    """`Tuesday, March 3`; with its year when it is far from the moment at which we speak."""

    def shown(values: Values, voice: Voice) -> str | None:
        moment: datetime | None = values.get(key)
        if moment is None:
            return None
        at: datetime | None = values.get("at")
        near = at is None or abs(moment - at) < YEAR_IS_PLAIN
        return voice.speech.near_day(moment) if near else voice.speech.full_day(moment)

    return shown


def clock(key: str) -> Shown:
    """`9:00 AM`."""

    def shown(values: Values, voice: Voice) -> str | None:
        moment = values.get(key)
        return None if moment is None else voice.speech.time(moment)

    return shown


def money(key: str) -> Shown:
    """`$240.00`."""

    def shown(values: Values, voice: Voice) -> str | None:
        amount = values.get(key)
        return None if amount is None else voice.speech.money(amount)

    return shown


def reading(key: str, unit_key: str) -> Shown:
    """`84,213 km`; without a unit when that is unknown."""

    def shown(values: Values, voice: Voice) -> str | None:
        number, unit = values.get(key), values.get(unit_key)
        if number is None:
            return None
        said = voice.speech.number(number)
        return f"{said} {voice.word(unit)}" if unit else said

    return shown


def word(key: str) -> Shown:
    """A stored word, said in the language of the voice."""

    def shown(values: Values, voice: Voice) -> str | None:
        known = values.get(key)
        return voice.word(known) if known else None

    return shown


def company(name: str) -> Shown:
    """What the dealer says of himself."""
    return lambda _values, voice: voice.company(name)


def promotion(values: Values, voice: Voice) -> str | None:
    """The promotion that runs on the day on which we speak."""
    at, running = values.get("at"), voice.dealer.preferences.promotion
    if at is None or running is None:
        return None
    return running.words(voice.speech.language, at.astimezone(voice.speech.zone).date())


def deferred_items(values: Values, voice: Voice) -> str | None:
    """Three of the lines, then how many more."""
    lines = values.get("deferred.items")
    return voice.speech.joined([line["description"] for line in lines], ITEMS) if lines else None


def deferred_item(number: int) -> Shown:
    """One of the lines."""

    def shown(values: Values, _voice: Voice) -> str | None:
        lines = values.get("deferred.items") or []
        return lines[number - 1]["description"] if len(lines) >= number else None

    return shown


def deferred_count(values: Values, voice: Voice) -> str | None:
    """How many lines there are."""
    return voice.speech.number(len(values.get("deferred.items") or []))


def deferred_total(values: Values, voice: Voice) -> str | None:
    """What the lines come to; unknown as soon as one of them is."""
    amounts = [line["amount"] for line in values.get("deferred.items") or []]
    return voice.speech.money(sum(map(Decimal, amounts), Decimal())) if amounts and None not in amounts else None


def operations(values: Values, voice: Voice) -> str | None:
    """What is due at the next service, in words."""
    due = values.get("next_service.operations")
    names = [names.get(voice.speech.language) or names.get("en") or code for code, names in due or []]
    return voice.speech.joined(names) if names else None


def warranty_end(values: Values, voice: Voice) -> str | None:
    """When the warranty ends that is still running, else the manufacturer's."""
    key = _warranty(values, voice)
    return voice.speech.day(values[f"vehicle.{key}_end_on"]) if key else None


def warranty_name(values: Values, voice: Voice) -> str | None:
    """Which warranty that is."""
    key = _warranty(values, voice)
    return voice.word(key) if key else None


def _warranty(values: Values, voice: Voice) -> str | None:
    maker, extended = values.get("vehicle.warranty_end_on"), values.get("vehicle.extended_warranty_end_on")
    at: datetime | None = values.get("at")
    today = at.astimezone(voice.speech.zone).date() if at else None
    if extended and (maker is None or (today is not None and maker < today)):
        return "extended_warranty"
    return "warranty" if maker else None


def choices_link(values: Values, voice: Voice) -> str | None:
    """The page on which this customer chooses what he receives."""
    customer = values.get("customer.id")
    return choices_url(voice.dealer.pk, customer) if customer else SAMPLE_LINK


def vehicle(values: Values, voice: Voice) -> str | None:
    """`2021 Mazda CX-5`: the subject's own; what a sale says of one that is not there yet; else the one seen last."""
    for group in ("vehicle", "sale", "last_seen"):
        year, make, model = (values.get(f"{group}.{part}") for part in ("year", "make", "model"))
        if make or model:
            return named_vehicle((year, make, model), voice)
    return None


def named_vehicle(parts: Sequence[Any], voice: Voice) -> str:
    """Year, make and model as one says them: the year first in English, last elsewhere."""
    year, *name = parts
    ordered = [year, *name] if voice.speech.language == "en" else [*name, year]
    return " ".join(str(part) for part in ordered if part)


def vehicles(values: Values, voice: Voice) -> str | None:
    """`2021 Mazda CX-5 and 2016 Ford Edge`: all that the customer has."""
    found = values.get("vehicles.list")
    return voice.speech.joined([named_vehicle(parts, voice) for parts in found]) if found else None
