"""The desk's own settings, kept in its database."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain import addresses, tax_ids
from sysmo_tui.domain.enums import AuditKind
from sysmo_tui.domain.errors import Invalid, NoDesk, NotFound
from sysmo_tui.domain.kept import MAIL_LIMIT
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.domain.moments import is_time_zone
from sysmo_tui.domain.policy import Right, require_at_desk, require_right
from sysmo_tui.domain.text import storable_line
from sysmo_tui.i18n import LANGUAGES
from sysmo_tui.models import Setting, table
from sysmo_tui.services import audit

_SETTING = table(Setting)
_ALL = sa.select(_SETTING.c.name, _SETTING.c.value)
_AS_TEXT = sa.select(_SETTING.c.name, sa.type_coerce(_SETTING.c.value, sa.String))
_INSERT = sa.insert(_SETTING)
_UPDATE = (
    sa.update(_SETTING).where(_SETTING.c.name == sa.bindparam("which")).values(value=sa.bindparam("new"))
)

MB = 1_000_000
LEAST_MAIL_LIMIT = 100_000
"""The lowest that the limit of a mail can be set to, in bytes."""


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """What is set for the whole desk; ``mail_url`` is "" while none is set.

    ``file_limit`` is in bytes, and so is ``staged_limit``, for all that a person has attached and not sent;
    ``mail_limit``, for a mail that comes in; and ``reply_file_limit``, for all files of a mail that leaves.
    ``mail_comes_in`` says that answers by mail arrive, ``plus_addresses`` that ``desk+anything@`` does, too.
    Raising ``mail_epoch`` retires every such address that was given out.
    """

    uuid: str
    name: str
    language: str
    country: str
    time_zone: str
    reply_address: str
    mail_domain: str
    mail_key: str = field(repr=False)
    mail_url: str = field(default="", repr=False)
    file_limit: int = 25 * MB
    files_per_message: int = 20
    staged_limit: int = 500 * MB
    allows_reserved_addresses: bool = False
    mail_limit: int = MAIL_LIMIT
    reply_file_limit: int = 8 * MB
    mail_comes_in: bool = False
    plus_addresses: bool = True
    mail_tickets_per_hour: int = 20
    acknowledgements_per_hour: int = 200
    mail_epoch: int = 0
    is_demo: bool = False
    own_domains: tuple[str, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The desk's time zone."""
        return ZoneInfo(self.time_zone)

    def is_own_address(self, address: str) -> bool:
        """Whether an address belongs to the company that runs the desk."""
        domain = address.rpartition("@")[2].casefold()
        return domain in self.own_domains


@dataclass(frozen=True, slots=True)
class Listed:
    """A setting as administrators see it; the value of a secret is only whether there is one."""

    name: str
    value: str | int | bool | tuple[str, ...]
    is_secret: bool
    can_change: bool


_LOADED: Memory[DeskSettings] = Memory(is_common=True)


def load(work: Work) -> DeskSettings:
    """The settings, by one statement in each unit of work; NoDesk before the desk is set up.

    Invalid names a setting that is damaged: not set by the desk, but in its database.
    """
    loaded = _LOADED.get(work)
    if loaded is None:
        stored = _stored(work)
        if "uuid" not in stored:
            raise NoDesk(N_("This desk is not set up yet."))
        fields = {f.name: f for f in dataclasses.fields(DeskSettings)}
        values = {name: value for name, value in stored.items() if name in fields}
        values["own_domains"] = values.get("own_domains", ())
        for name, each in fields.items():
            if name not in values and each.default is dataclasses.MISSING:
                raise _damaged(name)
            if name in values and not _FORMS[str(each.type)](values[name]):
                raise _damaged(name)
        values["own_domains"] = tuple(values["own_domains"])
        loaded = _LOADED.set(work, DeskSettings(**values))
        if not is_time_zone(loaded.time_zone):
            raise _damaged("time_zone")
    return loaded


def _stored(work: Work) -> dict[str, Any]:
    try:
        return {row.name: row.value for row in work.session.execute(_ALL)}
    except ValueError as error:
        for name, value in work.session.execute(_AS_TEXT):
            try:
                json.loads(value)
            except ValueError:
                raise _damaged(name) from error
        raise


def _damaged(name: str) -> Invalid:
    return Invalid(
        N_("The desk's setting “{name}” is damaged. Restore a backup: {command}"),
        field="database",
        name=name,
        command=Advice("sysmo db restore FILE"),
    )


_FORMS: Mapping[str, Callable[[Any], bool]] = {
    "str": lambda value: isinstance(value, str),
    "int": lambda value: type(value) is int,
    "bool": lambda value: isinstance(value, bool),
    "tuple[str, ...]": lambda value: (
        isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    ),
}
"""What a setting of each type holds."""


def listed(work: Work) -> tuple[Listed, ...]:
    """What is set, for administrators, without secrets."""
    require_right(work.actor, Right.CONFIGURE)
    loaded = load(work)
    return tuple(
        Listed(
            name,
            bool(getattr(loaded, name)) if name in SECRET else getattr(loaded, name),
            is_secret=name in SECRET,
            can_change=name in READERS and not (work.actor.is_remote and name in PLACES),
        )
        for name in ("uuid", *READERS, "is_demo")
    )


def is_set_up(work: Work) -> bool:
    """Whether this database is a desk that has been set up."""
    return work.session.execute(_ALL.where(_SETTING.c.name == "uuid")).first() is not None


def store(work: Work, settings: DeskSettings) -> None:
    """Write all settings of a new desk."""
    rows = [{"name": name, "value": _plain(value)} for name, value in dataclasses.asdict(settings).items()]
    work.session.execute(_INSERT, rows)
    _LOADED.set(work, settings)


