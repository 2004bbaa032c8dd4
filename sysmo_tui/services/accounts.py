"""What administrators do to accounts: inviting, editing, roles, disabling.

There is always an active administrator: whoever might be the last one stays, even when two act at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Command, Door, Work, command_for
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import AccountState, AuditKind, Cause, Role, Template, TokenPurpose
from sysmo_tui.domain.errors import Conflict, Invalid, NotFound
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.domain.views import Issued
from sysmo_tui.i18n import LANGUAGES
from sysmo_tui.models import Account, AccountEmail, Ticket, TopicMember, table
from sysmo_tui.services import (
    administrators,
    audit,
    companies,
    desk_settings,
    naming,
    outbox,
    own_addresses,
    people,
    sessions,
    ssh_keys,
    tickets,
    tokens,
    topics,
    undeliverable,
)
from sysmo_tui.services.registration_form import checked_name, checked_phone

_EMAIL, _TICKET, _MEMBER = table(AccountEmail), table(Ticket), table(TopicMember)

_WAS_VERIFIED = (
    sa.select(_EMAIL.c.id)
    .where(_EMAIL.c.account_id == sa.bindparam("account"), _EMAIL.c.verified_at.is_not(None))
    .limit(1)
)
_HAS_OPEN = (
    sa.select(_TICKET.c.number)
    .where(
        _TICKET.c.closed_at.is_(None),
        sa.or_(
            _TICKET.c.assignee_id == sa.bindparam("account"), _TICKET.c.owner_id == sa.bindparam("account")
        ),
    )
    .limit(1)
)
_STOP_SERVING = sa.delete(_MEMBER).where(_MEMBER.c.account_id == sa.bindparam("account"))
_SERVES = sa.select(_MEMBER.c.topic_id).where(_MEMBER.c.account_id == sa.bindparam("account"))


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whom to invite, as what, and which topics (slugs or names) they will serve."""

    email: str
    name: str
    role: Role
    topics: tuple[str, ...] = ()
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class AccountEdits:
    """What to change of an account; None leaves it, an empty phone, company or time zone clears it.

    ``company`` is an id, tax ID or name of a company that the desk knows; ``is_deliverable`` says that
    mail arrives at the address again.
    """

    name: str | None = None
    phone: str | None = None
    company: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    is_deliverable: bool = False
    add_email: str | None = None
    primary_email: str | None = None
    remove_email: str | None = None


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """An account after a change, what became of its open tickets, and which topics nobody serves now."""

    email: SafeText
    name: SafeText
    role: Role
    state: AccountState
    tickets: int = 0
    topics_without_operators: tuple[SafeText, ...] = ()


def invite(door: Door, invitation: Invitation, *, command: Command | None = None) -> Issued:
    """Make an account that its owner completes with a one-time code (7 days), shown here and mailed.

    Conflict when the address has an account in use; who was invited before gets a new code.
    """
    return door.write_once(command or command_for(new), new, invitation, tokens.new_code())


def new(work: Work, invitation: Invitation, code: str) -> Issued:
    """Make, or invite again, the account of an invitation, and let ``code`` open it."""
    administrators.take_turn(work)
    settings = desk_settings.load(work)
    email = addresses.normalise(invitation.email, settings.allows_reserved_addresses)
    if invitation.topics and not invitation.role.is_staff:
        raise Invalid(N_("Only staff can serve topics."), field="topics")
    account = _invited(work, email)
    account.name, account.role = checked_name(invitation.name), invitation.role
    account.locale = _locale(invitation.locale or settings.language)
    work.session.flush()
    account_id = account.id or 0
    _serve(work, account_id, invitation.topics)
    tokens.kill(work, account_id)
    expires_at = tokens.issue(
        work, account_id=account_id, purpose=TokenPurpose.INVITE, code=code, address=email
    )
    outbox.owe(
        work,
        template=Template.INVITE,
        address=email,
        locale=account.locale,
        subject_key=f"account:{account_id}",
        account_id=account_id,
        payload={
            "code": code,
            "expires_at": expires_at.isoformat(),
            "name": account.name,
            "role": account.role.value,
        },
    )
    audit.record(
        work,
        AuditKind.INVITED,
        account_id=account_id,
        detail={"role": account.role.value, "topics": list(invitation.topics)},
    )
    return Issued(clean_line(email), expires_at, account.role, code)


