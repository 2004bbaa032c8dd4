"""What a verb works with: the settings, the desk, who is signed in, and where output goes."""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import re
import shlex
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from sysmo_tui import collecting, i18n, settings
from sysmo_tui.cli.chosen import Options
from sysmo_tui.cli.nouns import LOCAL
from sysmo_tui.cli.output import Output
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import Channel
from sysmo_tui.domain.errors import DeskError, Forbidden, Invalid
from sysmo_tui.domain.message import N_

if TYPE_CHECKING:
    import typer

    from sysmo_tui.cli.door_lines import Gate
    from sysmo_tui.cli.session_file import NoSession, SessionFile
    from sysmo_tui.desk import Command, Desk, Door, Work
    from sysmo_tui.domain.actor import Actor
    from sysmo_tui.domain.desk_address import DeskAddress
    from sysmo_tui.domain.views import Changed
    from sysmo_tui.door.parcel import Parcel
    from sysmo_tui.door.slots import Slot
    from sysmo_tui.door.visit import Visit
    from sysmo_tui.services.bulk import BulkResult
    from sysmo_tui.services.desk_settings import DeskSettings
    from sysmo_tui.settings import Settings
    from sysmo_tui.storage.engine import Store
    from sysmo_tui.storage.standby import Standby

P = ParamSpec("P")
T = TypeVar("T")

_FOR_ROOT = (["connect"], ["doctor"], ["door"])
"""What leaves no file behind, or makes those of the other account."""

_SECRET = re.compile(r"://[^/]*:[^@]+@|password=")
"""An address that holds a password: users of mail servers have an @ in their names."""


