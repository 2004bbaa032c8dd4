"""What people see and change of their own account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import phones, signatures, tax_ids
from sysmo_tui.domain.closed_sets import FREQUENCIES
from sysmo_tui.domain.enums import AuditKind, MailFrequency, Role
from sysmo_tui.domain.errors import Forbidden, Invalid
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.domain.text import SafeText, clean, clean_line
from sysmo_tui.models import Account, Company, Topic, table
from sysmo_tui.services import audit, desk_settings, named, naming
from sysmo_tui.services import preferences as preferences_

PREFERENCES_LIMIT = 16_000
"""Characters of all preferences together, as JSON."""

_ACCOUNT, _COMPANY, _TOPIC = table(Account), table(Company), table(Topic)
_OWN = (
    sa.select(
        _ACCOUNT,
        _COMPANY.c.name.label("stored_company"),
        _COMPANY.c.tax_id,
        _COMPANY.c.country,
        _COMPANY.c.is_own,
    )
    .outerjoin(_COMPANY, _COMPANY.c.id == _ACCOUNT.c.company_id)
    .where(_ACCOUNT.c.id == sa.bindparam("account"))
)
_TOPICS = (
    sa.select(_TOPIC.c.name)
    .where(_TOPIC.c.id.in_(sa.bindparam("topics", expanding=True)), _TOPIC.c.archived_at.is_(None))
    .order_by(_TOPIC.c.position, _TOPIC.c.id)
)


@dataclass(frozen=True, slots=True)
class Profile:
    """One's own account; ``company`` is what one typed oneself, for staff and employees the stored name."""

    account_id: int
    email: SafeText
    name: SafeText
    phone: SafeText | None
    role: Role
    company: SafeText | None
    tax_id: SafeText | None
    topics: tuple[SafeText, ...]
    locale: str
    time_zone: str | None
    created_at: datetime
    signature: SafeText
    mail_frequency: MailFrequency
    has_password: bool
    preferences: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProfileEdits:
    """What to change; None leaves it, an empty phone, time zone or signature clears it."""

    name: str | None = None
    phone: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    signature: str | None = None
    mail_frequency: str | None = None


def show(work: Work) -> Profile:
    """The actor's own account."""
    actor = work.actor
    row: Any = work.session.execute(_OWN, {"account": _own_id(work)}).one()
    served = work.session.execute(_TOPICS, {"topics": list(actor.topics)}).scalars()
    knows_company = actor.is_staff or bool(row.is_own)
    company = row.stored_company if knows_company else row.typed_company
    return Profile(
        account_id=row.id,
        email=clean_line(actor.email),
        name=clean_line(row.name),
        phone=None if row.phone is None else clean_line(phones.show(row.phone)),
        role=row.role,
        company=clean_line(company) if company else None,
        tax_id=clean_line(tax_ids.show(row.tax_id, row.country)) if row.tax_id else None,
        topics=tuple(clean_line(name) for name in served),
        locale=row.locale,
        time_zone=row.time_zone,
        created_at=row.created_at,
        signature=clean(row.signature),
        mail_frequency=row.mail_frequency,
        has_password=row.password_hash is not None,
        preferences=row.preferences,
    )


def edit(work: Work, edits: ProfileEdits, preferences: Mapping[str, Any] | None = None) -> Profile:
    """Change what one says of oneself and how one is told by mail, and remember ``preferences``.

    Forbidden for a customer's signature: it stands below the answers of staff.
    """
    from sysmo_tui.services.registration_form import checked_name, checked_phone

    account = _locked(work)
    settings = desk_settings.load(work)
    wanted: dict[str, Any] = {}
    if edits.name is not None:
        wanted["name"] = checked_name(edits.name)
        if not work.actor.is_staff and wanted["name"] != account.name:
            naming.require_free(work, wanted["name"])
    if edits.phone is not None:
        wanted["phone"] = checked_phone(edits.phone, settings.country) if edits.phone.strip() else None
    if edits.locale is not None:
        wanted["locale"] = desk_settings.read("language", edits.locale)
    if edits.time_zone is not None:
        zone = edits.time_zone.strip()
        wanted["time_zone"] = desk_settings.check_time_zone(zone) if zone else None
    if edits.signature is not None:
        wanted["signature"] = _signature(work, edits.signature)
    if edits.mail_frequency is not None:
        wanted["mail_frequency"] = named.member(FREQUENCIES, edits.mail_frequency, "mail_frequency")
    changed = [name for name, value in wanted.items() if getattr(account, name) != value]
    name_before = account.name
    for name in changed:
        setattr(account, name, wanted[name])
    work.session.flush()
    if changed:
        audit.record(work, AuditKind.ACCOUNT_EDITED, account_id=account.id, detail={"fields": changed})
        naming.note_change(work, account, name_before)
    return prefer(work, preferences) if preferences else show(work)


def prefer(work: Work, preferences: Mapping[str, Any]) -> Profile:
    """Remember preferences of the closed list, as people write them or as screens keep them.

    None and "" forget one. NotFound for another name, Invalid for a value that makes no sense.
    """
    wanted = preferences_.checked(preferences)
    account = _locked(work)
    merged = {**account.preferences, **wanted}
    kept = {name: value for name, value in merged.items() if value is not None}
    if len(json.dumps(kept)) > PREFERENCES_LIMIT:
        raise Invalid(N_("These preferences are too large to keep."), field="preferences")
    account.preferences = kept
    work.session.flush()
    return show(work)


def _signature(work: Work, text: str) -> str:
    signature = signatures.checked(text)
    if signature and not work.actor.is_staff:
        raise Forbidden(N_("Only the desk's staff have a signature."), field="signature")
    return signature


def _own_id(work: Work) -> int:
    account_id = work.actor.account_id
    if account_id is None:
        raise Forbidden(
            N_("The desk itself has no profile. Sign in first: {command}"), command=Advice("sysmo login")
        )
    return account_id


def _locked(work: Work) -> Account:
    statement = sa.select(Account).where(_ACCOUNT.c.id == _own_id(work)).with_for_update()
    return work.session.execute(statement.execution_options(populate_existing=True)).scalar_one()
