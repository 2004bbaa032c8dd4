"""``sysmo profile``: what one says about oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import completing
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.nouns import Entry
from sysmo_tui.cli.options import among
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.enums import MailFrequency, Role
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import LANGUAGES, _
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.services.profile import Profile

app = Noun(help=_("Your own name, telephone, language and time zone."))
app.nest("keys", Entry("own_keymap", N_("Which keys do what in the screens, for you.")))
app.nest("email", Entry("own_addresses", N_("The e-mail addresses of your account.")))


@app.verb("show", help=_("Show your profile."), example="sysmo profile show")
def _show(context: typer.Context) -> None:
    run = here(context)
    from sysmo_tui.services import profile

    _tell(run, run.read(profile.show))


@app.verb("edit", help=_("Change your profile."), example="sysmo profile edit --time-zone Europe/Madrid")
def _edit(
    context: typer.Context,
    *,
    name: Annotated[str | None, typer.Option(help=_("Your name."))] = None,
    phone: Annotated[str | None, typer.Option(help=_("Your telephone number; '' for none."))] = None,
    lang: Annotated[
        str | None,
        typer.Option(help=_("The language of your mail: en or es."), autocompletion=among(LANGUAGES)),
    ] = None,
    time_zone: Annotated[str | None, typer.Option(help=_("Like Europe/Madrid; '' for the desk's."))] = None,
    mail: Annotated[
        str | None,
        typer.Option(
            metavar=_("WHEN"),
            help=_("How often mail about tickets comes: immediate, digest (once a day) or off."),
            autocompletion=among(MailFrequency),
        ),
    ] = None,
    signature: Annotated[
        str | None, typer.Option(help=_("Staff: what stands below your answers by mail; '' for none."))
    ] = None,
    chosen: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar=_("NAME=VALUE"),
            help=_("How you like the screens, like theme=light; NAME= for the usual; may be repeated."),
            autocompletion=completing.preferences,
        ),
    ] = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import profile

    wanted = dict(map(_assigned, chosen or ()))

    edits = profile.ProfileEdits(
        name=name, phone=phone, locale=lang, time_zone=time_zone, signature=signature, mail_frequency=mail
    )
    if edits == profile.ProfileEdits() and not wanted:
        raise Invalid(N_("Say what to change, like --name. See: sysmo profile edit --help"))
    _tell(run, run.write(profile.edit, edits, wanted))


def _assigned(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise Invalid(N_("Write “{text}” as NAME=VALUE, like theme=light."), field="set", text=text)
    return name.strip(), value.strip()


def _tell(run: Here, own: Profile) -> None:
    from sysmo_tui.services import preferences

    listed = preferences.listed(own.preferences, is_staff=own.role is not Role.CUSTOMER)
    shape = {
        "email": own.email,
        "name": own.name,
        "phone": own.phone,
        "role": own.role,
        "company": own.company,
        "tax_id": own.tax_id,
        "topics": list(own.topics),
        "locale": own.locale,
        "time_zone": own.time_zone,
        "created_at": own.created_at,
        "mail": own.mail_frequency.value,
        "signature": own.signature,
        "preferences": {each.name: each.value for each in listed},
    }
    run.out.facts(
        shape,
        [
            (_("Name"), own.name),
            (_("E-mail"), own.email),
            (_("Role"), said(own.role)),
            (_("Phone"), own.phone or ""),
            (_("Company"), own.company or ""),
            (_("Tax ID"), own.tax_id or ""),
            (_("Topics"), ", ".join(_(topic) for topic in own.topics)),
            (_("Language"), own.locale),
            (_("Time zone"), own.time_zone or _("the desk's")),
            (_("Mail"), said(own.mail_frequency)),
            (_("Signature"), clean_line(own.signature)),
            *((each.name, clean_line(preferences.shown(each.value))) for each in listed),
        ],
    )
