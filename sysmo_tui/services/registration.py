"""Registering: a form, a code to the address, and an account once the code is used.

Nobody can prepare the account of someone else: the code proves the address, and the password of the
form counts only for who types it again beside the code. Everybody else chooses one then. Known and
unknown addresses are answered alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Command, Door, Work, command_for
from sysmo_tui.domain import addresses, password_rules
from sysmo_tui.domain.enums import AccountState, AuditKind, Role, Template, TokenPurpose
from sysmo_tui.domain.errors import NotFound
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.domain.views import Issued, Page
from sysmo_tui.models import Account, AccountEmail, Token, table
from sysmo_tui.services import (
    administrators,
    asking,
    audit,
    companies,
    cursors,
    desk_settings,
    hashing,
    naming,
    outbox,
    people,
    throttle,
    tokens,
    undeliverable,
)
from sysmo_tui.services.asking import Errand
from sysmo_tui.services.people import Known
from sysmo_tui.services.registration_form import Checked, RegistrationForm, check

_ACCOUNT, _EMAIL, _TOKEN = table(Account), table(AccountEmail), table(Token)
_VERIFIED = (
    sa.update(_EMAIL)
    .where(_EMAIL.c.account_id == sa.bindparam("account"), _EMAIL.c.folded == sa.bindparam("verified"))
    .values(verified_at=sa.bindparam("now"))
)
_WAITING = (
    sa.select(_TOKEN.c.payload, _EMAIL.c.address)
    .join(_EMAIL, _EMAIL.c.account_id == _TOKEN.c.account_id)
    .where(
        _TOKEN.c.account_id == sa.bindparam("account"),
        _TOKEN.c.purpose == TokenPurpose.VERIFY,
        _TOKEN.c.used_at.is_(None),
        _TOKEN.c.expires_at > sa.bindparam("now"),
        _EMAIL.c.folded == sa.bindparam("address"),
    )
)
_PENDING = (
    sa.select(
        _TOKEN.c.id,
        _EMAIL.c.address,
        _ACCOUNT.c.name,
        _ACCOUNT.c.role,
        _ACCOUNT.c.created_at,
        _TOKEN.c.purpose,
        _TOKEN.c.payload,
        _TOKEN.c.expires_at,
    )
    .join(_EMAIL, sa.and_(_EMAIL.c.account_id == _ACCOUNT.c.id, _EMAIL.c.is_primary))
    .join(_TOKEN, _TOKEN.c.account_id == _ACCOUNT.c.id)
    .where(
        _ACCOUNT.c.state == AccountState.PENDING,
        _TOKEN.c.purpose.in_([TokenPurpose.VERIFY, TokenPurpose.INVITE]),
        _TOKEN.c.used_at.is_(None),
        _TOKEN.c.expires_at > sa.bindparam("now"),
    )
    .order_by(_TOKEN.c.id.desc())
)
_HOW_MANY_PENDING = sa.select(sa.func.count()).select_from(_PENDING.order_by(None).subquery())

PAGE = 50
LONGEST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Registered:
    """What everybody is told, whether or not the address was known."""

    email: SafeText
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Verified:
    """An account that can be used now; with ``needs_password``, ``choose_code`` opens choosing one."""

    email: SafeText
    name: SafeText
    needs_password: bool
    choose_code: str | None = field(default=None, repr=False, metadata={"secret": True})


@dataclass(frozen=True, slots=True)
class PendingLine:
    """An account that waits for its code to be used."""

    email: SafeText
    name: SafeText
    company: SafeText
    role: Role
    purpose: TokenPurpose
    created_at: datetime
    expires_at: datetime


def register(door: Door, form: RegistrationForm, *, command: Command | None = None) -> Registered:
    """Note a registration and mail its code; Invalid names the field that is not acceptable.

    An address that has an account gets a mail that says so, and nothing else happens.
    """
    settings = door.read(desk_settings.load)
    checked = check(form, settings)
    door.touch(asking.admit_form)
    password = password_rules.check(form.password, checked.personal)
    checked.details.update(password_hash=hashing.hash_password(password))
    return door.write_once(command or command_for(note), note, checked, tokens.new_code())


def verify(door: Door, code: str, password: str | None = None) -> Verified:
    """Open the account that a registration asked for; Invalid, in the same words, for any other code.

    ``password`` is what its owner chose in the form; without it, or with another, one has to be chosen.
    """
    proven = None
    if password is not None:
        chosen = door.read(_chosen, code)
        proven = chosen if hashing.verify(chosen, password) else None
    return door.write(complete, code, tokens.new_code(), proven)


def knows_password(work: Work, code: str) -> bool:
    """Whether a password was chosen with the form that a code is for; Invalid for codes that open nothing."""
    return _chosen(work, code) is not None


def resend(door: Door, email: str) -> Registered:
    """Mail a new code for a pending registration; the answer is the same whatever the address."""
    settings = door.read(desk_settings.load)
    normalised = addresses.normalise(email, settings.allows_reserved_addresses)
    return door.write(send_again, normalised, tokens.new_code())


def reissue(door: Door, email: str, *, command: Command | None = None) -> Issued:
    """A new code for a pending registration, shown to an administrator and mailed."""
    return door.write_once(command or command_for(issue_again), issue_again, email, tokens.new_code())


def pending(work: Work, *, after: str | None = None, limit: int = PAGE) -> Page[PendingLine]:
    """The accounts whose code was not used yet, the newest first, for administrators."""
    require_right(work.actor, Right.MANAGE_ACCOUNTS)
    limit = max(1, min(limit, LONGEST_PAGE))
    statement = _PENDING.limit(limit + 1)
    if after is not None:
        statement = statement.where(_TOKEN.c.id < cursors.key(after))
    rows = work.session.execute(statement, {"now": work.now}).all()
    lines = tuple(
        PendingLine(
            email=clean_line(row.address),
            name=clean_line(row.payload.get("name") or row.name),
            company=clean_line(row.payload.get("company", "")),
            role=row.role,
            purpose=row.purpose,
            created_at=row.created_at,
            expires_at=row.expires_at,
        )
        for row in rows[:limit]
    )
    return Page(lines, None, str(rows[limit - 1].id) if len(rows) > limit else None)


def count_pending(work: Work) -> int:
    """How many codes :func:`pending` lists in all."""
    require_right(work.actor, Right.MANAGE_ACCOUNTS)
    return int(work.session.execute(_HOW_MANY_PENDING, {"now": work.now}).scalar_one())


def note(work: Work, checked: Checked, code: str) -> Registered:
    """Keep a checked form with its code, or tell the owner of the address that it was tried."""
    naming.require_free(work, checked.details["name"])
    # Whose address nobody has proven is called by it, and not as a stranger typed.
    account = people.by_address(work, checked.email) or people.expected(
        work, checked.email, checked.email, checked.details["locale"]
    )
    audit.record(work, AuditKind.REGISTERED, account_id=account.id)
    is_mailed = asking.may_mail(work, Errand.REGISTER, checked.email)
    if _is_open(account):
        if is_mailed:
            _send_code(work, account, code, checked.details)
        elif not tokens.amend(work, account.id, TokenPurpose.VERIFY, checked.details):
            _issue(work, account, code, checked.details)
    elif is_mailed and account.state is not AccountState.DISABLED:
        _owe(work, account, Template.ALREADY_REGISTERED, {})
    return _answer(work, checked.email)


def complete(work: Work, code: str, choose_code: str, proven: str | None = None) -> Verified:
    """Use a registration's code up, and let its form take effect; its password only if it is ``proven``."""
    opened = tokens.redeem(work, code, (TokenPurpose.VERIFY,))
    account = work.session.get(Account, opened.account_id, with_for_update=True, populate_existing=True)
    if account is None or account.state is not AccountState.PENDING or account.role is not Role.CUSTOMER:
        raise tokens.no_good()
    _open(work, account, opened.payload, opened.address, proven)
    throttle.proven(work, addresses.folded(opened.address), work.caller.source)
    needs_password = account.password_hash is None
    if needs_password:
        tokens.issue(
            work,
            account_id=opened.account_id,
            purpose=TokenPurpose.RESET,
            code=choose_code,
            address=opened.address,
        )
    return Verified(
        email=clean_line(opened.address),
        name=clean_line(account.name),
        needs_password=needs_password,
        choose_code=choose_code if needs_password else None,
    )


