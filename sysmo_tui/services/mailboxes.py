"""Mailboxes: where mail is fetched, or what a pipe delivers for, and how fetching goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses, mail_servers, slugs
from sysmo_tui.domain.enums import AuditKind, Verdict
from sysmo_tui.domain.errors import Conflict, Invalid, NotFound
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_at_desk, require_right
from sysmo_tui.domain.text import SafeText, clean_line, storable_line
from sysmo_tui.models import InboundMail, Mailbox, Topic, table
from sysmo_tui.services import audit, choices, leases, topics
from sysmo_tui.services.choices import Choices

FOLDER_LIMIT = 255
ERROR_LIMIT = 300

_MAILBOX, _TOPIC, _INBOUND = table(Mailbox), table(Topic), table(InboundMail)
_LINES = (
    sa.select(_MAILBOX, _TOPIC.c.slug.label("topic"), _TOPIC.c.name.label("topic_name"))
    .outerjoin(_TOPIC, _TOPIC.c.id == _MAILBOX.c.topic_id)
    .order_by(_MAILBOX.c.name)
)
_ID = sa.select(_MAILBOX.c.id).where(_MAILBOX.c.name == sa.bindparam("which"))
_FETCHED = (
    sa.select(
        _MAILBOX.c.name,
        _MAILBOX.c.url,
        _MAILBOX.c.folder,
        _MAILBOX.c.moves_to,
        _MAILBOX.c.uid_validity,
        _MAILBOX.c.last_uid,
        _MAILBOX.c.struggles,
    )
    .where(_MAILBOX.c.url != "", _MAILBOX.c.archived_at.is_(None))
    .order_by(_MAILBOX.c.name)
)
_FAILING = (
    sa.select(sa.func.count())
    .select_from(_MAILBOX)
    .where(_MAILBOX.c.failing_since.is_not(None), _MAILBOX.c.archived_at.is_(None))
)
_IS_SAME = sa.and_(
    _MAILBOX.c.name == sa.bindparam("which"),
    _MAILBOX.c.url == sa.bindparam("server"),
    _MAILBOX.c.folder == sa.bindparam("inside"),
)
"""Whether a mailbox is still what was fetched from: progress in one folder says nothing of another."""

_PROGRESS = (
    sa.update(_MAILBOX)
    .where(_IS_SAME)
    .values(
        uid_validity=sa.bindparam("validity"), last_uid=sa.bindparam("uid"), struggles=sa.bindparam("left")
    )
)
_CHECKED = (
    sa.update(_MAILBOX).where(_IS_SAME).values(checked_at=sa.bindparam("now"), failing_since=None, error="")
)
_REACHED = sa.update(_MAILBOX).where(_IS_SAME).values(checked_at=sa.bindparam("now"))
_FAILED = (
    sa.update(_MAILBOX)
    .where(_IS_SAME)
    .values(
        failing_since=sa.func.coalesce(
            _MAILBOX.c.failing_since, sa.bindparam("now", type_=_MAILBOX.c.failing_since.type)
        ),
        error=sa.bindparam("why"),
    )
)
_VERDICTS = (
    sa.select(_INBOUND.c.verdict, sa.func.count().label("mails"))
    .where(_INBOUND.c.id.in_(sa.bindparam("mails", expanding=True)))
    .group_by(_INBOUND.c.verdict)
)
_NUMBERS_AT_ONCE = 500


PLACES = frozenset({"url", "folder", "moves_to"})
"""What names places of the desk's network: a server, and what is there."""


@dataclass(frozen=True, slots=True)
class MailboxLine:
    """A mailbox as managers see it. ``url`` is "" for a pipe; ``fetcher`` is who fetches its mail now.

    ``topic`` is the slug of the topic of its new requests, None for the desk's first.
    """

    name: SafeText
    address: SafeText
    url: SafeText
    folder: SafeText
    moves_to: SafeText
    topic: SafeText | None
    topic_name: SafeText | None
    checked_at: datetime | None
    failing_since: datetime | None
    error: SafeText
    fetcher: SafeText | None
    is_archived: bool


