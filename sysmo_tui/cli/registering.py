"""``register`` and ``verify``: how a customer gets an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.input import Check, answer, can_ask, secret_values
from sysmo_tui.cli.options import Key, PasswordStdin, among
from sysmo_tui.cli.signing_in import code_from, way_in
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.i18n import LANGUAGES, _, render

if TYPE_CHECKING:
    from sysmo_tui.services.registration import Registered, Verified

app = Noun()


@app.verb(
    "register",
    help=_("Ask for an account; a code comes by mail."),
    example="sysmo register --email eva@acme.com.ar --name 'Eva Paz' --company Acme --tax-id 30-71659554-0 "
    "--phone '+54 11 4321-1234'",
)
def _register(
    context: typer.Context,
    *,
    email: Annotated[str | None, typer.Option(help=_("Your e-mail address."))] = None,
    name: Annotated[str | None, typer.Option(help=_("Your name."))] = None,
    company: Annotated[str | None, typer.Option(help=_("Your company."))] = None,
    tax_id: Annotated[str | None, typer.Option(help=_("Your company's tax ID."))] = None,
    country: Annotated[
        str | None, typer.Option(help=_("Your country: two letters; else the desk's."))
    ] = None,
    phone: Annotated[str | None, typer.Option(help=_("Your telephone number."))] = None,
    password_stdin: PasswordStdin = False,
    lang: Annotated[
        str | None, typer.Option(help=_("Your language: en or es."), autocompletion=among(LANGUAGES))
    ] = None,
    time_zone: Annotated[str | None, typer.Option(help=_("Like America/Argentina/Buenos_Aires."))] = None,
    key: Key = "",
) -> None:
    run = here(context)
    from sysmo_tui.domain import addresses, tax_ids
    from sysmo_tui.services import registration
    from sysmo_tui.services.registration_form import RegistrationForm, checked_name, checked_phone

    desk = run.desk_settings
    place = country or desk.country
    address = answer(
        run,
        email,
        "--email",
        _("E-mail address"),
        check=lambda given: addresses.normalise(given, desk.allows_reserved_addresses),
    )
    is_own = desk.is_own_address(address)

    def of_company(value: str | None, option: str, question: str, check: Check | None = None) -> str:
        return value or "" if is_own else answer(run, value, option, question, check=check)

    given = {
        "name": answer(run, name, "--name", _("Your name"), check=checked_name),
        "phone": answer(
            run, phone, "--phone", _("Telephone"), check=lambda given: checked_phone(given, place)
        ),
        "company": of_company(company, "--company", _("Company")),
        "tax_id": of_company(tax_id, "--tax-id", _("Tax ID"), lambda given: tax_ids.normalise(given, place)),
    }
    [password] = secret_values(run, password_stdin, [_("Choose a password")], is_new=True)
    form = RegistrationForm(
        email=address,
        password=password,
        country=country,
        locale=lang or run.language,
        time_zone=time_zone,
        **given,
    )
    command = run.command(key, registration.note, given, address, country)
    _tell(run, registration.register(run.visitor, form, command=command))


@app.verb(
    "verify",
    help=_(
        "Use the code that came by mail.\n\n"
        "Your password counts when you type the one that you registered with; otherwise choose one now.\n\n"
        "--password-stdin reads either."
    ),
    example="sysmo verify 7K3M-QH2P-…",
)
def _verify(
    context: typer.Context,
    code: Annotated[str | None, typer.Argument(metavar=_("CODE"), help=_("The code from the mail."))] = None,
    *,
    resend: Annotated[bool, typer.Option("--resend", help=_("Send a new code instead."))] = False,
    email: Annotated[str | None, typer.Option(help=_("With --resend: your e-mail address."))] = None,
    password_stdin: PasswordStdin = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import registration

    if resend:
        address = answer(run, email, "--email", _("E-mail address"))
        _tell(run, registration.resend(run.visitor, address))
        return
    if email is not None:
        raise Invalid(N_("--email goes with --resend."), field="email")
    if code is None and not can_ask(run):
        raise Invalid(
            N_("Which code? The one that came by mail; for another one: {command}"),
            field="code",
            command=Advice(_resending()),
        )
    given = answer(run, code, _("CODE"), _("Code"))
    password = None
    with code_from(_resending()):
        knows_password = run.visitor.read(registration.knows_password, given)
    if password_stdin or (knows_password and can_ask(run)):
        [password] = secret_values(run, password_stdin, [_("The password that you registered with")])
    with code_from(_resending()):
        verified = registration.verify(run.visitor, given, password)
    needs_password = verified.needs_password and not _chose(
        run, verified, password if password_stdin else None
    )
    run.out.done(
        {"email": verified.email, "name": verified.name, "needs_password": needs_password},
        _(
            "Welcome, {name}. Sign in: {command}",
            name=verified.name,
            command=way_in(run, verified.email),
        ),
    )


def _resending() -> str:
    return f"sysmo verify --resend --email {_('EMAIL')}"


def _tell(run: Here, registered: Registered) -> None:
    run.out.done(
        {"email": registered.email, "expires_at": registered.expires_at},
        _(
            "If all is well, a code is on its way to {email}. Then: {command}",
            email=registered.email,
            command=Advice(f"sysmo verify {_('CODE')}"),
        ),
    )


def _chose(run: Here, verified: Verified, given: str | None) -> bool:
    """Whether a password was chosen: ``given``, or typed; what is left to do is said."""
    from sysmo_tui.services import passwords

    code = verified.choose_code
    if code is not None and (given is not None or can_ask(run)):
        try:
            new = given or secret_values(run, False, [_("Choose a password")], is_new=True)[0]
            passwords.choose(run.visitor, code, new)
            return True
        except Invalid as refusal:
            run.out.say(render(refusal.message))
    run.out.say(
        _(
            "Choose a password: {command}, with this code: {code}",
            command=Advice(f"sysmo password reset --email {verified.email}"),
            code=code,
        )
    )
    return False
