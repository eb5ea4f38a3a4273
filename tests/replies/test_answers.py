"""What a text means depends on what it answers; the contract's order decides (docs/replies.md)."""

import pytest

from relance.plan.definition import Keyword, read_definition
from relance.replies.understand.keyword import keyword_of
from relance.replies.understand.meaning import Situation, meaning_of
from relance.replies.understand.score import score_of
from relance.replies.understand.sentiment import sentiment_of
from relance.replies.understand.visit import visit_answer

PLAIN = {
    "code": "X",
    "name": "X",
    "purpose": "service",
    "subject": "appointment",
    "channels": ["sms"],
    "schedule": {"kind": "daily", "at": "10:00"},
}
REMINDER = read_definition({**PLAIN, "kind": "appointment_reminder", "programme": "appointment"}, "X")
SURVEY = read_definition({**PLAIN, "programme": "satisfaction"}, "X")
BY_NUMBER = read_definition(
    {**PLAIN, "programme": "satisfaction", "replies": {"keywords": [{"words": ["1"]}, {"words": ["2"], "task": True}]}},
    "X",
)
REMINDED = Situation(definition=REMINDER, answers_reminder=True)


@pytest.mark.parametrize(
    ("texts", "answer"),
    [
        (
            "1|yes|Yes!|yes please|YES, thanks|Confirm|confirmed, see you then|oui|Oui merci|je confirme|sí|Sí, "
            "gracias|confirmo|"
            "jah|Jah, aitäh|kinnitan|👍|1️⃣|１|C|hi, yes",
            "confirm",
        ),
        (
            "2|change|Change please|can we change it to Monday|reschedule please|I need to move my appointment|changer|"
            "je dois déplacer mon rendez-vous|changez pour lundi svp|cambiar|otra hora por favor|¿podemos cambiarla "
            "al lunes?|"
            "muuda|muutke esmaspäevaks|pean aega nihutama|can you do it next week instead|cancel and rebook please",
            "change",
        ),
        (
            "cancel my appointment|please cancel|Cancel it please|annulez svp|annuler mon rendez-vous|quiero cancelar "
            "mi cita|"
            "tühistage mu aeg|I need to cancel tomorrow",
            "cancel",
        ),
        (
            "no|No thanks|non|ei|I can't make it|je ne peux pas venir|no puedo ir|ei saa tulla|yes but can we do later|"
            "don't cancel|do not cancel my appointment|yes cancel it|cancel the tires",
            "ambiguous",
        ),
    ],
)
def test_an_answer_to_a_reminder_is_understood_or_doubted(texts, answer):
    assert {text: visit_answer(text) for text in texts.split("|")} == dict.fromkeys(texts.split("|"), answer)


@pytest.mark.parametrize(
    "text", ["ok", "thanks for the reminder", "how much is it?", "is my car ready", "", "🙏", "12", "merci"]
)
def test_what_does_not_speak_of_the_visit_is_left_alone(text):
    assert visit_answer(text) is None


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("8", 8),
        ("8/10", 8),
        ("10/10!!", 10),
        ("10", 10),
        ("8 out of 10", 8),
        ("ocho", 8),
        ("dix", 10),
        ("Kaheksa", 8),
        ("👍", 10),
        ("👎", 1),
        ("1️⃣", 1),
        ("9, great service", 9),
        ("I give it a 9", 9),
        ("je donne 7", 7),
        ("8 sur 10", 8),
        ("8 de 10", 8),
        ("yes", 10),
        ("no", 1),
        ("oui", 10),
        ("non merci", 1),
        ("sí", 10),
        ("ei", 1),
        ("un 9", 9),
        ("je donne un dix, merci beaucoup!", 10),
        ("tres, gracias", 3),
        ("3 because I waited for hours", 3),
        ("it was 7/10 because of the wait", 7),
    ],
)
def test_a_score_is_a_score_however_it_is_said(text, score):
    found = score_of(text)
    assert found is not None
    assert found.value == score


@pytest.mark.parametrize(
    "text",
    [
        "8 or 9",
        "7 to 8",
        "8/10 or 9/10",
        "11",
        "0",
        "100",
        "2 hours late",
        "I waited 2 hours",
        "great",
        "Très bien",
        "tres bien, merci",
        "One of the best garages",
        "Un peu long",
        "Neuf pneus, enfin",
        "👍👎",
        "yes the car is fine but loud",
        "",
    ],
)
def test_what_could_be_two_scores_or_none_is_no_score(text):
    assert score_of(text) is None


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("great service thank you!", "positive"),
        ("Excellent service, merci!", "positive"),
        ("muchas gracias, excelente", "positive"),
        ("suurepärane teenindus, aitäh!", "positive"),
        ("I am not happy with the service", "negative"),
        ("je ne suis pas content du service", "negative"),
        ("no estoy contento con el servicio", "negative"),
        ("ma ei ole teenindusega rahul", "negative"),
        ("terrible service, I want to talk to a manager", "negative"),
        ("service épouvantable, je veux parler au directeur", "negative"),
        ("pésimo servicio, quiero hablar con el gerente", "negative"),
        ("kohutav teenindus, tahan juhiga rääkida", "negative"),
        ("😡", "negative"),
        ("👍", "positive"),
        ("not bad", "neutral"),
        ("see you tomorrow at 9", "neutral"),
        ("it still leaks, worst shop ever", "negative"),
    ],
)
def test_a_mood_speaks_in_four_languages(text, mood):
    assert sentiment_of(text) == mood


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SERVICE", True),
        ("service please", True),
        ("Réserver!", True),
        ("reserver svp", True),
        ("book service", True),
        ("don't service it", False),
        ("the service was slow last time I came", False),
        ("hello", False),
    ],
)
def test_a_keyword_is_found_without_accents_and_politeness(text, found):
    keywords = [Keyword(words=["service"]), Keyword(words=["réserver", "book"])]
    expected = found and not text.startswith("book service")  # two keywords are none
    assert (keyword_of(text, keywords) is not None) == expected


@pytest.mark.parametrize(
    ("text", "situation", "sense"),
    [
        ("STOP", REMINDED, "stop"),
        ("CANCEL", REMINDED, "stop"),
        ("yes", REMINDED, "confirm"),
        ("YES", Situation(definition=REMINDER, answers_reminder=True, is_opted_out=lambda: True), "start"),
        ("START", Situation(), "plain"),
        ("START", Situation(is_opted_out=lambda: True), "start"),
        ("HELP", REMINDED, "help"),
        ("please don't text me any more", REMINDED, "stop"),
        ("don't text me before 9", REMINDED, "perhaps_stop"),
        ("cancel my appointment", REMINDED, "cancel"),
        ("cancel my appointment", Situation(), "plain"),
        ("8", Situation(definition=SURVEY), "score"),
        ("8", REMINDED, "plain"),
        ("1", Situation(definition=BY_NUMBER), "keyword"),
        ("8", Situation(), "plain"),
        ("STOP\n\nOn Monday North Garage wrote:\n> x", Situation(by_mail=True), "stop"),
    ],
)
def test_the_first_meaning_that_fits_wins(text, situation, sense):
    assert meaning_of(text, situation).sense == sense


@pytest.mark.parametrize(
    ("text", "asks"), [("CANCEL", True), ("END", True), ("Cancelar", True), ("STOP", False), ("QUIT", False)]
)
def test_a_stop_word_that_could_mean_the_visit_is_asked_about(text, asks):
    assert meaning_of(text, REMINDED).perhaps_the_visit == asks
    assert not meaning_of(text, Situation()).perhaps_the_visit
