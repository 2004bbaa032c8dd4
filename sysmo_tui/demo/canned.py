"""What the operators of the demo desk answer again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sysmo_tui.demo.people import ACCESS, BILLING, SHIPPING, SUPPORT
from sysmo_tui.desk import Work
from sysmo_tui.services import response_upkeep
from sysmo_tui.services.response_upkeep import ResponseEdits


@dataclass(frozen=True, slots=True)
class Canned:
    """A response of the demo desk."""

    name: str
    body: str
    language: str = "es"
    topic: str = ""


CANNED: Final = (
    Canned(
        "Recibido",
        "Hola, {customer.first_name}:\n\nRecibimos su solicitud #{ticket.number} y ya la estamos viendo."
        " Le escribimos hoy mismo.\n\n{operator.name}",
    ),
    Canned(
        "Falta información",
        "Hola, {customer.first_name}:\n\nPara ayudarle necesitamos un poco más:\n\n"
        "- qué estaba haciendo cuando pasó,\n- el mensaje exacto, si hubo uno,\n- desde cuándo pasa.\n\n"
        "Puede responder a este correo.\n\n{operator.name}",
    ),
    Canned(
        "¿Quedó resuelto?",
        "Hola, {customer.first_name}:\n\n¿Quedó resuelto lo de «{ticket.subject}»? Si no nos escribe,"
        " cerramos la solicitud el viernes.\n\n{operator.name}",
    ),
    Canned(
        "Llamado telefónico",
        "Llamó {customer.name} al mostrador.\n\nQué pasa:\nDesde cuándo:\nQué probó ya:\n\n"
        "Lo atendió {operator.name}.",
    ),
    Canned(
        "Reiniciar la impresora",
        "Hola, {customer.first_name}:\n\nApague la impresora, desenchúfela un minuto y vuelva a encenderla."
        " Después imprima una página de prueba y cuéntenos si salió.\n\n{operator.name}",
        topic=SUPPORT,
    ),
    Canned(
        "Contraseña nueva",
        "Hola, {customer.first_name}:\n\nEn unos minutos le llega a {customer.email} un código para elegir"
        " una contraseña nueva. Nunca le vamos a pedir su contraseña.\n\n{operator.name}",
        topic=ACCESS,
    ),
    Canned(
        "Nota de crédito en camino",
        "Hola, {customer.first_name}:\n\nTiene razón, la factura salió mal. La nota de crédito le llega en"
        " 48 horas hábiles.\n\n{operator.name}",
        topic=BILLING,
    ),
    Canned(
        "Seguimiento del envío",
        "Hola, {customer.first_name}:\n\nSu pedido salió del depósito. Apenas el transporte nos dé el código"
        " de seguimiento se lo pasamos por acá.\n\n{operator.name}",
        topic=SHIPPING,
    ),
    Canned(
        "We are on it",
        "Hello {customer.first_name},\n\nthank you for writing. We have your request #{ticket.number} and"
        " are looking into it; you will hear from us today.\n\n{operator.name}",
        "en",
    ),
    Canned(
        "We need a little more",
        "Hello {customer.first_name},\n\nto help you we need to know:\n\n- what you were doing when it"
        " happened,\n- the exact message, if there was one,\n- since when it happens.\n\n"
        "Just answer this mail.\n\n{operator.name}",
        "en",
    ),
)


def write(work: Work) -> None:
    """Write them down, as an administrator does."""
    for each in CANNED:
        edits = ResponseEdits(locale=each.language, topic=each.topic)
        response_upkeep.new(work, each.name, each.body, edits)
