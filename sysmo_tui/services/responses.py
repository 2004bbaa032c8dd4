"""Canned responses: texts that staff write often, filled in from the ticket that they answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import places
from sysmo_tui.domain.errors import Conflict, Invalid
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, Verb, require_right
from sysmo_tui.domain.response_places import PLACES, check, first_name
from sysmo_tui.domain.text import SafeText, clean, clean_line
from sysmo_tui.i18n import LANGUAGES, choose, current, translator
from sysmo_tui.models import Account, CannedResponse, Status, Ticket, Topic, table
from sysmo_tui.services import desk_settings, named, people, topics, visible

_RESPONSE, _TOPIC, _TICKET = table(CannedResponse), table(Topic), table(Ticket)
_ACCOUNT, _STATUS = table(Account), table(Status)
_ALL = (
    sa.select(
        _RESPONSE.c.id,
        _RESPONSE.c.slug,
        _RESPONSE.c.name,
        _RESPONSE.c.body,
        _RESPONSE.c.locale,
        _RESPONSE.c.position,
        _RESPONSE.c.archived_at,
        _RESPONSE.c.topic_id,
        _TOPIC.c.slug.label("topic"),
        _TOPIC.c.name.label("topic_name"),
    )
    .outerjoin(_TOPIC, _TOPIC.c.id == _RESPONSE.c.topic_id)
    .order_by(_RESPONSE.c.position, _RESPONSE.c.folded, _RESPONSE.c.id)
)
_IN_USE = _ALL.where(_RESPONSE.c.archived_at.is_(None))
_FACTS = (
    sa.select(
        _TICKET.c.number,
        _TICKET.c.subject,
        _TICKET.c.contact_email,
        _TICKET.c.topic_id,
        _TOPIC.c.name.label("topic"),
        _STATUS.c.customer_label,
        _ACCOUNT.c.name,
        _ACCOUNT.c.locale,
    )
    .join(_TOPIC, _TOPIC.c.id == _TICKET.c.topic_id)
    .join(_STATUS, _STATUS.c.id == _TICKET.c.status_id)
    .join(_ACCOUNT, _ACCOUNT.c.id == _TICKET.c.requester_id)
    .where(_TICKET.c.number == sa.bindparam("number"))
)

_KINDS = (
    sa.select(_TICKET.c.topic_id, _ACCOUNT.c.locale)
    .join(_ACCOUNT, _ACCOUNT.c.id == _TICKET.c.requester_id)
    .where(_TICKET.c.number.in_(sa.bindparam("numbers", expanding=True)))
    .distinct()
)


@dataclass(frozen=True, slots=True)
class ResponseLine:
    """A response as it was written; ``topic``, a slug, is "" for every one, ``locale`` for every language."""

    slug: SafeText
    name: SafeText
    body: SafeText
    locale: str
    topic: SafeText
    topic_name: SafeText
    position: int
    is_archived: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """A response to be used as it is; ``is_foreign`` when the customer reads another language.

    It is filled in, but for ``places`` that stand in it until it is known for which ticket it is. For several
    tickets it ``fits`` all or not: one customer reads another language, or one ticket is of another topic.
    """

    slug: SafeText
    name: SafeText
    body: SafeText
    locale: str
    topic_name: SafeText
    is_foreign: bool
    places: tuple[str, ...] = ()
    fits: bool = True
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a response is filled in from, and to whom it goes; a name of ``said`` is the desk's own word."""

    topic_id: int | None
    locale: str
    values: Mapping[str, str]
    said: Mapping[str, str]


def lines(work: Work, *, archived: bool = False, words: str = "") -> tuple[ResponseLine, ...]:
    """The responses, for staff, in their order; ``words`` narrows them to those that have every one."""
    require_right(work.actor, Right.SEE_PEOPLE)
    wanted = same_name(words).split()
    return tuple(
        _line(row)
        for row in work.session.execute(_ALL if archived else _IN_USE)
        if all(word in same_name(f"{row.name} {row.slug} {row.body}") for word in wanted)
    )


def show(work: Work, text: str) -> ResponseLine:
    """One of them by slug or name, archived ones too; Conflict for a name that several have."""
    return one(lines(work, archived=True), text)


