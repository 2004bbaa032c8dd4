"""The closed sets of the desk, in words for people."""

from __future__ import annotations

from sysmo_tui.domain.enums import AccountState, Category, Channel, CustomerEventKind, EventKind, Role
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import _
from sysmo_tui.widgets.changes import CHANNELS

_ROLES = {
    Role.CUSTOMER: N_("customer"),
    Role.OPERATOR: N_("operator"),
    Role.MANAGER: N_("manager"),
    Role.ADMIN: N_("administrator"),
}
_STATES = {
    AccountState.PENDING: N_("pending"),
    AccountState.ACTIVE: N_("active"),
    AccountState.DISABLED: N_("disabled"),
}
_CATEGORIES = {
    Category.NEW: N_("new"),
    Category.OPEN: N_("open"),
    Category.WAITING: N_("waiting"),
    Category.HOLD: N_("on hold"),
    Category.CLOSED: N_("closed"),
}
_EVENTS = {
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
}
_CUSTOMER_EVENTS = {
    CustomerEventKind.FILED: N_("filed"),
    CustomerEventKind.TAKEN: N_("taken"),
    CustomerEventKind.STATUS_CHANGED: N_("status changed"),
    CustomerEventKind.ATTACHED: N_("files attached"),
    CustomerEventKind.CLOSED: N_("closed"),
    CustomerEventKind.REOPENED: N_("reopened"),
}


def role_name(role: Role) -> str:
    """A role, as people say it."""
    return _(_ROLES[role])


def state_name(state: str) -> str:
    """Where an account is in its life."""
    return _(_STATES[AccountState(state)])


def category_name(category: Category) -> str:
    """A category of statuses, as people say it."""
    return _(_CATEGORIES[category])


def channel_name(channel: Channel) -> str:
    """How something reached the desk."""
    return _(CHANNELS[channel])


def event_name(kind: EventKind) -> str:
    """What happened to a ticket."""
    return _(_EVENTS[kind])


def customer_event_name(kind: CustomerEventKind) -> str:
    """What happened to a ticket, as its customer is told."""
    return _(_CUSTOMER_EVENTS[kind])
