"""A mail program fetches a dealer's logo: without signing in, and nothing but a picture."""

import pytest
from django.test import Client


@pytest.fixture
def logos(tmp_path, settings):
    """The folder of logos of an empty home."""
    settings.HOME = tmp_path
    (tmp_path / "logos").mkdir()
    return tmp_path / "logos"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [("north.png", b"\x89PNG\r\n\x1a\n rest", "image/png"), ("north.jpg", b"\xff\xd8\xff rest", "image/jpeg")],
)
def test_the_picture_is_given_to_anybody_and_may_be_kept_for_a_while(logos, name, content, kind):
    (logos / name).write_bytes(content)
    answer = Client().get("/logo/north")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, content, kind)
    assert answer["Cache-Control"] == "public, max-age=3600" and answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies


@pytest.mark.parametrize(
    ("name", "content"),
    [("north.svg", b"<svg onload='x'/>"), ("north.png", b"<script>"), ("north.jpg", b"\xff\xd8\xff" + b"x" * 200_000)],
)
def test_what_is_no_picture_or_too_large_is_not_given(logos, name, content):
    (logos / name).write_bytes(content)
    assert Client().get("/logo/north").status_code == 404