class Here:
    """One run of the program: everything is opened when it is first asked for."""

    def __init__(self, environ: Mapping[str, str], words: Sequence[str], visit: Visit | None = None) -> None:
        self.environ = environ
        self.words = tuple(words)
        self.visit = visit
        """The connection through the SSH door that this run serves, if it does."""
        self.parcel: Parcel | None = None
        """The files that follow on standard input, framed."""
        self.gate: Gate | None = None
        self.slot: Slot | None = None
        self._is_input_taken = False
        self.options = Options()
        self.is_mail_kept = False
        self.command_path = "sysmo"
        self._params: Sequence[Any] = ()
        self._desk: Desk | None = None
        self._store: Store | None = None
        self._batches: list[str] = []
        self._visits: list[str] = []

    @cached_property
    def out(self) -> Output:
        """Where data and talk go."""
        return Output(self.options, self.environ, lambda: self.zone)

    @property
    def wants_json(self) -> bool:
        """Whether a script reads one JSON document, also when the options were not understood."""
        return self.options.json or (not self.options.jsonl and "--json" in self.words)

    @cached_property
    def settings(self) -> Settings:
        """The settings of this process."""
        return settings.load(self.environ)

    @cached_property
    def language(self) -> str:
        """The language to speak: the environment's or the settings', which may be in no good order."""
        if self.environ.get("SYSMO_LANG"):
            return i18n.language_of(self.environ)
        try:
            return self.settings.language or i18n.language_of(self.environ)
        except Invalid:
            return i18n.language_of(self.environ)

    @property
    def log_path(self) -> Path:
        """Where bugs are written, whatever is wrong with the settings."""
        try:
            return self.settings.log_path
        except Invalid:
            return settings.load({}).log_path

    @property
    def far_desk(self) -> DeskAddress | None:
        """Where the desk is, when this run means one on another machine."""
        if self.options.demo or self.options.database or self.visit is not None:
            return None
        return self.settings.desk

    def is_elsewhere(self, command_path: str) -> bool:
        """Whether a verb runs on the machine of the desk, not here."""
        return command_path.split()[1] not in LOCAL and self.far_desk is not None

    def require_keeper(self, command_path: str) -> None:
        """Refuse root what belongs to another account: the files that root makes, that one could not use."""
        if os.geteuid() != 0 or self.visit is not None or command_path.split()[1:2] in _FOR_ROOT:
            return
        keeper = _owner_of(self.settings.state_dir)
        if keeper != 0:
            name = _name_of(keeper)
            raise Forbidden(
                N_("The account {name} keeps the desk of this machine. Do it as that one: {command}"),
                name=name,
                command=f"runuser -u {name} -- {command_path}",
            )

    @cached_property
    def database_url(self) -> str:
        """The database that this run means; what is advised from now on is for it."""
        require_no_secret(self.options.database)
        i18n.advise_for(self._desk_option)
        if self.far_desk is not None:
            raise Invalid(
                N_("The desk is at {address}; this works where its database is: name one with {option}."),
                field="database",
                address=str(self.far_desk),
                option="--database",
            )
        if self.options.demo:
            if self.options.database:
                raise Invalid(N_("Choose either --demo or --database."), field="demo")
            return self.settings.demo_url
        return self.options.database or self.settings.database_url

    @property
    def desk(self) -> Desk:
        """The desk, open and of this version; NoDesk when there is none."""
        if self._desk is None:
            from sysmo_tui.assembly import desk_on
            from sysmo_tui.storage.retrying import COMMAND_SECONDS

            self._desk = desk_on(self.store).with_patience(COMMAND_SECONDS)
            collecting.as_usual()
        return self._desk

    @property
    def store(self) -> Store:
        """The desk's database alone, open and of this version; NoDesk when there is none."""
        if self._store is None:
            from sysmo_tui.storage import schema
            from sysmo_tui.storage.engine import open_store

            self._store = open_store(self.database_url)
            schema.check(self._store)
            self._store.standby = self._standby(self._store)
        return self._store

    def _standby(self, store: Store) -> Standby | None:
        """Where reports on the desk that the settings name are read; an embedded database has no standby."""
        url = self.settings.report_url
        if not url or store.path is not None or self.database_url != self.settings.database_url:
            return None
        from sysmo_tui.storage.standby import Standby, address

        return Standby(address(url))

    def require_desk(self) -> Desk:
        """The desk, before anything is asked for in vain; NoDesk when there is none."""
        return self.desk

    def clock(self) -> datetime:
        """The time now, in UTC."""
        return datetime.now(UTC)

    @cached_property
    def desk_settings(self) -> DeskSettings:
        """The desk's own settings."""
        from sysmo_tui.services import desk_settings

        return self.visitor.read(desk_settings.load)

    @cached_property
    def session_file(self) -> SessionFile | NoSession:
        """Where this user's session on this desk is kept; through the SSH door, the key stands for it."""
        from sysmo_tui.cli.session_file import NoSession, SessionFile

        if self.visit is not None:
            return NoSession()
        return SessionFile(self.settings.state_dir, self.desk_settings.uuid)

    @property
    def door(self) -> Door:
        """The desk as whoever is signed in sees it."""
        caller = self.caller(Channel.CLI)
        return self._door(caller.with_secret(self.session_file.load()))

    @property
    def visitor(self) -> Door:
        """The desk as someone sees it who has not signed in."""
        return self._door(replace(self.caller(Channel.CLI), key=None))

    @property
    def itself(self) -> Door:
        """The desk acting for itself: only for those who hold its database anyway."""
        if self.visit is not None:
            raise Forbidden(N_("This is set on the desk's own machine."))
        return self._door(replace(self.caller(Channel.CLI), is_desk=True))

    @cached_property
    def actor(self) -> Actor:
        """Who is signed in; NotSignedIn otherwise."""
        return self.door.read(_who)

    def require_actor(self) -> Actor:
        """Who is signed in, before anything is asked for in vain; NotSignedIn otherwise."""
        return self.actor

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone for people: the actor's own, else the desk's."""
        try:
            signed_in = self.door.read(who_if_anyone)
        except Invalid:
            # A session that cannot be trusted must not keep anyone from seeing what was done.
            signed_in = None
        own = signed_in.time_zone if signed_in else None
        return ZoneInfo(own) if own else self.desk_settings.zone

    def read(self, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a use case that only reads, as whoever is signed in."""
        return self.door.read(use_case, *args, **kwargs)

    def write(self, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a use case that changes something; the mail that follows is sent when the verb is done."""
        return self.create("", use_case, *args, **kwargs)

    def rehearse(self, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a use case would do, or how it would be refused; nothing is changed."""
        self._require_whole()
        return self.door.rehearse(use_case, *args, **kwargs)

    def create(
        self, key: str, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Like :meth:`write`, but the same ``key`` with the same arguments happens once."""
        self._require_whole()
        return self.door.write_once(self.command(key, use_case, args, kwargs), use_case, *args, **kwargs)

    def create_each(
        self, key: str, numbers: Sequence[int], use_case: Callable[..., Changed], *args: Any, **kwargs: Any
    ) -> BulkResult:
        """:meth:`create` with several tickets as one command, named after what is done with each."""
        from sysmo_tui.services import bulk

        self._require_whole()
        command = self.command(key, use_case, numbers, args, kwargs)
        return self.door.write_once(command, bulk.each, numbers, use_case, *args, **kwargs)

    def command(self, key: str, use_case: Callable[..., Any], *given: object) -> Command:
        """A command of its own, or with a ``key`` the one that was ``given`` the same things before."""
        from sysmo_tui.desk import command_for

        return command_for(use_case, key, _digest(*given) if key else "")

    def take_input(self, field: str) -> None:
        """Have standard input for a file; Invalid when another file was read from it."""
        if self._is_input_taken:
            raise Invalid(N_("Standard input can be read only once."), field=field)
        self._is_input_taken = True

    def option_named(self, field: str | None) -> str | None:
        """The option of the running verb that a refused field came from."""
        for param in self._params:
            if field is not None and getattr(param, "name", None) == field:
                return next((o for o in param.opts if o.startswith("--")), None)
        return None

    def enter(self, context: typer.Context) -> None:
        """Remember which verb runs, to name its options and its place in the log."""
        self.command_path = context.command_path
        self._params = context.command.params
        if sum((self.options.json, self.options.jsonl, self.options.csv)) > 1:
            raise Invalid(N_("Choose one of --json, --jsonl and --csv."), field="csv")

    def finish(self) -> None:
        """Send the mail that follows from what was written."""
        if self._desk is not None and (self._batches or self._visits):
            from sysmo_tui.cli.posting import post

            post(self, self._desk, list(self._batches), list(self._visits))
            self._batches.clear()
            self._visits.clear()

    def close(self) -> None:
        """Let go of the desk, and of the place among its visitors."""
        if self.slot is not None:
            self.slot.leave()
        if self._store is not None:
            self._store.interrupt_all()
            self._store.close()
            self._store = self._desk = None

    def _require_whole(self) -> None:
        """Refuse to change anything before all files that came with the words are there."""
        if self.parcel is not None:
            self.parcel.require_end()

    @property
    def _desk_option(self) -> str:
        """What names this run's desk in another command."""
        if self.options.demo:
            return "--demo"
        return f"--database {shlex.quote(self.options.database)}" if self.options.database else ""

    def caller(self, channel: Channel) -> Caller:
        """Whoever runs this, before the desk has looked: with the key of a visit, without a session."""
        if self.visit is None:
            return Caller(channel, source=where())
        key = self.visit.key.fingerprint if self.visit.key else None
        return Caller(channel, source=self.visit.source, key=key, is_remote=True)

    def _door(self, caller: Caller) -> Door:
        from sysmo_tui.desk import Door

        return Door(self.desk, caller, self._visits if caller.is_unknown else self._batches)


def here(context: typer.Context) -> Here:
    """The run that a verb belongs to."""
    found = context.obj
    assert isinstance(found, Here)
    found.enter(context)
    return found


def holds_secret(address: str) -> bool:
    """Whether an address has a password: every user of this machine sees arguments while a program runs."""
    return _SECRET.search(address) is not None


def require_no_secret(address: str, *, field: str = "database", variable: str = "SYSMO_DATABASE_URL") -> None:
    """Refuse a database's address with a password as an argument; ``variable`` may hold it."""
    if holds_secret(address):
        raise Invalid(
            N_("A password is no argument, for others could see it. Set {variable}, or keep it in {file}."),
            field=field,
            variable=variable,
            file="~/.pgpass",
        )


def where() -> str:
    """Who runs this process, and on which machine."""
    return f"{_name_of(os.getuid())}@{socket.gethostname()}"


def _owner_of(folder: Path) -> int:
    """The number of the account whose folder it is, or in whose folder it would be made."""
    there = next((each for each in (folder, *folder.absolute().parents) if each.exists()), Path("/"))
    return there.stat().st_uid


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _who(work: Work) -> Actor:
    return work.actor


def who_if_anyone(work: Work) -> Actor | None:
    """Who is signed in, None for a visitor."""
    return work.signed_in


def address_if_anyone(run: Here) -> str:
    """The address of whoever is signed in on the desk that is there, "" for nobody."""
    try:
        actor = run.door.read(who_if_anyone)
    except DeskError:
        return ""
    return actor.email if actor else ""


def _digest(*given: object) -> str:
    """What was asked, as a hash: equal for equal arguments, whatever their files are called inside.

    Of which draft a text was is left out: a second try finds none.
    """
    return hashlib.sha256(json.dumps(given, default=_plain, sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> object:
    import dataclasses

    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = {field.name for field in dataclasses.fields(value)} - {"blob_id", "draft"}
        return {name: getattr(value, name) for name in names}
    return str(value)
