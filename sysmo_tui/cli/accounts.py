"""``sysmo account``: people, from their invitation to the end of their account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sysmo_tui.cli import completing, own_addresses, sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.input import answer, confirm
from sysmo_tui.cli.options import After, DryRun, Key, Limit, Yes, among
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.rehearsing import Rehearsal
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import AccountState, Role
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.i18n import LANGUAGES, _, pgettext
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.domain.views import AccountLine, Issued, Page
    from sysmo_tui.services.account_list import AccountView
    from sysmo_tui.services.accounts import AccountChanged

app = Noun(help=_("The people of the desk: invite, edit, disable."))

Who = Annotated[str, typer.Argument(metavar=_("EMAIL"), help=_("The account's e-mail address."))]
HandOver = Annotated[
    str | None, typer.Option("--hand-over", metavar=_("EMAIL"), help=_("Who gets the open tickets."))
]
Release = Annotated[bool, typer.Option("--release", help=_("Put the open tickets among the unassigned."))]


@app.verb("list", help=_("List accounts."), example="sysmo account list acme --role customer")
def _list(
    context: typer.Context,
    query: Annotated[
        list[str] | None, typer.Argument(metavar=_("TEXT…"), help=_("Part of a name, address or company."))
    ] = None,
    *,
    role: Annotated[Role | None, typer.Option(help=_("Only this role."))] = None,
    state: Annotated[AccountState | None, typer.Option(help=_("Only in this state."))] = None,
    limit: Limit = 50,
    after: After = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import account_list, audit

    page = run.read(
        account_list.page, " ".join(query or ()), role=role, state=state, after=after, limit=limit
    )
    if run.out.is_for_scripts:
        run.write(audit.exported, "accounts")
    print_accounts(run, page)


@app.verb("show", help=_("Show an account."), example="sysmo account show luis@example.com")
def _show(context: typer.Context, email: Who) -> None:
    run = here(context)
    from sysmo_tui.services import account_list

    view = run.read(account_list.show, email)
    shape = _line(view.line) | {
        "emails": own_addresses.shapes(view.emails),
        "phone": view.phone,
        "typed_company": view.typed_company,
        "locale": view.locale,
        "time_zone": view.time_zone,
        "verified_at": view.verified_at,
        "disabled_at": view.disabled_at,
        "last_seen_at": view.last_seen_at,
        "has_password": view.has_password,
        "undeliverable_reason": view.undeliverable_reason,
    }
    run.out.facts(
        shape,
        [
            (_("Name"), view.line.name),
            (_("E-mail"), view.line.email),
            (_("No mail arrives"), _no_mail(run, view)),
            (_("Also"), ", ".join(each.email for each in view.emails if not each.is_primary)),
            (_("Role"), said(view.line.role)),
            (_("State"), said(AccountState(view.line.state))),
            (_("Company"), view.line.company or view.typed_company),
            (_("Phone"), view.phone or ""),
            (_("Topics"), ", ".join(view.line.topics)),
            (_("Open tickets"), str(view.line.open_tickets)),
            (_("Since"), run.out.when(view.line.created_at)),
            (_("Last seen"), run.out.when(view.last_seen_at)),
            (_("Time zone"), view.time_zone or ""),
        ],
    )


@app.verb(
    "new",
    help=_("Invite someone: a one-time code, good for 7 days, is printed and mailed."),
    example="sysmo account new --email luis@example.com --name 'Luis Gil' --role operator --topic general",
)
def _new(
    context: typer.Context,
    *,
    email: Annotated[str | None, typer.Option(help=_("Their e-mail address."))] = None,
    name: Annotated[str | None, typer.Option(help=_("Their name."))] = None,
    role: Annotated[Role, typer.Option(help=_("What they may do."))] = Role.OPERATOR,
    topic: Annotated[
        list[str] | None,
        typer.Option(help=_("A topic they serve; may be repeated."), autocompletion=completing.topics),
    ] = None,
    lang: Annotated[
        str | None, typer.Option(help=_("Their language: en or es."), autocompletion=among(LANGUAGES))
    ] = None,
    dry_run: DryRun = False,
    key: Key = "",
) -> None:
    run = here(context)
    from sysmo_tui.services import accounts, tokens

    invitation = accounts.Invitation(
        email=answer(run, email, "--email", _("E-mail address")),
        name=answer(run, name, "--name", _("Name")),
        role=role,
        topics=tuple(topic or ()),
        locale=lang,
    )
    if dry_run:
        rehearsal = Rehearsal(run)
        planned = rehearsal(accounts.new, invitation, tokens.new_code())
        run.out.done(
            {"email": planned.email, "role": planned.role} | rehearsal.shape,
            rehearsal.said(_("{email} is invited.", email=planned.email)),
        )
        return
    command = run.command(key, accounts.new, invitation)
    _tell_code(run, accounts.invite(run.door, invitation, command=command))


@app.verb(
    "edit",
    help=_("Change what an account says about its person."),
    example="sysmo account edit E --name 'L. Gil'",
)
def _edit(
    context: typer.Context,
    email: Who,
    *,
    name: Annotated[str | None, typer.Option(help=_("The name."))] = None,
    phone: Annotated[str | None, typer.Option(help=_("The telephone number."))] = None,
    company: Annotated[str | None, typer.Option(help=_("The company: its id, tax ID or name."))] = None,
    lang: Annotated[
        str | None, typer.Option(help=_("The language: en or es."), autocompletion=among(LANGUAGES))
    ] = None,
    time_zone: Annotated[str | None, typer.Option(help=_("The time zone."))] = None,
    deliverable: Annotated[
        bool, typer.Option("--deliverable", help=_("Mail arrives at the address again: send there."))
    ] = False,
    add_email: Annotated[
        str | None, typer.Option(metavar=_("EMAIL"), help=_("Another address of theirs."))
    ] = None,
    primary_email: Annotated[
        str | None, typer.Option(metavar=_("EMAIL"), help=_("Which address is the main one."))
    ] = None,
    remove_email: Annotated[
        str | None, typer.Option(metavar=_("EMAIL"), help=_("An address that is theirs no more."))
    ] = None,
) -> None:
    run = here(context)
    from sysmo_tui.services import accounts

    edits = accounts.AccountEdits(
        name=name,
        phone=phone,
        company=company,
        locale=lang,
        time_zone=time_zone,
        add_email=add_email,
        primary_email=primary_email,
        remove_email=remove_email,
        is_deliverable=deliverable,
    )
    if edits == accounts.AccountEdits():
        raise Invalid(N_("Say what to change, like --name. See: sysmo account edit --help"))
    _tell(run, run.write(accounts.edit, email, edits), N_("{who} is changed."))


@app.verb(
    "role", help=_("Give an account another role."), example="sysmo account role luis@example.com manager"
)
def _role(
    context: typer.Context,
    email: Who,
    role: Annotated[Role, typer.Argument(help=_("The new role."))],
    *,
    hand_over: HandOver = None,
    release: Release = False,
    dry_run: DryRun = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import accounts

    if dry_run:
        planned = run.rehearse(accounts.set_role, email, role, hand_over_to=hand_over, release=release)
        said = N_("{who} would be {role}. Open tickets that would move: {tickets}.")
        _tell(run, planned, said, is_rehearsed=True)
        return
    changed = run.write(accounts.set_role, email, role, hand_over_to=hand_over, release=release)
    _tell(run, changed, N_("{who} is now {role}."))


@app.verb(
    "reset-password",
    help=_("Take a password away: a one-time code to choose a new one is printed and mailed."),
    example="sysmo account reset-password luis@example.com",
)
def _reset_password(context: typer.Context, email: Who, *, yes: Yes = False, key: Key = "") -> None:
    run = here(context)
    from sysmo_tui.services import passwords

    if addresses.folded(email) == addresses.folded(run.actor.email):
        question = _(
            "This is your own account. All your sessions end, this one too, and only the code that is "
            "printed then, once, opens it again. Take your own password away?"
        )
    else:
        question = _("Take the password of {email} away and end all its sessions?", email=email)
    confirm(run, question, yes)
    command = run.command(key, passwords.take_away, email)
    _tell_code(run, passwords.reset(run.door, email, command=command))


@app.verb(
    "disable",
    help=_("Let nobody in with an account."),
    example="sysmo account disable luis@example.com --release",
)
def _disable(
    context: typer.Context,
    email: Who,
    *,
    hand_over: HandOver = None,
    release: Release = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    run = here(context)
    from sysmo_tui.services import accounts

    if dry_run:
        planned = run.rehearse(accounts.disable, email, hand_over_to=hand_over, release=release)
        said = N_("{who} would be disabled. Open tickets that would move: {tickets}.")
        _tell(run, planned, said, is_rehearsed=True)
        return
    run.require_actor()
    confirm(run, _("Disable {email}?", email=email), yes)
    changed = run.write(accounts.disable, email, hand_over_to=hand_over, release=release)
    _tell(run, changed, N_("{who} is disabled."))


@app.verb(
    "enable", help=_("Let a disabled account in again."), example="sysmo account enable luis@example.com"
)
def _enable(context: typer.Context, email: Who) -> None:
    run = here(context)
    from sysmo_tui.services import accounts

    enabled = run.write(accounts.enable, email)
    is_active = enabled.state is AccountState.ACTIVE
    came_back, waits = (
        N_("{who} can sign in again."),
        N_("{who} is enabled, and waits for a code to come in."),
    )
    _tell(run, enabled, came_back if is_active else waits)


def print_accounts(run: Here, page: Page[AccountLine]) -> None:
    """A page of accounts."""
    columns: list[Column[AccountLine]] = [
        Column(_("Name"), lambda line: line.name, grows=True),
        Column(_("E-mail"), lambda line: f"! {line.email}" if line.undeliverable_at else line.email),
        Column(_("Role"), lambda line: said(line.role)),
        Column(_("State"), lambda line: said(AccountState(line.state))),
        Column(_("Company"), lambda line: line.company or ""),
        Column(_("Topics"), lambda line: ", ".join(line.topics)),
        Column(pgettext("tickets", "Open"), lambda line: str(line.open_tickets), is_number=True),
    ]
    run.out.rows(
        page.items,
        columns,
        _line,
        names=sheets.ACCOUNTS,
        empty=_("No such accounts."),
        total=page.total,
        following=page.next,
    )


def _no_mail(run: Here, view: AccountView) -> str:
    """Since when nothing arrives there, and why; empty when all is well."""
    if view.line.undeliverable_at is None:
        return ""
    since = _("since {when}", when=run.out.when(view.line.undeliverable_at))
    return ", ".join(part for part in (since, view.undeliverable_reason) if part)


def _tell(run: Here, changed: AccountChanged, sentence: str, *, is_rehearsed: bool = False) -> None:
    shape = {
        "email": changed.email,
        "name": changed.name,
        "role": changed.role,
        "state": changed.state,
        "tickets": changed.tickets,
        "topics_without_operators": list(changed.topics_without_operators),
    }
    if is_rehearsed:
        shape["dry_run"] = True
    text = _(sentence, who=changed.name, role=said(changed.role), tickets=changed.tickets)
    run.out.done(shape, text)
    if changed.topics_without_operators:
        names = ", ".join(changed.topics_without_operators)
        unserved = N_("Nobody would serve these topics: {topics}")
        run.out.say(
            _(unserved if is_rehearsed else N_("Nobody serves these topics now: {topics}"), topics=names)
        )


def _tell_code(run: Here, issued: Issued) -> None:
    shape = {
        "email": issued.email,
        "role": issued.role,
        "invitation_code": issued.code,
        "expires_at": issued.expires_at,
    }
    if issued.code is None:
        run.out.done(shape, _("The code for {email} was shown before.", email=issued.email))
        return
    run.out.done(
        shape,
        _(
            "The code for {email} is {code}, until {when}. With it: {command}",
            email=issued.email,
            code=issued.code,
            when=run.out.when(issued.expires_at),
            command=Advice(f"sysmo password reset --email {issued.email}"),
        ),
    )


def _line(line: AccountLine) -> Shape:
    return {
        "email": line.email,
        "name": line.name,
        "role": line.role,
        "state": line.state,
        "company": line.company,
        "topics": list(line.topics),
        "open_tickets": line.open_tickets,
        "created_at": line.created_at,
        "undeliverable_at": line.undeliverable_at,
    }
