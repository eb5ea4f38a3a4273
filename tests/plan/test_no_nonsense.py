"""Whatever stands in a wording and in a customer's record: what leaves is whole and makes sense, or it is held (R17).

`make proof` draws a hundred thousand of them (RENDERS).
"""

import os
import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.lib.sms import size_of
from relance.outbox.runs.make import Making
from relance.plan.definition import read_definition
from relance.plan.draft import Draft, RunOf
from relance.plan.render import Hole
from relance.plan.saying.legal_lines import composed_sms
from relance.plan.saying.samples import sample_values
from relance.plan.saying.sense import LONGEST, MOST_PARTS, NOTHING, no_sense
from tests.builders import A_DAY, a_dealer, an_automation

RENDERS = int(os.environ.get("RENDERS", "300"))

# The facts that are said as they are; the others are the samples'.
FIELDS = ("customer.first_name", "customer.name", "customer.company", "vehicle.sub_model", "vehicle.plate")
GOOD = (
    "Ann", "Zoë", "Jean-François", "O'Brien", "née Roy", "شركة", "שלום", "👍", "👩‍🔧 Ann", "Õunapuu", "ž", "$5", "50 %",
    "A & B", "a < b", "*Ann*", "_x_", "[Ann](y)", "# 1", "Null", "1) x", "C:\\x", "~ 1", "A {",
    "5 €", "Nan", "X", "Ann  Lee",
)  # fmt: skip
BAD = (
    None, "", " ", "-", ".", "?", "---", "\u200d", "{}", "\n", "\u200e", "\x00", *sorted(NOTHING),
    "{x}", "{{name}}", "{ customer.first_name }",
    "Hello {{ first_name }}", "${name}", "<<Name>>", "%FIRST_NAME%", "<b>Ann</b>", "<br/>", "<script>x</script>",
    "Smith &amp; Sons", "&#39;", "Andr\ufffd", "x" * 10_000, "é" * (LONGEST + 1), "{% if x %}", "<%= name %>",
)  # fmt: skip
LITERALS = ("Hello ", "\n", "Prêt : ", "õ", "👍", "100 %", "(a) ", "It's time. " * 9, "Ä" * 90, "{{ ", " }")
pieces = st.lists(
    st.one_of(
        st.sampled_from(LITERALS),
        st.tuples(st.sampled_from(FIELDS), st.sampled_from([None, "friend", "", "œ"])),
    ),
    min_size=1,
    max_size=9,
)
# Signs that could make a field, a tag or a code by chance stand in the two lists above.
people = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{}<>&%$\ufffd"), max_size=30)
long = st.text("aé€👍[", min_size=60, max_size=LONGEST)
values = st.sampled_from([*GOOD, *GOOD, *BAD]) | people | long
readers = st.sampled_from(["en", "fr", "es", "et", "de", None])
written = st.sets(st.sampled_from(["en", "fr", "es", "et"]), min_size=1)

# An oracle of the segments: the alphabet of GSM 03.38 by its places, the text as the bytes that go over the air.
ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
BEHIND_ESCAPE = {"\f": 10, "^": 20, "{": 40, "}": 41, "\\": 47, "[": 60, "~": 61, "]": 62, "|": 64, "€": 101}
ESCAPE = 27


def segments(text: str) -> tuple[str, int]:
    """The encoding, and how many segments: septets or UTF-16 units are cut off one segment after the other."""
    if all(c in BEHIND_ESCAPE or (c in ALPHABET and c != "\x1b") for c in text):
        units = [u for c in text for u in ((ESCAPE, BEHIND_ESCAPE[c]) if c in BEHIND_ESCAPE else (ALPHABET.index(c),))]
        return "GSM-7", cut(units, 160, 153, lambda unit: unit == ESCAPE)
    raw = text.encode("utf-16-be")
    units = [raw[at] * 256 + raw[at + 1] for at in range(0, len(raw), 2)]
    return "UCS-2", cut(units, 70, 67, lambda unit: 0xD800 <= unit < 0xDC00)


def cut(units: list[int], alone: int, each: int, is_first_half: Any) -> int:
    if len(units) <= alone:
        return 1 if units else 0
    number = 0
    while units:
        end = min(each, len(units))
        if end < len(units) and is_first_half(units[end - 1]):
            end -= 1  # a pair stays together
        number, units = number + 1, units[end:]
    return number


