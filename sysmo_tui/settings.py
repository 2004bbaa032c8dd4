"""What belongs to this process: where the desk is, how mail leaves, how the screen looks.

What belongs to the desk lives in its database. Each setting is taken from the
environment, else the user's file, else ``/etc/sysmo/config.toml``, else its default.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, Final

from sysmo_tui.domain.desk_address import DeskAddress, read_address
from sysmo_tui.domain.enums import Theme
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

__all__ = ["SYSTEM_FILE", "MailboxAccess", "Settings", "load", "user_file"]

APP: Final = "sysmo"
SYSTEM_FILE: Final = Path("/etc/sysmo/config.toml")
LONGEST_FILE: Final = 1_000_000
"""Bytes of a settings file."""

MOST_SESSIONS = 10_000
"""The highest that a number of sessions can be set to."""

_PREFIX = "SYSMO_"
_NESTED = "__"
_MAILBOX = "mailbox."


@dataclass(frozen=True, slots=True)
class MailboxAccess:
    """What opens one mailbox: a password, or what gives an OAuth 2.0 access token for it.

    The token is what ``token_command`` prints, or what ``token_url`` gives for ``refresh_token``
    (RFC 6749, 6), without one to the program itself (4.4). ``kept_in`` is the folder for what it gives
    to be used instead the next time; with None it is forgotten.
    """

    password: str = field(default="", repr=False)
    token_command: str = field(default="", repr=False)
    token_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    scope: str = ""
    kept_in: Path | None = None

    @property
    def is_ready(self) -> bool:
        """Whether it opens anything."""
        return bool(self.password or self.is_token)

    @property
    def is_token(self) -> bool:
        """Whether an access token opens it, instead of a password."""
        grant = self.refresh_token or self.client_secret
        return bool(self.token_command or (self.token_url and grant))


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process. ``keys`` gives bindings, by their ids, other keys.

    ``mailboxes`` holds the secrets of mailboxes by their names; the one under "" is for a desk that
    fetches from one mailbox alone.
    """

    data_dir: Path
    state_dir: Path
    database_url: str = field(repr=False)
    desk: DeskAddress | None = None
    """Where the desk is, when it is on another machine; its database is not used then."""
    report_url: str = field(default="", repr=False)
    """A standby of the desk's PostgreSQL server, where reports are read."""
    shares_connection: bool = True
    """Whether verbs over there, one soon after the other, go through one connection."""
    mail_url: str = field(default="", repr=False)
    mail_password: str = field(default="", repr=False)
    language: str = ""
    theme: Theme | None = None
    is_slow: bool = False
    """Whether the screens go over a connection that carries little."""
    is_kiosk: bool = False
    """Whether the account of this machine is shared: no editor, no paths, no files written."""
    keys: Mapping[str, str] = field(default_factory=dict)
    mailboxes: Mapping[str, MailboxAccess] = field(default_factory=dict, repr=False)
    door_sessions: int = 100
    door_sessions_of_source: int = 20
    door_sessions_of_account: int = 10
    """How many come through the SSH door at once: in all, from one address, for one account."""

    @property
    def demo_url(self) -> str:
        """The database of the demo desk."""
        return sqlite_url(self.data_dir / "demo.db")

    @property
    def log_path(self) -> Path:
        """Where what went wrong is written."""
        return self.state_dir / "log" / "sysmo.log"


def load(environ: Mapping[str, str], *, system_file: Path = SYSTEM_FILE) -> Settings:
    """Read the settings; Invalid names the file or variable that cannot be understood."""
    values: dict[str, Any] = {}
    own_file = user_file(environ)
    if "SYSMO_CONFIG" in environ and not own_file.is_file():
        raise Invalid(
            N_("SYSMO_CONFIG names {path}, which is not a file."), field="config", path=str(own_file)
        )
    for found in (_of_machine(system_file), _from_file(own_file), _from_environment(environ)):
        if "database.url" in found:
            # Two names of one thing: where the desk is. Whoever comes later says both.
            values.pop("desk.address", None)
        values |= found
    data = Path(_standard("user_data_dir"))
    chosen = values.pop("database.url", "")
    renamed = {_FIELDS[name]: value for name, value in values.items() if name in _FIELDS}
    state = Path(values.get("state.dir") or _standard("user_state_dir")).expanduser()
    return Settings(
        data_dir=data,
        state_dir=state,
        database_url=chosen or sqlite_url(data / "desk.db"),
        keys={name.removeprefix("keys."): v for name, v in values.items() if name.startswith("keys.")},
        mailboxes=_mailboxes(values, state / "mailboxes"),
        **renamed,
    )


