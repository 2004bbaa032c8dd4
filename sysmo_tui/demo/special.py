"""The requests that every demo desk has, whatever its size: one of each kind worth showing."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sysmo_tui.demo import hours, people, steps
from sysmo_tui.demo.course import LEFT, Course, End, Filed
from sysmo_tui.demo.people import Client, Member
from sysmo_tui.demo.steps import Act, Step
from sysmo_tui.demo.stories import book
from sysmo_tui.domain.enums import Channel, Level, TicketField
from sysmo_tui.services.accounts import Invitation
from sysmo_tui.services.filing import Filing

_SPAM = (
    (
        "premios@loteria.example",
        "¡¡FELICITACIONES!! Ganó un viaje para dos 🏝️",
        "Haga clic y retire su premio.",
    ),
    (
        "seo@ranking.example",
        "Rank #1 in 24h, guaranteed",
        "Dear sir, we noticed your site is not on page one…",
    ),
    ("ofertas@descuentos.example", "Tóner -80 % SOLO HOY", "Últimas unidades. Responda con su tarjeta."),
)
_BRANCHES = (
    "Ushuaia", "Río Gallegos", "Comodoro", "Trelew", "Viedma", "Neuquén", "Bahía Blanca",
    "Mar del Plata", "La Plata", "Rosario", "Paraná", "Córdoba", "Tucumán", "Salta", "Ñuñorco",
)  # fmt: skip


def courses(now: datetime, chance: random.Random) -> list[list[Step]]:
    """The steps of each of them, in lists of one request each; ``now`` is local."""
    made = [_migration(now), _cloned(now), _called(now), *_spam(now), *_leavers(now, chance)]
    made += _of_these_days(now, chance) + _on_hold(now, chance)
    made += [_of_language(language, now, chance) for language in ("pt", "de", "fr", "en")]
    return made + _among_staff(now, chance)


def housekeeping(now: datetime) -> list[Step]:
    """What an administrator did beside all requests: someone left, someone is about to come."""
    last = people.INVITED
    invitation = Invitation(last.email, last.name, last.role, last.topics)
    gone = hours.worked(now - LEFT, 1)
    return [
        Step(gone, people.ADMIN.email, "", steps.disable(people.LEAVER.email, people.OPERATOR.email)),
        Step(now - timedelta(days=2), people.ADMIN.email, "", steps.invite(invitation)),
    ]


class _Thread:
    """Writes the steps of one request by hand, in office hours."""

    def __init__(self, key: str, at: datetime) -> None:
        self.key, self.at = key, at
        self.steps: list[Step] = []

    def do(
        self, who: str, act: Act, channel: Channel = Channel.TUI, *, after: float = 9, makes: str = ""
    ) -> None:
        """``who`` does it, ``after`` so many minutes of office hours."""
        self.at = hours.worked(self.at, after)
        self.steps.append(Step(self.at, who, self.key, act, channel, makes))


def _migration(now: datetime) -> list[Step]:
    """A thread of more than eighty entries: fifteen branches move to the new version."""
    client = "sistemas@delsur.example"
    me, colleague = people.OPERATOR.email, _member("Camila Sosa").email
    thread = _Thread("migration", now - timedelta(days=41))
    request = (
        "Hola, tenemos que pasar las quince sucursales a la versión 9 antes de fin de mes.\n\n"
        "Propongo una sucursal por turno, siempre antes de abrir, y que quede todo registrado acá.\n\n"
        "Orden sugerido:\n" + "\n".join(f"  {n}. {name}" for n, name in enumerate(_BRANCHES, 1))
    )
    asked = Filing(
        people.SUPPORT, "Migración a la versión 9: las quince sucursales", request, urgency=Level.HIGH
    )
    thread.do(client, steps.file(asked))
    thread.do(me, steps.take(), after=25)
    thread.do(me, steps.reply("Hola Federico:\n\nPerfecto, lo llevamos por acá. Arrancamos mañana.\n\nLuis"))
    thread.do(me, steps.tag(("migración", "versión-9")))
    for n, branch in enumerate(_BRANCHES):
        who = me if n % 3 else colleague
        thread.do(client, steps.reply(f"{branch} queda libre de 7 a 9. ¿Vamos?"), Channel.EMAIL, after=240)
        thread.do(
            who,
            steps.reply(f"Vamos con {branch}. Primero la copia de seguridad, después el cambio."),
            after=30,
        )
        thread.do(
            who, steps.note(f"{branch}: copia verificada, {n % 4 + 2} puestos. Base en la 9.0.{n}."), after=40
        )
        thread.do(
            who,
            steps.reply(f"{branch} ya está en la 9. Prueben ventas y cierre de caja, por favor."),
            after=35,
        )
        answer = f"> {branch} ya está en la 9. Prueben ventas y cierre de caja, por favor.\n\n" + (
            "Todo bien, ventas y caja probadas 👍"
            if n % 4
            else "La caja cierra, pero el lector no agrega el Enter."
        )
        thread.do(client, steps.reply(answer), Channel.EMAIL, after=50)
        if not n % 4:
            thread.do(who, steps.reply(f"Corregido el sufijo del lector en {branch}."), after=20)
    return thread.steps


def _cloned(now: datetime) -> list[Step]:
    """A request that was two, and therefore filed again."""
    client, me = "bodega@altopehuen.example", _member("Rocío Maidana").email
    thread = _Thread("two in one", now - timedelta(days=6))
    body = "Necesitamos rollos térmicos (20 cajas) y, aparte, cambiar la dirección de entrega del depósito."
    thread.do(client, steps.file(Filing(people.SHIPPING, "Rollos térmicos y cambio de dirección", body)))
    thread.do(me, steps.take())
    thread.do(me, steps.clone(), makes="two in one, again")
    thread.do(
        me,
        steps.reply(
            "Separé el cambio de dirección en otra solicitud, así no se pierde. Los rollos salen hoy."
        ),
    )
    thread.do(me, steps.close(), after=300)
    again = Step(thread.at, me, "two in one, again", steps.take())
    return [*thread.steps, again]


def _called(now: datetime) -> list[Step]:
    """Someone without an account telephoned."""
    address, name = people.CALLER
    me = people.OPERATOR.email
    thread = _Thread("called", now - timedelta(days=1, hours=2))
    body = "Llama por teléfono: quiere saber si el sistema sirve para un kiosco con dos cajas y balanza."
    asked = Filing(
        people.GENERAL,
        "Consulta comercial: kiosco con dos cajas",
        body,
        requester=address,
        requester_name=name,
        channel=Channel.PHONE,
        tags=("comercial",),
    )
    thread.do(me, steps.file(asked))
    thread.do(me, steps.note("Quedé en mandarle la lista de precios cuando se registre."))
    return thread.steps


def _spam(now: datetime) -> list[list[Step]]:
    made = []
    for n, (address, subject, body) in enumerate(_SPAM):
        me = _member("Sofía Lagos").email
        thread = _Thread(f"spam {n}", now - timedelta(days=9 + 21 * n))
        asked = Filing(people.GENERAL, subject, body, requester=address, channel=Channel.EMAIL)
        thread.do(me, steps.file(asked))
        thread.do(me, steps.spam())
        made.append(thread.steps)
    return made


def _leavers(now: datetime, chance: random.Random) -> list[list[Step]]:
    """What someone left behind, and somebody else has now."""
    made = []
    for n, end in enumerate((End.IN_PROGRESS, End.ON_HOLD)):
        client = people.CLIENTS[5 + 4 * n]
        story = next(s for s in book("es").stories if s.topic == people.SUPPORT and s.type != "question")
        course = Course(
            Filed(f"left {n}", now - timedelta(days=50 + n), client, story),
            now,
            chance,
            operator=people.LEAVER,
        )
        course.run(end)
        made.append(course.steps)
    return made


def _of_these_days(now: datetime, chance: random.Random) -> list[list[Step]]:
    """What the first operator has at hand: an answer to read, a date that has passed, a second request."""
    me, made = people.OPERATOR, []
    stories = [s for s in book("es").stories if s.topic in me.topics and s.ask]
    for n, (hours_ago, minutes_ago) in enumerate(((5, 18), (28, 50), (52, 7))):
        filed = Filed(
            f"at hand {n}", now - timedelta(hours=hours_ago), people.CLIENTS[2 + 5 * n], stories[2 * n]
        )
        course = Course(filed, now, chance, operator=me)
        course.file()
        course.ask()
        course.answer(at=now - timedelta(minutes=minutes_ago))
        if n == 1:
            overdue = {TicketField.ACTION_DUE: (now - timedelta(days=1)).date().isoformat()}
            course.do(me.email, steps.edit(overdue))
        made.append(course.steps)
    return made


def _on_hold(now: datetime, chance: random.Random) -> list[list[Step]]:
    """What waits for a third party, with a date to look at it again."""
    made = []
    for n, topic in enumerate((people.SUPPORT, people.SHIPPING, people.BILLING)):
        story = next(s for s in book("es").stories if s.topic == topic and s.ask)
        filed = Filed(f"held {n}", now - timedelta(days=7 + 4 * n), people.CLIENTS[8 + 3 * n], story)
        course = Course(filed, now, chance)
        course.run(End.ON_HOLD)
        made.append(course.steps)
    return made


def _of_language(language: str, now: datetime, chance: random.Random) -> list[Step]:
    """A recent, open request in ``language``."""
    client = next(c for c in reversed(people.CLIENTS) if c.language == language)
    stories = book(language).stories
    story = stories[-1] if language == "en" else stories[0]
    course = Course(Filed(f"in {language}", now - timedelta(days=3, hours=1), client, story), now, chance)
    course.run(End.IN_PROGRESS)
    return course.steps


def _among_staff(now: datetime, chance: random.Random) -> list[list[Step]]:
    """What the staff ask each other under the topic that customers do not see."""
    made = []
    internal = [story for story in book("es").stories if story.by_staff]
    askers = (people.OPERATOR, _member("Camila Sosa"), _member("Nahuel Paz"), people.OPERATOR)
    for n, member in enumerate(askers):
        asker = Client(member.email, member.name, "", people.CLIENTS[0].firm)
        at = now - timedelta(days=2 + 17 * n, hours=3)
        filed = Filed(f"staff {n}", at, asker, internal[n % len(internal)])
        course = Course(filed, now, chance, operator=_member("Sofía Lagos"))
        course.run(End.WAITS if n == 0 else End.ANSWERED)
        made.append(course.steps)
    return made


def _member(name: str) -> Member:
    return next(member for member in people.STAFF if member.name == name)