def edit(work: Work, email: str, edits: AccountEdits) -> AccountChanged:
    """Change what an account says about its person, or that nothing arrives at the address ``email``."""
    administrators.take_turn(work)
    account = _locked(work, email)
    wanted = _wanted(work, edits)
    changes = [name for name, value in wanted.items() if getattr(account, name) != value]
    name_before = account.name
    for name in changes:
        setattr(account, name, wanted[name])
    work.session.flush()
    if edits.is_deliverable and undeliverable.arrived(work, email):
        changes.append("undeliverable")
    if changes:
        audit.record(work, AuditKind.ACCOUNT_EDITED, account_id=account.id, detail={"fields": changes})
        naming.note_change(work, account, name_before)
    _change_addresses(work, email, edits)
    return _changed(work, account)


def set_role(
    work: Work, email: str, role: Role, *, hand_over_to: str | None = None, release: bool = False
) -> AccountChanged:
    """Give an account another role and end its sessions; who becomes a customer lets go of work."""
    admins = administrators.take_turn(work)
    account = _locked(work, email)
    if account.role is role:
        return _changed(work, account)
    _require_another(account, admins)
    before = account.role
    moved, unserved = 0, tuple[SafeText, ...]()
    if not role.is_staff:
        moved, unserved = _let_go(work, account, hand_over_to, Cause.ROLE_CHANGED, release=release)
    account.role = role
    work.session.flush()
    sessions.end_all(work, account.id or 0)
    audit.record(
        work,
        AuditKind.ROLE_CHANGED,
        account_id=account.id,
        detail={"old": before.value, "new": role.value},
    )
    return _changed(work, account, moved, unserved)


def disable(
    work: Work, email: str, *, hand_over_to: str | None = None, release: bool = False
) -> AccountChanged:
    """End an account's sessions, codes and keys and let nobody in with it.

    Conflict while it has open tickets to work on, unless they go to ``hand_over_to`` or are released;
    the result names the topics that nobody serves any more.
    """
    admins = administrators.take_turn(work)
    account = _locked(work, email)
    if account.state is AccountState.DISABLED:
        return _changed(work, account)
    _require_another(account, admins)
    moved, unserved = _let_go(work, account, hand_over_to, Cause.ACCOUNT_DISABLED, release=release)
    account.state, account.disabled_at = AccountState.DISABLED, work.now
    work.session.flush()
    sessions.end_all(work, account.id or 0)
    tokens.kill(work, account.id or 0)
    ssh_keys.revoke_all(work, account.id or 0)
    audit.record(work, AuditKind.ACCOUNT_DISABLED, account_id=account.id, detail={"tickets": moved})
    return _changed(work, account, moved, unserved)


def enable(work: Work, email: str) -> AccountChanged:
    """Let a disabled account in again, with the password it had, but without topics and keys.

    Whose owner never proved anything, neither with a password nor by a code, waits for that as before.
    """
    administrators.take_turn(work)
    account = _locked(work, email)
    if account.state is not AccountState.DISABLED:
        raise Conflict(
            N_("The account of {address} is not disabled."), field="email", address=clean_line(email, 254)
        )
    is_proven = account.password_hash is not None or (
        work.session.execute(_WAS_VERIFIED, {"account": account.id}).first() is not None
    )
    account.state = AccountState.ACTIVE if is_proven else AccountState.PENDING
    account.disabled_at = None
    work.session.flush()
    audit.record(work, AuditKind.ACCOUNT_ENABLED, account_id=account.id)
    return _changed(work, account)


def _invited(work: Work, email: str) -> Account:
    """The pending account of an address, or a new one."""
    if people.by_address(work, email) is None:
        people.expected(work, email, name="", locale=LANGUAGES[0])
    account = _locked(work, email)
    if account.state is not AccountState.PENDING:
        raise Conflict(N_("{address} has an account already."), field="email", address=clean_line(email))
    return account