@dataclass(frozen=True, slots=True)
class MailboxEdits:
    """What to change of a mailbox; None leaves it, an empty ``topic`` gives the desk's first."""

    address: str | None = None
    url: str | None = None
    folder: str | None = None
    moves_to: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Struggle:
    """A message that could not be fetched, kept or removed so far, by its number in the folder.

    ``next_at`` is when it is tried again. After a try that ``is_last`` it is tried no more.
    """

    uid: int
    reason: str = ""
    tries: int = 0
    next_at: datetime | None = None
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What fetching from a mailbox needs to know; no secret.

    ``last_uid`` and ``struggles`` are of ``uid_validity``.
    """

    name: str
    url: str
    folder: str
    moves_to: str
    uid_validity: int | None
    last_uid: int
    struggles: tuple[Struggle, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """A mailbox that was opened: how much mail waits in it, and whether its server tells of new mail."""

    name: SafeText
    folder: SafeText
    waiting: int
    tells: bool


@dataclass(frozen=True, slots=True)
class MailboxForm:
    """A mailbox, if there is one yet, and what can be chosen for it."""

    line: MailboxLine | None
    choices: Choices


def lines(work: Work, *, archived: bool = False) -> tuple[MailboxLine, ...]:
    """The mailboxes by name."""
    require_right(work.actor, Right.MANAGE_MAIL)
    statement = _LINES if archived else _LINES.where(_MAILBOX.c.archived_at.is_(None))
    fetchers = {held.duty: held.label or clean_line(held.holder) for held in leases.holders(work)}
    if work.actor.is_remote:
        fetchers = {}  # they are machines of the desk
    return tuple(_line(row, fetchers) for row in work.session.execute(statement))


def failing(work: Work) -> int:
    """How many mailboxes mail cannot be fetched from."""
    require_right(work.actor, Right.MANAGE_MAIL)
    return int(work.session.execute(_FAILING).scalar_one())


def show(work: Work, name: str) -> MailboxLine:
    """One mailbox, archived or not; NotFound."""
    for line in lines(work, archived=True):
        if line.name == name.strip():
            return line
    raise _not_found(name)


def to_try(work: Work, name: str) -> MailboxLine:
    """A mailbox that is to be opened with the desk's secrets; Forbidden through a door."""
    require_at_desk(work.actor)
    return show(work, name)


def form(work: Work, name: str = "") -> MailboxForm:
    """What editing a mailbox begins with; without ``name``, making one."""
    return MailboxForm(show(work, name) if name else None, choices.read(work))


def new(work: Work, name: str, edits: MailboxEdits) -> MailboxLine:
    """Make a mailbox; Conflict when there is one of this name, which never changes.

    Only administrators say where it is, for the secrets of whoever fetches go there.
    """
    require_right(work.actor, Right.MANAGE_MAIL)
    short = slugs.check(name.strip(), "name")
    if work.session.execute(_ID, {"which": short}).first() is not None:
        raise Conflict(
            N_("There is a mailbox “{name}” already, archived perhaps. Choose another name."),
            field="name",
            name=short,
        )
    mailbox = Mailbox(name=short, created_at=work.now)
    changes = _apply(work, mailbox, edits)
    work.session.add(mailbox)
    work.session.flush()
    _note(work, short, {"made": True, **changes})
    return show(work, short)


def edit(work: Work, name: str, edits: MailboxEdits) -> MailboxLine:
    """Change a mailbox; another server or folder is read from its beginning."""
    require_right(work.actor, Right.MANAGE_MAIL)
    mailbox = _locked(work, name)
    changes = _apply(work, mailbox, edits)
    if changes:
        mailbox.failing_since, mailbox.error = None, ""
        if {"url", "folder"} & set(changes):
            mailbox.uid_validity, mailbox.last_uid, mailbox.checked_at = None, 0, None
            mailbox.struggles = []
        work.session.flush()
        _note(work, mailbox.name, changes)
    return show(work, mailbox.name)


def archive(work: Work, name: str, *, archived: bool = True) -> MailboxLine:
    """Fetch from a mailbox no longer, or again; what was kept from it stays."""
    require_right(work.actor, Right.MANAGE_MAIL)
    mailbox = _locked(work, name)
    if (mailbox.archived_at is not None) is not archived:
        mailbox.archived_at = work.now if archived else None
        mailbox.failing_since, mailbox.error = None, ""
        work.session.flush()
        _note(work, mailbox.name, {"archived": archived})
    return show(work, mailbox.name)


def variable(name: str, mailboxes: int = 1) -> str:
    """The variable of the environment that holds a mailbox's password, among so many ``mailboxes``."""
    own = f"SYSMO_MAILBOX__{name.replace('-', '_').upper()}__PASSWORD"
    return "SYSMO_MAILBOX_PASSWORD" if mailboxes == 1 else own


def to_fetch(work: Work) -> tuple[Fetched, ...]:
    """The mailboxes that mail is fetched from, by name; for the background duties."""
    require_right(work.actor, Right.OPERATE)
    rows = work.session.execute(_FETCHED).all()
    return tuple(Fetched(*row[:-1], struggles=tuple(map(_struggle, row.struggles))) for row in rows)


def note_progress(
    work: Work, mailbox: Fetched, uid_validity: int, uid: int, struggles: Sequence[Struggle]
) -> None:
    """Remember that every message up to ``uid`` is kept but for ``struggles``, and how those fared.

    None of the others is looked at again where what was kept is left on the server.
    """
    require_right(work.actor, Right.OPERATE)
    left = [asdict(each) | {"next_at": each.next_at and each.next_at.isoformat()} for each in struggles]
    work.affected(_PROGRESS, {**_same(mailbox), "validity": uid_validity, "uid": uid, "left": left})


