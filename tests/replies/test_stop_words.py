"""Stop means stop however it is spelled or said, and nothing else does (R61)."""

import re

import pytest

from relance.replies.understand.alike import examples, is_alike
from relance.replies.understand.bare import newly_said
from relance.replies.understand.revocation import revocation
from relance.replies.understand.words import LISTS, WORDS, word_of
from tests.replies.phrases import (
    RARER,
    UNSEEN,
    USUAL,
    WISHES,
    forms_of,
    held_out,
    made_ordinary,
    made_revocations,
    tuned,
    unseen,
)

K17 = (
    "STOP, STOPALL, STOP ALL, UNSUBSCRIBE, UNSUB, CANCEL, END, QUIT, REVOKE, OPTOUT, OPT-OUT, OPT OUT, REMOVE, "
    "ARRET, ARRÊT, ARRETE, ARRETT, TD"
)
OURS = (
    "ARRET, ARRETER, ARRÊTER, DESABONNER, DÉSABONNER, FIN, ALTO, PARAR, BAJA, CANCELAR, STOPP, "
    "LOPETA, LÕPETA, PEATA, LOOBU"
)
STOPS = [*K17.split(", "), *OURS.split(", ")]
STARTS = ["START", "YES", "UNSTOP"]
HELPS = ["HELP", "INFO", "AIDE"]


def test_every_form_of_every_keyword_is_understood():
    forms = {
        (form, sense)
        for words, sense in ((STOPS, "stop"), (STARTS, "start"), (HELPS, "help"))
        for word in words
        for form in forms_of(word)
    }
    missed = [(form, sense) for form, sense in forms if (found := word_of(form)) is None or found.sense != sense]
    assert missed == []
    assert len(forms) >= 2_000


@pytest.mark.parametrize("text", ["STOP STOP STOP", "stop arret", "Arrêt / Stop", "STOOOOP", "stop!stop!"])
def test_a_word_said_twice_or_drawn_out_is_the_word(text):
    found = word_of(text)
    assert found is not None
    assert found.sense == "stop"


@pytest.mark.parametrize(
    "text", ["", "   ", "🛑", "stop by at 3", "stop yes", "ends", "cancel my appointment", "oui", "si", "jah", "infos?"]
)
def test_what_is_no_keyword_is_none(text):
    assert word_of(text) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [("STOP", None), ("arrêt", "fr"), ("unsubscribe", "en"), ("Alto!", "es"), ("lõpeta", "et"), ("STOP ARRÊT", "fr")],
)
def test_a_word_knows_the_language_of_its_answer(text, language):
    found = word_of(text)
    assert found is not None
    assert found.language == language


def test_every_word_of_the_table_is_dated_and_has_its_source():
    assert all(word.source and word.checked_on.year >= 2026 for word in WORDS.values())
    assert len({word.strip() for _, _, _, words in LISTS for word in words.split(",")}) == sum(
        len(words.split(",")) for *_, words in LISTS
    )


KINDS = ("revocations", "ordinary")
WRITTEN = {f"{kind} tuned": [*tuned(kind)] for kind in KINDS} | {
    f"{kind} held-out": [*held_out(kind)] for kind in KINDS
}
PARTS = {"wishes": WISHES, "rarer": RARER, "usual": USUAL, "unseen": UNSEEN}
MADE = {name: [*made_revocations(wishes)] for name, wishes in PARTS.items()}
ASKING = {**{name: texts for name, texts in WRITTEN.items() if name.startswith("revocations")}, **MADE}
ORDINARY = {
    **{name: texts for name, texts in WRITTEN.items() if name.startswith("ordinary")},
    "made": [*made_ordinary()],
}


def is_heard(text: str) -> bool:
    return word_of(text) is not None or revocation(text) is not None


def is_done_at_once(text: str) -> bool:
    wish = revocation(text)
    return word_of(text) is not None or (wish is not None and wish.answer == "clear")


@pytest.mark.parametrize("name", sorted(ASKING.keys() - {"unseen"}))
def test_people_who_ask_us_to_stop_are_heard(name):
    phrases = ASKING[name]
    assert sum(map(is_heard, phrases)) >= 0.98 * len(phrases)


def test_nearly_all_who_ask_in_unknown_words_are_heard():
    assert sum(map(is_heard, MADE["unseen"])) >= 0.94 * len(MADE["unseen"])


def test_of_all_who_ask_few_have_to_wait_for_a_person():
    phrases = [text for texts in ASKING.values() for text in texts]
    assert len(phrases) >= 400
    assert sum(map(is_heard, phrases)) >= 0.98 * len(phrases)
    assert sum(map(is_done_at_once, phrases)) >= 0.90 * len(phrases)


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_answer_opts_nobody_out(name):
    phrases = [text for text in ORDINARY[name] if word_of(text) is None]
    assert sum(map(is_done_at_once, phrases)) <= 0.005 * len(phrases)
    assert sum(map(is_heard, phrases)) <= 0.03 * len(phrases)


