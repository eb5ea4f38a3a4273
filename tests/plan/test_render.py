"""Wordings with fields filled in."""

import os
from datetime import UTC, datetime
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from relance.lib.errors import BadInput
from relance.plan.placeholders import FIELDS
from relance.plan.render import Hole, open_places, parse, shielded
from relance.plan.saying.samples import sample_values, sample_voice

ENGLISH = sample_voice("en")
SAMPLES = sample_values("en")


def said(text: str, **values: object) -> str:
    """The text in English, with values whose dots are written as double underscores."""
    return parse(text).render({key.replace("__", "."): value for key, value in values.items()}, ENGLISH)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello { customer.first_name | friend }.", "Hello Ann."),
        ("Hello {customer.first_name|friend}.", "Hello Ann."),
        ("Hello {CUSTOMER.First_Name}.", "Hello Ann."),
        ("{ customer.last_name | friend }", "friend"),
        ("{ customer.last_name | a|b }", "a|b"),
        ("{ customer.last_name | }!", "!"),
        ("Open {{ any day }.", "Open { any day }."),
        ("}} and {{{{", "}} and {{"),
        ("{{{ customer.first_name }", "{Ann"),
        ("", ""),
        ("{ company.name }", "Rideau Motors"),
    ],
)
def test_fields_are_filled_in(text: str, expected: str) -> None:
    assert said(text, customer__first_name="Ann") == expected


