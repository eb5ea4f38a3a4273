"""Turns the ways in which French asks us to stop into patterns over bare words."""

from relance.replies.understand.wishes.tongue import Tongue

_FR_WORDS = (
    r"(?:messages?|textos?|sms|courriels?|mails?|e ?mails?|appels?|pubs?|publicites?|promotions?|promos?|offres?|"
    r"notifications?|envois?|infolettres?|communications?|sollicitations?|alertes?|rappels?|rabais|circulaires?)"
)
_FR_ACT = (
    r"(?:ecrire|ecrivez|ecris|envoyer|envoyez|texter|textez|contacter|contactez|appeler|appelez|deranger|derangez|"
    r"harceler|spammer|soll?iciter|soll?icitez|achaler|achalez|badrer|badrez|importuner|importunez|embeter|embetez|"
    r"ecoeurer|ecoeurez|tanner|tannez|emmerder|joindre|relancer|relancez|utiliser|utilisez|communiquez)"
)
_FR_END = r"(?:arret|arrete|arretez|arreter|cesse|cessez|cesser|stop|stoppez|stopper|fin|terminez|finissez)"
_FR_MY = r"(?:moi|nous|(?:mon|le|ce|mes) (?:\w+ )?(?:numero|nom|adresse|courriel|coordonnees|cellulaire))"

