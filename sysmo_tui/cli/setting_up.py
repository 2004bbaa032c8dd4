"""``sysmo init``: a desk where there is none."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.input import answer, can_ask, secret_values
from sysmo_tui.cli.local_options import DeskPlace
from sysmo_tui.cli.options import PasswordStdin, among
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.cli.whereabouts import LIKELY, country_of, time_zone_of
from sysmo_tui.domain.errors import Conflict, Invalid, NoDesk
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.i18n import LANGUAGES, _
from sysmo_tui.settings import sqlite_url

if TYPE_CHECKING:
    from sysmo_tui.services.setup import Founded

app = Noun()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the new desk shall be like."""

    admin_email: str
    admin_name: str
    desk_name: str
    language: str
    country: str
    time_zone: str


@app.verb(
    "init",
    help=_("Make a desk: its database, catalogue and first administrator."),
    example="sysmo init --email ada@example.com --name 'Ada Ruiz'",
)
def _init(
    context: typer.Context,
    *,
    email: Annotated[str | None, typer.Option(help=_("The administrator's e-mail address."))] = None,
    name: Annotated[str | None, typer.Option(help=_("The administrator's name."))] = None,
    password_stdin: PasswordStdin = False,
    desk_name: Annotated[str | None, typer.Option(help=_("What the desk is called."))] = None,
    lang: Annotated[
        str | None, typer.Option(help=_("The desk's language: en or es."), autocompletion=among(LANGUAGES))
    ] = None,
    country: Annotated[str | None, typer.Option(help=_("The desk's country: two letters."))] = None,
    time_zone: Annotated[str | None, typer.Option(help=_("Like America/Argentina/Buenos_Aires."))] = None,
    topic: Annotated[list[str] | None, typer.Option(help=_("A first topic; may be repeated."))] = None,
    shared: Annotated[
        str | None,
        typer.Option(
            metavar=DeskPlace(_("FOLDER")), help=_("Share the desk with the operators of this machine.")
        ),
    ] = None,
    own_domain: Annotated[
        list[str] | None, typer.Option(help=_("A mail domain of the desk's own company."))
    ] = None,
    allow_reserved_addresses: Annotated[
        bool,
        typer.Option(
            "--allow-reserved-addresses", help=_("Take addresses like x@desk.example, to try things out.")
        ),
    ] = False,
) -> None:
    run = here(context)
    from sysmo_tui.domain import addresses
    from sysmo_tui.services import desk_settings

    url = _place(run, shared)
    _require_none(run)
    language = lang or run.language
    assumed = country_of(run.environ) or LIKELY.get(language, LIKELY["en"])
    wishes = Wishes(
        admin_email=answer(
            run,
            email,
            "--email",
            _("Your e-mail address"),
            check=lambda given: addresses.normalise(given, allow_reserved_addresses),
        ),
        admin_name=answer(run, name, "--name", _("Your name"), check=partial(desk_settings.read, "name")),
        desk_name=answer(
            run,
            desk_name,
            "--desk-name",
            _("The desk's name"),
            _("Help desk"),
            check=partial(desk_settings.read, "name"),
        ),
        language=language,
        country=answer(
            run,
            country,
            "--country",
            _("Country (two letters)"),
            assumed,
            check=partial(desk_settings.read, "country"),
        ),
        time_zone=time_zone or time_zone_of(run.environ),
    )
    _check(wishes, allow_reserved_addresses)
    password = _password(run, password_stdin, wishes)
    from sysmo_tui.services import setup
    from sysmo_tui.services.hashing import hash_password

    password_hash = hash_password(password)
    _make_database(run, url, shared is not None)
    founded = run.itself.write(
        setup.found,
        admin_email=wishes.admin_email,
        admin_name=wishes.admin_name,
        desk_name=wishes.desk_name,
        language=wishes.language,
        country=wishes.country,
        time_zone=wishes.time_zone,
        password_hash=password_hash,
        topics=topic or (),
        allows_reserved_addresses=allow_reserved_addresses,
        own_domains=own_domain or (),
    )
    _welcome(run, founded, url, is_shared=shared is not None)
    if country is None and not can_ask(run):
        run.out.say(
            _(
                "Its country is {country}. To change it: {command}",
                country=wishes.country,
                command=Advice(f"sysmo config edit country {wishes.country}"),
            )
        )
    if time_zone is None:
        run.out.say(
            _(
                "Its time zone is {time_zone}. To change it: {command}",
                time_zone=wishes.time_zone,
                command=Advice("sysmo config edit time_zone America/Argentina/Buenos_Aires"),
            )
        )