def verify_by_mail(work: Work, account_id: int, address: str) -> Verified | None:
    """Open the account whose owner answered the mail with its code; None when nothing waits for that.

    The caller knows that the answer is to a mail that went to ``address`` alone. It stands for the code
    while the code is good, without the password of the form: a mail tells how to choose one.
    """
    account = work.session.get(Account, account_id, with_for_update=True, populate_existing=True)
    if account is None or account.state is not AccountState.PENDING or account.role is not Role.CUSTOMER:
        return None
    waiting = work.session.execute(
        _WAITING, {"account": account_id, "address": addresses.folded(address), "now": work.now}
    ).first()
    if waiting is None:
        return None
    _open(work, account, waiting.payload, waiting.address)
    _owe(work, people.by_id(work, account_id), Template.WELCOME, {})
    return Verified(email=clean_line(waiting.address), name=clean_line(account.name), needs_password=True)


def send_again(work: Work, email: str, code: str) -> Registered:
    """Mail a new code for what a pending account's last form said."""
    asking.admit_request(work)
    account = people.by_address(work, email)
    is_mailed = asking.may_mail(work, Errand.RESEND, email)
    if account is not None and is_mailed and _is_open(account):
        _send_code(work, account, code, _last_form(work, account.id))
        audit.record(work, AuditKind.CODE_ISSUED, account_id=account.id)
    return _answer(work, email)


