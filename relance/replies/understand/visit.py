"""Turns the answer to a reminder of a visit into confirm, cancel, change, or the doubt that a person settles."""

import re
from functools import lru_cache
from typing import Literal

from relance.replies.understand.bare import bare, shortened

Answer = Literal["confirm", "cancel", "change", "ambiguous"]

THUMBS_UP = re.compile("👍|👌|✅|🆗")
# What may stand beside an answer without changing it.
_POLITE = (
    "please pls plz thanks thank you thx ty hi hello hey ok okay see then tomorrow there merci svp bonjour a demain "
    "gracias por favor hola manana hasta aitah palun tere homme naeme"
)
POLITE = frozenset(_POLITE.split())
WHOLE: dict[str, Answer] = {
    **dict.fromkeys(
        (
            "1", "yes", "yep", "yeah", "yup", "y", "c", "confirm", "confirmed", "confirming", "i confirm", "will be",
            "i will be", "i ll be", "see", "oui", "ouais", "confirme", "je confirme", "confirmer", "present", "je "
            "serai la",
            "si", "claro", "confirmo", "confirmado", "confirmar", "ahi estare", "jah", "jaa", "kinnitan", "kinnitatud",
            "kinnita", "tulen", "sobib",
        ),
        "confirm",
    ),
    **dict.fromkeys(("2", "change", "changer", "cambiar", "muuda", "muuta", "reschedule", "rdv"), "change"),
}  # fmt: skip
CONFIRM = re.compile(r"\b(?:yes|yep|yeah|confirm\w*|oui|confirme\w*|si|confirmo|jah|kinnitan)\b(?! (?:pas|no|not)\b)")
CANCEL = re.compile(
    r"\b(?:cancel\w*|call it off|annul\w*|anul\w*|tuhista\w*|jata ara|loobun)\b|"
    r"\b(?:drop|skip) (?:my|the) (?:appointment|visit)\b"
)
CHANGE = re.compile(
    r"\b(?:change|reschedul\w*|rebook\w*|postpone\w*|move (?:it|my|the)|another (?:time|day)|different (?:time|day)|"
    r"(?:later|earlier|next week|instead)|chang\w+|deplac\w+|report\w+|autre (?:moment|jour|heure|date)|plus tard|"
    r"plus tot|"
    r"plutot|remettre|cambi\w+|reprogram\w+|reagend\w+|mover|otr[ao] (?:dia|hora|fecha)|mas tarde|mas temprano|mejor|"
    r"muuda\w*|muuta|muutke|nihuta\w*|teine aeg|teisele ajale|teisel paeval|hiljem|varem|pigem|"
    r"(?:can|could) (?:we|i|you) (?:do|come|make it|move))\b"
)
UNABLE = re.compile(
    r"\b(?:can t|cannot|cant|won t|unable to) (?:make it|come|be there)|\bne (?:peux|pourrai|peut) (?:pas|plus)|"
    r"\bpeux (?:pas|plus) (?:venir|etre)|\bno (?:puedo|podre|voy a poder)|\bei (?:saa|joua) (?:\w+ )?(?:tulla|kohale)?"
)
NEGATED_CANCEL = re.compile(
    r"\b(?:don t|do not|dont|not|never|ne|no|arge|ara|ei)(?: \w+){0,2} (?:cancel\w*|annul\w*|anul\w*|tuhista\w*)"
)
THE_VISIT = re.compile(
    r"\b(?:appointment|appt|visit|booking|reservation|it|rendez vous|rdv|visite|cita|turno|reserva|aeg|aja|visiit\w*|"
    r"broneering\w*)\b"
)
PART_OF_IT = re.compile(
    r"\b(?:oil|tires?|tyres?|brakes?|filter|flush|wash|loaner|huile|pneus?|freins?|filtre|lavage|aceite|llantas?|frenos?|"
    r"filtro|lavado|oli\w*|rehv\w*|pidur\w*|pesu)\b"
)
SHORT = 5  # words: in a longer text without the visit it may be about something else
NO = frozenset({"no", "nope", "non", "nao", "ei", "n", "nah", "not"})


@lru_cache(maxsize=2_000)
def visit_answer(text: str) -> Answer | None:
    """What was meant; `ambiguous` when it speaks of the visit and could be read in two ways; None when it does not."""
    said = shortened(bare(text))
    if not said:
        return "confirm" if THUMBS_UP.search(text) else None
    kept = " ".join(word for word in said.split() if word not in POLITE)
    for words in (said, kept):
        if words in WHOLE:
            return WHOLE[words]
    if kept in NO:
        return "ambiguous"  # not confirmed: but does it mean cancel, or another time?
    wishes = _wishes(said)
    if len(wishes) > 1:
        return "change" if wishes == {"cancel", "change"} else "ambiguous"  # both end in a talk about another time
    return next(iter(wishes), "ambiguous" if UNABLE.search(said) else None)


def _wishes(said: str) -> set[Answer]:
    """Which of the three the words speak of. A negated one is no wish of its own, but a doubt."""
    found: set[Answer] = set()
    if CONFIRM.search(said):
        found.add("confirm")
    if CANCEL.search(said):
        found.add("cancel" if _is_about_the_visit(said) else "ambiguous")
    if CHANGE.search(said):
        found.add("change")
    return found


def _is_about_the_visit(said: str) -> bool:
    """Whether a word like "cancel" means the whole visit, and means it."""
    if NEGATED_CANCEL.search(said) or PART_OF_IT.search(said):
        return False
    return bool(THE_VISIT.search(said)) or len(said.split()) <= SHORT
