"""Who sees what, and who may do what: the one place that decides.

::

    audience    sees                               may
    STAFF       everything                         everything the verbs name
    REQUESTER   public entries, the public label   reply, attach, download, close, reopen, rate
    NONE        nothing: the ticket does not exist
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sysmo_tui.domain.actor import Actor
from sysmo_tui.domain.enums import Audience, PersonRole, Role
from sysmo_tui.domain.errors import Forbidden
from sysmo_tui.domain.message import N_


class Verb(StrEnum):
    """What can be done to a ticket."""

    SHOW = "show"
    REPLY = "reply"
    NOTE = "note"
    ATTACH = "attach"
    DOWNLOAD = "download"
    TAKE = "take"
    RELEASE = "release"
    ASSIGN = "assign"
    EDIT = "edit"
    CLOSE = "close"
    REOPEN = "reopen"
    SPAM = "spam"
    WATCH = "watch"
    TAG = "tag"
    CLONE = "clone"
    RATE = "rate"
    WITHDRAW = "withdraw"
    UNDO = "undo"


class Right(StrEnum):
    """What can be done on the desk, apart from single tickets."""

    FILE_FOR_OTHERS = "file_for_others"
    SEE_PEOPLE = "see_people"
    KEEP_SEARCHES = "keep_searches"
    SHARE_SEARCHES = "share_searches"
    READ_REPORTS = "read_reports"
    READ_OWN_REPORT = "read_own_report"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_TOPICS = "manage_topics"
    MANAGE_CATALOGUE = "manage_catalogue"
    MANAGE_MAIL = "manage_mail"
    DECIDE_MAIL = "decide_mail"
    CONFIGURE = "configure"
    READ_AUDIT = "read_audit"
    OPERATE = "operate"


_REQUESTER_MAY = frozenset(
    {Verb.SHOW, Verb.REPLY, Verb.ATTACH, Verb.DOWNLOAD, Verb.CLOSE, Verb.REOPEN, Verb.RATE}
)

_LEAST_ROLE = {
    Right.FILE_FOR_OTHERS: Role.OPERATOR,
    Right.SEE_PEOPLE: Role.OPERATOR,
    Right.KEEP_SEARCHES: Role.OPERATOR,
    Right.READ_OWN_REPORT: Role.OPERATOR,
    Right.DECIDE_MAIL: Role.OPERATOR,
    Right.READ_REPORTS: Role.MANAGER,
    Right.SHARE_SEARCHES: Role.MANAGER,
    Right.MANAGE_MAIL: Role.MANAGER,
    Right.MANAGE_ACCOUNTS: Role.ADMIN,
    Right.MANAGE_TOPICS: Role.ADMIN,
    Right.MANAGE_CATALOGUE: Role.ADMIN,
    Right.CONFIGURE: Role.ADMIN,
    Right.READ_AUDIT: Role.ADMIN,
    Right.OPERATE: Role.ADMIN,
}

_RANKS = list(Role)


@dataclass(frozen=True, slots=True)
class Stake:
    """The facts about a ticket that decide who sees it."""

    requester_id: int
    topic_id: int
    assignee_id: int | None
    owner_id: int | None
    part: PersonRole | None
    """How the actor takes part beside requester, owner and assignee."""


def audience(actor: Actor, stake: Stake) -> Audience:
    """In which capacity ``actor`` sees the ticket with this stake."""
    if actor.is_staff and (
        actor.role.sees_all
        or stake.topic_id in actor.topics
        or actor.account_id in (stake.assignee_id, stake.owner_id)
        or stake.part is PersonRole.WATCHER
    ):
        return Audience.STAFF
    if actor.account_id == stake.requester_id or stake.part is PersonRole.COLLABORATOR:
        return Audience.REQUESTER
    return Audience.NONE


def may(seen_as: Audience, verb: Verb) -> bool:
    """Whether someone who sees a ticket as ``seen_as`` may do ``verb`` to it."""
    return seen_as is Audience.STAFF or (seen_as is Audience.REQUESTER and verb in _REQUESTER_MAY)


def require(seen_as: Audience, verb: Verb) -> None:
    """Refuse with Forbidden what :func:`may` does not allow."""
    if not may(seen_as, verb):
        raise Forbidden(N_("Only the desk's staff can do this to a ticket."))


def require_at_desk(actor: Actor) -> None:
    """Refuse with Forbidden what names places of the desk's machine or of its network, through a door."""
    if actor.is_remote:
        raise Forbidden(N_("This is set on the desk's own machine."))


def has(actor: Actor, right: Right) -> bool:
    """Whether ``actor`` has ``right`` on this desk."""
    return has_role(actor.role, right)


def has_role(role: Role, right: Right) -> bool:
    """Whether whoever has ``role`` has ``right`` on this desk."""
    return _RANKS.index(role) >= _RANKS.index(_LEAST_ROLE[right])


def require_right(actor: Actor, right: Right) -> None:
    """Refuse with Forbidden an actor without ``right``."""
    if not has(actor, right):
        raise forbidden_below(_LEAST_ROLE[right])


def forbidden_below(role: Role) -> Forbidden:
    """The refusal of whoever has less than ``role``, one of staff's."""
    return Forbidden(_REFUSALS[role])


_REFUSALS = {
    Role.OPERATOR: N_("Only the desk's staff can do this."),
    Role.MANAGER: N_("Only managers and administrators can do this."),
    Role.ADMIN: N_("Only administrators can do this."),
}