FRENCH = Tongue(
    "fr",
    (
        rf"\b{_FR_END} (?:de |d |tout |toute |avec |des |aux |les |vos |ces |la |a )*(?:m |me |nous )?(?:{_FR_ACT}|"
        rf"{_FR_WORDS})\b",
        rf"\b(?:ne |n )?(?:m |me |nous )?{_FR_ACT} plus\b",
        r"\bne (?:me|m|nous) (?:texte|ecris|contacte|appelle|envoie|derange|relance|achale|sollicite) plus\b",
        r"\b(?:retir\w+|enlev\w+|suppr\w+|effac\w+|ot(?:e|ez|er)|ray\w+|sort(?:ez|ir)?)(?: \w+){1,7}? de (?:vos|"
        r"votre|la|ta|tes) "
        r"(?:listes?|envois?|contacts?|systeme|base|messages?|textos?|promos?|promotions?|infolettre|clientele)\b",
        r"\b(?:veux|souhaite|aimerais?|voudrais|desire) (?:plus|pas) que (?:vous|tu|on) (?:me |m |nous "
        r")?(?:texti?\w*|ecri\w+|"
        r"contact\w+|appel\w+|envoy\w+|relanc\w+|sollicit\w+)\b",
        rf"\bplus jamais (?:de |d )?(?:vos )?{_FR_WORDS}\b",
        r"\bme retire de (?:vos|votre|la) \w+",
        rf"\b{_FR_WORDS} (?:c est|ca fait) (?:assez|trop)\b|\b(?:c est|ca fait) assez\b.*\b{_FR_WORDS}\b",
        r"\b(?:me|m|nous) (?:retirer|enlever|desinscrire|oter|supprimer|rayer|effacer|sortir) (?:de|d)\b",
        r"\b(?:veux|souhaite|desire|voudrais) (?:plus|pas) etre (?:sur|dans) (?:\w+ )?listes?\b",
        rf"\b{_FR_ACT} (?:moi|nous) (?:plus jamais|plus rien|jamais plus)\b",
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
        rf"^(?:\w+ ){{0,3}}plus (?:de |d |aucun )(?:vos )?{_FR_WORDS} (?:svp|s il|merci|de votre part)|(?:^|"
        rf"\b(?:mais|pis) (?:svp )?)plus (?:de |d "
        rf"|aucun )(?:vos )?{_FR_WORDS}\b",
        rf"\b(?:assez|marre) (?:de |d |des |avec )+(?:vos |les )?{_FR_WORDS}\b",
        rf"\bca suffit\b.*\b{_FR_WORDS}\b",
        r"^(?:(?:la|ok|bon|non|maintenant|stop) )?ca suffit(?: svp| la| merci| s il vous plait)*$",
        rf"\b(?:retire|retirez|retirer|enleve|enlevez|enlever|ote|otez|oter|supprime|supprimez|supprimer|efface|"
        rf"effacez|effacer|"
        rf"sors|sortez|raye|rayez) {_FR_MY}\b"
        r"(?! (?:du|de la|de l|de mon|de ma|des|sur (?:le|la)) (?:rendez|rdv|facture|dossier|contrat|estim|visite|"
        r"reservation|"
        r"assurance|financement|location|bail|garantie|horaire|soumission))",
        rf"\b(?:pas|plus|aucun) besoin (?:de |d )(?:vos|tes|ces) (?:\w+ )?{_FR_WORDS}\b",
        r"\b(?:me |se |m )?desabonn\w+",
        r"\b(?:me |se |m )?desinscri\w+",
        r"\b(?:laissez|laisse|foutez|fous|fichez|fiche) (?:moi|nous) (?:donc )?(?:tranquille|la paix|en paix)",
        r"\blach\w* (?:moi|nous)\b(?! (?:un|une|le|la|quand|des) )",
        rf"\b(?:plus|pas) interess\w+ (?:a|par|de|d) (?:\w+ ){{0,3}}?{_FR_WORDS}\b",
        rf"\b(?:tanne|ecoeure|fatigue|plus capable|capable)\w* (?:de |d |des |avec )+(?:\w+ "
        rf")?{_FR_WORDS}\b(?=.*\b(?:arret|"
        rf"cess|stop|fini)\w*)",
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
        r"\bmauvaise? (?:gars|personne|monsieur|madame|client)\b",
        r"\b(?:arretez|cessez)(?: svp| merci| la| donc| maintenant)*$",
        r"\b(?:pas|jamais) demande (?:a|de|ca|vos|ces)\b(?!.*\b(?:prix|facture|travail|reparation)\b)",
        rf"\btrop de {_FR_WORDS}\b",
        rf"\b(?:tanne|ecoeure|fatigue|plus capable)\w* (?:de |d |des |avec )+(?:\w+ )?(?:{_FR_WORDS}|vous)\b",
        r"\bpourquoi (?:est ce que )?(?:je|on|vous|j)(?: \w+){0,3}? (?:recois|recoit|recu|recevoir|ecri\w+|texte\w*|"
        r"envoye\w*|contacte\w*)\b",
        r"\b(?:ecri\w+|texte\w*|envoye\w*|contacte\w*|relance\w*)(?: \w+){0,3}? (?:trop|sans arret|tout le temps|"
        r"sans cesse|"
        r"constamment|aussi souvent|si souvent|(?:chaque|tous les|toutes les) (?:jour|semaine)\w*)\b",
        r"\b(?:au lieu de|plutot que|plutot que de|pas de|moins de) (?:m |me )?(?:texter|ecrire|textos?|messages?)\b",
        r"\bmoins souvent\b",
        r"\b(?:pas|plus) (?:le bon|mon|son) (?:numero|cellulaire|telephone)\b",
        r"\b(?:vous vous trompez|vous etes trompe\w*|trompe de (?:numero|personne))\b",
        r"\b(?:comment|ou) (?:\w+ ){0,3}?(?:eu|pris|obtenu|trouve) mon (?:numero|nom|courriel)\b",
        r"\b(?:decede|decedee)\b",
        r"\bharcel\w*\b",
        r"\b(?:c est du|c est un) (?:pourriel|spam)\b",
        r"^(?:stop|arretez|arrete)(?: \w+)?$",
        rf"\b(?:plus|arret\w*|cess\w*|stop\w*|retire\w*|enleve\w*|sans)(?: \w+){{0,3}}? (?:{_FR_WORDS}|listes?)\b",
    ),
    not_about=(
        r"\b(?:feux?|lumieres?|panneau|demarrage|l|a l|d) (?:d )?(?:arret|stop)\b(?! (?:svp|merci))",
        r"\barret (?:du|de la|d auto|moteur|au)\w*",
        r"\bfin (?:de|du|d|des) (?!messages|textos|envois|sms)\w+",
        r"\b(?:un|au) stop\b",
        r"\bquand\b.*?\b(?:promo\w*|offres?|rabais|soldes?)\b",
        r"\by (?:a|avait|aura) plus (?:de |d )\w+",
        r"\b(?:messages?|alertes?|rappels?|notifications?|temoin)\w* (?:du|de|de l|sur le|sur l|au|dans le|d) "
        r"(?:\w+ )?(?:tableau|bord|"
        r"ecran|moteur|auto|char|huile|frein\w*|entretien|pneus?|tdb)\b",
        r"\b(?:vais|peux|pourrais|m|s|n|pas) arreter?\b(?! de )",
        r"\b(?:pas|jamais|bien) (?:recu|vu|eu)\b.*?(?= (?:mais|et|svp|pis|donc)\b|$)",
        r"\b(?:ai|as|a|avez|avons|ont|avais|avait|aurais|aurait)(?: \w+)? plus\b(?= \w+(?:er|ir|re)\b)",
    ),
    net=(
        r"\b(?:plus|pas|jamais|arret\w*|cess\w*|stop\w*|retir\w*|enlev\w*|suppr\w*|effac\w*|aucun\w*|refus\w*|ne "
        r"me)(?: \w+){0,4}? "
        r"(?:texte[rs]?|textez(?! moi)|textos?(?! seulement)|messages?|contact\w*(?! moi)|listes?|promo\w*|pub(?:s|"
        r"licites?)|infolettre|abonnement|"
        r"ecri(?:re|ve|vez|s)\b(?! moi)|soll?icit\w*)\b"
    ),
    turns=r"\b(?:mais|pis|aussi|par contre|et|sauf que)\b",
    spellings={
        "pu": "plus",
        "pus": "plus",
        "moi pu": "moi plus jamais",
        "moi pus": "moi plus jamais",
        "jveux": "je veux",
        "jveut": "je veux",
        "veut": "veux",
        "jai": "j ai",
        "jsuis": "je suis",
        "chu": "je suis",
        "chui": "je suis",
        "arretes": "arrete",
        "arreter moi": "arretez moi",
        "enlever moi": "enlevez moi",
        "retirer moi": "retirez moi",
        "oter moi": "otez moi",
        "effacer moi": "effacez moi",
        "lacher moi": "lachez moi",
        "sms": "textos",
        "desabonez": "desabonnez",
        "desaboner": "desabonner",
        "stp": "svp",
    },
)
