"""Turns the ways in which Estonian asks us to stop into patterns over bare words."""

from relance.replies.understand.wishes.tongue import Tongue

_ET_WORDS = (
    r"(?:sonum\w*|tekst\w*|kirj(?:u|ad|adest|ade|a|ast)?\b|teateid\w*|teade\w*|teadetest|teavitus\w*|reklaam\w*|"
    r"pakkumis\w*|"
    r"e ?kirj\w*|e meil\w*|emaili\w*|meilid\w*|kone\w*|uudiskir\w*|sms\w*|spam\w*)"
)
_ET_NOT = r"(?:arge|ara)"
_ET_MINE = r"(?:mind|meid|mu|minu|meie|oma)"
_ET_ACT = r"(?:kirjuta\w*|saatke|saada|saata|helista\w*|tulita\w*|votke|vota|votta|tekstige|spammige|hairi\w*|tuuta\w*)"

ESTONIAN = Tongue(
    "et",
    (
        rf"\b{_ET_NOT} (?:\w+ ){{0,4}}?{_ET_ACT}(?=.*\b(?:enam|rohkem|mulle|mind|minuga|mingeid|midagi)\b)",
        rf"\b{_ET_NOT} (?:mulle |mind |minuga |palun |meile )*(?:enam|rohkem) (?:\w+ ){{0,3}}?{_ET_ACT}",
        rf"\b(?:enam|rohkem|mulle|mind) (?:\w+ ){{0,2}}?{_ET_NOT} {_ET_ACT}",
        rf"\b{_ET_NOT} (?:\w+ ){{0,3}}?(?:enam|rohkem) (?:\w+ )?{_ET_ACT}",
        r"\b(?:enam|rohkem) ei (?:kirjuta|helista|saada|tulita|teksti)\w*",
        rf"\b(?:mitte|enam) (?:uhtegi|uhtki|ainsatki) {_ET_WORDS}",
        rf"\bei (?:noustu|luba|anna nousolekut) (?:\w+ ){{0,2}}?{_ET_WORDS}",
        rf"\b(?:kustuta\w*|eemalda\w*) (?:palun )?{_ET_MINE} (?:telefoni ?)?(?:number\w*|numbri|andme\w*|nime)\b",
        rf"\b{_ET_NOT} (?:palun )?(?:kirjutage|kirjuta|tulita|tulitage|spammige|hairige|tuutage|tuuta)$",
        rf"\b(?:lopeta\w*|peata\w*|stopp) (?:\w+ ){{0,3}}?(?:saatmi\w+|kirjutami\w+|helistami\w+|tulitami\w+|"
        rf"{_ET_WORDS})",
        rf"\b(?:saatmi\w+|kirjutami\w+|{_ET_WORDS}) (?:\w+ )?(?:lopeta\w*|peata\w*)\b",
        rf"\bei (?:soovi|taha|vaja|ole vaja) (?:\w+ ){{0,3}}?{_ET_WORDS}",
        r"\bei (?:soovi|taha) (?:teilt |enam |rohkem |teist )+(?:midagi |enam |rohkem )*(?:saada|kuulda)",
        r"\bei (?:soovi|taha) et (?:mulle|mind|minuga) ",
        rf"\b(?:rohkem|enam) {_ET_WORDS} (?:pole|ei ole|ei) (?:vaja|taha|soovi)",
        r"\b(?:rohkem|enam) mitte (?:\w+ )?(?:kirjutada|helistada|saata)|\bmitte enam (?:\w+ )?(?:kirjutada|"
        r"helistada|"
        r"saata)",
        rf"\b{_ET_NOT} (?:\w+ ){{0,2}}?(?:minuga|meiega) (?:\w+ ){{0,2}}?uhendust vot\w+",
        r"\bei (?:taha|soovi) (?:\w+ ){0,2}?olla (?:\w+ ){0,2}?(?:nimekirjas|listis|baasis)\b",
        rf"\baitab (?:nendest |teie |neist )?{_ET_WORDS}",
        r"\b(?:rohkem|enam) (?:pole|ei ole) (?:vaja|tarvis|motet) (?:\w+ )?(?:saata|kirjutada|helistada|tulitada)\b",
        r"\b(?:pole|ei ole)(?=.*\b(?:enam|rohkem)\b) (?:enam |rohkem )?(?:vaja|tarvis|motet) (?:enam |rohkem |"
        r"mulle |midagi )*"
        r"(?:saata|kirjutada|helistada|tulitada)\b",
        rf"\b{_ET_WORDS} (?:palun )?(?:rohkem|enam) (?:mitte|ei)\b",
        rf"\bjat\w+ jarele\b(?=.*\b{_ET_WORDS})",
        rf"\b(?:eemalda\w*|kustuta\w*|votke|vota|votta) (?:palun )?{_ET_MINE}\b(?=.*\b(?:nimekir\w+|list\w+|andme\w+|"
        rf"number\w*|numbri|baas\w+)\b)",
        rf"\bloobu(?:n|da|ksin)?\b(?=.*\b{_ET_WORDS})|\b{_ET_WORDS} (?:\w+ )?loobu\w*",
        r"\b(?:soovin|tahan|tahaks|saan|saab|kuidas) (?:\w+ )?loobuda\b",
        r"\b(?:jatke|jata) (?:mind|meid) (?:palun |nuud |ometi )?rahule",
        r"\b(?:votan|tuhistan|vota) (?:oma )?nousoleku?\w*|\bpole (?:teile )?nousolekut\b",
        r"\btuhista\w* (?:mu|minu|oma) tellimus",
        r"\b(?:stopp|stop|lopeta|lopetage|peatage|peata) (?:palun|aitah|ara|nuud|juba|kohe)\b",
        r"\b(?:palun|palusin teil|utlesin|on spamm) (?:lopetada|lopetage|stopp|stop)\b(?! \w+ (?:enne|parast))",
        r"\b(?:huvita|huvitatud|number|spamm)\b.*\b(?:lopetage|kustutage|eemaldage)\b",
    ),
    unless=(
        r"\b(?:enne|parast|kuni|tana|homme|sel nadalal|tool|tooajal|kui|oosel|ohtul|hommikul|paeval|parem|pigem|"
        r"(?:esmas|teisi|kolma|nelja|laupa|puha)paev\w*|reede\w*)\b"
    ),
    perhaps=(
        r"\bei (?:ole )?(?:huvita|huvitatud)$",
        r"^(?:vabandust )?vale number\b",
        rf"\bliiga palju {_ET_WORDS}",
        r"\bsee on spamm\b",
        r"\bmiks (?:te|ma|sa|mulle)(?: \w+){0,4}? (?:kirjuta\w*|saada\w*|saate|saan|sonum\w*)\b",
        r"\b(?:kogu aeg|pidevalt|iga (?:paev|nadal)|liiga tihti|liiga sageli|nii tihti) (?:\w+ "
        r"){0,2}?(?:kirjuta\w*|saada\w*|"
        r"sonum\w*)|\b(?:kirjuta\w*|saada\w*)(?: \w+){0,2}? (?:kogu aeg|pidevalt|iga (?:paev|nadal)|liiga tihti|"
        r"liiga sageli)\b",
        r"\b(?:harvem|vahem) (?:kirjuta\w*|sonum\w*|teat\w*)\b",
        r"\b(?:ei ole|pole) (?:enam )?(?:minu|mu|tema) (?:number|telefon)\b",
        r"\bkust (?:te|sa) (?:\w+ )?(?:minu|mu) numbri\b",
        r"\bahista\w+\b",
        r"\b(?:ei ole|pole) (?:enam )?(?!auto|vale|oige)\w+ number\b",
        r"^(?:stopp|stop|lopetage|lopeta)(?: \w+)?$",
        r"\b(?:arge|ara|ei|lopeta\w*|peata\w*|eemalda\w*|kustuta\w*)(?: \w+){0,3}? (?:sonumeid|teateid|teavitus\w*|"
        r"reklaam\w*|nimekir\w+)\b",
        r"\b(?:jatke|jata)(?: \w+){0,2}? rahule\b",
    ),
    not_about=(
        r"\bstopp (?:tuli|mark)\w*|\bstopptuli\w*|\bstart stopp\b",
        r"\blopeta\w* (?:palun |too |toode |remondi |ara )*(?:enne|parast|kell)\b",
        r"\bloobun (?:pesust|homsest|ajast|remondist)",
        r"\b(?:ajast|pesust|remondist|visiidist) loobu\w*",
        r"\bei (?:\w+ )?(?:saanud|joudnud|kuulnud|naen)\b.*?(?= (?:aga|ja|palun|kuid)\b|$)",
    ),
    net=(
        r"\b(?:arge|ara|ei|mitte|enam|rohkem|lopeta\w*|peata\w*|eemalda\w*|kustuta\w*|loobu\w*|tuhista\w*)(?: "
        r"(?!parem|pigem)\w+){0,4}? "
        r"(?:sonum\w+|kirju|kirjad\w*|kirjuta\w*(?! parem)|teateid|teavitu\w*|reklaam\w*|nimekir\w*|listi\w*|"
        r"uhendust|"
        r"pakkumis\w*|tellimus\w*)\b"
    ),
    turns=r"\b(?:aga|kuid|ja|ning|samuti)\b",
    spellings={"plz": "palun", "pls": "palun", "spam": "spamm", "spami": "spammi", "nr": "number", "smsid": "sonumid"},
)