def _place(run: Here, shared: str | None) -> str:
    """The database to make; ``--shared`` names its folder."""
    if shared is None:
        return run.database_url
    if run.options.database:
        raise Invalid(N_("Choose either --shared or --database."), field="shared")
    run.options.database = sqlite_url(Path(shared).absolute() / "desk.db")
    return run.options.database


def _require_none(run: Here) -> None:
    """Refuse before anything is asked when there is a desk already."""
    from sysmo_tui.services import desk_settings

    try:
        is_there = run.visitor.read(desk_settings.is_set_up)
    except NoDesk:
        run.close()
        return
    if is_there:
        raise Conflict(
            N_("There is a desk at {where} already. Sign in with: {command}"),
            where=run.desk.store.shown_url,
            command=Advice("sysmo login"),
        )


def _check(wishes: Wishes, allows_reserved: bool) -> None:
    """Refuse what the desk would refuse, before there is half a desk."""
    from sysmo_tui.domain import addresses
    from sysmo_tui.services import desk_settings

    given = {
        "desk_name": ("name", wishes.desk_name),
        "lang": ("language", wishes.language),
        "country": ("country", wishes.country),
        "time_zone": ("time_zone", wishes.time_zone),
        "name": ("name", wishes.admin_name),
    }
    for option, (setting, value) in given.items():
        try:
            desk_settings.read(setting, value)
        except Invalid as refusal:
            refusal.field = option
            raise
    addresses.normalise(wishes.admin_email, allows_reserved)


def _password(run: Here, is_on_stdin: bool, wishes: Wishes) -> str:
    from sysmo_tui.domain import password_rules

    def check(given: str) -> str:
        return password_rules.check(given, [wishes.admin_name, wishes.admin_email, wishes.desk_name])

    [password] = secret_values(run, is_on_stdin, [_("Choose a password")], is_new=True, check=check)
    return check(password)


def _make_database(run: Here, url: str, is_shared: bool) -> None:
    """An empty desk; one whose making was interrupted is taken up again."""
    from sysmo_tui.storage import schema

    try:
        run.require_desk()
    except NoDesk:
        run.close()
        schema.create(url, is_shared=is_shared)


def _welcome(run: Here, founded: Founded, url: str, *, is_shared: bool) -> None:
    shape = {
        "uuid": founded.uuid,
        "name": founded.name,
        "database": run.desk.store.shown_url,
        "administrator": founded.admin_email,
        "topics": list(founded.topics),
    }
    run.out.done(
        shape,
        _("The desk “{name}” is ready in {where}.", name=founded.name, where=run.desk.store.shown_url),
    )
    if run.options.database:
        export = f"export SYSMO_DATABASE_URL={shlex.quote(url)}"
        run.out.say(_("Tell your programs where it is: {command}", command=export))
    if is_shared:
        folder = Path(url.removeprefix("sqlite:///")).parent
        run.out.say(
            _(
                "Whoever works there belongs to its group, {group}. For another group: {command}",
                group=folder.group(),
                command=f"chgrp -R GROUP {shlex.quote(str(folder))}",
            )
        )
    run.out.say(_("Sign in: {command}", command=Advice(f"sysmo login --email {founded.admin_email}")))
    run.out.say(
        _("Then invite the others: {command}", command=Advice("sysmo account new --email E --role operator"))
    )
