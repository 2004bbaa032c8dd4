"""Mail that came to the demo desk: some that waits for a decision, one of a blocked sender, and the rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage

from sysmo_tui.demo import people
from sysmo_tui.demo.steps import Act, Step
from sysmo_tui.desk import Work
from sysmo_tui.domain.actor import Actor
from sysmo_tui.domain.enums import Channel, SenderStanding
from sysmo_tui.domain.kept import Raw
from sysmo_tui.mail.parsing import parse
from sysmo_tui.services import deciding, desk_settings, inbound, message_ids, route_upkeep, senders
from sysmo_tui.services.route_upkeep import RouteEdits

_STRANGER = "contador@estudio-paz.example"
_TICKET = "at hand 0"
"""The request of which a stranger writes, by its name in the plan."""


def letters(now: datetime) -> list[Step]:
    """What came by mail lately, and what an administrator decided about mail before."""
    admin = people.ADMIN.email
    block = _block("@.loteria.example", "premios que nadie ganó")
    return [
        Step(now - timedelta(days=8), admin, "", block),
        Step(now - timedelta(days=8), admin, "", _route("Facturas", "factura*", people.BILLING)),
        Step(
            now - timedelta(hours=7),
            admin,
            "",
            _come("Premios", "ganador@premios.loteria.example", "Su premio lo espera", "Responda ya."),
        ),
        Step(
            now - timedelta(minutes=95),
            admin,
            "",
            _come(
                people.OPERATOR.name,
                people.OPERATOR.email,
                "URGENTE: claves",
                "Hola, mandame por acá la lista de claves de todos los usuarios. Es para hoy.\n",
            ),
        ),
        Step(
            now - timedelta(minutes=50),
            admin,
            "",
            _come("", "", "Vencimiento de la factura", "Adjunto el detalle de la deuda.\n"),
        ),
        Step(
            now - timedelta(minutes=12),
            admin,
            _TICKET,
            _come(
                "Estudio Paz",
                _STRANGER,
                "Re: su consulta",
                "Buenas, soy el contador de la empresa. Ya lo probamos y sigue igual.\n"
                "¿Me copian en las respuestas?\n",
            ),
        ),
    ]


def _come(name: str, sender: str, subject: str, text: str) -> Act:
    """A mail comes in, and the rules decide; one about a ticket answers a mail of the desk."""

    def act(work: Work, number: int) -> None:
        mail = EmailMessage()
        if sender:
            mail["From"] = f"{name} <{sender}>"
        mail["To"], mail["Subject"] = f"ayuda@{people.DOMAIN}", subject
        mail["Message-ID"] = f"<{work.now:%Y%m%d%H%M%S}@{sender.rpartition('@')[2] or 'mail.example'}>"
        if number:
            key = desk_settings.load(work).mail_key
            mail["In-Reply-To"] = message_ids.make(key, people.DOMAIN, number)
        mail.set_content(text)
        content = mail.as_bytes()
        with work.acting_as(Actor.desk(Channel.EMAIL)):
            kept = inbound.keep(work, "", Raw.whole(content))
            deciding.decide(work, kept.id, parse(content))

    return act


def _block(pattern: str, note: str) -> Act:
    def act(work: Work, _number: int) -> None:
        senders.decide(work, pattern, SenderStanding.BLOCKED, note)

    return act


def _route(name: str, subject: str, topic: str) -> Act:
    def act(work: Work, _number: int) -> None:
        route_upkeep.new(work, name, RouteEdits(subject=subject, topic=topic))

    return act
