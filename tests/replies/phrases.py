"""What people write: by hand (said/*.txt), in two halves, and put together from parts.

The patterns of relance/replies/understand/wishes were tuned on the examples that stand beside them and on the parts
WISHES, RARER and USUAL. What stands in said/, and UNSEEN, was never looked at: they say what to expect of the unknown.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from relance.replies.understand.alike import examples

SAID = Path(__file__).parent / "said"
LANGUAGES = ("en", "fr", "es", "et")
Parts = dict[str, tuple[str, ...]]

# A wish to hear no more: greeting × wish × ending.
GREETINGS: Parts = {
    "en": ("", "Hi, ", "Sorry but ", "Hello this is Dave. "),
    "fr": ("", "Bonjour, ", "Allô! ", "Désolée, "),
    "es": ("", "Hola, ", "Buenas tardes. ", "Disculpe, "),
    "et": ("", "Tere, ", "Tervist! ", "Vabandust, "),
}
WISHES: Parts = {
    "en": (
        "I would like you to stop messaging me",
        "do not send me any more texts",
        "please take my number off your list",
        "kindly remove me from your contacts",
        "I don't want any more messages",
        "no more calls or texts",
        "stop sending me offers",
        "unsubscribe this number",
        "I do not consent to these texts",
        "please never text me again",
        "stop all communication",
    ),
    "fr": (
        "veuillez cesser de m'envoyer des textos",
        "je ne veux plus de vos offres",
        "retirez mon nom de la liste",
        "ne m'envoyez plus rien",
        "arrêtez de m'envoyer de la publicité",
        "je souhaite me désabonner",
        "ne me relancez plus",
        "je ne veux plus être contacté",
        "enlevez-moi de votre liste d'envoi",
        "plus de messages de votre part",
    ),
    "es": (
        "no me manden más mensajes",
        "quiero que dejen de escribirme",
        "sáquenme de su lista de contactos",
        "no deseo recibir más promociones",
        "dejen de mandar textos",
        "ya no me llamen",
        "denme de baja de los mensajes",
        "eliminen mi número por favor",
        "no quiero más ofertas",
        "paren de enviarme publicidad",
    ),
    "et": (
        "palun ärge saatke mulle rohkem teateid",
        "soovin teie kirjadest loobuda",
        "kustutage minu number nimekirjast",
        "ma ei soovi enam pakkumisi",
        "lõpetage reklaami saatmine",
        "ärge mulle enam helistage",
        "eemaldage mind oma listist",
        "ei taha teie teavitusi",
        "ärge rohkem mulle kirjutage",
        "jätke mind palun rahule",
    ),
}
# The same again, in rarer words; looked at as well.
RARER: Parts = {
    "en": (
        "I'd appreciate it if you stopped texting",
        "take us off the text list",
        "we don't want your promotions",
        "you need to quit messaging this phone",
        "please erase my number",
        "no further contact",
        "I am opting out of your messages",
        "not okay with getting these texts, stop",
        "do not ever call me again",
        "please make the messages stop",
    ),
    "fr": (
        "j'apprécierais que vous cessiez de m'écrire",
        "enlevez mon nom de vos listes",
        "on ne veut pas de vos promotions",
        "arrêtez de texter ce numéro",
        "effacez mon numéro de téléphone",
        "aucun autre message",
        "je me désabonne de vos textos",
        "je n'accepte pas de recevoir vos messages",
        "ne m'appelez plus jamais",
        "faites cesser ces messages",
    ),
    "es": (
        "les agradecería que dejaran de escribirme",
        "quítennos de la lista de textos",
        "no queremos sus promociones",
        "dejen de textear a este número",
        "borren mi número de teléfono",
        "ningún mensaje más",
        "quiero salirme de sus mensajes",
        "no acepto recibir sus textos",
        "no me vuelvan a llamar nunca",
        "hagan que paren los mensajes",
    ),
    "et": (
        "oleksin tänulik, kui te enam ei kirjutaks",
        "võtke meid nimekirjast maha",
        "me ei soovi teie pakkumisi",
        "ärge sellele numbrile enam kirjutage",
        "kustutage mu telefoninumber",
        "mitte ühtegi sõnumit rohkem",
        "loobun teie sõnumitest",
        "ma ei nõustu sõnumite saamisega",
        "ärge enam kunagi helistage",
        "lõpetage need sõnumid ära",
    ),
}
# A third time, as people mostly write; looked at as well.
USUAL: Parts = {
    "en": (
        "stop texting my phone",
        "don't send me these anymore",
        "take my name off your texting list",
        "I want off this list",
        "no more marketing texts",
        "please do not contact me",
        "quit messaging me",
        "remove my phone number from your list",
        "I don't want to get your texts",
        "you can stop sending me texts now",
    ),
    "fr": (
        "arrêtez de me contacter",
        "je ne veux plus de textos",
        "ne m'envoyez plus de promotions",
        "veuillez me retirer de la liste",
        "désabonnez mon numéro",
        "plus de textos s'il vous plaît",
        "merci de cesser les envois",
        "ne me texte plus",
        "je ne veux pas être sur votre liste",
        "enlevez mon nom de la liste",
    ),
    "es": (
        "no me manden más textos",
        "deje de enviarme textos",
        "quiten mi nombre de la lista",
        "ya no quiero sus mensajes",
        "no me envíen promociones",
        "por favor dejen de contactarme",
        "no quiero estar en su lista",
        "cancelen mis mensajes",
        "no me textee más",
        "quiero que me borren de la lista",
    ),
    "et": (
        "ärge saatke mulle reklaami",
        "ma ei taha enam teie kirju",
        "palun eemaldage mu number listist",
        "ärge enam mulle sõnumeid saatke",
        "soovin sõnumitest loobuda",
        "lõpetage mulle helistamine",
        "ei soovi teie sõnumeid",
        "ma ei taha olla teie nimekirjas",
        "kustutage minu andmed",
        "palun ärge minuga ühendust võtke",
    ),
}
# Written last, when the patterns were finished for good, and never looked at: what they say of the unknown.
UNSEEN: Parts = {
    "en": (
        "please stop texting",
        "I don't want these messages",
        "take me off your contact list",
        "stop contacting my phone",
        "don't message me",
        "no thanks, remove my number",
        "end these texts",
        "I never agreed to receive texts",
        "stop with the promotions",
        "do not text this phone again",
    ),
    "fr": (
        "arrêtez de m'écrire des messages",
        "je ne veux pas de textos",
        "retirez-moi",
        "ne me contactez plus jamais",
        "veuillez arrêter vos messages",
        "enlevez mon numéro de la liste",
        "je ne veux plus que vous m'écriviez",
        "plus de pub",
        "merci de me désinscrire",
        "je n'ai jamais accepté vos textos",
    ),
    "es": (
        "deje de escribirme por favor",
        "no me escriban nunca más",
        "no quiero mensajes de texto",
        "borre mi número de la lista",
        "no me contacten",
        "quítenme",
        "ya basta de mensajes",
        "nunca autoricé sus mensajes",
        "no más promociones",
        "no quiero que me llamen ni me escriban",
    ),
    "et": (
        "palun lõpetage kirjutamine",
        "ma ei soovi sõnumeid",
        "võtke mu number nimekirjast maha",
        "ärge enam minuga ühendust võtke",
        "ärge saatke sõnumeid",
        "aitab reklaamist",
        "ma ei ole nõus sõnumeid saama",
        "eemaldage mind",
        "rohkem mitte saata",
        "ei soovi, et te mulle kirjutate",
    ),
}
ENDINGS: Parts = {
    "en": ("", " please", "!!", ". Thank you"),
    "fr": ("", " svp", "!", ". Merci bien"),
    "es": ("", " por favor", "!!", ". Gracias"),
    "et": ("", " palun", "!", ". Aitäh"),
}

# Everyday answers that hold the dangerous words: beginning × matter × ending.
BEGINNINGS: Parts = {
    "en": ("", "ok ", "hey "),
    "fr": ("", "ok ", "bonjour "),
    "es": ("", "ok ", "hola "),
    "et": ("", "ok ", "tere "),
}
MATTERS: Parts = {
    "en": (
        "I can stop by around {t}",
        "my brakes don't stop well, see you {t}",
        "please cancel my visit {t}",
        "can you call me {t}",
        "don't call {t}, I am in a meeting",
        "I want to end the lease {t}",
        "will you be open {t}",
        "please remove the child seat {t}",
        "no more rattling since {t}",
        "text me {t} when done",
        "the car quit on the highway {t}",
        "I don't want to come {t}, maybe Friday",
        "take the car out of the garage {t}",
        "can I opt for the cheaper tires {t}",
        "send me the messages from the diagnostic {t}",
    ),
    "fr": (
        "je peux arrêter {t}",
        "l'auto arrête toute seule depuis {t}",
        "annulez ma visite de {t}",
        "appelez-moi {t}",
        "ne m'appelez pas {t}, je suis en réunion",
        "je veux mettre fin à la location {t}",
        "êtes-vous ouverts {t}",
        "retirez le siège d'enfant {t}",
        "plus de bruit depuis {t}",
        "textez-moi {t}",
        "je ne veux pas venir {t}",
        "envoyez-moi les photos {t}",
        "laissez-moi savoir {t}",
    ),
    "es": (
        "puedo parar {t}",
        "el carro se para solo desde {t}",
        "cancele mi visita de {t}",
        "llámeme {t}",
        "no me llame {t}, estoy en reunión",
        "quiero terminar el arrendamiento {t}",
        "abren {t}?",
        "quiten la silla del niño {t}",
        "no más ruido desde {t}",
        "escríbame {t}",
        "no quiero ir {t}",
        "déjeme saber {t}",
        "mándeme las fotos {t}",
    ),
    "et": (
        "võin läbi astuda {t}",
        "auto seiskub iseenesest alates {t}",
        "tühistage minu visiit {t}",
        "helistage mulle {t}",
        "ärge {t} helistage, olen koosolekul",
        "tahan liisingu lõpetada {t}",
        "kas olete avatud {t}",
        "eemaldage turvatool {t}",
        "enam müra ei ole {t}",
        "kirjutage mulle {t}",
        "ma ei taha {t} tulla",
        "andke teada {t}",
        "saatke pildid {t}",
    ),
}
TIMES: Parts = {
    "en": ("today", "tomorrow", "at 3", "Monday morning", "after work", "before noon", "next week"),
    "fr": ("aujourd'hui", "demain", "à 15h", "lundi matin", "après le travail", "avant midi", "la semaine prochaine"),
    "es": ("hoy", "mañana", "a las 3", "el lunes", "después del trabajo", "antes del mediodía", "la próxima semana"),
    "et": ("täna", "homme", "kell 3", "esmaspäeval", "pärast tööd", "enne lõunat", "järgmisel nädalal"),
}


def tuned(kind: str) -> Iterator[str]:
    """The examples that the patterns were made from (`revocations`, `ordinary`)."""
    for text, asks in examples():
        if asks == (kind == "revocations"):
            yield text


def held_out(kind: str) -> Iterator[str]:
    """Phrases written by hand that nothing was made from."""
    for language in LANGUAGES:
        yield from (SAID / f"{kind}.{language}.txt").read_text("utf-8").splitlines()


def unseen(kind: str) -> Iterator[str]:
    """What was written last, hard on purpose, before it was tried: `stop` or `none`."""
    for line in (SAID / "unseen.tsv").read_text("utf-8").splitlines():
        sense, _language, text = line.split("\t")
        if sense == kind:
            yield text


def made_revocations(wishes: Parts) -> Iterator[str]:
    """Wishes to hear no more, put together."""
    for language in LANGUAGES:
        for parts in product(GREETINGS[language], wishes[language], ENDINGS[language]):
            yield "".join(parts)


def made_ordinary() -> Iterator[str]:
    """Everyday answers, put together; all held out."""
    for language in LANGUAGES:
        for begin, matter, when in product(BEGINNINGS[language], MATTERS[language], TIMES[language]):
            yield begin + matter.format(t=when)


def forms_of(word: str) -> Iterator[str]:
    """One keyword as thumbs and telephones write it."""
    spellings = {word, word.lower(), word.upper(), word.title(), word.swapcase(), "".join(_waved(word))}
    for spelling in spellings:
        yield from (spelling, f" {spelling} ", f"{spelling}\n", f"\t{spelling}\r\n\r\n")
        yield from (f"{spelling}{sign}" for sign in (".", "!", "!!!", "?", "…", ",", " .", ":)", ";", "\u00a0!"))
        yield from (f"{a}{spelling}{b}" for a, b in ("«»", "“”", '""', "''", "()", "[]", "**", "‹›"))
        yield from (f"{spelling} {sign}" for sign in ("🛑", "🙏", "👎🏽", "❤️", "👨‍👩‍👧", "😡😡"))
        yield from (f"🛑{spelling}🛑", f"« {spelling} »", f"\ufeff{spelling}", f"\u200e{spelling}\u200f")
        yield f"{spelling[0]}\u200d{spelling[1:]}"
        yield f"{spelling[:2]}\u200b{spelling[2:]}"
    letters = word.replace(" ", "")
    if len(letters) >= 3:
        yield from (" ".join(letters), ".".join(letters), "-".join(letters))
    yield "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in word)


def _waved(word: str) -> Iterator[str]:
    for at, sign in enumerate(word):
        yield sign.upper() if at % 2 else sign.lower()