def makes_somebody_look(text: str) -> bool:
    return is_heard(text) or is_alike(text)


def test_what_no_pattern_has_still_reaches_a_person():
    """Seventy sentences that nothing was made from: by patterns alone 28 of the 40 wishes are heard."""
    wishes, ordinary = [*unseen("stop")], [*unseen("none")]
    assert sum(map(makes_somebody_look, wishes)) >= 0.88 * len(wishes)
    assert [text for text in ordinary if is_done_at_once(text)] == []
    assert sum(map(makes_somebody_look, ordinary)) <= 2


def test_an_everyday_answer_seldom_makes_somebody_look():
    phrases = [text for text in WRITTEN["ordinary held-out"] if word_of(text) is None]
    assert sum(map(makes_somebody_look, phrases)) <= 0.04 * len(phrases)


def test_nothing_is_learned_from_what_is_held_out():
    learned = {text for text, _asks in examples()}
    kept = [*held_out("revocations"), *held_out("ordinary"), *unseen("stop"), *unseen("none")]
    assert [text for text in kept if text in learned] == []


@pytest.mark.parametrize(
    "text", ["ok", "Stop by?", "oui", "sí", "jah", "👍", "", "thank you!", "à demain", "3 pm works"]
)
def test_a_short_everyday_answer_is_like_no_wish(text):
    assert not is_alike(text)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes on Tuesday, but please no more ads", "clear"),
        ("oui pour mardi, mais arrêtez vos promotions", "clear"),
        ("nos vemos el lunes pero ya no me manden ofertas", "clear"),
        ("homme sobib, aga ärge enam reklaami saatke", "clear"),
        ("please don't text me on Tuesday", "doubtful"),
    ],
)
def test_what_is_said_of_the_visit_casts_no_doubt_on_the_wish(text, answer):
    wish = revocation(text)
    assert wish is not None
    assert wish.answer == answer


@pytest.mark.parametrize(
    "text",
    [
        "when does the offer end?",
        "are there no more coupons left?",
        "please take my name off the appointment, my wife will come",
        "can I opt out of the tire rotation",
        "I want out of my lease",
        "enlevez mon nom du rendez-vous",
        "quand finit l'offre?",
        "voy a salir de la ciudad",
        "¿cuánto cuesta dar de baja las placas?",
        "quiten el aviso del tablero",
        "me ei soovi, meil on juba uus auto",
        "50$ ça suffit?",
    ],
)
def test_words_of_ours_about_something_else_opt_nobody_out(text):
    assert not is_done_at_once(text)


def test_there_are_enough_ordinary_answers_to_speak_of_shares():
    assert sum(map(len, ORDINARY.values())) >= 1_500


@pytest.mark.parametrize(
    "text",
    [
        "don't text me before 9",
        "ne m'appelez plus au travail svp, textez-moi",
        "no me escriban más hoy",
        "wrong number",
        "not interested",
        "Vale number",
    ],
)
def test_what_may_be_meant_otherwise_is_left_to_a_person(text):
    wish = revocation(text)
    assert wish is not None
    assert wish.answer == "doubtful"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("please don't text me any more", "en"),
        ("ne m'écrivez plus", "fr"),
        ("no me escriban más", "es"),
        ("ärge mulle enam kirjutage", "et"),
    ],
)
def test_the_wish_knows_its_language(text, language):
    wish = revocation(text)
    assert wish is not None
    assert (wish.answer, wish.language) == ("clear", language)


def test_a_long_text_costs_no_more_than_a_short_one():
    assert revocation("a" * 100_000 + " stop texting me") is None
    assert revocation("no " * 10_000) is None


@pytest.mark.parametrize(
    "text",
    [
        "STOP\n\nOn Mon, May 4, 2026 at 10:00 North Garage <desk@dealer.example> wrote:\n> Reply STOP to end",
        "Arrêt\n\nLe lun. 4 mai 2026 à 10:00, Garage Nord <a@b.example> a écrit :\n> Bonjour",
        "stop\nSent from my iPhone",
        "Stop\n-- \nAnn Lee",
        "STOP\n> quoted",
        "baja\n\nEl lun, 4 may 2026, Taller <a@b.example> escribió:\n> Hola",
        "lõpeta\n\nPõhja Garaaž (a@b.example) kirjutas:\n> Tere".replace(
            "kirjutas", "kirjutas kuupäeval E, 4. mai 2026 kirjutas"
        ),
    ],
)
def test_of_an_answer_by_mail_only_what_is_new_counts(text):
    found = word_of(newly_said(text))
    assert found is not None
    assert found.sense == "stop"


def test_what_is_new_stays_whole():
    text = "Yes please.\nTuesday at 3 is fine."
    assert newly_said(text) == text
    assert re.search("Tuesday", newly_said(f"{text}\n\n> old"))
