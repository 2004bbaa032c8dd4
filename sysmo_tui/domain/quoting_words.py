"""How mail programs introduce what they quote, in English, Spanish, Portuguese, French, German and Italian.

Words are folded, without case and accents (:func:`sysmo_tui.domain.fold.fold`), unless it is said.
"""

from __future__ import annotations

from enum import Enum, auto

STARTS = (
    "on ", "el ", "en ", "em ", "a ", "le ", "am ", "il ", "in data ", "il giorno ",
)  # fmt: skip
"""First words of a line that says when somebody wrote."""

VERBS = (" wrote", " escribio", " escreveu", " a ecrit", " schrieb", " ha scritto")
"""What somebody did, before the colon or, in German, before the name."""

STORIES = (
    " i wrote", " we wrote", " you wrote", " they wrote", " he wrote", " she wrote",
    " schrieb ich", " schrieb wir", " schrieb er", " schrieb sie", " ich schrieb", " er schrieb",
    " sie schrieb",
    " yo escribio", " el escribio", " ella escribio", " ele escreveu", " ela escreveu", " voce escreveu",
    " il a ecrit", " elle a ecrit", " on a ecrit", " lui ha scritto", " lei ha scritto",
)  # fmt: skip
"""Ends of sentences in which a person tells a story; a mail program names the writer."""

ARTICLES = frozenset(
    {
        "the", "a", "this", "that", "it", "el", "la", "los", "las", "o", "os", "as", "le", "les", "un",
        "una",
        "der", "die", "das", "il", "lo", "gli", "i", "we", "you", "he", "she", "they", "yo", "ella", "esto",
    }
)  # fmt: skip
"""First words of such a sentence that are no name."""


class Field(Enum):
    """A field of the head of a mail, as programs repeat it above a quote."""

    FROM = auto()
    SENT = auto()
    TO = auto()
    SUBJECT = auto()
    OTHER = auto()
    RAW = auto()
    """Only in a mail's own headers (RFC 5322), which a person pastes and no program quotes."""


FIELDS: dict[str, Field] = {
    **dict.fromkeys(("from", "de", "von", "da"), Field.FROM),
    **dict.fromkeys(
        (
            "sent", "date", "sent at", "date sent", "enviado", "enviado el", "enviado a las", "enviado em",
            "enviada em", "enviada", "fecha", "data", "envoye", "envoye le", "date d'envoi", "gesendet",
            "gesendet am", "datum", "inviato", "inviato il", "data invio",
        ),
        Field.SENT,
    ),
    **dict.fromkeys(("to", "para", "a", "an", "pour"), Field.TO),
    **dict.fromkeys(("subject", "asunto", "assunto", "objet", "sujet", "betreff", "oggetto"), Field.SUBJECT),
    **dict.fromkeys(
        (
            "cc", "bcc", "cco", "cci", "ccn", "copia", "copie", "kopie", "blindkopie", "importance",
            "priority",
            "importancia", "prioridad", "prioridade", "importanza", "priorita", "priorite", "wichtigkeit",
            "prioritat", "attachments", "adjuntos", "datos adjuntos", "anexos", "pieces jointes", "anlagen",
            "anhange", "allegati", "reply-to", "responder a", "repondre a", "antwort an", "rispondi a",
            "organization", "organisation",
        ),
        Field.OTHER,
    ),
    **dict.fromkeys(
        (
            "received", "return-path", "message-id", "mime-version", "delivered-to", "content-type",
            "dkim-signature", "authentication-results", "in-reply-to", "references", "x-mailer", "list-id",
        ),
        Field.RAW,
    ),
}  # fmt: skip

LONGEST_FIELD = max(map(len, FIELDS))

SEPARATORS = frozenset(
    {
        "original message", "original appointment", "original e-mail", "original email", "reply message",
        "mensaje original", "mensagem original", "message d'origine", "message original",
        "original-nachricht",
        "originalnachricht", "ursprungliche nachricht", "ursprungliche mail", "messaggio originale",
        "urspr. nachricht",
        "forwarded message", "forwarded mail", "mensaje reenviado", "mensagem encaminhada",
        "mensagem reencaminhada", "message transfere", "message reexpedie", "weitergeleitete nachricht",
        "messaggio inoltrato",
    }
)  # fmt: skip
"""Between dashes, above a mail that is answered or forwarded."""

FORWARDS = frozenset(
    {
        "begin forwarded message:", "inicio del mensaje reenviado:", "inicio da mensagem reenviada:",
        "inicio da mensagem encaminhada:", "inicio da mensagem reencaminhada:",
        "debut du message reexpedie :", "debut du message transfere :", "debut du message reexpedie:",
        "debut du message transfere:", "anfang der weitergeleiteten nachricht:",
        "inizio messaggio inoltrato:", "inizio del messaggio inoltrato:",
    }
)  # fmt: skip
"""Lines above a mail that Apple Mail forwards."""

WHY = ("You get this because", "Recibe este correo porque")
"""How the last paragraph of the desk's own mails begins, not folded; what stands below it is an answer."""

SENT_FROM = (
    "sent from", "sent via", "sent using", "sent with", "enviado desde", "enviado con", "enviado via",
    "enviado do", "enviado de", "enviado a partir", "enviado com", "enviado pelo", "envoye de",
    "envoye depuis",
    "envoye avec", "envoye a partir", "gesendet von", "gesendet mit", "gesendet uber", "von meinem",
    "diese nachricht wurde von meinem", "inviato da", "inviato dal", "inviato con", "get outlook for",
    "obtener outlook para", "obtenga outlook para", "obter o outlook para", "obtenha o outlook para",
    "telecharger outlook pour", "obtenez outlook pour", "holen sie sich outlook", "outlook fur",
    "laden sie outlook", "scarica outlook", "ottieni outlook per",
)  # fmt: skip
"""First words of a line that a telephone or a program adds below what was typed."""

DEVICES = frozenset(
    {
        "iphone", "ipad", "ipod", "apple", "android", "samsung", "galaxy", "huawei", "xiaomi", "redmi",
        "poco",
        "motorola", "moto", "pixel", "oneplus", "nokia", "honor", "oppo", "realme", "blackberry", "windows",
        "outlook", "mail", "gmail", "yahoo", "gmx", "web.de", "proton", "protonmail", "thunderbird", "k-9",
        "fairemail", "bluemail", "spark", "telefono", "telefone", "telephone", "handy", "smartphone",
        "movil",
        "celular", "mobile", "phone", "mac", "ios", "libero", "orange", "tablet", "aquamail",
    }
)  # fmt: skip
"""One of these words is in such a line too."""