def note_checked(work: Work, mailbox: Fetched, trouble: str = "") -> None:
    """Remember that the mail of a mailbox was fetched now, all of it unless there was ``trouble``."""
    require_right(work.actor, Right.OPERATE)
    if trouble:
        work.affected(_REACHED, {**_same(mailbox), "now": work.now})
        note_failed(work, mailbox, trouble)
    else:
        work.affected(_CHECKED, {**_same(mailbox), "now": work.now})


def note_failed(work: Work, mailbox: Fetched, why: str) -> None:
    """Remember that fetching does not work, since when, and the reason in one line without secrets."""
    require_right(work.actor, Right.OPERATE)
    given = {**_same(mailbox), "now": work.now, "why": clean_line(why, ERROR_LIMIT)}
    work.affected(_FAILED, given)


def verdicts(work: Work, mails: Sequence[int]) -> dict[Verdict, int]:
    """How many of the kept mails with these numbers have which verdict; for the background duties."""
    require_right(work.actor, Right.OPERATE)
    found = Counter[Verdict]()
    for start in range(0, len(mails), _NUMBERS_AT_ONCE):
        some = {"mails": list(mails[start : start + _NUMBERS_AT_ONCE])}
        found.update({row.verdict: row.mails for row in work.session.execute(_VERDICTS, some)})
    return dict(found)


def _struggle(noted: dict[str, Any]) -> Struggle:
    next_at = noted["next_at"] and datetime.fromisoformat(noted["next_at"])
    return Struggle(**noted | {"next_at": next_at})


def _same(mailbox: Fetched) -> dict[str, Any]:
    return {"which": mailbox.name, "server": mailbox.url, "inside": mailbox.folder}


def _locked(work: Work, name: str) -> Mailbox:
    found = work.session.execute(_ID, {"which": name.strip()}).scalar()
    if found is None:
        raise _not_found(name)
    mailbox = work.session.get(Mailbox, found, with_for_update=True, populate_existing=True)
    assert mailbox is not None
    return mailbox


def _apply(work: Work, mailbox: Mailbox, edits: MailboxEdits) -> dict[str, Any]:
    """Set what is given; returns the changed columns with their old and new values."""
    wanted: dict[str, Any] = {}
    if edits.address is not None:
        given = edits.address.strip()
        wanted["address"] = addresses.normalise(given, allow_reserved=True, field="address") if given else ""
    if edits.url is not None:
        wanted["url"] = edits.url.strip()
    if edits.folder is not None:
        wanted["folder"] = _folder("folder", edits.folder)
    if edits.moves_to is not None:
        wanted["moves_to"] = _folder("moves_to", edits.moves_to)
    if edits.topic is not None:
        wanted["topic_id"] = topics.find(work, edits.topic).id if edits.topic.strip() else None
    changes = {
        name: [getattr(mailbox, name), value]
        for name, value in wanted.items()
        if getattr(mailbox, name) != value
    }
    if {"address", "url"} & set(changes):
        require_right(work.actor, Right.CONFIGURE)
    if PLACES & set(changes):
        require_at_desk(work.actor)
    for name, (_, value) in changes.items():
        setattr(mailbox, name, value)
    _check(mailbox)
    return changes


def _check(mailbox: Mailbox) -> None:
    """Refuse what makes no sense together: a server that is none, and two things to do with what is kept."""
    if not mailbox.folder:
        raise Invalid(N_("Write the folder that mail is fetched from, like INBOX."), field="folder")
    if mailbox.moves_to == mailbox.folder:
        raise Invalid(N_("What was fetched cannot move into the folder it comes from."), field="moves_to")
    if mailbox.url and mail_servers.read_imap(mailbox.url).keeps and mailbox.moves_to:
        raise Invalid(
            N_("What was fetched is either moved or left: take out ?keep=yes or the folder."),
            field="moves_to",
        )


def _folder(field: str, text: str) -> str:
    folder = storable_line(text)
    if len(folder) > FOLDER_LIMIT or not folder.isprintable():
        raise Invalid(N_("A folder's name has up to {limit} characters."), field=field, limit=FOLDER_LIMIT)
    return folder


def _note(work: Work, name: str, detail: dict[str, Any]) -> None:
    audit.record(work, AuditKind.CONFIGURED, detail={"mailbox": name, **detail})


def _not_found(name: str) -> NotFound:
    return NotFound(N_("There is no mailbox “{name}”."), field="mailbox", name=clean_line(name, 80))


def _line(row: Any, fetchers: dict[str, SafeText]) -> MailboxLine:
    return MailboxLine(
        name=clean_line(row.name),
        address=clean_line(row.address),
        url=clean_line(row.url),
        folder=clean_line(row.folder),
        moves_to=clean_line(row.moves_to),
        topic=None if row.topic is None else clean_line(row.topic),
        topic_name=None if row.topic_name is None else clean_line(row.topic_name),
        checked_at=row.checked_at,
        failing_since=row.failing_since,
        error=clean_line(row.error),
        fetcher=fetchers.get(leases.fetching(row.name)),
        is_archived=row.archived_at is not None,
    )