def test_the_oracles_alphabet_has_its_128_places() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 128
    assert [ALPHABET.index(c) for c in "@ A¡a¿Z"] == [0, 32, 65, 64, 97, 96, 90]


@settings(max_examples=max(200, RENDERS), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text("aé€{õ👍\n\f𝄞", max_size=330) | st.text(max_size=400) | st.text("a€", min_size=150, max_size=165))
def test_segments_are_counted_as_an_independent_count_does(text: str) -> None:
    size = size_of(text)
    assert (size.encoding if text else "GSM-7", size.parts) == segments(text)


def whole(parts: list[Any], facts: dict[str, Any]) -> str | None:
    """What must stand there, reckoned without relance; None: it must be held."""
    said = ""
    for part in parts:
        if isinstance(part, str):
            said += "{ " if part == "{{ " else part
            continue
        field, fallback = part
        value = shown(facts[field])
        if makes_sense(value):
            said += value
        elif fallback is None:
            return None
        else:
            said += fallback
    return said


def shown(value: str | None) -> str:
    """On one line; what is on one already stays as it is."""
    value = value or ""
    if value.isprintable():
        return value
    return " ".join("".join(c if c.isprintable() or c in "\u200c\u200d" else " " for c in value).split())


WRONG = {shown(one) for one in BAD}


def makes_sense(value: str) -> bool:
    says = [c for c in value if unicodedata.category(c)[0] in "LN" or unicodedata.category(c) == "So"]
    return bool(says) and value not in WRONG and len(value) <= LONGEST


@pytest.mark.django_db
def test_what_leaves_makes_sense_or_it_is_held() -> None:
    dealer = a_dealer(country="CA", language="en")
    automation, gate = an_automation(dealer), Making(dealer, A_DAY).gate
    seen = {"left": 0, "held": 0, "unwritten": 0}

    @settings(max_examples=RENDERS, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(
        pieces,
        st.fixed_dictionaries(dict.fromkeys(FIELDS, values)),
        readers,
        written,
        st.sampled_from(["sms", "email"]),
    )
    def renders(parts: list[Any], facts: dict[str, Any], reader: str | None, languages: set[str], channel: Any) -> None:
        text = "".join(part if isinstance(part, str) else field_of(part) for part in parts)
        # Each language says its own name first, so that a wrong one shows.
        words = {name: {"body": f"{name}:{text}", "subject": "News"} for name in sorted(languages)}
        definition = read_definition(automation.definition | {"channels": [channel], "wording": {channel: words}}, "")
        run = RunOf(automation, definition, A_DAY, A_DAY, A_DAY.date(), "")
        draft = Draft(
            run, 1, "customer", None, {**sample_values("en"), **facts, "customer.language": reader, "customer.id": 1}
        )
        terms = gate._terms(run)
        wanted = next((name for name in (reader, "en") if name in languages), None)
        assert gate._language(draft, channel, terms) == wanted
        if wanted is None:
            seen["unwritten"] += 1
            return
        expected = whole(parts, facts)
        try:
            spoken = gate._words(draft, channel, terms, gate.known([draft]))
        except Hole as held:
            seen["held"] += 1
            assert expected is None or segments(f"North Garage: {wanted}:{expected}")[1] >= MOST_PARTS, held.detail
            assert held.detail
            return
        seen["left"] += 1
        assert (spoken.language, spoken.body) == (wanted, f"{wanted}:{expected}")
        assert channel != "sms" or segments(composed_sms(spoken))[1] <= MOST_PARTS

    renders()
    assert seen["left"] > RENDERS // 20 and seen["held"] > RENDERS // 50


def field_of(part: tuple[str, str | None]) -> str:
    field, fallback = part
    return f"{{ {field} }}" if fallback is None else f"{{{field}|{fallback}}}"


@pytest.mark.parametrize("value", GOOD)
def test_what_people_are_called_is_said(value: str) -> None:
    assert no_sense(value) is None


@pytest.mark.parametrize("value", [value for value in BAD if shown(value)])
def test_what_a_machine_wrote_is_not(value: str) -> None:
    assert no_sense(shown(value))