def one(known: Iterable[ResponseLine], text: str) -> ResponseLine:
    """The one that ``text`` names; Invalid tells the choices, Conflict those that have this name."""
    choices = tuple(known)
    found = [line for line in choices if line.slug == text.strip()]
    found = found or [line for line in choices if named.is_named(text, line.slug, line.name)]
    if not found:
        raise _unknown(text, choices)
    if len(found) > 1:
        raise Conflict(
            N_("Several responses are called “{name}”. Choose one of: {choices}."),
            field="canned",
            name=clean_line(text, 80),
            choices=", ".join(line.slug for line in found),
        )
    return found[0]


def fitting(work: Work, number: int) -> tuple[Ready, ...]:
    """The responses for a ticket, for its staff: those of its topic and of none.

    Those in the customer's language come first, then those for every language; among them those of the
    topic.
    """
    facts = _of_ticket(work, number)
    return tuple(_ready(row, facts) for row in _sorted(work, facts) if _is_offered(row, facts))


def fitting_new(work: Work, topic: str, subject: str, requester: str, name: str = "") -> tuple[Ready, ...]:
    """:func:`fitting` for a ticket that its staff are about to file, as far as its form is filled in.

    Those that name what it has not yet are left out.
    """
    require_right(work.actor, Right.FILE_FOR_OTHERS)
    facts = _of_form(work, topic, subject, requester, name)
    return tuple(
        _ready(row, facts)
        for row in _sorted(work, facts)
        if _is_offered(row, facts) and set(places.names(row.body)) <= facts.values.keys()
    )


def fitting_all(work: Work, numbers: Sequence[int]) -> tuple[Ready, ...]:
    """The responses for the same words in several tickets, for their staff: first those that fit all.

    Their places stand in them, for :func:`fill` to fill them in each ticket.
    """
    for number in numbers:
        visible.require(work, number, Verb.NOTE)
    found = work.session.execute(_KINDS, {"numbers": list(numbers)}).all()
    under, languages = {row.topic_id for row in found}, {choose(row.locale) for row in found}
    ready = [
        _to_fill(
            row,
            is_elsewhere=row.topic_id is not None and under != {row.topic_id},
            is_foreign=bool(row.locale) and languages != {row.locale},
        )
        for row in sorted(work.session.execute(_IN_USE), key=lambda row: (not row.locale, not row.topic_id))
    ]
    return tuple(sorted(ready, key=lambda each: not each.fits))


def fill(work: Work, number: int, text: str, names: Collection[str]) -> str:
    """``text`` with the places of these ``names`` filled in from a ticket, for its staff."""
    facts = _of_ticket(work, number)
    known = _known(facts, facts.locale)
    return places.fill_some(text, {name: known[name] for name in names if name in known})


def use(work: Work, number: int, text: str) -> Ready:
    """One response, by slug or name, filled in from a ticket; of several of a name, that which fits best."""
    facts = _of_ticket(work, number)
    known = _sorted(work, facts)
    wanted = same_name(text)
    for row in known:
        if wanted in (same_name(row.slug), same_name(row.name)):
            return _ready(row, facts)
    raise _unknown(text, tuple(map(_line, known)))


def sample(work: Work, body: str, locale: str = "") -> SafeText:
    """``body`` filled in with made-up facts, for who writes it; Invalid for one that cannot be kept."""
    require_right(work.actor, Right.SEE_PEOPLE)
    check(body)
    said = translator(locale or current())
    customer = {"name": "Marta Gil", "first_name": "Marta", "email": "marta@customer.example"}
    ticket = {
        "number": "1042",
        "subject": said._("The printer does not print"),
        "status": said._("In progress"),
    }
    values = {
        **{f"customer.{name}": value for name, value in customer.items()},
        **{f"ticket.{name}": value for name, value in ticket.items()},
        "topic.name": said._("General"),
        **_of_desk(work),
    }
    return clean(places.fill(body, values))


