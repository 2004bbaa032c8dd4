"""From the command line to the screens, or to the three ways to a desk."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import typer

from sysmo_tui import collecting
from sysmo_tui.cli.context import Here, who_if_anyone
from sysmo_tui.cli.failures import keeping_log
from sysmo_tui.domain.enums import Channel
from sysmo_tui.domain.errors import Invalid, NoDesk
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import _

if TYPE_CHECKING:
    from sysmo_tui.desk import Door, Work
    from sysmo_tui.screens.suspending import Background
    from sysmo_tui.services.mail_texts import Preview, Wording
    from sysmo_tui.services.mailboxes import Trial


SLOW = {"TEXTUAL_FPS": "15", "TEXTUAL_ANIMATIONS": "none"}
"""What Textual reads when it is imported, for connections that carry little."""
USUAL = {"TEXTUAL_FPS": "120"}
"""The same for all others: what a key changed waits 8 ms at most to be painted, instead of 17."""


def open_screens(run: Here) -> None:
    """Open the screens on this run's desk; with no desk, offer the three ways on a terminal."""
    refuse_unfit(run)
    if run.far_desk is not None:
        from sysmo_tui.cli import far

        raise typer.Exit(far.open_screens(run))
    run.require_keeper("sysmo")
    try:
        desk = run.desk
    except NoDesk:
        from sysmo_tui.cli.input import can_ask

        if run.visit is not None or run.options.demo or run.options.database or not can_ask(run):
            raise
        _offer_three_ways(run)
        return
    set_pace(run)
    collecting.seldom()
    from sysmo_tui import app
    from sysmo_tui.cli.session_file import NoSession

    is_kiosk = run.visit is not None or run.settings.is_kiosk
    with keeping_log(run):
        code = app.run(
            desk,
            caller=run.caller(Channel.TUI),
            connection_key=run.visit.key if run.visit is not None else None,
            session=NoSession() if is_kiosk else run.session_file,
            background=_background(run) if run.visit is None else None,
            mail_way=partial(_mail_way, run),
            mail_preview=_mail_preview,
            mail_words=_mail_words,
            mailbox_trial=partial(_mailbox_trial, run) if run.visit is None else None,
            admit=None if run.slot is None else run.slot.take_for,
            keymap=run.settings.keys,
            theme=run.settings.theme,
            is_kiosk=is_kiosk,
        )
    raise typer.Exit(code)


def refuse_unfit(run: Here) -> None:
    """Refuse with Invalid what no screen can be drawn on: a pipe, a terminal without a movable cursor."""
    if not has_terminal():
        raise Invalid(N_("The screens need a terminal. For scripts, see: sysmo --help"))
    if run.environ.get("TERM", "dumb") in {"", "dumb"}:
        raise Invalid(N_("This terminal cannot show the screens (TERM=dumb). See: sysmo --help"))


def has_terminal() -> bool:
    """Whether someone sits at a terminal; the screens are drawn on standard error."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def set_pace(run: Here) -> None:
    """Have the screens draw soon; seldom and without animations when that was asked for, or chosen before."""
    if run.options.slow or run.settings.is_slow or _chose_slow(run):
        os.environ.update(SLOW)
    else:
        os.environ.update(USUAL | os.environ)


def _chose_slow(run: Here) -> bool:
    from sysmo_tui.services import preferences, profile

    def chosen(work: Work) -> bool:
        return work.signed_in is not None and bool(preferences.of(profile.show(work).preferences)["slow"])

    return run.far_desk is None and run.door.read(chosen)


def _background(run: Here) -> Callable[[], Background] | None:
    """What loads the background duties, which the screens of staff do while no worker is alive."""
    signed_in = run.door.read(who_if_anyone)
    if signed_in is not None and not signed_in.is_staff:
        return None
    from sysmo_tui.assembly import background_duties

    settings = run.settings
    return background_duties(run.desk, settings.mail_url, settings.mail_password, settings.mailboxes)


def _mail_way(run: Here, work: Work) -> str:
    """How this program sends mail now, without secrets; empty when what is set cannot be used."""
    from sysmo_tui.assembly import transport_to
    from sysmo_tui.services import desk_settings

    url = run.settings.mail_url or desk_settings.load(work).mail_url
    try:
        return transport_to(run.desk, url, run.settings.mail_password).shown
    except Invalid:
        return ""


def _mail_preview(work: Work, template: str, locale: str, body: str | None, subject: str) -> Preview:
    from sysmo_tui.mail import previewing

    return previewing.preview(work, template, locale, body, subject)


def _mail_words(work: Work, template: str, locale: str) -> Wording:
    from sysmo_tui.mail import usual_words

    return usual_words.in_use(work, template, locale)


def _mailbox_trial(run: Here, door: Door, name: str) -> Trial:
    from sysmo_tui.mail.trying import try_out

    return try_out(door, name, run.settings.mailboxes)


def _offer_three_ways(run: Here) -> None:
    """Let the person try the demo, set up a desk here, or connect to one."""
    from sysmo_tui.cli.input import chosen
    from sysmo_tui.cli.main import run as run_line

    run.close()
    for line in (
        _("There is no desk here yet."),
        _("1  Try the demo"),
        _("2  Set up a desk here"),
        _("3  Connect to a desk"),
    ):
        run.out.say(line)
    match chosen(("1", "2", "3")):
        case "1":
            raise typer.Exit(run_line([*(["--slow"] if run.options.slow else []), "demo"], run.environ))
        case "2":
            raise typer.Exit(run_line(["init"], run.environ))
        case _three:
            code = run_line(["connect"], run.environ)
            raise typer.Exit(code or run_line(["--slow"] if run.options.slow else [], run.environ))
