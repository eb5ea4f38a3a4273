"""The words of our own answers, in four languages: at most 160 characters, nothing that sells (K13, K18).

Letters that would make an SMS longer (á, í, õ, ê …) are avoided where the language allows it.
"""

from dataclasses import dataclass

from relance.dealers.models import Dealer
from relance.lib.addresses import said_number

LONGEST = 160


@dataclass(frozen=True)
class AnswerWords:
    """What we answer; `{name}` is the dealer's, `{reach}` how a person reaches him."""

    stopped: str  # by telephone: texts and calls
    stopped_everything: str
    stopped_mail: str
    started: str
    help: str
    change: str
    subject_line: str  # above an answer by e-mail


ANSWERS = {
    "en": AnswerWords(
        stopped="{name}: you will get no more texts or calls from us. To undo this, reply START.",
        stopped_everything="{name}: you will get no more messages from us, by any means. To undo this, reply START.",
        stopped_mail="{name}: you will get no more e-mails from us. To undo this, reply START.",
        started="{name}: you will get our messages again. To end them, reply STOP.",
        help="{name}: messages about your visits and your vehicle. Help: {reach}. To end them, reply STOP.",
        change="{name}: thank you, we will contact you to find another time. You can also reach us: {reach}.",
        subject_line="Your message to {name}",
    ),
    "fr": AnswerWords(
        stopped="{name} : vous ne recevrez plus de textos ni d'appels de notre part. Pour annuler, répondez START.",
        stopped_everything="{name} : vous ne recevrez plus aucun message de notre part. Pour annuler, répondez START.",
        stopped_mail="{name} : vous ne recevrez plus de courriels de notre part. Pour annuler, répondez START.",
        started="{name} : vous recevrez de nouveau nos messages. Pour cesser, répondez ARRET.",
        help="{name} : messages sur vos visites et votre véhicule. Aide : {reach}. Pour cesser, répondez ARRET.",
        change="{name} : merci, nous vous contacterons pour trouver un autre moment. Pour nous joindre : {reach}.",
        subject_line="Votre message à {name}",
    ),
    "es": AnswerWords(
        stopped="{name}: no le enviaremos textos ni le llamaremos. Para deshacerlo, responda START.",
        stopped_everything="{name}: ya no le enviaremos ni mensajes ni llamadas. Para deshacerlo, responda START.",
        stopped_mail="{name}: ya no le enviaremos correos. Para deshacerlo, responda START.",
        started="{name}: le enviaremos mensajes de nuevo. Para terminarlos, responda ALTO.",
        help="{name}: mensajes sobre sus visitas y su vehículo. Ayuda: {reach}. Para terminarlos, responda ALTO.",
        change="{name}: gracias, le contactaremos para encontrar otra hora. Nos encuentra en: {reach}.",
        subject_line="Su mensaje a {name}",
    ),
    "et": AnswerWords(
        stopped="{name}: me ei saada teile enam tekste ega helista. Kui muudate meelt, vastake START.",
        stopped_everything="{name}: me ei kirjuta teile enam ega helista. Kui muudate meelt, vastake START.",
        stopped_mail="{name}: me ei saada teile enam e-kirju. Kui muudate meelt, vastake START.",
        started="{name}: saadame teile taas teateid. Loobumiseks vastake STOPP.",
        help="{name}: teated teie visiitide ja auto kohta. Abi: {reach}. Loobumiseks vastake STOPP.",
        change="{name}: aitäh, võtame ühendust, et leida teine aeg. Meid leiate: {reach}.",
        subject_line="Teie kiri: {name}",
    ),
}
# To somebody whom we do not know, in Canada: both languages in one text (K18).
HELP_IN_BOTH = "{name}. Help/Aide: {reach}. STOP = no more texts. ARRET = plus de textos."


def words_in(language: str) -> AnswerWords:
    """The words of a language, English when we have none."""
    return ANSWERS.get(language, ANSWERS["en"])


def filled(pattern: str, dealer: Dealer) -> str:
    """The text with the dealer in it; a long name is cut, the words that matter never."""
    known = dealer.preferences
    reach = known.phone and said_number(known.phone, dealer.country)
    values = {"reach": (reach or known.email or known.website or known.address or dealer.name)[:60]}
    room = LONGEST - len(pattern.format(name="", **values))
    return pattern.format(name=dealer.name[:room].rstrip(), **values)
