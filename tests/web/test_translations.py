"""Four languages: nothing missing, nothing left over, and placeholders kept."""

import re
from pathlib import Path

import polib
import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext

from relance.lib.translations import LANGUAGES, PACKAGE, Words, compile_stale, missing, words_of

PLACES = re.compile(r"%\(\w+\)s|\{\w*\}|</?\w+>")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    assert missing(PACKAGE, language) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_left_over(language: str) -> None:
    used = {words.one for words in words_of(PACKAGE)}
    assert [entry.msgid for entry in _entries(language) if entry.msgid not in used] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_their_placeholders(language: str) -> None:
    for entry in _entries(language):
        for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            allowed = set(PLACES.findall(entry.msgid + entry.msgid_plural))
            assert set(PLACES.findall(text)) <= allowed, entry.msgid
            if not entry.msgid_plural:
                assert set(PLACES.findall(text)) == allowed, entry.msgid


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_translated_twice(language: str) -> None:
    texts = [(entry.msgctxt, entry.msgid) for entry in _entries(language)]
    assert sorted(text for text in set(texts) if texts.count(text) > 1) == []


def _entries(language: str) -> list[polib.POEntry]:
    return list(polib.pofile(str(PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po")))


def test_texts_are_found_in_code_and_templates(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "code.py").write_text('a = f"{_(\'nested\')}"\nb = ngettext_lazy("one", "many", 3)\n', encoding="utf-8")
    (tmp_path / "templates" / "page.html").write_text(
        '{% load i18n %}{% translate "It\'s here" %}'
        "{% blocktranslate count n=x %}{{ n }} car{% plural %}{{ n }} cars{% endblocktranslate %}",
        encoding="utf-8",
    )
    assert words_of(tmp_path) == {
        Words(None, "nested", None),
        Words(None, "one", "many"),
        Words(None, "It's here", None),
        Words(None, "%(n)s car", "%(n)s cars"),
    }


def test_a_missing_translation_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text('_("A new text")', encoding="utf-8")
    assert missing(tmp_path, "fr") == {Words(None, "A new text", None)}


def test_compiling_makes_only_what_is_stale(tmp_path: Path) -> None:
    source = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "a"\nmsgstr "b"\n')
    assert compile_stale(tmp_path) == [source.with_suffix(".mo")]
    assert compile_stale(tmp_path) == []


@pytest.mark.parametrize(("language", "none"), [("en", "0 refused"), ("fr", "0 refusé"), ("es", "0 rechazados")])
def test_zero_takes_the_form_of_its_language(language: str, none: str) -> None:
    with translation.override(language):
        assert ngettext("%(n)s refused", "%(n)s refused", 0) % {"n": 0} == none


def test_french_is_written_as_in_quebec() -> None:
    with translation.override("fr"):
        assert gettext("E-mail") == "Courriel"
        assert gettext("Text message") == "Texto"
