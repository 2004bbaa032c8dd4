"""The closed sets of the desk as people say them, in the current language: on screens and in commands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sysmo_tui.domain.closed_sets import AGES, CHANNELS, FREQUENCIES, INBOXES, MEASURES, RATINGS, SORTS
from sysmo_tui.domain.enums import (
    AccountState,
    Age,
    AuditKind,
    Category,
    Channel,
    CustomerEventKind,
    EventKind,
    Inbox,
    MailClass,
    MailFrequency,
    MailReason,
    Measure,
    Role,
    SenderStanding,
    Sort,
    Standing,
    Template,
    TokenPurpose,
    Verdict,
)
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.moments import Preset
from sysmo_tui.domain.report_parts import Figure
from sysmo_tui.i18n import _

if TYPE_CHECKING:
    from sysmo_tui.domain.measures import LoadRow, RatingsRow, TeamRow, TimesRow
    from sysmo_tui.domain.time_spent import HolderTime, StatusTime
    from sysmo_tui.services.own_addresses import OwnAddress

_ROLES: Mapping[Role, str] = {
    Role.CUSTOMER: N_("customer"),
    Role.OPERATOR: N_("operator"),
    Role.MANAGER: N_("manager"),
    Role.ADMIN: N_("administrator"),
}
_STATES: Mapping[AccountState, str] = {
    AccountState.PENDING: N_("pending"),
    AccountState.ACTIVE: N_("active"),
    AccountState.DISABLED: N_("disabled"),
}
_CATEGORIES: Mapping[Category, str] = {
    Category.NEW: N_("new"),
    Category.OPEN: N_("open"),
    Category.WAITING: N_("waiting"),
    Category.HOLD: N_("on hold"),
    Category.CLOSED: N_("closed"),
}
_EVENTS: Mapping[EventKind, str] = {
    EventKind.FILED: N_("filed"),
    EventKind.TAKEN: N_("taken"),
    EventKind.ASSIGNED: N_("assigned"),
    EventKind.RELEASED: N_("released"),
    EventKind.REPLIED: N_("replied"),
    EventKind.NOTED: N_("noted"),
    EventKind.ATTACHED: N_("files attached"),
    EventKind.EDITED: N_("edited"),
    EventKind.CLOSED: N_("closed"),
    EventKind.REOPENED: N_("reopened"),
    EventKind.SPAMMED: N_("marked as spam"),
    EventKind.TAGGED: N_("tagged"),
    EventKind.UNTAGGED: N_("untagged"),
    EventKind.WATCHED: N_("watched"),
    EventKind.UNWATCHED: N_("unwatched"),
    EventKind.CLONED: N_("cloned"),
    EventKind.RATED: N_("rated"),
    EventKind.WITHDRAWN: N_("reply taken back"),
    EventKind.UNDONE: N_("undone"),
    EventKind.UNDELIVERED: N_("mail did not arrive"),
}
_CUSTOMER_EVENTS: Mapping[CustomerEventKind, str] = {
    CustomerEventKind.FILED: N_("filed"),
    CustomerEventKind.TAKEN: N_("taken"),
    CustomerEventKind.STATUS_CHANGED: N_("status changed"),
    CustomerEventKind.ATTACHED: N_("files attached"),
    CustomerEventKind.CLOSED: N_("closed"),
    CustomerEventKind.REOPENED: N_("reopened"),
    CustomerEventKind.RATED: N_("rated"),
}
_PURPOSES: Mapping[TokenPurpose, str] = {
    TokenPurpose.VERIFY: N_("registration"),
    TokenPurpose.RESET: N_("new password"),
    TokenPurpose.INVITE: N_("invitation"),
    TokenPurpose.RECOVER: N_("recovery"),
    TokenPurpose.ADDRESS: N_("another address"),
}
_STANDINGS: Mapping[Standing, str] = {
    Standing.WAITING: N_("waiting"),
    Standing.DIGEST: N_("for digest"),
    Standing.HELD: N_("held"),
    Standing.FAILED: N_("failed"),
}
_AUDIT: Mapping[AuditKind, str] = {
    AuditKind.SIGNED_IN: N_("signed in"),
    AuditKind.SIGN_IN_FAILED: N_("sign-in failed"),
    AuditKind.SIGNED_OUT: N_("signed out"),
    AuditKind.SESSION_REVOKED: N_("sessions ended"),
    AuditKind.KEY_ADDED: N_("key added"),
    AuditKind.KEY_REVOKED: N_("key revoked"),
    AuditKind.REGISTERED: N_("registered"),
    AuditKind.VERIFIED: N_("address verified"),
    AuditKind.CODE_ISSUED: N_("code issued"),
    AuditKind.INVITED: N_("invited"),
    AuditKind.PASSWORD_CHANGED: N_("password changed"),
    AuditKind.PASSWORD_RESET: N_("password taken away"),
    AuditKind.ROLE_CHANGED: N_("role changed"),
    AuditKind.ACCOUNT_EDITED: N_("account edited"),
    AuditKind.ACCOUNT_RENAMED: N_("account renamed"),
    AuditKind.ACCOUNT_DISABLED: N_("account disabled"),
    AuditKind.ACCOUNT_ENABLED: N_("account enabled"),
    AuditKind.COMPANY_EDITED: N_("company edited"),
    AuditKind.TOPIC_CHANGED: N_("topic changed"),
    AuditKind.CATALOGUE_CHANGED: N_("catalogue changed"),
    AuditKind.CONFIGURED: N_("setting changed"),
    AuditKind.MAIL_DECIDED: N_("mail decided"),
    AuditKind.EXPORTED: N_("exported"),
    AuditKind.BACKED_UP: N_("backed up"),
    AuditKind.RESTORED: N_("restored"),
    AuditKind.COPIED: N_("copied"),
    AuditKind.RECOVERED: N_("recovered"),
    AuditKind.DESK_CREATED: N_("desk created"),
}
_TEMPLATES: Mapping[Template, str] = {
    Template.WATCHED_NEWS: N_("news of a watched ticket"),
    Template.MOVED_IN: N_("moved to a topic"),
    Template.NEW_IN_TOPIC: N_("new in a topic"),
    Template.ACKNOWLEDGED: N_("request received"),
    Template.LABEL_CHANGED: N_("status changed"),
    Template.CONTACT_CHANGED: N_("contact address changed"),
    Template.NOTED: N_("internal note"),
    Template.FOLLOW_UP: N_("follow-up reminder"),
    Template.UNDELIVERED: N_("mail did not arrive"),
    Template.MENTIONED: N_("mentioned in a note"),
    Template.CUSTOMER_REPLIED: N_("the customer replied"),
    Template.ASSIGNED: N_("assigned"),
    Template.REOPENED: N_("reopened"),
    Template.REPLIED: N_("reply"),
    Template.CLOSED: N_("closed"),
    Template.UNATTENDED_TOPIC: N_("topic without operators"),
    Template.DIGEST: N_("digest"),
    Template.WEEKLY_REPORT: N_("weekly report"),
    Template.NOT_BY_MAIL: N_("staff do not act by mail"),
    Template.VERIFY: N_("registration code"),
    Template.ALREADY_REGISTERED: N_("registered already"),
    Template.WELCOME: N_("address confirmed"),
    Template.ADDRESS_CODE: N_("code for an address"),
    Template.ADDRESS_CHANGED: N_("addresses changed"),
    Template.RESET: N_("password code"),
    Template.INVITE: N_("invitation"),
    Template.PASSWORD_CHANGED: N_("password changed"),
    Template.KEY_ADDED: N_("key added"),
    Template.TEST: N_("trial mail"),
}
_VERDICTS: Mapping[Verdict, str] = {
    Verdict.PENDING: N_("not decided yet"),
    Verdict.TICKET: N_("new ticket"),
    Verdict.REPLY: N_("reply"),
    Verdict.SYSTEM: N_("system"),
    Verdict.QUARANTINED: N_("waits for a decision"),
    Verdict.DROPPED: N_("kept, not filed"),
}
_MAIL_REASONS: Mapping[MailReason, str] = {
    MailReason.NEW_REQUEST: N_("a new request"),
    MailReason.OWN_ID: N_("answers a mail of the desk"),
    MailReason.REPLY_ADDRESS: N_("sent to a ticket's reply address"),
    MailReason.KNOWN_ID: N_("answers a mail of the ticket"),
    MailReason.SUBJECT_NUMBER: N_("names the ticket in its subject"),
    MailReason.CONTINUES_CLOSED: N_("goes on with a closed ticket"),
    MailReason.BOUNCED: N_("a mail did not arrive"),
    MailReason.VERIFIED_ADDRESS: N_("proves an address"),
    MailReason.RATING: N_("a rating"),
    MailReason.OWN_LOOP: N_("went in a circle"),
    MailReason.OWN_ADDRESS: N_("from the desk's own address"),
    MailReason.REPEATED: N_("delivered before"),
    MailReason.UNKNOWN_BOUNCE: N_("a report about an unknown mail"),
    MailReason.BLOCKED: N_("the sender is blocked"),
    MailReason.NO_SENDER: N_("no sender can be told"),
    MailReason.STRANGER: N_("the sender takes no part in the ticket"),
    MailReason.FROM_OPERATOR: N_("says it is from the desk's staff"),
    MailReason.DISABLED_ACCOUNT: N_("the sender's account is disabled"),
    MailReason.REOPENED_TOO_OFTEN: N_("the ticket was reopened too often"),
    MailReason.TOO_MANY: N_("too many requests of one sender"),
    MailReason.TOO_LARGE: N_("too large"),
    MailReason.UNREADABLE: N_("could not be read"),
    MailReason.ACCEPTED: N_("accepted by staff"),
    MailReason.REJECTED: N_("rejected by staff"),
}
_MAIL_CLASSES: Mapping[MailClass, str] = {
    MailClass.LOOP: N_("own loop"),
    MailClass.BOUNCE: N_("report about a mail"),
    MailClass.AUTOMATIC: N_("automatic"),
    MailClass.HUMAN: N_("written by a person"),
}
_SENDERS: Mapping[SenderStanding, str] = {
    SenderStanding.BLOCKED: N_("blocked"),
    SenderStanding.ALLOWED: N_("allowed"),
}
_PRESETS: Mapping[Preset, str] = {
    Preset.TODAY: N_("Today"),
    Preset.YESTERDAY: N_("Yesterday"),
    Preset.THIS_WEEK: N_("This week"),
    Preset.LAST_WEEK: N_("Last week"),
    Preset.THIS_MONTH: N_("This month"),
    Preset.LAST_MONTH: N_("Last month"),
    Preset.THIS_QUARTER: N_("This quarter"),
    Preset.LAST_QUARTER: N_("Last quarter"),
    Preset.LAST_7_DAYS: N_("Last 7 days"),
    Preset.LAST_30_DAYS: N_("Last 30 days"),
    Preset.THIS_YEAR: N_("This year"),
    Preset.LAST_YEAR: N_("Last year"),
}
_FIGURES: Mapping[Figure, str] = {
    Figure.RECEIVED: N_("Received"),
    Figure.CLOSED: N_("Closed tickets"),
    Figure.RESOLVED: N_("Resolved"),
    Figure.ANSWERED: N_("First answered"),
    Figure.REOPENED: N_("Reopened"),
    Figure.RATED: N_("Rated"),
    Figure.OPEN: N_("Open at the end"),
    Figure.OPEN_NOW: N_("Open now"),
    Figure.ASSIGNED: N_("Assigned now"),
}

_WORDS: Mapping[type[StrEnum], Mapping[Any, str]] = {
    Role: _ROLES,
    AccountState: _STATES,
    Category: _CATEGORIES,
    Channel: CHANNELS,
    EventKind: _EVENTS,
    CustomerEventKind: _CUSTOMER_EVENTS,
    TokenPurpose: _PURPOSES,
    Standing: _STANDINGS,
    MailFrequency: FREQUENCIES,
    AuditKind: _AUDIT,
    Template: _TEMPLATES,
    Verdict: _VERDICTS,
    MailReason: _MAIL_REASONS,
    MailClass: _MAIL_CLASSES,
    SenderStanding: _SENDERS,
    Preset: _PRESETS,
    Measure: MEASURES,
    Age: AGES,
    Inbox: INBOXES,
    Sort: SORTS,
    Figure: _FIGURES,
}


def secret(is_set: bool) -> str:
    """What is shown in place of a value that only the desk may know."""
    return _("set, not shown") if is_set else ""


def said(member: StrEnum) -> str:
    """A member of a closed set in words; its stored value where there are none."""
    return _(_WORDS.get(type(member), {}).get(member, member.value))


AGE_MARKS = {
    Age.DAY: "≤1 d",
    Age.THREE_DAYS: "1–3 d",
    Age.WEEK: "3–7 d",
    Age.MONTH: "7–30 d",
    Age.OLDER: ">30 d",
}
"""Ages where there is little room."""


def row_name(row: TeamRow | TimesRow | RatingsRow | LoadRow | StatusTime | HolderTime) -> str:
    """What a row of a report is called: people and topics by their names, all others by the desk's words."""
    from sysmo_tui.domain.measures import RatingsRow, TimesRow
    from sysmo_tui.domain.time_spent import StatusTime

    if isinstance(row, StatusTime):
        return _(row.name)
    whose = row.id if isinstance(row, TimesRow | RatingsRow) else row.account_id
    return row.name if whose is not None else _(row.name)


def address_state(address: OwnAddress) -> str:
    """What an address of an account is for, and whether mail arrives there."""
    parts = [_("main address")] if address.is_primary else []
    parts += [] if address.is_verified else [_("not proven")]
    parts += [_("mail does not arrive")] if address.is_undeliverable else []
    return " · ".join(parts)


def rating_text(rating: int) -> str:
    """What a customer said of a closed ticket: the number, and what it stands for."""
    return f"{rating} · {_(RATINGS[rating])}"