def issue_again(work: Work, email: str, code: str) -> Issued:
    """A new code for a pending account, for an administrator to pass on."""
    administrators.take_turn(work)
    account = people.by_address(work, email)
    if account is None or not _is_open(account):
        raise NotFound(
            N_("No registration of {address} waits for its code."),
            field="email",
            address=clean_line(email, 254),
        )
    expires_at = _send_code(work, account, code, _last_form(work, account.id))
    audit.record(work, AuditKind.CODE_ISSUED, account_id=account.id, detail={"purpose": "verify"})
    return Issued(clean_line(account.address), expires_at, account.role, code)


def _chosen(work: Work, code: str) -> str | None:
    chosen: str | None = tokens.look(work, code, (TokenPurpose.VERIFY,)).payload.get("password_hash")
    return chosen


def _open(
    work: Work, account: Account, form: Mapping[str, Any], address: str, proven: str | None = None
) -> None:
    """Let a form take effect on a locked pending account whose ``address`` was proven, and end its codes."""
    if form:
        account.name, account.phone = form["name"], form["phone"]
        account.locale, account.time_zone = form["locale"], form["time_zone"]
        account.typed_company = form["company"]
        account.company_id = _company(work, dict(form))
        account.password_hash = proven if proven == form["password_hash"] else None
    account.state = AccountState.ACTIVE
    work.session.flush()
    account_id = account.id or 0
    work.session.execute(
        _VERIFIED, {"account": account_id, "verified": addresses.folded(address), "now": work.now}
    )
    undeliverable.arrived(work, address)
    tokens.kill(work, account_id)
    audit.record(work, AuditKind.VERIFIED, account_id=account_id, actor_id=account_id)


def _is_open(account: Known) -> bool:
    """Whether registering may complete this account: staff are invited instead."""
    return account.state is AccountState.PENDING and not account.role.is_staff


def _send_code(work: Work, account: Known, code: str, form: dict[str, Any]) -> datetime:
    expires_at = _issue(work, account, code, form)
    payload = {"code": code, "expires_at": expires_at.isoformat()}
    _owe(work, account, Template.VERIFY, payload, form.get("locale"))
    return expires_at


def _issue(work: Work, account: Known, code: str, form: dict[str, Any]) -> datetime:
    """Keep a form with its code; nobody knows the code until it is mailed or shown."""
    return tokens.issue(
        work,
        account_id=account.id,
        purpose=TokenPurpose.VERIFY,
        code=code,
        address=account.address,
        payload=form,
    )


def _owe(
    work: Work, account: Known, template: Template, payload: dict[str, Any], locale: str | None = None
) -> None:
    outbox.owe(
        work,
        template=template,
        address=account.address,
        locale=locale or account.locale,
        subject_key=f"account:{account.id}",
        account_id=account.id,
        payload=payload,
    )


def _last_form(work: Work, account_id: int) -> dict[str, Any]:
    """What the newest registration said, its code used or not; codes that expired keep their form."""
    newest = (
        sa.select(_TOKEN.c.payload)
        .where(_TOKEN.c.account_id == account_id, _TOKEN.c.purpose == TokenPurpose.VERIFY)
        .order_by(_TOKEN.c.id.desc())
        .limit(1)
    )
    return dict(work.session.execute(newest).scalar() or {})


def _company(work: Work, form: dict[str, Any]) -> int | None:
    if form["is_own"]:
        return companies.own(work)
    return companies.with_tax_id(work, form["country"], form["tax_id"], form["company"])


def _answer(work: Work, email: str) -> Registered:
    return Registered(clean_line(email), work.now + tokens.LIFETIME[TokenPurpose.VERIFY])