@pytest.mark.parametrize("empty", [None, "", "  ", "\n"])
def test_an_empty_field_without_a_fallback_is_a_hole(empty: str | None) -> None:
    with pytest.raises(Hole, match=r"customer\.first_name") as hole:
        said("Hello { customer.first_name }", customer__first_name=empty)
    assert hole.value.field == "customer.first_name"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Hello { customer.first_name", "line 1, column 7"),
        ("a\nb { }", "line 2, column 3"),
        ("{ customer.frist_name }", "did you mean 'customer.first_name'?"),
        ("{ customer }", "not a field"),
        ("{ customer.first_name | a {b} }", "not a field"),
        ("{ customer.first_name() }", "not a field"),
        ("{ customer.__class__ }", "unknown field"),
        ("{ 1 + 1 }", "not a field"),
        ("{ customer.meta_ }", "unknown field"),
        ("{ vehicle.meta_a-b }", "not a field"),
    ],
)
def test_bad_wording_is_refused_with_its_place(text: str, told: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(text)
    assert told in str(refused.value)
    assert "line " in str(refused.value)


def test_a_value_stays_on_its_line() -> None:
    assert said("{ customer.name }", customer__name="Ann\r\nBcc: all\x00\u202e") == "Ann Bcc: all"


def test_a_value_is_never_read_as_a_field() -> None:
    with pytest.raises(Hole) as held:
        said("{ customer.name }", customer__name="{ company.owner }")
    assert held.value.detail == "customer.name = { company.owner }"
    assert said("{ customer.name | you }", customer__name="{ company.owner }") == "you"


@pytest.mark.parametrize(
    "text", ["Hi {{ customer.first_name }}!", "{{customer.first_name}}", "{{ customer.name | you }}"]
)
def test_a_field_in_two_braces_is_refused_and_told_how_it_is_written(text: str) -> None:
    with pytest.raises(BadInput, match="has two braces: write") as refused:
        parse(text)
    assert "line 1" in str(refused.value)


def test_a_letter_that_is_joined_stays_joined() -> None:
    assert said("{ customer.name }", customer__name="👩‍🔧 Ann") == "👩‍🔧 Ann"


def test_what_a_text_needs_is_known() -> None:
    text = parse("{ customer.first_name } { vehicle.year } { customer.first_name }")
    assert text.needs == {"customer.first_name", "vehicle.year"}
    assert [field.name for field in text.fields] == ["customer.first_name", "vehicle.year"]


@pytest.mark.parametrize(
    "value", ["Ann", "*Ann*", "[a](https://x.example)", "a < b", "1. Ann", "# Ann", "A_b_", "`x`", "A\\"]
)
def test_markdown_reads_a_value_as_it_is(value: str) -> None:
    filled = parse("**{ customer.name }**\n\n{ customer.name } and *more*").fill({"customer.name": value}, ENGLISH)
    assert filled.text == f"**{value}**\n\n{value} and *more*"
    shown = escape(value, quote=False)
    assert MarkdownIt().render(shielded(filled.text, filled.spans)) == (
        f"<p><strong>{shown}</strong></p>\n<p>{shown} and <em>more</em></p>\n"
    )


def test_a_link_may_be_a_field() -> None:
    filled = parse("[Tell us]({ link.feedback })").fill({}, ENGLISH)
    page = MarkdownIt().render(shielded(filled.text, filled.spans))
    assert 'href="https://dealer.example/feedback"' in page


def test_filling_says_where_the_values_stand() -> None:
    filled = parse("{ customer.name }, hello { customer.first_name | you }.").fill(
        {"customer.name": "Ann Lee"}, ENGLISH
    )
    assert [filled.text[start:end] for start, end in filled.spans] == ["Ann Lee", "you"]


PAYLOADS = [
    "{{7*7}}",
    "${7*7}",
    "#{7*7}",
    "<%=",
    "7*7",
    "%>",
    "{%print(7*7)%}",
    "{{config}}",
    "{{self.__init__.__globals__}}",
    "{{request.environ}}",
    "{{env",
    '"RELANCE_CANARY"}}',
    "${env.RELANCE_CANARY}",
    "{{.Env.RELANCE_CANARY}}",
    "{0.__class__}",
    "{settings.SECRET_KEY}",
    "{{''.__class__.__mro__[1].__subclasses__()}}",
    "{customer.name.__class__}",
    "{customer.name!r}",
    "{customer.name:>10}",
    "{{constructor.constructor('return",
    "1')()}}",
    "%(name)s",
    "$name",
    "${name}",
    "@(7*7)",
    "[[${7*7}]]",
    "*{7*7}",
    "~{x}",
    "{%load_debug%}",
    "{%include'/etc/passwd'%}",
    "{php}echo`id`{/php}",
    "<#assign_x=7*7>",
    '{{_self.env.display("x")}}',
    "{company.preferences.secret}",
    "{vehicle.objects}",
    "{customer.pk}",
    "{dealer.settings}",
    "{customer.meta___class__}",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_in_a_text_or_a_value_is_executed(payload: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "RELANCE_CANARY", "canary-4711")
    values = {**SAMPLES, "customer.name": payload}
    try:
        rendered = parse(payload).render(values, ENGLISH)
    except (BadInput, Hole):
        rendered = ""
    assert rendered in (payload.replace("{{", "{"), "")
    try:
        assert parse("{ customer.name }").render(values, ENGLISH) == payload
    except Hole as held:
        assert held.detail.startswith("customer.name = ")


def test_a_megabyte_is_filled_in_quickly() -> None:
    text = parse("{ customer.first_name } " * 40_000)
    assert len(text.render(SAMPLES, ENGLISH)) == 40_000 * len("Marie ")


FACTS = st.none() | st.text(max_size=40) | st.sampled_from(["Ann", "née Roy", "شركة", "👍", "a\nb", "{x}"])
PARTS = st.sampled_from(
    [*(f"{{ {name} }}" for name in FIELDS), *(f"{{{name}|you}}" for name in FIELDS), "Hello ", "\n"]
)
TEXTS = {"customer.first_name", "customer.name", "vehicle.make", "staff.name", "appointment.requested_work"}


@given(st.lists(PARTS, max_size=6), st.fixed_dictionaries({key: FACTS for key in TEXTS}), st.booleans())
def test_a_text_is_whole_or_a_hole(parts: list[str], facts: dict[str, str | None], bare: bool) -> None:
    values = facts if bare else {**SAMPLES, **facts}
    try:
        rendered = parse("".join(parts)).render(values, ENGLISH)
    except Hole:
        return
    assert "None" not in rendered
    assert "{ " not in rendered
    assert rendered.count("\n") == parts.count("\n")


@given(st.text(alphabet="{}|. abcustomer_name\n[]", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse(text).render(SAMPLES, ENGLISH)
    except (BadInput, Hole):
        return


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("See you at [your place]!", ["[your place]"]),
        ("[site](https://dealer.example)", []),
        ("[a] [b](c) [d", ["[a]"]),
        ("\\[kept]", []),
        ("{ customer.name | [who] }", ["[who]"]),
    ],
)
def test_square_brackets_are_places_for_the_author(text: str, places: list[str]) -> None:
    assert open_places(text) == places


def test_a_day_in_the_far_future_is_said_with_its_year() -> None:
    text = parse("{ appointment.start_at_date }")
    start = datetime(2026, 3, 3, 14, tzinfo=UTC)
    near, far = datetime(2026, 3, 1, tzinfo=UTC), datetime(2025, 3, 1, tzinfo=UTC)
    assert text.render({"appointment.start_at": start, "at": near}, ENGLISH) == "Tuesday, March 3"
    assert text.render({"appointment.start_at": start, "at": far}, ENGLISH) == "Tuesday, March 3, 2026"
