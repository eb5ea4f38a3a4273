"""What a text costs as an SMS."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.lib.sms import BASIC, EXTENDED, size_of

KNOWN = [
    # text, encoding, places, parts, left
    ("", "GSM-7", 0, 0, 160),
    ("a" * 160, "GSM-7", 160, 1, 0),
    ("a" * 161, "GSM-7", 161, 2, 145),
    ("a" * 306, "GSM-7", 306, 2, 0),
    ("a" * 307, "GSM-7", 307, 3, 152),
    ("é" * 160, "GSM-7", 160, 1, 0),
    ("€" * 80, "GSM-7", 160, 1, 0),
    ("a" * 159 + "€", "GSM-7", 161, 2, 145),
    ("a" * 152 + "€" + "a" * 20, "GSM-7", 174, 2, 131),  # the euro moves to the second part whole
    ("ê" * 70, "UCS-2", 70, 1, 0),
    ("ê" * 71, "UCS-2", 71, 2, 63),
    ("ê" * 134, "UCS-2", 134, 2, 0),
    ("ê" * 135, "UCS-2", 135, 3, 66),
    ("👍" * 35, "UCS-2", 70, 1, 0),
    ("👍" * 36, "UCS-2", 72, 2, 61),
    ("a" * 66 + "👍" + "a" * 10, "UCS-2", 78, 2, 55),
    ("õ", "UCS-2", 1, 1, 69),
    ("ñ¿ü", "GSM-7", 3, 1, 157),
    ("a\u00a0b", "UCS-2", 3, 1, 67),
    ("á", "UCS-2", 1, 1, 69),
    ("ç", "UCS-2", 1, 1, 69),
    ("Ç", "GSM-7", 1, 1, 159),
    ("’", "UCS-2", 1, 1, 69),
    ("[x]", "GSM-7", 5, 1, 155),
]


@pytest.mark.parametrize(("text", "encoding", "length", "parts", "left"), KNOWN)
def test_a_text_takes_so_many_parts(text: str, encoding: str, length: int, parts: int, left: int) -> None:
    size = size_of(text)
    assert (size.encoding, size.length, size.parts, size.left) == (encoding, length, parts, left)


def test_the_characters_that_cost_are_named_once_in_their_order() -> None:
    assert size_of("Prêt à l’ouvrage, prêt !").forced_by == ("ê", "’")
    assert size_of("à l'ouvrage").forced_by == ()


def test_the_alphabets_are_those_of_the_standard() -> None:
    assert len(BASIC) == 127  # 128 places, one of which is the escape
    assert len(EXTENDED) == 10


@given(st.text(alphabet=st.sampled_from([*"aé€[õ👍\n"]), max_size=400))
def test_parts_hold_the_text(text: str) -> None:
    size = size_of(text)
    alone, each = (160, 153) if size.encoding == "GSM-7" else (70, 67)
    room = alone if size.parts <= 1 else each * size.parts
    assert 0 <= size.left < each or size.parts <= 1
    assert 0 <= room - size.left - size.length <= size.parts