def _serve(work: Work, account_id: int, wanted: Sequence[str]) -> None:
    work.session.execute(_STOP_SERVING, {"account": account_id})
    for topic_id in {topics.find(work, text).id or 0 for text in wanted}:
        work.session.add(TopicMember(topic_id=topic_id, account_id=account_id))
    work.session.flush()


def _wanted(work: Work, edits: AccountEdits) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    if edits.name is not None:
        wanted["name"] = checked_name(edits.name)
    if edits.phone is not None:
        country = desk_settings.load(work).country
        wanted["phone"] = checked_phone(edits.phone, country) if edits.phone.strip() else None
    if edits.company is not None:
        wanted["company_id"] = companies.show(work, edits.company).id if edits.company.strip() else None
    if edits.locale is not None:
        wanted["locale"] = _locale(edits.locale)
    if edits.time_zone is not None:
        zone = edits.time_zone.strip()
        wanted["time_zone"] = desk_settings.check_time_zone(zone) if zone else None
    return wanted


def _change_addresses(work: Work, email: str, edits: AccountEdits) -> None:
    """Add first and give up last, so that one command can put another address in the place of one."""
    if edits.add_email is not None:
        own_addresses.add_for(work, email, edits.add_email)
    if edits.primary_email is not None:
        own_addresses.make_primary_for(work, email, edits.primary_email)
    if edits.remove_email is not None:
        own_addresses.remove_for(work, email, edits.remove_email)


def _locale(text: str) -> str:
    return str(desk_settings.read("language", text))


def _require_another(account: Account, admins: set[int]) -> None:
    """Refuse to lose an administrator when no other can sign in."""
    is_one = account.role is Role.ADMIN and account.state is AccountState.ACTIVE
    if is_one and not admins - {account.id}:
        raise Conflict(
            N_("{name} is the last administrator. Make somebody else one first."),
            name=clean_line(account.name),
        )


def _locked(work: Work, email: str) -> Account:
    """The account of an address, locked for change; NotFound when there is none."""
    known = people.named(work, email)
    account = work.session.get(Account, known.id, with_for_update={"key_share": True}, populate_existing=True)
    if account is None:
        raise NotFound(N_("There is no account with the address {address}."), address=clean_line(email, 254))
    return account


def _let_go(
    work: Work, account: Account, hand_over_to: str | None, cause: Cause, *, release: bool
) -> tuple[int, tuple[SafeText, ...]]:
    """Move an account's open tickets, end its service; the tickets moved, and the topics it leaves alone."""
    account_id = account.id or 0
    moved = _move_tickets(work, account, hand_over_to, cause, release=release)
    served = set(work.session.execute(_SERVES, {"account": account_id}).scalars())
    work.session.execute(_STOP_SERVING, {"account": account_id})
    left = topics.operators(work)
    unserved = tuple(line.name for line in topics.lines(work) if line.id in served and line.id not in left)
    return moved, unserved


def _move_tickets(
    work: Work, account: Account, hand_over_to: str | None, cause: Cause, *, release: bool
) -> int:
    if work.session.execute(_HAS_OPEN, {"account": account.id}).first() is None:
        return 0
    if hand_over_to is not None:
        to = people.staff(work, hand_over_to, field="hand_over_to")
        if to.id == account.id:
            raise Invalid(N_("Hand the tickets over to somebody else."), field="hand_over_to")
        return tickets.hand_over(work, account.id or 0, to.id, cause)
    if release:
        return tickets.hand_over(work, account.id or 0, None, cause)
    raise Conflict(
        N_("{name} has open tickets. Hand them over to somebody, or release them."),
        field="hand_over_to",
        name=clean_line(account.name),
    )


def _changed(
    work: Work, account: Account, moved: int = 0, unserved: tuple[SafeText, ...] = ()
) -> AccountChanged:
    return AccountChanged(
        email=clean_line(people.by_id(work, account.id or 0).address),
        name=clean_line(account.name),
        role=account.role,
        state=account.state,
        tickets=moved,
        topics_without_operators=unserved,
    )
