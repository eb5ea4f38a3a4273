"""The words of the unsubscribe page in the reader's language; they are kept in the ledger as the words shown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PageWords:
    """What the page says before and after; `{name}` is the dealer's."""

    title: str
    marketing: str
    everything: str
    button: str
    done: str
    done_marketing: str
    done_everything: str

    def question(self, stops: str, name: str) -> str:
        """What the click will do."""
        return (self.everything if stops == "everything" else self.marketing).format(name=name)

    def answer(self, stops: str, name: str) -> str:
        """What the click has done."""
        return (self.done_everything if stops == "everything" else self.done_marketing).format(name=name)


PAGE_WORDS = {
    "en": PageWords(
        title="Unsubscribe",
        marketing="Receive no more offers and news from {name}, by any channel?",
        everything="Receive no more messages at all from {name}?",
        button="Yes, unsubscribe",
        done="You are unsubscribed",
        done_marketing="{name} will send you no more offers or news. "
        "Messages about a visit that you book yourself still reach you.",
        done_everything="{name} will send you no more messages.",
    ),
    "fr": PageWords(
        title="Se désabonner",
        marketing="Ne plus recevoir d’offres ni de nouvelles de {name}, par aucun moyen?",
        everything="Ne plus recevoir aucun message de {name}?",
        button="Oui, me désabonner",
        done="Vous êtes désabonné",
        done_marketing="{name} ne vous enverra plus d’offres ni de nouvelles. "
        "Les messages au sujet d’une visite que vous réservez vous parviendront encore.",
        done_everything="{name} ne vous enverra plus de messages.",
    ),
    "es": PageWords(
        title="Cancelar la suscripción",
        marketing="¿No recibir más ofertas ni noticias de {name}, por ningún medio?",
        everything="¿No recibir ningún mensaje más de {name}?",
        button="Sí, cancelar la suscripción",
        done="Su suscripción está cancelada",
        done_marketing="{name} no le enviará más ofertas ni noticias. "
        "Los mensajes sobre una cita que usted reserve le seguirán llegando.",
        done_everything="{name} no le enviará más mensajes.",
    ),
    "et": PageWords(
        title="Kirjadest loobumine",
        marketing="Kas te ei soovi enam ettevõtte {name} pakkumisi ega uudiseid, ühelgi viisil?",
        everything="Kas te ei soovi enam ühtegi teadet ettevõttelt {name}?",
        button="Jah, loobun",
        done="Olete loobunud",
        done_marketing="{name} ei saada teile enam pakkumisi ega uudiseid. "
        "Teated teie enda broneeritud külastuse kohta jõuavad teieni endiselt.",
        done_everything="{name} ei saada teile enam teateid.",
    ),
}


def page_words(language: str) -> PageWords:
    """The words of a language, English when we have none."""
    return PAGE_WORDS.get(language, PAGE_WORDS["en"])