def user_file(environ: Mapping[str, str]) -> Path:
    """The file with this user's settings, whether or not it exists."""
    named = environ.get("SYSMO_CONFIG")
    return Path(named).expanduser() if named else Path(_standard("user_config_dir")) / "config.toml"


def sqlite_url(path: Path) -> str:
    """The address of an embedded database."""
    return f"sqlite:///{path}"


def _mailboxes(values: Mapping[str, Any], kept_in: Path) -> dict[str, MailboxAccess]:
    """The secrets by mailbox, from values named ``mailbox.<name>.<field>``."""
    found: dict[str, dict[str, str]] = {}
    for dotted, value in values.items():
        if dotted.startswith(_MAILBOX):
            name, _, which = dotted.removeprefix(_MAILBOX).rpartition(".")
            found.setdefault(name, {})[which] = value
    return {name: MailboxAccess(**given, kept_in=kept_in) for name, given in found.items()}


def _standard(kind: str) -> str:
    import platformdirs

    return str(getattr(platformdirs, kind)(APP, appauthor=False))


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise Invalid(N_("The setting {name} must be a text in quotes."), field=name, name=name)
    return value


def _theme(name: str, value: object) -> Theme:
    given = _text(name, value)
    try:
        return Theme(given)
    except ValueError:
        raise Invalid(
            N_("The setting {name} cannot be “{value}”. Choose one of: {choices}."),
            field=name,
            name=name,
            value=given,
            choices=", ".join(Theme),
        ) from None


def _claim(name: str, value: object) -> bool:
    """A yes or no: a boolean of the file, or a word of the environment."""
    if isinstance(value, str):
        value = {"true": True, "1": True, "false": False, "0": False}.get(value.lower())
    if not isinstance(value, bool):
        raise Invalid(N_("The setting {name} must be true or false."), field=name, name=name)
    return value


def _count(name: str, value: object) -> int:
    """A number of one or more: an integer of the file, or digits of the environment."""
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = int(value[:9])
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_SESSIONS:
        raise Invalid(
            N_("The setting {name} must be a number from {low} to {high}."),
            field=name,
            name=name,
            low=1,
            high=MOST_SESSIONS,
        )
    return value


def _address(name: str, value: object) -> DeskAddress:
    given = _text(name, value)
    try:
        return read_address(given)
    except Invalid:
        raise Invalid(
            N_("The setting {name} must be an address like {example}."),
            field=name,
            name=name,
            example="ssh://sysmo@desk.example.com",
        ) from None