def _of_ticket(work: Work, number: int) -> _Facts:
    visible.require(work, number, Verb.NOTE)
    row = work.session.execute(_FACTS, {"number": number}).one()
    return _Facts(
        row.topic_id,
        choose(row.locale),
        {
            "customer.name": row.name,
            "customer.first_name": first_name(row.name),
            "customer.email": row.contact_email,
            "ticket.number": str(row.number),
            "ticket.subject": row.subject,
            **_of_desk(work),
        },
        {"ticket.status": row.customer_label, "topic.name": row.topic},
    )


def _of_form(work: Work, topic: str, subject: str, requester: str, name: str) -> _Facts:
    values, topic_id, said = _of_desk(work), None, {}
    if topic:
        chosen = topics.find(work, topic)
        topic_id, said = chosen.id, {"topic.name": chosen.name}
    known = people.by_address(work, requester) if "@" in requester else None
    called = known.name if known is not None else name.strip()
    if requester.strip():
        values["customer.email"] = known.address if known is not None else requester.strip()
    if called:
        values |= {"customer.name": called, "customer.first_name": first_name(called)}
    if subject.strip():
        values["ticket.subject"] = subject.strip()
    locale = known.locale if known is not None else desk_settings.load(work).language
    # Filled in below, in the language of each response.
    return _Facts(topic_id, choose(locale), values | said, said)


def _of_desk(work: Work) -> dict[str, str]:
    settings = desk_settings.load(work)
    return {
        "operator.name": work.actor.name,
        "operator.first_name": first_name(work.actor.name),
        "desk.name": settings.name,
        "desk.address": settings.reply_address,
    }


def _sorted(work: Work, facts: _Facts) -> list[Any]:
    """Those in use, the best fit first."""
    languages = [facts.locale, "", *LANGUAGES]

    def fit(row: Any) -> tuple[bool, int, bool]:
        is_foreign = row.topic_id not in (None, facts.topic_id)
        return is_foreign, languages.index(row.locale), row.topic_id is None

    return sorted(work.session.execute(_IN_USE), key=fit)


def _is_offered(row: Any, facts: _Facts) -> bool:
    return row.topic_id in (None, facts.topic_id)


def _known(facts: _Facts, locale: str) -> dict[str, str]:
    """What places are filled with, by their names, the desk's own words in this language."""
    said = translator(locale)
    values = {**facts.values, **{name: said._(word) for name, word in facts.said.items()}}
    return {name: clean_line(value) for name, value in values.items()}


def _ready(row: Any, facts: _Facts) -> Ready:
    """A response filled in, the desk's own words in its language."""
    safe = _known(facts, row.locale or facts.locale)
    # A place that this version does not know, from a newer one perhaps, stays as it is written.
    unknown = {name: f"{{{name}}}" for name in places.names(row.body) if name not in safe}
    return Ready(
        slug=clean_line(row.slug),
        name=clean_line(row.name),
        body=clean(places.fill(row.body, safe | unknown)),
        locale=row.locale,
        topic_name=clean_line(row.topic_name or ""),
        is_foreign=row.locale not in ("", facts.locale),
    )


def _to_fill(row: Any, *, is_elsewhere: bool, is_foreign: bool) -> Ready:
    """A response that is filled in later, in the language that each of its customers reads."""
    return Ready(
        slug=clean_line(row.slug),
        name=clean_line(row.name),
        body=clean(places.left(row.body)),
        locale=row.locale,
        topic_name=clean_line(row.topic_name or ""),
        is_foreign=is_foreign,
        fits=not (is_elsewhere or is_foreign),
        is_elsewhere=is_elsewhere,
        places=tuple(dict.fromkeys(name for name in places.names(row.body) if name in PLACES)),
    )


def _line(row: Any) -> ResponseLine:
    return ResponseLine(
        slug=clean_line(row.slug),
        name=clean_line(row.name),
        body=clean(row.body),
        locale=row.locale,
        topic=clean_line(row.topic or ""),
        topic_name=clean_line(row.topic_name or ""),
        position=row.position,
        is_archived=row.archived_at is not None,
    )


def _unknown(text: str, known: tuple[ResponseLine, ...]) -> Invalid:
    if not known:
        return Invalid(N_("There are no canned responses yet."), field="canned")
    return Invalid(
        N_("There is no response “{name}”. Choose one of: {choices}."),
        field="canned",
        name=clean_line(text, 80),
        choices=", ".join(line.slug for line in known),
    )
