"""What a customer is called is never read as markup."""

import pytest

from relance.delivery.channels.email.body import html_of
from relance.plan.render import parse, shielded
from relance.plan.saying.voice import voice_of
from tests.builders import a_dealer

NAMES = ["[Ann](https://evil.example)", "**Ann**", "# Ann", "- Ann", "`Ann`", "<b Ann", "1. Ann", "> Ann"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_a_name_stays_a_name(name):
    filled = parse("{ customer.first_name }, **thank you**.").fill(
        {"customer.first_name": name}, voice_of(a_dealer(), "en")
    )
    html = html_of(shielded(filled.text, filled.spans))
    assert "<strong>thank you</strong>" in html
    assert not any(f"<{tag}" in html for tag in ("b>", "h1", "ul", "ol", "code", "blockquote"))
    assert ">Ann</a>" not in html
