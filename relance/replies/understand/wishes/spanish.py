"""Turns the ways in which Spanish asks us to stop into patterns over bare words."""

from relance.replies.understand.wishes.tongue import Tongue

_ES_WORDS = (
    r"(?:mensajes?|textos?|sms|correos?|mails?|e ?mails?|llamadas?|publicidad|promociones|promocion|ofertas?|"
    r"notificaciones|avisos|anuncios|propaganda|spam|alertas?|recordatorios?|cupones|texts?|messages?)"
)
_ES_ACT = (
    r"(?:escrib\w+|envi\w+|mand\w+|llam\w+|contact\w+|molest\w+|textear\w*|texte\w+|fastid\w+|busqu\w+|notifi\w+|"
    r"lleg\w+)"
)
_ES_ALL = r"(?:los |las |sus |estos |estas |todos |todas |mas |la |el |mis )*"

SPANISH = Tongue(
    "es",
    (
        rf"\bno (?:me |nos )?(?:vuelva|vuelvan) a {_ES_ACT}",
        rf"\bno (?:me |nos )?vuelva\w* a {_ES_ACT}",
        r"\bno (?:me |nos )?(?:escriba|escriban|escribas|envie|envien|envies|mande|manden|mandes|llame|llamen|"
        r"contacte|contacten|"
        r"moleste|molesten|textee|texteen)\b"
        rf"(?: (?:(?!mejor|mand|envi|escri|texte|llam)\w+ ){{0,4}}?(?:mas|nunca|nada|jamas|otra vez|de nuevo|"
        rf"{_ES_WORDS})\b|$)",
        r"\bno (?:quiero|deseo|queremos) (?:estar|seguir|aparecer) en (?:su|sus|la|esta|ninguna) lista\b",
        r"\b(?:me|nos) (?:quiero |quisiera |queremos |gustaria |pueden |podrian )?dar de baja\b",
        r"\bya no (?:me |nos )?(?:escriba|escriban|envie|envien|mande|manden|llame|llamen|contacte|contacten|moleste|"
        r"molesten)\b",
        rf"\b(?:deje|dejen|dejar\w*|dejes|deja|pare|paren|parar|cese|cesen|basta) (?:ya )?de {_ES_ACT}",
        rf"\b(?:basta|alto|suficiente|pare|paren|ya) (?:ya )?(?:de|a|con) {_ES_ALL}{_ES_WORDS}\b",
        rf"\b(?:detenga|detengan|suspenda|suspendan|pare|paren|cancele|cancelen|cancelar|cancelo|quite|quiten|"
        rf"terminen) {_ES_ALL}{_ES_WORDS}\b",
        rf"\bno (?:quiero|deseo|queremos|necesito|autorizo|acepto) (?:recibir )?{_ES_ALL}{_ES_WORDS}\b",
        rf"\bno (?:quiero|deseo|queremos|autorizo) (?:que (?:me|nos) |ser )(?:mas )?{_ES_ACT}",
        r"\bno (?:quiero|deseo) (?:recibir|saber) (?:mas )?nada\b",
        rf"\bya no (?:quiero|deseo|queremos) (?:recibir )?{_ES_ALL}(?:{_ES_WORDS}|que me)",
        rf"\b(?:no mas|ningun|ninguna|ni un) (?:otro |otra )?{_ES_WORDS}(?: mas)?\b",
        r"\b(?:salirme|salir|sacarme|quitarme|borrarme|eliminarme|sacarnos) de (?:su|sus|la|las|esta|estos|los) "
        r"(?:\w+ de )?"
        r"(?:listas?|mensajes|base|sistema|contactos|textos|promociones|grupo|programa|publicidad|correos)\b",
        rf"\bque (?:ya )?(?:paren|cesen|terminen|detengan) {_ES_ALL}{_ES_WORDS}",
        r"\b(?:quite|quiten|saque|saquen|elimine|eliminen|borre|borren|remueva|remuevan|retire|retiren)(?:me|"
        r"nos)?n?(?:me)? "
        r"(?:de (?:su|la|esta|sus|las) \w+|mi (?:numero|nombre|telefono|contacto|informacion)|este numero)",
        r"\b(?:quiteme|quitenme|saqueme|saquenme|eliminenme|eliminenme|elimineme|borreme|borrenme|remuevame|"
        r"remuevanme)\b",
        r"\b(?:darme|denme|deme|doy|dame|dennos) de baja\b(?! (?:el|la|las|los|un|una|mis|mi (?:carro|auto|coche|"
        r"seguro|troca)) )",
        r"\bdar(?:me|nos)? de baja (?:de (?:su|la|sus|los)|mi (?:numero|telefono|correo|nombre)|este numero)\b",
        r"\bdesuscrib\w+",
        r"\b(?:me|nos) (?:pueden |puede |podrian |podria |deben )?(?:quitar|sacar|borrar|eliminar|remover|quitan|"
        r"sacan|borran) de "
        r"(?:su|sus|la|las|tu|tus|esta) (?:\w+ de )?(?:listas?|base|sistema|contactos|mensajes|textos|promociones|"
        r"grupo)\b",
        r"\b(?:quitame|sacame|borrame|eliminame|quitanos|sacanos|borranos) (?:de (?:tu|su|la|esta|sus|tus) \w+|"
        r"por favor|ya)\b",
        rf"\b(?:ya estuvo(?: bueno| bien)?|ya basta|hart\w+|ya me cans\w+) (?:de|con) (?:tantos? |tantas? "
        rf")?{_ES_ALL}{_ES_WORDS}\b",
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
        r"\bpor ?que (?:me |nos )?(?:siguen |estan )?(?:llegan?|mandan\w*|envian\w*|escrib\w+|contactan|recibo|"
        r"estoy recibiendo)\b",
        r"\b(?:escriben|mandan|envian|textean) (?:\w+ )?(?:demasiado|tanto|a cada rato|todo el tiempo|todos los dias|"
        r"diario|cada (?:dia|semana))\b",
        r"\bmenos (?:seguido|frecuente\w*|mensajes|textos)\b",
        r"\b(?:se|te) equivoc\w+|\bequivocad\w+ de (?:numero|persona)\b",
        r"\b(?:ya )?no es (?:mi|su|el) numero\b",
        r"\bquien (?:\w+ )?(?:dio|paso) mi (?:numero|nombre|telefono)\b|\bde donde (?:sacaron|tienen) mi numero\b",
        r"\b(?:fallecio|fallecid[oa])\b",
        r"\bacos\w+\b",
        r"\b(?:telefono|numero|celular) ya no es\b",
        r"^(?:stop|alto|paren|pare)(?: \w+)?$",
        rf"\b(?:no|basta|pare\w*|deje\w*|quit\w+|elimin\w+|borr\w+|sin)(?: \w+){{0,2}}? (?:mas {_ES_WORDS}|mensajes|"
        rf"publicidad|lista)\b",
    ),
    not_about=(
        r"\b(?:esta|muy|mas|es|hay un|el) alto\b",
        r"\balto (?:consumo|precio|nivel|costo|en)\b",
        r"\bno para de\b",
        r"\b(?:cancelar|cancele|quiero cancelar) (?:mi|la|una) cita\b",
        r"\bdar de baja (?:el|la|las|los|mi|mis|un|una) (?!numero|correo|nombre|telefono)\w+",
        r"\ben la esquina\b",
        r"\b(?:cuando|hasta cuando)\b.*?\b(?:promo\w+|ofertas?|descuentos?)\b",
        r"\bno hay (?:mas )?\w+",
        r"\b(?:avisos?|alertas?|mensajes?|notificaci\w+|recordatorios?) (?:del|de la|de|en el|en la|que (?:sale|"
        r"aparece)) (?:\w+ )?"
        r"(?:tablero|motor|carro|auto|coche|camioneta|aceite|pantalla|frenos?|llantas?|troca|mantenimiento)\b",
        r"\bno (?:me )?(?:recibi|llego|vi|he recibido)\b.*?(?= (?:pero|y|por favor)\b|$)",
    ),
    net=(
        r"\b(?:no|pare\w*|deje\w*|basta|quit\w+|borr\w+|elimin\w+|sin|ningun\w*|cancel\w+|saqu\w+)(?: "
        r"(?!mejor)\w+){0,4}? "
        r"(?:mensajes|textos?|texte\w+|escrib\w+|contact\w+|lista|promo\w+|publicidad|suscripcion)\b"
    ),
    turns=r"\b(?:pero|tambien|y|aunque)\b",
    spellings={
        "xfa": "por favor",
        "porfa": "por favor",
        "xfavor": "por favor",
        "pls": "por favor",
        "k": "que",
        "q": "que",
        "tbn": "tambien",
        "nomas": "no mas",
        "msj": "mensaje",
        "msjs": "mensajes",
        "mjs": "mensajes",
        "mensages": "mensajes",
        "mensage": "mensaje",
        "manden me": "mandenme",
        "parenle": "paren",
        "parele": "pare",
        "dejenme de": "dejen de",
    },
)
