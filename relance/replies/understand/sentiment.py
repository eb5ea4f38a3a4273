"""Turns a reply into positive, neutral or negative, offline, in four languages: advice for people, never a decision."""

import re
from functools import lru_cache
from typing import Literal

from relance.replies.understand.bare import bare

Mood = Literal["positive", "neutral", "negative"]

GOOD = re.compile(
    r"\b(?:great|good|excellent|awesome|amazing|perfect|wonderful|love\w*|best|fantastic|happy|satisfied|helpful|"
    r"friendly|"
    r"fast|recommend|pleased|superb|thank(?:s| you)|"
    r"bon|bonne|super|parfait\w*|excellent\w*|genial\w*|formidable|content\w*|satisfait\w*|ravi\w*|merci|rapide|"
    r"gentil\w*|"
    r"recommande\w*|impeccable|adore\w*|"
    r"bien|bueno|buena|buen|excelente\w*|perfecto|perfecta|genial|contento|contenta|satisfech\w+|feliz|encant\w+|"
    r"gracias|"
    r"amable\w*|rapido|recomiendo|estupend\w+|maravillos\w+|"
    r"hea|head|vaga hea|suureparane|suureparast|rahul|tanan|aitah|meeldi\w*|kiire|sobralik\w*|parim|super|tore|"
    r"ideaal\w*)\b"
)
BAD = re.compile(
    r"\b(?:bad|terrible|horrible|awful|worst|angry|upset|disappoint\w*|unhappy|unacceptable|rude|poor|ridiculous|"
    r"disgust\w*|"
    r"hate|scam\w*|rip ?off|overcharg\w*|complain\w*|lawyer|sue|never (?:again|coming back)|waste|incompeten\w*|lied|"
    r"broke|damaged|scratch\w*|still (?:broken|leaking|making)|manager|refund|furious|frustrat\w*|"
    r"mauvais\w*|terrible|horrible|affreux|pire|fache\w*|decu\w*|mecontent\w*|inacceptable|impoli\w*|ridicule|honte\w*|"
    r"arnaque\w*|vole\w*|plainte\w*|avocat|plus jamais|incompeten\w*|menti|brise\w*|abime\w*|epouvantable|"
    r"remboursement|"
    r"directeur|furieux|furieuse|degueulasse|"
    r"mal|malo|mala|pesimo|pesima|terrible|horrible|peor|enojad\w+|molest[oa]|decepcion\w*|inaceptable|groser\w+|"
    r"ridicul\w+|"
    r"estafa\w*|robo|queja\w*|abogado|nunca mas|incompetente\w*|mintieron|rayaron|danaron|reembolso|gerente|furios[oa]|"
    r"halb|halvasti|kohutav\w*|jube\w*|halvim|vihane|pettunud|rahulolematu|vastuvoetamatu|ebaviisak\w*|naeruvaarne|"
    r"pettus|kaebus\w*|kaeban|advokaat|mitte kunagi enam|ebapadev\w*|valetas\w*|katki|kriimu\w*|juhiga|raha tagasi|"
    r"rikkusite)\b"
)
NOT = re.compile(
    r"\b(?:not|isn t|wasn t|aren t|don t|didn t|never|no|pas|jamais|n est pas|nada|nunca|tampoco|ei|pole|ole)(?: "
    r"\w+){0,2} $"
)
HEARTS, FISTS = re.compile("[👍❤😍🥰😊🙏💯🎉😀😃😄👏]"), re.compile("[👎😡😠🤬😤😞😢💩]")


@lru_cache(maxsize=2_000)
def sentiment_of(text: str) -> Mood:
    """What speaks in the words; a negated good word is a bad one, and the other way round it says little."""
    said = bare(text)
    mood = 0
    for found in GOOD.finditer(said):
        mood += -2 if NOT.search(said[: found.start()]) else 1
    for found in BAD.finditer(said):
        mood += 0 if NOT.search(said[: found.start()]) else -2
    mood += len(HEARTS.findall(text)) - 2 * len(FISTS.findall(text))
    return "positive" if mood > 0 else "negative" if mood < 0 else "neutral"