_READERS: Mapping[str, Callable[[object], Any]] = {
    name: partial(_text, name)
    for name in (
        "database.url",
        "database.report_url",
        "state.dir",
        "mail.url",
        "mail.password",
        "ui.language",
    )
} | {
    "desk.address": partial(_address, "desk.address"),
    "desk.share_connection": partial(_claim, "desk.share_connection"),
    "ui.theme": partial(_theme, "ui.theme"),
    "ui.slow": partial(_claim, "ui.slow"),
    "ui.kiosk": partial(_claim, "ui.kiosk"),
    "door.sessions": partial(_count, "door.sessions"),
    "door.source_sessions": partial(_count, "door.source_sessions"),
    "door.account_sessions": partial(_count, "door.account_sessions"),
}
_FIELDS = {
    "database.report_url": "report_url",
    "desk.address": "desk",
    "desk.share_connection": "shares_connection",
    "mail.url": "mail_url",
    "mail.password": "mail_password",
    "ui.language": "language",
    "ui.theme": "theme",
    "ui.slow": "is_slow",
    "ui.kiosk": "is_kiosk",
    "door.sessions": "door_sessions",
    "door.source_sessions": "door_sessions_of_source",
    "door.account_sessions": "door_sessions_of_account",
}
_SHORT = {
    "SYSMO_DESK": "desk.address",
    "SYSMO_DATABASE_URL": "database.url",
    "SYSMO_REPORT_DATABASE_URL": "database.report_url",
    "SYSMO_STATE_DIR": "state.dir",
    "SYSMO_MAIL_URL": "mail.url",
    "SYSMO_MAIL_PASSWORD": "mail.password",
    "SYSMO_LANG": "ui.language",
    "SYSMO_MAILBOX_PASSWORD": "mailbox..password",
}
_MAILBOX_FIELDS = tuple(f.name for f in fields(MailboxAccess) if f.name != "kept_in")


def _read(name: str, value: object, where: str) -> Any:
    if name.startswith("keys.") and len(name) > len("keys."):
        return _text(name, value)
    if name.startswith(_MAILBOX) and name.rpartition(".")[2] in _MAILBOX_FIELDS:
        return _text(name, value)
    reader = _READERS.get(name)
    if reader is None:
        inside = name.rpartition(".")[0] if name.startswith(_MAILBOX) else "mailbox"
        near = get_close_matches(name, [*_READERS, *(f"{inside}.{each}" for each in _MAILBOX_FIELDS)], 1)
        sentence = (
            N_("{where}: there is no setting {name}. Did you mean {near}?")
            if near
            else N_("{where}: there is no setting {name}. Choose one of: {choices}.")
        )
        raise Invalid(
            sentence,
            field=name,
            where=where,
            name=name,
            near="".join(near),
            choices=", ".join((*_READERS, "mailbox.…", "keys.…")),
        )
    return reader(value)


def _of_machine(path: Path) -> dict[str, Any]:
    """The settings of the whole machine; where they are those of its SSH door, its other users have none."""
    return _from_file(path) if os.access(path, os.R_OK) else {}


def _from_file(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LONGEST_FILE:
            raise Invalid(N_("{path} is too long for a settings file."), field="config", path=str(path))
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise Invalid(
            N_("The settings in {path} cannot be read: {reason}."),
            field="config",
            path=str(path),
            reason=os.strerror(error.errno or 0),
        ) from error
    import tomllib

    try:
        sections = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(
            N_("{path} is not TOML: {reason}."), field="config", path=str(path), reason=str(error)
        ) from error
    found: dict[str, Any] = {}
    for section, content_of in sections.items():
        if not isinstance(content_of, dict):
            _read(section, content_of, str(path))
        for name, value in _flat(f"{section}.", content_of):
            found[name] = _read(name, value, str(path))
    return found


def _flat(before: str, section: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The values of a section by dotted names; mailboxes have sections within theirs."""
    for name, value in section.items():
        if before == _MAILBOX and isinstance(value, dict):
            yield from _flat(f"{_MAILBOX}{name}.", value)
        else:
            yield f"{before}{name}", value


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for variable, value in environ.items():
        if not variable.startswith(_PREFIX):
            continue
        section, nested, name = variable.removeprefix(_PREFIX).partition(_NESTED)
        if nested:
            dotted = f"{section.lower()}.{_dotted(name) if section == 'MAILBOX' else name.lower()}"
            found[dotted] = _read(dotted, value, variable)
    # The short names are the documented ones, so they win.
    for short, name in _SHORT.items():
        if environ.get(short):
            found[name] = _READERS[name](environ[short]) if name in _READERS else environ[short]
    return found


def _dotted(name: str) -> str:
    """``SALES_EU__PASSWORD`` as ``sales-eu.password``: a variable's name cannot hold a mailbox's dash."""
    mailbox, nested, which = name.lower().partition(_NESTED)
    return f"{mailbox.replace('_', '-')}.{which}" if nested else mailbox
