"""Turns the ways in which English asks us to stop into patterns over bare words."""

from relance.replies.understand.wishes.tongue import Tongue

_EN_WORDS = (
    r"(?:texts?|te?xting|txts?|txting|messages?|messaging|msgs?|msging|sms|e ?mails?|e ?mailing|calls?|calling|"
    r"notifications?|alerts?|offers?|ads?|promos?|promotions?|spam|spamming|communications?|marketing|advertis\w+|"
    r"reminders?|deals|specials|coupons|newsletters?|surveys?|mailings?)"
)
_EN_ME = r"(?:me|us|my (?:number|phone|cell|wife|husband)|this (?:number|phone|line))"
_EN_NOT = r"(?:do not|don t|dont|dnt|never|no longer|does not|doesn t)"
_EN_END = r"(?:stop|stopped|stopping|stp|quit|quitting|cease|ceased|discontinue|end|ending|halt|cancel|turn off|kill)"
_EN_VISIT = (  # what somebody may be taken off without wanting to hear no more
    r"(?! (?:(?:the|my|your|this|that|a) )?(?:\w+ )?(?:schedule|calendar|appointments?|appt|visit|booking|"
    r"reservation|invoice|bill|"
    r"order|contract|lease|loan|title|estimate|quote|warranty|insurance|policy|deal|account|file|waitlist)\b)"
)
_EN_FILL = (
    r"(?:(?:all|any|these|those|the|your|my|more|further|future|with|sending|to|of|me|us|him|her|them|such|this|out|"
    r"damn|stupid) )*"
)

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
        rf"\bno (?:more|further|other) {_EN_FILL}{_EN_WORDS}\b(?! (?:left|available|on (?:the|my) (?:dash\w*|"
        rf"screen)))",
        rf"\bno {_EN_WORDS} (?:please|pls|thanks)\b",
        rf"\b(?:{_EN_WORDS}|contact\w*) (?:\w+ ){{0,2}}?(?:should |must |to |have to |need to |can )?(?:stop|end|"
        rf"cease)\b",
        r"\bno (?:more|further|additional) (?:contact|communication)",
        rf"\b(?:not|never) (?:be )?(?:okay|ok|comfortable|happy|agree\w*|consent\w*|interested)(?: \w+){{0,3}} "
        rf"{_EN_WORDS}\b",
        rf"\benough (?:of|with) {_EN_FILL}{_EN_WORDS}\b",
        r"\b(?:take|remove|delete|get|drop|block|scratch|erase) (?:me|us|my (?:\w+ )?(?:number|name|phone|cell|"
        r"mobile|e ?mail|"
        r"info\w*|"
        r"contact\w*|data)|this number) (?:off|from|out of)"
        + _EN_VISIT
        + r" (?:of )?(?:your|the|this|that|all|any|future)\b",
        r"\b(?:remove|delete|erase|lose|forget) (?:me\b|my (?:phone )?(?:number|contact\w*|info\w*|data)\b|this "
        r"number)"
        r"(?! (?:at|to|in|with) )",
        r"\btake (?:me|us|my name|my number) off\b" + _EN_VISIT,
        r"\bunsub(?:scribe)?\b(?! (?:the|my|a) (?:car|truck|vehicle|van|suv)\b)(?! (?:\w+ )?from (?!you|your|the|"
        r"this|these|"
        r"all|any|my|every\w*|future)\w+)",
        r"\bopt(?:ing|ed)? ?(?:me |us )?out\b(?! of (?:the|my|a|an|that) (?!te?xt|mess|sms|list|e ?mail|call|"
        r"market|promo|comm))",
        r"\b(?:i|we) want out\b(?! of (?:the|my|a) (?!list|text))",
        r"\b(?:want|get|wanna be|like to be|need|please|be|me) off (?:of )?(?:(?:your|the|this|that|any|all|every) )?"
        r"(?:\w+ )?lists?\b",
        r"\b(?:do not|don t|dont|never) (?:contact|text|message|e ?mail|write)"
        r"(?: anymore| any more| again| ever| please| thanks| thank you)*$",
        r"\bknock (?:it|this|that) off\b",
        rf"\b(?:not|no longer|never) interested in (?:hearing|receiving|getting|{_EN_FILL}{_EN_WORDS})",
        rf"\b(?:rather not|prefer not to|would not like to) (?:get|receive|have|be sent) {_EN_FILL}"
        rf"(?:{_EN_WORDS}|these|those|this|them)\b",
        rf"\b(?:done|fed up|over it|had enough) (?:with|of) {_EN_FILL}(?:{_EN_WORDS}|you)\b",
        rf"\bno {_EN_WORDS} (?:to|on|for) {_EN_ME}\b",
        rf"\b{_EN_NOT} (?:want|wish|need|care|like|consent|agree)(?: to)? (?:to )?(?:get |receive |see |have )?"
        rf"{_EN_FILL}(?:{_EN_WORDS}|(?:be|being) (?:contacted|texted|messaged|called|e ?mailed)|hear from)\b",
        r"\b(?:do not|don t|dont) (?:want|wish|like) you (?:to )?(?:te?xt\w*|call\w*|contact\w*|messag\w*)",
        r"\bleave (?:me|us) alone\b",
        r"\b(?:taken|removed|dropped|deleted) (?:off|from|out of)"
        + _EN_VISIT
        + r" (?:of )?(?:your|the|this|that|all|any)\b",
        r"\b(?:asked|ask|want|like|need|wish|requested|request) (?:\w+ ){0,3}?to be (?:removed|taken off|"
        r"unsubscribed|deleted)"
        r"(?! (?:from|off|out))",
        r"\bmy (?:\w+ )?(?:number|name|info\w*|e ?mail|cell|phone)\b.*\b(?:take|remove|delete|erase|get|lose) "
        r"(?:it|this)\b"
        r"(?: off| out| down)?(?: please| thanks| now)*$",
        rf"\b{_EN_NOT} (?:ever )?hit (?:me|us) up\b",
        r"\b(?:can|could|would|will|please) (?:you |yall |y all )?(?:please |just )?not (?:te?xt|message|contact|"
        r"spam|bother)\b",
        r"^no (?:more )?(?:solicit\w*|spam|advertis\w*|marketing|ads)(?: (?:please|thanks|thank you))*$",
        r"\b(?:replying|reply|replied|said|saying|told you(?: guys)?|telling you|asked you(?: guys)?(?: to)?|"
        r"texted|wrote) stop$",
        rf"\bno need for {_EN_FILL}{_EN_WORDS}\b",
        rf"\bno need to (?:te?xt|message|contact|e ?mail) (?:{_EN_ME} )?(?:any ?more|again|any longer)\b",
        r"\b(?:prefer|rather|appreciate it if|like it if|glad if|nice if) (?:that )?(?:you )?(?:did not|don t|"
        r"didn t|do not|"
        r"dont|stopped|not to|not|quit)(?: to)? (?:te?xt\w*|contact\w*|message\w*|receiv\w*|be contacted|send "
        r"(?:me )?any)\b",
        rf"\b{_EN_NOT} (?:ever )?send (?:me |us )?(?:these|those|this|them|stuff|anything)"
        r"(?: any ?more| again| please| thanks| else)*$",
        r"^(?:please |just |ok )?stop (?:please |now )?(?:i|we|my|this is|that s)\b",
        r"\b(?:too (?:much|many|often)|enough|annoying|rude|spam) (?:\w+ )?stop\b",
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
        r"\b(?:before|until|till|unless|while|during|when|after|today|tonight|tomorrow|this (?:week|morning|"
        r"afternoon)|"
        r"at (?:work|home|night|\d)|driving|(?:in|at) (?:a |the )?(?:meeting|school|class|church|hospital)|asleep|"
        r"sleeping|on (?:mon|tues|wednes|thurs|fri|satur|sun)day\w*|"
        r"(?:just|instead|rather|only|please) (?:te?xt|call|e ?mail)(?! (?:or|anything))|(?:te?xt|call|e ?mail) "
        r"(?:me "
        r")?(?:is|instead|only))\b"
    ),
    perhaps=(
        r"\bnot interested$",
        r"\b(?:you|u) (?:have|got) the wrong (?:number|person|guy|lady|one)\b",
        r"^(?:no |sorry )?(?:you have (?:the )?)?wrong (?:number|person)\b",
        r"\bnot (?:my|his|her|their|the right) (?:phone |cell )?(?:number|phone)\b",
        r"\b(?:he|she|they) (?:has |have )?(?:changed|got a new|has a new|have a new) (?:\w+ )?(?:number|phone)\b",
        r"\b(?:who|how|where) (?:\w+ )?(?:gave|give|got|get|did) (?:\w+ ){0,2}?my (?:\w+ )?(?:number|info\w*|name)\b",
        r"\bwhy (?:do|am) i (?:keep |still )?(?:on getting|get|gettin\w*|receiv\w+)\b",
        r"\b(?:te?xt\w*|messag\w+|e ?mail\w*) (?:me|us) (?:\w+ )?(?:\d+ times|every|so much|so often|too much|"
        r"too often|that many|constantly|non ?stop|all the time|all day|again and again)\b",
        rf"\b(?:less|fewer|not so many|not as many) (?:often|frequent\w*|{_EN_WORDS})\b",
        rf"\b(?:getting|get|got|receiv\w+) (?:\w+ )?(?:these|those|{_EN_WORDS}) (?:twice|three times|\d+ times|"
        rf"every day)\b",
        r"\bnever (?:signed up|asked|agreed|subscribed|gave (?:you|u))\b",
        r"\b(?:report|reporting|block|blocking|reported|blocked) (?:you|u|this|it|ur|your)\b.*\b(?:spam|junk|number|"
        r"harass\w+|text\w*|again)\b",
        r"\bharass\w*\b",
        r"\b(?:do not|don t|dont|never) (?:te?xt|message|call) (?:before|after|until|while|during|at|in|on)\b",
        r"\b(?:te?xt|contact|message|e ?mail) (?:my|him|her|them)\b.*\binstead\b",
        r"\binstead of (?:me|te?xting|messaging|e ?mailing)\b",
        r"\b(?:passed away|deceased)\b",
        r"\bnew phone\b.*\bwho\b|\bup my phone\b",
        r"\b(?:this is|it s|its|that s) (?:a|my|his|her) (?:work|business|office|company|land) ?(?:phone|number|"
        r"line|cell)\b",
        r"\b(?:remove\w*|taken?|delete\w*|erase\w*|get|drop|scratch)(?: \w+){1,6}? (?:lists?|records|database|"
        r"system|contacts|mailing)\b",
        r"\b(?:te?xt|message|write|e ?mail) more than\b",
        rf"\b(?:tired|sick|had it|enough)(?: \w+){{0,5}}? {_EN_WORDS}\b(?! (?:is|me)\b)",
        r"\b(?:too many|so many|sick of|tired of|annoying|annoyed by) (?:\w+ )?(?:texts?|messages?|calls?|e "
        r"?mails?)\b",
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
        r"\b(?:will|ll|can|could|may|might|to|i|when|you|won t|not) stop\b(?! (?:these|your|the (?:te|mes|rem|pro|"
        r"off|cal)|texting|"
        r"mess|with|reminders|"
        r"sending|contact|call|bother|receiving|getting|all|spam))",
        r"\b(?:when|what time|what day|how long)\b.*?\b(?:ends?|ending|stops?|finish\w*|expires?)\b",
        r"\b(?:does|do|did|will|is|if|before|until|since|after|has) (?:the|your|this|that|these|those) (?:\w+ "
        r")?(?:deals?|offers?|"
        r"promos?|promotions?|specials?|sale|coupons?)\b",
        r"\bthere (?:are|is|s|were|re) no (?:more|other)\b",
        r"\b(?:message|alert|notification|reminder|warning)s?(?: \w+)? (?:on|in|from) (?:the|my) (?:dash\w*|"
        r"screen|car|truck|"
        r"display|radio|app|cluster)\b|\b(?:reminder|alert|message|warning|call)s? (?:light|lamp|indicator|button)\b",
        r"\b(?:waiting|price|parts?|wish|to do|check|recall) list\b|\blists? of\b",
        r"\b(?:didn t|did not|never|haven t|have not|didnt|havent) (?:get|got|gotten|receive|received|see|"
        r"seen)\b.*?(?= (?:but|and|so|please)\b|$)",
    ),
    net=(
        r"\b(?:stop\w*|quit\w*|cease\w*|no|not|never|don t|dont|without|remove|delete|erase|off|enough|cancel)(?: "
        r"\w+){0,4}? "
        r"(?:texts|texting|text(?! (?:me|is|are|works|would)\b)|messages|messaging|contact(?:ed|ing)?(?! my)|"
        r"lists?|promo\w*|marketing|"
        r"newsletters?|"
        r"subscription|send me (?:these|this|them|any\w*|stuff))\b"
    ),
    turns=r"\b(?:but|also|and|however|though|although)\b",
    spellings={
        **dict.fromkeys(("stahp", "stawp", "sotp", "stpo", "stopp"), "stop"),
        **dict.fromkeys(
            ("unsuscribe", "unsubcribe", "unsubscibe", "unsubscrib", "unscubscribe", "unsubsribe"),
            "unsubscribe",
        ),
        **dict.fromkeys(("txting", "txtin", "textin"), "texting"),
        **{
            f"{verb}in": f"{verb}ing"
            for verb in ("spamm", "messag", "bother", "send", "call", "contact", "bugg", "mess")
        },
        **dict.fromkeys(("plz", "pls", "plse", "pleese"), "please"),
        **dict.fromkeys(("ur", "yr"), "your"),
        **dict.fromkeys(("thx", "thnx", "ty", "tks"), "thanks"),
        "u": "you",
        "w": "with",
        "wanna": "want to",
        "dnt": "do not",
        "anymor": "anymore",
        "messege": "message",
        "messeges": "messages",
        "mesages": "messages",
        "remov": "remove",
    },
)
