"""Turns a message in somebody's own words into `clear`, `doubtful` or nothing: does he want to hear no more from us?

Any reasonable way of saying it counts (K12). One table per language, read over bare words (no accents, no signs).
What is clear is done at once; what is doubtful holds marketing until a person has looked (docs/replies.md).
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from relance.replies.understand.bare import bare, shortened

Answer = Literal["clear", "doubtful"]
LONGEST = 600  # characters looked at: a longer one is a letter, and letters are read by people


class Tongue(NamedTuple):
    """How a language says it.

    `asks`: any of these is a wish to hear no more. `unless`: said with one of these it is about a time, a place or a
    way of being reached, and so doubtful. `perhaps`: may be meant so. `not_about`: what the same words say of cars,
    visits and lists of parts; it is cut out before the rest is read. `net`: a no near a word for what we send, however
    it is put; wide, so never more than doubtful.
    """

    language: str
    asks: tuple[str, ...]
    unless: str
    perhaps: tuple[str, ...] = ()
    not_about: tuple[str, ...] = ()
    net: str = r"(?!)"


_EN_WORDS = (
    r"(?:texts?|te?xting|txts?|txting|messages?|messaging|msgs?|msging|sms|e ?mails?|e ?mailing|calls?|calling|"
    r"notifications?|alerts?|offers?|ads?|promos?|promotions?|spam|spamming|communications?|marketing|advertis\w+)"
)
_EN_ME = r"(?:me|us|my (?:number|phone|cell|wife|husband)|this (?:number|phone|line))"
_EN_NOT = r"(?:do not|don t|dont|dnt|never|no longer|does not|doesn t)"
_EN_END = r"(?:stop|stopped|stopping|stp|quit|quitting|cease|ceased|discontinue|end|ending|halt|cancel|turn off|kill)"
_EN_FILL = r"(?:(?:all|any|these|those|the|your|my|more|further|future|with|sending|to|of|me|us|such|this|out) )*"

ENGLISH = Tongue(
    "en",
    (
        rf"\b{_EN_END} {_EN_FILL}{_EN_WORDS}\b",
        rf"\b(?:stop|stopped|stopping|stp|quit|quitting|cease|discontinue) (?:contacting|bothering|bugging|harassing|"
        rf"spamming|sending|messaging) ?"
        rf"(?:{_EN_ME}|th(?:ese|ose|is|em)|it|stuff|anything)?\b",
        rf"\b{_EN_NOT} (?:ever |please )?(?:te?xt|txt|message|msg|contact|call|e ?mail|write|bother|reach out)"
        rf"(?: to| or \w+)? ?{_EN_ME}\b",
        rf"\b{_EN_NOT} (?:ever )?send {_EN_FILL}(?:anything|{_EN_WORDS})",
        rf"\bno (?:more|further|other) {_EN_FILL}{_EN_WORDS}\b",
        rf"\bno {_EN_WORDS} (?:please|pls|thanks)\b",
        rf"\b(?:{_EN_WORDS}|contact\w*) (?:\w+ ){{0,2}}?(?:should |must |to |have to |need to |can )?(?:stop|end|"
        rf"cease)\b",
        r"\bno (?:more|further|additional) (?:contact|communication)",
        rf"\b(?:not|never) (?:be )?(?:okay|ok|comfortable|happy|agree\w*|consent\w*|interested)(?: \w+){{0,3}} "
        rf"{_EN_WORDS}\b",
        rf"\benough (?:of|with) {_EN_FILL}{_EN_WORDS}\b",
        r"\b(?:take|remove|delete|get|drop|block|scratch|erase) (?:me|us|my (?:\w+ )?(?:number|name|phone|e ?mail|"
        r"info\w*|"
        r"contact\w*|data)|this number) (?:off|from|out of) (?:of )?(?:your|the|this|that|all|any|future)\b",
        r"\b(?:remove|delete|erase|lose|forget) (?:me\b|my (?:phone )?(?:number|contact\w*|info\w*|data)\b|this number)"
        r"(?! (?:at|to|in|with) )",
        r"\btake (?:me|us|my name|my number) off\b",
        r"\bunsub(?:scribe)?\b",
        r"\bopt(?:ing|ed)? ?(?:me |us )?out\b",
        r"\b(?:i|we) want out\b",
        rf"\b{_EN_NOT} (?:want|wish|need|care|like|consent|agree)(?: to)? (?:to )?(?:get |receive |see |have )?"
        rf"{_EN_FILL}(?:{_EN_WORDS}|(?:be|being) (?:contacted|texted|messaged|called|e ?mailed)|hear from)\b",
        r"\b(?:do not|don t|dont) (?:want|wish|like) you (?:to )?(?:te?xt\w*|call\w*|contact\w*|messag\w*)",
        r"\bleave (?:me|us) alone\b",
        r"\bcease and desist\b",
        r"\b(?:revoke|withdraw|retract|take back) (?:my |all |any )?(?:consent|permission|authori[sz]ation)\b",
        r"\b(?:do not|don t|dont|no) (?:have )?(?:my )?(?:permission|consent) to (?:te?xt|contact|call|message)",
        r"\bcancel (?:my |the |this )?subscription\b",
        r"\b(?:stop|quit) (?:please|pls|plz|now|it|this|already|thanks?|thank you|asap|immediately)(?: \w+)?$",
        r"^(?:\w+ ){0,4}(?:please|pls|plz|ok|okay|just|said|and|thanks|again) stop$",
        r"^stop (?:please|pls|i (?:m|am|don t|do not|already|sold|have)|we |means|now|it|this|already)\b",
        r"\bsign(?:ed)? up for (?:this|these)\b.*\b(?:stop|off)\b",
        r"\bnot interested\b.*\bstop\b",
    ),
    unless=(
        r"\b(?:before|until|till|unless|while|during|when|after|today|tonight|tomorrow|this (?:week|morning|afternoon)|"
        r"at (?:work|home|night|\d)|on (?:mon|tues|wednes|thurs|fri|satur|sun)day\w*|"
        r"(?:just|instead|rather|only|please) (?:te?xt|call|e ?mail)(?! (?:or|anything))|(?:te?xt|call|e ?mail) (?:me "
        r")?(?:is|instead|only))\b"
    ),
    perhaps=(
        r"\bnot interested$",
        r"^(?:no |sorry )?(?:you have (?:the )?)?wrong (?:number|person)\b",
        r"\b(?:too many|so many|sick of|tired of|annoying|annoyed by) (?:\w+ )?(?:texts?|messages?|calls?|e ?mails?)\b",
        r"\b(?:this is|that s|it s) (?:just )?spam\b",
        r"^stop(?: \w+){0,2}$",
        r"\b(?:stop|quit|cease|remove|delete|unwanted|without)(?: \w+){0,3}? (?:texts?|texting|messag\w+|contact\w*|"
        r"lists?|promo\w*)\b",
        r"\b(?:not|don t|dont|never)(?: \w+){0,2}? (?:messaging|texting|contacting|spam|marketing|promo\w*)\b",
        r"\bwhy (?:are|do|did) you (?:keep |still )?(?:te?xt|messag|contact|call)\w*",
    ),
    not_about=(
        r"\b(?:non ?stop|stop (?:and|n) go|stop (?:sign|light|lamp)s?|bus stop|auto stop|start stop|stop start|full "
        r"stop)\b",
        r"\bstop (?:by|in|over|at|on|off|for|the (?:work|repair|car|engine|noise|leak)|working|blowing|pulling|"
        r"making)\b",
        r"\b(?:will|ll|can|could|may|might|to|i|when|you|won t|not) stop\b(?! (?:these|your|the (?:te|mes)|texting|"
        r"mess|"
        r"sending|contact|call|bother|receiving|getting|all|spam))",
        r"\b(?:waiting|price|parts?|wish) list\b",
        r"\b(?:didn t|did not|never|haven t|not) (?:get|got|receive|received|see|seen)\b.*",
    ),
    net=(
        r"\b(?:stop\w*|quit\w*|cease\w*|no|not|never|don t|dont|without|remove|delete|erase|off|enough|cancel)(?: "
        r"\w+){0,4}? "
        r"(?:texts|texting|text(?! me\b)|messages|messaging|contact(?:ed|ing)?(?! my)|lists?|promo\w*|marketing|"
        r"newsletters?|"
        r"subscription|send me (?:these|this|them|any\w*|stuff))\b"
    ),
)

_FR_WORDS = (
    r"(?:messages?|textos?|sms|courriels?|mails?|e ?mails?|appels?|pubs?|publicites?|promotions?|promos?|offres?|"
    r"notifications?|envois?|infolettres?|communications?|sollicitations?|alertes?)"
)
_FR_ACT = (
    r"(?:ecrire|ecrivez|ecris|envoyer|envoyez|texter|textez|contacter|contactez|appeler|appelez|deranger|derangez|"
    r"harceler|spammer|solliciter|sollicitez|joindre|relancer|relancez|utiliser|utilisez|communiquez)"
)
_FR_END = r"(?:arret|arrete|arretez|arreter|cesse|cessez|cesser|stop|stoppez|stopper|fin|terminez|finissez)"
_FR_MY = r"(?:moi|nous|(?:mon|le|ce|mes) (?:\w+ )?(?:numero|nom|adresse|courriel|coordonnees|cellulaire))"

FRENCH = Tongue(
    "fr",
    (
        rf"\b{_FR_END} (?:de |d |tout |toute |avec |des |aux |les |vos |ces |la |a )*(?:m |me |nous )?(?:{_FR_ACT}|"
        rf"{_FR_WORDS})\b",
        rf"\b(?:ne |n )?(?:m |me |nous )?{_FR_ACT} plus\b",
        rf"\bne plus (?:jamais )?(?:m |me |nous |rien |vous )*(?:{_FR_ACT}|recevoir|etre contacte\w*)",
        rf"\b(?:cess|arret)\w* (?:de |d )(?:m |me |nous )?(?:{_FR_ACT}|{_FR_WORDS})",
        rf"\b(?:fait\w*|faire) (?:cesser|arreter|stopper) (?:\w+ )?{_FR_WORDS}",
        rf"\baucun\w* (?:autre )?{_FR_WORDS}(?: \w+){{0,2}}$",
        rf"\b(?:n accepte|n autorise|ne consens|ne desire|ne souhaite|refuse)\w*(?: pas| plus)? (?:\w+ "
        rf"){{0,3}}?(?:recevoir|{_FR_WORDS})\b",
        r"\b(?:veux|souhaite|desire|voudrais|veut|souhaitons|voulons) (?:plus|pas) (?:rien )?"
        rf"(?:etre (?:contacte|texte|appele|sollicite|derange)|(?:de |d |vos |recevoir |que vous m )+(?:\w+ "
        rf")?(?:{_FR_WORDS}|ecri\w+|rien))",
        r"\b(?:veux|souhaite|desire|voudrais) (?:plus|pas) (?:rien )?recevoir\b(?! (?:l |la |le |ma |mon )\w)",
        rf"^(?:\w+ ){{0,3}}plus (?:de |d |aucun )(?:vos )?{_FR_WORDS} (?:svp|s il|merci|de votre part)|^plus (?:de |d "
        rf"|aucun )(?:vos )?{_FR_WORDS}\b",
        rf"\b(?:assez|marre) (?:de |d |des |avec )+(?:vos |les )?{_FR_WORDS}\b",
        rf"\bca suffit\b(?:.*\b{_FR_WORDS})?",
        rf"\b(?:retire|retirez|retirer|enleve|enlevez|enlever|ote|otez|oter|supprime|supprimez|supprimer|efface|"
        rf"effacez|effacer|"
        rf"sors|sortez|raye|rayez) {_FR_MY}\b",
        r"\b(?:me |se |m )?desabonn\w+",
        r"\b(?:me |se |m )?desinscri\w+",
        r"\b(?:laissez|laisse|foutez|fous|fichez|fiche) (?:moi|nous) (?:donc )?(?:tranquille|la paix|en paix)",
        r"\b(?:retire|revoque|annule) mon (?:consentement|accord|autorisation)",
        r"\b(?:pas|plus) (?:mon|le) (?:consentement|accord|autorisation)\b.*(?:ecrire|texter|contacter|appeler)",
        r"\b(?:annulez|annuler|resiliez|resilier|cancellez|cancelle) mon abonnement",
        r"\b(?:arret|arretez|arreter|stop|cessez) (?:ca|cela|svp|s il vous plait|merci|please|stp|tout de suite|"
        r"maintenant)\b",
        r"\b(?:demande d|dit d|dit) (?:arret|arreter|stop)$",
        r"(?:interesse\w*|pourriel|spam|numero)\b.*\b(?:arretez|arrete|stop|cessez)\b",
    ),
    unless=(
        r"\b(?:avant|apres|jusqu|pendant|quand|aujourd|ce (?:soir|matin|midi)|demain|cette semaine|au (?:travail|"
        r"bureau)|"
        r"(?:le |ce )?(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)|(?:textez|appelez|ecrivez) (?:moi|"
        r"plutot)|plutot)\b"
    ),
    perhaps=(
        r"\bpas interess\w+$",
        r"^(?:desole\w* )?(?:c est (?:un|le) |vous avez le )?(?:mauvais|faux) numero\b",
        rf"\btrop de {_FR_WORDS}\b",
        r"\b(?:c est du|c est un) (?:pourriel|spam)\b",
        r"^(?:stop|arretez|arrete)(?: \w+)?$",
        rf"\b(?:plus|arret\w*|cess\w*|stop\w*|retire\w*|enleve\w*|sans)(?: \w+){{0,3}}? (?:{_FR_WORDS}|listes?)\b",
    ),
    not_about=(
        r"\b(?:feux?|lumieres?|panneau|demarrage|l|a l|d) (?:d )?(?:arret|stop)\b(?! (?:svp|merci))",
        r"\barret (?:du|de la|d auto|moteur|au)\w*",
        r"\bfin (?:de|du|d|des) (?!messages|textos|envois|sms)\w+",
        r"\b(?:un|au) stop\b",
        r"\b(?:vais|peux|pourrais|m|s|n|pas) arreter?\b(?! de )",
        r"\b(?:pas|jamais|bien) (?:recu|vu|eu)\b.*",
    ),
    net=(
        r"\b(?:plus|pas|jamais|arret\w*|cess\w*|stop\w*|retir\w*|enlev\w*|suppr\w*|effac\w*|aucun\w*|refus\w*|ne "
        r"me)(?: \w+){0,4}? "
        r"(?:texte[rs]?|textez(?! moi)|textos?(?! seulement)|messages?|contact\w*(?! moi)|listes?|promo\w*|pub(?:s|"
        r"licites?)|infolettre|abonnement|"
        r"ecri(?:re|ve|vez|s)\b(?! moi)|sollicit\w*)\b"
    ),
)

_ES_WORDS = (
    r"(?:mensajes?|textos?|sms|correos?|mails?|e ?mails?|llamadas?|publicidad|promociones|promocion|ofertas?|"
    r"notificaciones|avisos|anuncios|propaganda|spam|alertas?)"
)
_ES_ACT = r"(?:escrib\w+|envi\w+|mand\w+|llam\w+|contact\w+|molest\w+|textear\w*|texte\w+|fastid\w+|busqu\w+|notifi\w+)"
_ES_ALL = r"(?:los |las |sus |estos |estas |todos |todas |mas |la |el )*"

SPANISH = Tongue(
    "es",
    (
        rf"\bno (?:me |nos )?(?:vuelva|vuelvan) a {_ES_ACT}",
        rf"\bno (?:me |nos )?vuelva\w* a {_ES_ACT}",
        r"\bno (?:me |nos )?(?:escriba|escriban|escribas|envie|envien|envies|mande|manden|mandes|llame|llamen|"
        r"contacte|contacten|"
        r"moleste|molesten|textee|texteen)\b(?:.*\b(?:mas|nunca|nada|jamas|otra vez|de nuevo|publicidad|mensajes|"
        r"textos)\b|$)",
        r"\bya no (?:me |nos )?(?:escriba|escriban|envie|envien|mande|manden|llame|llamen|contacte|contacten|moleste|"
        r"molesten)\b",
        rf"\b(?:deje|dejen|dejar\w*|dejes|deja|pare|paren|parar|cese|cesen|basta) (?:ya )?de {_ES_ACT}",
        rf"\b(?:basta|alto|suficiente) (?:ya )?(?:de|a|con) {_ES_ALL}{_ES_WORDS}",
        rf"\b(?:detenga|detengan|suspenda|suspendan|pare|paren|cancele|cancelen|cancelar|cancelo|quite|quiten|"
        rf"terminen) {_ES_ALL}{_ES_WORDS}\b",
        rf"\bno (?:quiero|deseo|queremos|necesito|autorizo|acepto) (?:recibir )?{_ES_ALL}{_ES_WORDS}\b",
        rf"\bno (?:quiero|deseo|queremos|autorizo) (?:que (?:me|nos) |ser )(?:mas )?{_ES_ACT}",
        r"\bno (?:quiero|deseo) (?:recibir|saber) (?:mas )?nada\b",
        rf"\bya no (?:quiero|deseo|queremos) (?:recibir )?{_ES_ALL}(?:{_ES_WORDS}|que me)",
        rf"\b(?:no mas|ningun|ninguna|ni un) (?:otro |otra )?{_ES_WORDS}(?: mas)?\b",
        r"\b(?:salirme|salir|sacarme|quitarme|borrarme|eliminarme|sacarnos) de (?:su|sus|la|las|esta|estos|los) ",
        rf"\bque (?:ya )?(?:paren|cesen|terminen|detengan) {_ES_ALL}{_ES_WORDS}",
        r"\b(?:quite|quiten|saque|saquen|elimine|eliminen|borre|borren|remueva|remuevan|retire|retiren)(?:me|"
        r"nos)?n?(?:me)? "
        r"(?:de (?:su|la|esta|sus|las) \w+|mi (?:numero|nombre|telefono|contacto|informacion)|este numero)",
        r"\b(?:quiteme|quitenme|saqueme|saquenme|eliminenme|eliminenme|elimineme|borreme|borrenme|remuevame|"
        r"remuevanme)\b",
        r"\b(?:darme|denme|deme|doy|dar|dame|dennos) de baja\b(?! (?:el|la|mi (?:carro|auto)|un) )",
        r"\bdesuscrib\w+",
        r"\b(?:cancele|cancelar|cancelen|cancelo|anule) (?:la |mi |esta )?suscripcion",
        r"\b(?:dejenme|dejeme|dejame) (?:en paz|tranquil\w+)",
        r"\b(?:retiro|revoco|cancelo) (?:mi |el )?(?:consentimiento|permiso|autorizacion)",
        r"\b(?:no )(?:usen|use|utilicen) mas mi numero",
        r"\b(?:alto|stop|pare|paren|basta) (?:por favor|gracias|ya|please)\b",
        r"\b(?:dije|dije que|pedi que|spam|he dicho) (?:stop|alto|pare|paren|basta)$",
        r"\bpedi que no me (?:escrib|llam|contact|mand|envi)\w+",
    ),
    unless=(
        r"\b(?:antes|despues|hasta|durante|cuando|hoy|manana|esta (?:semana|tarde|noche)|al trabajo|en el trabajo|"
        r"mejor|"
        r"(?:el |los )?(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo))\b"
    ),
    perhaps=(
        r"\bno me interesa$",
        r"^(?:es |perdon )?(?:el |un )?numero equivocado\b",
        rf"\b(?:demasiados|tantos|muchos) {_ES_WORDS}\b",
        r"\besto es spam\b",
        r"^(?:stop|alto|paren|pare)(?: \w+)?$",
        rf"\b(?:no|basta|pare\w*|deje\w*|quit\w+|elimin\w+|borr\w+|sin)(?: \w+){{0,2}}? (?:mas {_ES_WORDS}|mensajes|"
        rf"publicidad|lista)\b",
    ),
    not_about=(
        r"\b(?:esta|muy|mas|es|hay un|el) alto\b",
        r"\balto (?:consumo|precio|nivel|costo|en)\b",
        r"\bno para de\b",
        r"\b(?:cancelar|cancele|quiero cancelar) (?:mi|la|una) cita\b",
        r"\bdar de baja (?:el|la|mi) (?:carro|auto|vehiculo|seguro|placa|camioneta)\w*",
        r"\ben la esquina\b",
        r"\bno (?:me )?(?:recibi|llego|vi|he recibido)\b.*",
    ),
    net=(
        r"\b(?:no|pare\w*|deje\w*|basta|quit\w+|borr\w+|elimin\w+|sin|ningun\w*|cancel\w+|saqu\w+)(?: "
        r"(?!mejor)\w+){0,4}? "
        r"(?:mensajes|textos?|texte\w+|escrib\w+|contact\w+|lista|promo\w+|publicidad|suscripcion)\b"
    ),
)

_ET_WORDS = (
    r"(?:sonum\w*|tekst\w*|kirj(?:u|ad|adest|ade|a|ast)?\b|teateid\w*|teade\w*|teadetest|teavitus\w*|reklaam\w*|"
    r"pakkumis\w*|"
    r"e ?kirj\w*|meil\w*|kone\w*|uudiskir\w*|sms\w*|spam\w*)"
)
_ET_NOT = r"(?:arge|ara)"
_ET_MINE = r"(?:mind|meid|mu|minu|meie|oma)"
_ET_ACT = r"(?:kirjuta\w*|saatke|saada|saata|helista\w*|tulita\w*|votke|vota|votta|tekstige|spammige|hairi\w*)"

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
        rf"\b{_ET_NOT} (?:kirjutage|kirjuta|tulita|tulitage|spammige|hairige)$",
        rf"\b(?:lopeta\w*|peata\w*|stopp) (?:\w+ ){{0,3}}?(?:saatmi\w+|kirjutami\w+|helistami\w+|tulitami\w+|"
        rf"{_ET_WORDS})",
        rf"\b(?:saatmi\w+|kirjutami\w+|{_ET_WORDS}) (?:\w+ )?(?:lopeta\w*|peata\w*)\b",
        rf"\bei (?:soovi|taha|vaja|ole vaja) (?:\w+ ){{0,3}}?{_ET_WORDS}",
        r"\bei (?:soovi|taha) (?:teilt |enam |rohkem |teist )+(?:midagi |enam |rohkem )*(?:saada|kuulda)",
        r"\bei (?:soovi|taha) et (?:mulle|mind|minuga) ",
        rf"\b(?:rohkem|enam) {_ET_WORDS} (?:pole|ei ole|ei) (?:vaja|taha|soovi)",
        r"\b(?:rohkem|enam) mitte (?:\w+ )?(?:kirjutada|helistada|saata)|\bmitte enam (?:\w+ )?(?:kirjutada|helistada|"
        r"saata)",
        rf"\baitab (?:nendest |teie |neist )?{_ET_WORDS}",
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
        r"\b(?:enne|parast|kuni|tana|homme|sel nadalal|tool|tooajal|kui|oosel|ohtul|parem|pigem|"
        r"(?:esmas|teisi|kolma|nelja|laupa|puha)paev\w*|reede\w*)\b"
    ),
    perhaps=(
        r"\bei (?:ole )?(?:huvita|huvitatud)$",
        r"^(?:vabandust )?vale number\b",
        rf"\bliiga palju {_ET_WORDS}",
        r"\bsee on spamm\b",
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
        r"\bei (?:\w+ )?(?:saanud|joudnud|kuulnud|naen)\b.*",
    ),
    net=(
        r"\b(?:arge|ara|ei|mitte|enam|rohkem|lopeta\w*|peata\w*|eemalda\w*|kustuta\w*|loobu\w*|tuhista\w*)(?: "
        r"(?!parem|pigem)\w+){0,4}? "
        r"(?:sonum\w+|kirju|kirjad\w*|kirjuta\w*(?! parem)|teateid|teavitu\w*|reklaam\w*|nimekir\w*|listi\w*|uhendust|"
        r"pakkumis\w*|tellimus\w*)\b"
    ),
)

TONGUES = (ENGLISH, FRENCH, SPANISH, ESTONIAN)


class _Read(NamedTuple):
    """A language with its patterns made ready."""

    language: str
    asks: re.Pattern[str]
    unless: re.Pattern[str]
    perhaps: re.Pattern[str]
    not_about: re.Pattern[str]


def _ready(tongue: Tongue) -> _Read:
    wide = (*tongue.perhaps, tongue.net)
    asks, perhaps, not_about = (re.compile("|".join(p)) for p in (tongue.asks, wide, tongue.not_about))
    return _Read(tongue.language, asks, re.compile(tongue.unless), perhaps, not_about)


READY = tuple(map(_ready, TONGUES))


class Wish(NamedTuple):
    """A wish to hear no more, how sure, and in which language it was said."""

    answer: Answer
    language: str


@lru_cache(maxsize=5_000)
def revocation(text: str) -> Wish | None:
    """Whether this asks us to stop. Two languages may both see it: the surer one is believed."""
    said = shortened(bare(text[:LONGEST]))
    found = [wish for read in READY if (wish := _wish(said, read)) is not None]
    return min(found, key=lambda wish: wish.answer, default=None)  # "clear" sorts before "doubtful"


def _wish(said: str, read: _Read) -> Wish | None:
    rest = " ".join(read.not_about.sub(" ", said).split())
    if read.asks.search(rest):
        return Wish("doubtful" if read.unless.search(rest) else "clear", read.language)
    return Wish("doubtful", read.language) if read.perhaps.search(rest) else None
