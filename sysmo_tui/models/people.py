"""Accounts, their addresses and companies, and the secrets that open doors."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from sysmo_tui.domain.enums import AccountState, Channel, MailFrequency, Role, TokenPurpose
from sysmo_tui.domain.fold import document, same_name
from sysmo_tui.models.columns import Json, Moment, Record, choice, key, one_of


class Named(Record):
    """What people look up by name, which no database compares as we do.

    ``folded`` is the form in which two names are the same, ``words`` what a search for words looks at;
    both follow from the name whenever it is written.
    """

    name: str
    folded: str = Field(default="", index=True)
    words: str = ""


@sa.event.listens_for(Named, "before_insert", propagate=True)
@sa.event.listens_for(Named, "before_update", propagate=True)
def _fold(_mapper: object, _connection: object, row: Named) -> None:
    row.folded, row.words = same_name(row.name), document(row.name)


class Company(Named, table=True):
    """A customer organisation; ``is_own`` marks the one that runs the desk."""

    __table_args__ = (sa.UniqueConstraint("country", "tax_id", name="uq_company_tax_id"),)

    id: int | None = key(primary=True)
    tax_id: str | None = None
    country: str = Field(max_length=2)
    domains: list[str] = Field(default_factory=list, sa_type=Json)
    is_own: bool = False
    notes: str = ""
    created_at: datetime = Field(sa_type=Moment)


class Account(Named, table=True):
    """Anyone who can sign in, or will be able to."""

    __table_args__ = (one_of("role", Role), sa.Index("ix_account_role", "role", "state"))

    id: int | None = key(primary=True)
    phone: str | None = None
    role: Role = Field(sa_type=choice(Role))
    state: AccountState = Field(sa_type=choice(AccountState))
    password_hash: str | None = None
    must_change_password: bool = False
    company_id: int | None = key(foreign="company.id", nullable=True, index=True)
    typed_company: str = ""
    locale: str = "en"
    time_zone: str | None = None
    preferences: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    signature: str = ""
    mail_frequency: MailFrequency = Field(default=MailFrequency.IMMEDIATE, sa_type=choice(MailFrequency))
    created_at: datetime = Field(sa_type=Moment)
    disabled_at: datetime | None = Field(default=None, sa_type=Moment)


class AccountEmail(Record, table=True):
    """An address of an account; ``folded`` is what makes it unique."""

    __tablename__: ClassVar[str] = "account_email"
    __table_args__ = (
        sa.Index(
            "uq_account_email_primary",
            "account_id",
            unique=True,
            sqlite_where=sa.text("is_primary"),
            postgresql_where=sa.text("is_primary"),
        ),
    )

    id: int | None = key(primary=True)
    account_id: int = key(foreign="account.id", index=True)
    address: str
    folded: str = Field(unique=True)
    is_primary: bool = True
    verified_at: datetime | None = Field(default=None, sa_type=Moment)
    undeliverable_at: datetime | None = Field(default=None, sa_type=Moment)
    undeliverable_reason: str = ""


class SignIn(Record, table=True):
    """An open session: the secret is known only to its holder."""

    __tablename__: ClassVar[str] = "session"

    id: int | None = key(primary=True)
    secret_hash: str = Field(unique=True, max_length=64)
    account_id: int = key(foreign="account.id", index=True)
    channel: Channel = Field(sa_type=choice(Channel))
    source: str = ""
    created_at: datetime = Field(sa_type=Moment)
    last_seen_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class SshKey(Record, table=True):
    """A key that opens the SSH door for an account; its owner proved it by connecting with it.

    ``fingerprint`` is SHA-256 as OpenSSH shows it, ``SHA256:…``; a live key belongs to one account.
    """

    __tablename__: ClassVar[str] = "ssh_key"
    __table_args__ = (
        sa.Index(
            "uq_ssh_key_fingerprint",
            "fingerprint",
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
    )

    id: int | None = key(primary=True)
    account_id: int = key(foreign="account.id", index=True)
    fingerprint: str = Field(max_length=64)
    algorithm: str = Field(max_length=64)
    label: str = ""
    created_at: datetime = Field(sa_type=Moment)
    last_used_at: datetime | None = Field(default=None, sa_type=Moment)
    last_source: str = ""
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)


class Token(Record, table=True):
    """A one-time code, bound to an account, a purpose and an address.

    ``payload`` is what takes effect when the code is used, such as the form of a registration.
    """

    __table_args__ = (sa.Index("ix_token_account", "account_id", "purpose"),)

    id: int | None = key(primary=True)
    secret_hash: str = Field(unique=True, max_length=64)
    account_id: int = key(foreign="account.id")
    purpose: TokenPurpose = Field(sa_type=choice(TokenPurpose))
    address: str = ""
    issued_by_id: int | None = key(foreign="account.id", nullable=True)
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class Throttle(Record, table=True):
    """How often a door was tried in vain; ``bucket`` names account, source or both."""

    bucket: str = Field(primary_key=True, max_length=200)
    failures: int = 0
    last_failed_at: datetime = Field(sa_type=Moment)
    last_succeeded_at: datetime | None = Field(default=None, sa_type=Moment)
