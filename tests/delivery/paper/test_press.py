"""What a person wrote stands on paper as he wrote it: never as layout, never outside of its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.dealers.models import Dealer
from relance.delivery.channels.markup import _parsed, breakable, first_link, tree_of
from relance.delivery.channels.paper import items, press
from relance.delivery.channels.paper.look import look_of
from relance.outbox.models import Message
from tests.builders import A_DAY, QUIET_SETTINGS

HOSTILE = [
    '#panic("x")',
    '$ #include "/etc/passwd" $',
    "\\#set page(width: 1cm)",
    "]] #{ } [[ ``` ```",
    "<end> @ref *a _b `c",
    '"); image("/etc/passwd',
    "a\x00b\u202ec\ufeff",
]

BLOCKS = [
    "Hello **Ann**.",
    "a _b_ & c",
    "two\nlines",
    "- x",
    "1. y",
    "# H",
    "[l](https://a.b)",
    "  ",
    "> q",
    "    code",
]


def a_dealer(country="CA", **paper):
    words = QUIET_SETTINGS | {"website": "https://north.example", "paper": paper}
    return Dealer(pk=7, slug="north", name="North #Garage", timezone="America/Toronto", country=country, settings=words)


def an_item(channel="postcard", **values):
    words = {
        "channel": channel,
        "address": "Ann Lee\n1 Main St\nLAVAL",
        "body": "Hello.",
        "language": "en",
        "purpose": "marketing",
    }
    dealer = a_dealer()
    return items.item_of(dealer, Message(**(words | values)), look_of(dealer, channel), at=A_DAY)


def pdf(channel="postcard", *, dealer=None, **values):
    dealer = dealer or a_dealer()
    return press.pdf_of(channel, look_of(dealer, channel), [an_item(channel, **values)])


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("channel", ["postcard", "letter"])
def test_nothing_that_somebody_wrote_is_read_as_layout(channel, text):
    values = {"body": text, "subject_line": text, "address": f"{text}\n{text}"}
    assert pdf(channel, **values).startswith(b"%PDF-")


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_set(text):
    assert pdf("letter", body=text, subject_line=text[:50]).startswith(b"%PDF-")


def test_the_same_data_are_the_same_bytes():
    first = pdf(body="Book at https://north.example/b")
    press.let_go()
    assert pdf(body="Book at https://north.example/b") == first


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.text(st.sampled_from("aeiou nrst WM ÉÖÕ 0123 .,"), min_size=1, max_size=400), min_size=1, max_size=8)
)
def test_what_is_called_surely_short_has_room(paragraphs):
    item = an_item(body="\n\n".join(paragraphs))
    measured = press.picture_of("postcard", look_of(a_dealer(), "postcard"), [{**item, "size": None}], dots=20)
    if item["size"] == max(items.SIZES["postcard"]):
        shown = press.picture_of("postcard", look_of(a_dealer(), "postcard"), [item], dots=20)
        assert shown == measured  # measured, it is set in the first, largest size


@pytest.mark.parametrize(("cards", "pages"), [(1, 10), (2, 6), (4, 4)])
def test_several_cards_stand_on_a_sheet_and_their_backs_behind_them(cards, pages):
    dealer = a_dealer(cards_on_a_sheet=cards)
    look = look_of(dealer, "postcard")
    item = an_item()
    assert len(press.picture_of("postcard", look, [{**item, "n": n} for n in range(5)], dots=20)) == pages


@pytest.mark.parametrize(
    ("country", "size"), [("CA", (8.5, 11.0)), ("US", (8.5, 11.0)), ("EE", (8.268, 11.693)), ("FR", (8.268, 11.693))]
)
def test_paper_is_what_the_country_uses(country, size):
    sheet = look_of(a_dealer(country), "letter")["sheet"]
    assert (sheet["width"], sheet["height"]) == size


def test_the_window_is_where_the_country_has_it_or_the_dealer_says():
    left, right = (look_of(a_dealer(c), "letter")["sheet"]["window_x"] for c in ("EE", "FR"))
    assert left < 2 < right
    assert look_of(a_dealer("EE", window="right"), "letter")["sheet"]["window_x"] == right


def test_a_light_colour_is_written_on_in_black():
    assert look_of(a_dealer(colour="#ffd400"), "postcard")["on_colour"] == "#000000"
    assert look_of(a_dealer(colour="#1f5fa8"), "postcard")["on_colour"] == "#ffffff"


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("Book [here](https://a.example/x) now", "https://a.example/x"),
        ("See https://a.example/y.", "https://a.example/y"),
        ("- one\n- two https://a.example/z", "https://a.example/z"),
        ("Write [us](mailto:a@b.example)", None),
        ("[bad](javascript:alert(1))", None),
    ],
)
def test_the_first_web_address_becomes_a_code_to_scan(text, link):
    assert first_link(tree_of(text)) == link
    assert (an_item(body=text)["qr"] is not None) == (link is not None)


@given(st.lists(st.sampled_from(BLOCKS)))
def test_reading_paragraph_by_paragraph_reads_the_same(parts):
    text = "\n\n".join(parts)
    assert tree_of(text) == _parsed(text)


def test_markdown_is_kept_and_html_is_text():
    kinds = [node["k"] for node in tree_of("# Head\n\n**b** _i_ `c`\n\n1. x\n\n> q\n\n---\n\n<b>no</b>")]
    assert kinds == ["h", "p", "ol", "q", "hr", "p"]


@given(st.text(st.characters(codec="ascii", exclude_characters="\n"), max_size=120))
def test_breaking_long_words_changes_no_letter(text):
    assert breakable(text).replace("\N{ZERO WIDTH SPACE}", "") == text


@pytest.mark.parametrize(
    ("typed", "bound"),
    [
        ("am 9. juuli 2022 käis", "am 9.~juuli 2022 käis"),
        ("due July 8, 2025. The", "due July 8,~2025. The"),
        ("à 72 599 km. Le", "à 72~599~km. Le"),
        ("total 386,98 $ en tout : oui", "total 386,98~$ en tout~: oui"),
        ("call (514) 555-0100 or", "call (514)~555-0100 or"),
        ("le 31 juillet 2026", "le 31~juillet 2026"),
        ("1. eggs\n2. milk\n 10. ham", "1. eggs\n2. milk\n 10. ham"),  # a list stays one
        ("1) 500 km\n- 3 km", "1) 500~km\n- 3~km"),
    ],
)
def test_dates_amounts_and_numbers_are_not_torn(typed, bound):
    assert items.bound(typed).replace("\N{NO-BREAK SPACE}", "~") == bound


def test_a_short_text_is_set_large_and_a_long_one_small():
    sizes = [an_item(body="word " * number)["size"] for number in (5, 90, 130, 400)]
    assert sizes == sorted(filter(None, sizes), reverse=True) + [None] * sizes.count(None)
    assert sizes[0] == 14 and sizes[-1] is None


@pytest.mark.parametrize(("channel", "long"), [("postcard", 35), ("letter", 43)])
def test_a_long_address_is_set_smaller_to_stay_in_the_window(channel, long):
    assert not an_item(channel)["tight"]
    assert an_item(channel, address="x" * long + "\nLAVAL")["tight"]
    assert an_item(channel, address="\n".join("abcdef"))["tight"]