def change(work: Work, name: str, value: object) -> None:
    """Change one setting; text is read as people write it ("on", "25", "a.com, b.com").

    NotFound for a name that cannot be changed, Invalid for a value that makes no sense. It returns
    nothing because results are kept, and the settings hold secrets.
    """
    require_right(work.actor, Right.CONFIGURE)
    if name in PLACES:
        require_at_desk(work.actor)
    before = load(work)
    new = read(name, value)
    old = getattr(before, name)
    if new == old:
        return
    after: DeskSettings = dataclasses.replace(before, **{name: new})
    if not work.affected(_UPDATE, {"which": name, "new": _plain(new)}):
        work.session.execute(_INSERT, {"name": name, "value": _plain(new)})
    hidden = name in SECRET
    audit.record(
        work,
        AuditKind.CONFIGURED,
        detail={"setting": name} if hidden else {"setting": name, "old": _plain(old), "new": _plain(new)},
    )
    _LOADED.set(work, after)


def read(name: str, value: object) -> Any:
    """The value that ``value`` means for the setting ``name``; NotFound or Invalid."""
    reader = READERS.get(name)
    if reader is None:
        raise NotFound(
            N_("There is no setting “{name}”. Choose one of: {choices}."),
            field="name",
            name=name,
            choices=", ".join(READERS),
        )
    return reader(name, value)


def _plain(value: object) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _line(name: str, value: object) -> str:
    text = storable_line(str(value))
    if not 1 <= len(text) <= 120:
        raise Invalid(N_("Write between 1 and 120 characters."), field=name)
    return text


def _language(name: str, value: object) -> str:
    text = str(value).strip().lower()
    if text not in LANGUAGES:
        raise Invalid(
            N_("The desk does not speak “{value}”. Choose one of: {choices}."),
            field=name,
            value=text,
            choices=", ".join(LANGUAGES),
        )
    return text


def _country(name: str, value: object) -> str:
    text = str(value).strip().upper()
    if not tax_ids.is_country(text):
        raise Invalid(N_("Write the country as two letters, like AR or ES."), field=name)
    return text


def _time_zone(name: str, value: object) -> str:
    return check_time_zone(str(value), name)


def check_time_zone(text: str, field_name: str = "time_zone") -> str:
    """Give the name of a time zone of the IANA database; Invalid otherwise."""
    if not is_time_zone(text.strip()):
        raise Invalid(
            N_("“{value}” is not a time zone. Write it like America/Argentina/Buenos_Aires."),
            field=field_name,
            value=text,
        )
    return text.strip()


def _address(name: str, value: object) -> str:
    return addresses.normalise(str(value), allow_reserved=True, field=name)


def _domain(name: str, value: object) -> str:
    text = value.strip().casefold().lstrip("@") if isinstance(value, str) else ""
    if not text or len(text) > 253 or any(c.isspace() or c in "@/," or not c.isprintable() for c in text):
        raise Invalid(
            N_("“{value}” is not a mail domain. Write it like example.com."),
            field=name,
            value=text or str(value),
        )
    return text


def _domains(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(",")
    many = value if isinstance(value, list | tuple) else [value]
    return tuple(dict.fromkeys(_domain(name, each) for each in many if str(each).strip()))


_MAIL_SCHEMES = ("smtp://", "smtps://", "file:///", "null:")


def _mail_url(name: str, value: object) -> str:
    text = str(value).strip()
    if text and not text.startswith(_MAIL_SCHEMES):
        raise Invalid(
            N_("Write how mail leaves like smtp://user@host:587, smtps://host, file:///folder or null:."),
            field=name,
        )
    if any(not c.isprintable() or c.isspace() for c in text):
        raise Invalid(N_("The mail address of the desk must not contain spaces."), field=name)
    return text


def _number(low: int, high: int) -> Callable[[str, object], int]:
    def read_number(name: str, value: object) -> int:
        text = str(value).strip()
        if isinstance(value, bool) or not (text.isascii() and text.isdecimal() and len(text) < 16):
            raise Invalid(N_("Write a whole number."), field=name)
        if not low <= int(text) <= high:
            raise Invalid(N_("Write a number from {low} to {high}."), field=name, low=low, high=high)
        return int(text)

    return read_number


def _switch(name: str, value: object) -> bool:
    text = str(value).strip().lower()
    if text in {"on", "yes", "true", "1"}:
        return True
    if text in {"off", "no", "false", "0"}:
        return False
    raise Invalid(N_("Write on or off."), field=name)


READERS: Mapping[str, Callable[[str, object], Any]] = {
    "name": _line,
    "language": _language,
    "country": _country,
    "time_zone": _time_zone,
    "reply_address": _address,
    "mail_domain": _domain,
    "mail_url": _mail_url,
    "file_limit": _number(1024, 1000 * MB),
    "files_per_message": _number(0, 200),
    "staged_limit": _number(1024, 100_000 * MB),
    "mail_limit": _number(LEAST_MAIL_LIMIT, 1000 * MB),
    "reply_file_limit": _number(0, 100 * MB),
    "mail_comes_in": _switch,
    "plus_addresses": _switch,
    "mail_tickets_per_hour": _number(1, 100_000),
    "acknowledgements_per_hour": _number(0, 1_000_000),
    "mail_epoch": _number(0, 1_000_000),
    "allows_reserved_addresses": _switch,
    "own_domains": _domains,
}
"""What can be changed, and how what people write is read."""

PLACES = frozenset({"mail_url"})
"""Settings that name places of the desk's machine or of its network."""

SECRET = frozenset({"mail_url", "mail_key"})
"""Settings whose values are not shown and not logged."""
