"""``sysmo mail template``: the words of the desk's mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.input import can_ask, edited, text
from sysmo_tui.cli.options import Body, BodyFile, DryRun, among
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.enums import Template
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import LANGUAGES, _
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.services.mail_texts import MailTextLine

app = Noun(help=_("The words of the desk's mail, for each kind and language."))

Name = Annotated[
    str,
    typer.Argument(
        metavar=_("NAME"),
        help=_("The mail, as “mail template list” names it."),
        autocompletion=among(Template),
    ),
]
Language = Annotated[
    str | None,
    typer.Option("--lang", help=_("In which language; else your own."), autocompletion=among(LANGUAGES)),
]
Subject = Annotated[
    str | None, typer.Option(help=_("The subject, where it is not a ticket's; '' for the usual one."))
]


@app.verb(
    "list",
    help=_("Every kind of mail, and whether its words are your own."),
    example="sysmo mail template list",
)
def _list(context: typer.Context) -> None:
    run = here(context)
    from sysmo_tui.services import mail_texts

    columns: list[Column[MailTextLine]] = [
        Column(_("Name"), lambda each: each.template.value),
        Column(_("Language"), lambda each: each.locale),
        Column(_("What"), lambda each: said(each.template), grows=True),
        Column(_("Words"), _whose),
    ]
    run.out.rows(run.read(mail_texts.lines), columns, _shape, names=sheets.MAIL_TEXTS, empty="")


@app.verb("show", help=_("Show the words of a mail."), example="sysmo mail template show closed --lang es")
def _show(context: typer.Context, name: Name, *, lang: Language = None) -> None:
    run = here(context)
    from sysmo_tui.mail import usual_words
    from sysmo_tui.services import mail_texts

    language = lang or run.actor.locale
    line = run.read(mail_texts.show, name, language)
    _tell(run, line, run.read(usual_words.in_use, name, language).body)


@app.verb(
    "edit",
    help=_("Give a mail your own words, with places in braces."),
    example="sysmo mail template edit closed --lang en --body-file closed.txt",
)
def _edit(
    context: typer.Context,
    name: Name,
    *,
    lang: Language = None,
    subject: Subject = None,
    body: Body = None,
    body_file: BodyFile = None,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import mail_texts

    language = lang or run.actor.locale
    now = run.read(mail_texts.show, name, language)
    if body is not None or body_file is not None:
        words = text(run, body, body_file, "")
    elif subject is not None and now.is_own:
        words = now.body
    elif can_ask(run):
        from sysmo_tui.mail import usual_words

        places = ", ".join(f"{{{each}}}" for each in now.places)
        begun = run.read(usual_words.in_use, name, language).body
        words = edited(run, _("the words of the mail; places: {places}", places=places), begun)
        if words == begun and not (now.is_own or subject):
            run.out.say(_("The mail goes on saying its usual words."))
            return
    else:
        raise Invalid(N_("{option} is missing."), field="body", option="--body")
    given = now.subject if subject is None else subject
    do = run.rehearse if dry_run else run.write
    _tell(run, do(mail_texts.save, name, language, words, given))


@app.verb(
    "reset",
    help=_("Give a mail the desk's usual words back."),
    example="sysmo mail template reset closed --lang es",
)
def _reset(context: typer.Context, name: Name, *, lang: Language = None, dry_run: DryRun = False) -> None:
    run = here(context)
    from sysmo_tui.services import mail_texts

    do = run.rehearse if dry_run else run.write
    _tell(run, do(mail_texts.reset, name, lang or run.actor.locale))


@app.verb(
    "preview",
    help=_("Show a mail with made-up facts, with its own words or others."),
    example="sysmo mail template preview closed --body-file closed.txt",
)
def _preview(
    context: typer.Context,
    name: Name,
    *,
    lang: Language = None,
    subject: Subject = None,
    body: Body = None,
    body_file: BodyFile = None,
) -> None:
    run = here(context)
    from sysmo_tui.mail import previewing

    words = None if body is None and body_file is None else text(run, body, body_file, "")
    found = run.read(previewing.preview, name, lang or run.actor.locale, words, subject or "")
    shape = {"subject": found.subject, "text": found.text}
    run.out.one(shape, f"{_('Subject')}: {found.subject}\n\n{found.text}")


def _tell(run: Here, line: MailTextLine, body: str = "") -> None:
    """Tell of a mail; ``body`` is what it says, where that is known without own words."""
    run.out.facts(
        _shape(line),
        [
            (_("Name"), line.template.value),
            (_("What"), said(line.template)),
            (_("Language"), line.locale),
            (_("Words"), _whose(line)),
            (_("Places"), ", ".join(f"{{{each}}}" for each in line.places)),
            (_("Subject"), line.subject),
            (_("Text"), f"\n\n{line.body or body}" if line.body or body else ""),
        ],
    )


def _whose(line: MailTextLine) -> str:
    return _("own") if line.is_own else _("the usual ones")


def _shape(line: MailTextLine) -> Shape:
    return {
        "template": line.template.value,
        "language": line.locale,
        "is_own": line.is_own,
        "subject": line.subject,
        "body": line.body,
        "places": list(line.places),
        "changed_at": line.changed_at,
    }
