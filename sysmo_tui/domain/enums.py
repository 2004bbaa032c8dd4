"""The closed sets of the desk. Values are stored; names are for code."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What an account may do: each staff role can do what an operator can."""

    CUSTOMER = "customer"
    OPERATOR = "operator"
    MANAGER = "manager"
    ADMIN = "admin"

    @property
    def is_staff(self) -> bool:
        """Whether this role works the desk."""
        return self is not Role.CUSTOMER

    @property
    def sees_all(self) -> bool:
        """Whether this role sees every ticket, whatever its topic."""
        return self in (Role.MANAGER, Role.ADMIN)


class AccountState(StrEnum):
    """Where an account is in its life."""

    PENDING = "pending"
    ACTIVE = "active"
    DISABLED = "disabled"


class Category(StrEnum):
    """What a status means; all logic reads this, never the status's name."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    HOLD = "hold"
    CLOSED = "closed"


class Visibility(StrEnum):
    """Who may read an entry."""

    PUBLIC = "public"
    INTERNAL = "internal"


class EntryKind(StrEnum):
    """What a line of a thread is."""

    REQUEST = "request"
    REPLY = "reply"
    NOTE = "note"
    SYSTEM = "system"


class Channel(StrEnum):
    """How something reached the desk."""

    CLI = "cli"
    TUI = "tui"
    EMAIL = "email"
    CHAT = "chat"
    PHONE = "phone"
    VISIT = "visit"
    ALERT = "alert"
    API = "api"
    DESK = "desk"


class Level(StrEnum):
    """Urgency as the customer feels it, impact as staff judge it."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class TicketField(StrEnum):
    """What staff may edit. Values travel as text, empty for nothing."""

    SUBJECT = "subject"
    STATUS = "status"
    PRIORITY = "priority"
    TYPE = "type"
    TOPIC = "topic"
    OWNER = "owner"
    IMPACT = "impact"
    URGENCY = "urgency"
    FOLLOW_UP = "follow_up"
    ACTION_DUE = "action_due"
    CONTACT_EMAIL = "contact_email"


class EventKind(StrEnum):
    """What happened to a ticket. Append only: members are never renamed."""

    FILED = "filed"
    TAKEN = "taken"
    ASSIGNED = "assigned"
    RELEASED = "released"
    REPLIED = "replied"
    NOTED = "noted"
    ATTACHED = "attached"
    EDITED = "edited"
    CLOSED = "closed"
    REOPENED = "reopened"
    SPAMMED = "spammed"
    TAGGED = "tagged"
    UNTAGGED = "untagged"
    WATCHED = "watched"
    UNWATCHED = "unwatched"
    CLONED = "cloned"
    RATED = "rated"
    WITHDRAWN = "withdrawn"
    UNDELIVERED = "undelivered"
    UNDONE = "undone"


class Cause(StrEnum):
    """Why something happened to a ticket that nobody did to it by itself."""

    ACCOUNT_DISABLED = "account_disabled"
    ROLE_CHANGED = "role_changed"
    CUSTOMER_REPLY = "customer_reply"
    FOLLOW_UP = "follow_up"
    MENTIONED = "mentioned"
    COMPANY_MERGED = "company_merged"
    ADDRESS_PROVEN = "address_proven"
    ADDRESS_REMOVED = "address_removed"
    CLONE = "clone"
    """Followed by a colon and the number of the ticket that was copied."""
    CONTINUES = "continues"
    """Followed by a colon and the number of the closed ticket that this one goes on with."""
    LIKE = "like"
    """Followed by a colon and the number of a recent ticket of the same sender and subject."""
    ROUTED = "routed"
    """Followed by a colon and the name of the rule that sent a mail to its topic."""
    UNDO = "undo"
    """Followed by the batch that was undone and what it had done; see :mod:`sysmo_tui.domain.taken_back`."""


class CustomerEventKind(StrEnum):
    """What happened, as far as a customer is told. Closed: all else that moves the label is a new status."""

    FILED = "filed"
    TAKEN = "taken"
    STATUS_CHANGED = "status_changed"
    ATTACHED = "attached"
    CLOSED = "closed"
    REOPENED = "reopened"
    RATED = "rated"


class CloseReason(StrEnum):
    """Why a ticket was closed without a public answer."""

    ANSWERED = "answered"
    SOLVED_ELSEWHERE = "solved_elsewhere"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    NO_REPLY = "no_reply"
    NOT_OURS = "not_ours"
    SPAM = "spam"
    BY_CUSTOMER = "by_customer"


class PersonRole(StrEnum):
    """How someone beside requester, owner and assignee takes part in a ticket."""

    COLLABORATOR = "collaborator"
    WATCHER = "watcher"


class TokenPurpose(StrEnum):
    """What a one-time code opens, and nothing else."""

    VERIFY = "verify"
    RESET = "reset"
    INVITE = "invite"
    RECOVER = "recover"
    ADDRESS = "address"


class AuditKind(StrEnum):
    """What the audit log records."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SESSION_REVOKED = "session_revoked"
    KEY_ADDED = "key_added"
    KEY_REVOKED = "key_revoked"
    REGISTERED = "registered"
    VERIFIED = "verified"
    CODE_ISSUED = "code_issued"
    INVITED = "invited"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_RESET = "password_reset"
    ROLE_CHANGED = "role_changed"
    ACCOUNT_EDITED = "account_edited"
    ACCOUNT_RENAMED = "account_renamed"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    COMPANY_EDITED = "company_edited"
    TOPIC_CHANGED = "topic_changed"
    CATALOGUE_CHANGED = "catalogue_changed"
    CONFIGURED = "configured"
    MAIL_DECIDED = "mail_decided"
    EXPORTED = "exported"
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    COPIED = "copied"
    RECOVERED = "recovered"
    DESK_CREATED = "desk_created"


class DraftKind(StrEnum):
    """What an unsent text is meant to become."""

    REPLY = "reply"
    NOTE = "note"
    TICKET = "ticket"


class Inbox(StrEnum):
    """The lists of tickets that everyone has."""

    ASSIGNED = "assigned"
    TOPICS = "topics"
    UNASSIGNED = "unassigned"
    ALL = "all"
    CREATED = "created"


class Sort(StrEnum):
    """The closed list of orders; each has an index behind it."""

    URGENT = "urgent"
    UPDATED = "updated"
    CREATED = "created"
    DUE = "due"
    PRIORITY = "priority"


class Audience(StrEnum):
    """In which capacity an actor sees a ticket."""

    STAFF = "staff"
    REQUESTER = "requester"
    NONE = "none"


class Template(StrEnum):
    """The mails that the desk sends, weakest first within a command."""

    WATCHED_NEWS = "watched_news"
    MOVED_IN = "moved_in"
    NEW_IN_TOPIC = "new_in_topic"
    ACKNOWLEDGED = "acknowledged"
    LABEL_CHANGED = "label_changed"
    CONTACT_CHANGED = "contact_changed"
    NOTED = "noted"
    FOLLOW_UP = "follow_up"
    UNDELIVERED = "undelivered"
    MENTIONED = "mentioned"
    CUSTOMER_REPLIED = "customer_replied"
    ASSIGNED = "assigned"
    REOPENED = "reopened"
    REPLIED = "replied"
    CLOSED = "closed"
    UNATTENDED_TOPIC = "unattended_topic"
    DIGEST = "digest"
    WEEKLY_REPORT = "weekly_report"
    NOT_BY_MAIL = "not_by_mail"
    VERIFY = "verify"
    ALREADY_REGISTERED = "already_registered"
    WELCOME = "welcome"
    ADDRESS_CODE = "address_code"
    ADDRESS_CHANGED = "address_changed"
    RESET = "reset"
    INVITE = "invite"
    PASSWORD_CHANGED = "password_changed"
    KEY_ADDED = "key_added"
    TEST = "test"

    @property
    def strength(self) -> int:
        """Which mail wins when one command owes a person several (higher wins)."""
        return list(Template).index(self)


class Standing(StrEnum):
    """Where an unsent mail stands."""

    WAITING = "waiting"
    DIGEST = "digest"
    HELD = "held"
    FAILED = "failed"


class Theme(StrEnum):
    """The sets of colours that the screens can have."""

    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"
    COLOUR_BLIND = "colour-blind"
    TERMINAL = "terminal"


class MailClass(StrEnum):
    """What kind of mail came in."""

    LOOP = "loop"
    BOUNCE = "bounce"
    AUTOMATIC = "automatic"
    HUMAN = "human"


class SenderFault(StrEnum):
    """Why nobody can be taken for the sender of a mail."""

    MISSING = "missing"
    SEVERAL = "several"
    MALFORMED = "malformed"


class Verdict(StrEnum):
    """What became of a mail that came in; every kept mail has exactly one."""

    PENDING = "pending"
    TICKET = "ticket"
    REPLY = "reply"
    SYSTEM = "system"
    QUARANTINED = "quarantined"
    DROPPED = "dropped"


class MailReason(StrEnum):
    """Why a mail got its verdict."""

    NEW_REQUEST = "new_request"
    OWN_ID = "own_id"
    REPLY_ADDRESS = "reply_address"
    KNOWN_ID = "known_id"
    SUBJECT_NUMBER = "subject_number"
    CONTINUES_CLOSED = "continues_closed"
    BOUNCED = "bounced"
    VERIFIED_ADDRESS = "verified_address"
    RATING = "rating"
    OWN_LOOP = "own_loop"
    OWN_ADDRESS = "own_address"
    UNKNOWN_BOUNCE = "unknown_bounce"
    BLOCKED = "blocked"
    REPEATED = "repeated"
    NO_SENDER = "no_sender"
    STRANGER = "stranger"
    FROM_OPERATOR = "from_operator"
    DISABLED_ACCOUNT = "disabled_account"
    REOPENED_TOO_OFTEN = "reopened_too_often"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Reopening(StrEnum):
    """What a customer's answer to a closed ticket does, by its topic."""

    REOPEN = "reopen"
    WITHIN = "within"
    NEVER = "never"


class SenderStanding(StrEnum):
    """What the desk decided about a sender, whatever is written."""

    BLOCKED = "blocked"
    ALLOWED = "allowed"


class MailFrequency(StrEnum):
    """How often somebody wants to be told by mail."""

    IMMEDIATE = "immediate"
    DIGEST = "digest"
    OFF = "off"


class Measure(StrEnum):
    """The figures that are compared between two ranges."""

    RECEIVED = "received"
    CLOSED = "closed"
    RESOLUTION_MEAN = "resolution_mean"
    RESOLUTION_MEDIAN = "resolution_median"
    RESOLUTION_P90 = "resolution_p90"
    RESPONSE_MEAN = "response_mean"
    RESPONSE_MEDIAN = "response_median"
    RESPONSE_P90 = "response_p90"
    REOPENED = "reopened"
    REOPEN_RATE = "reopen_rate"
    BACKLOG = "backlog"
    SATISFACTION = "satisfaction"
    RATING_RATE = "rating_rate"

    @property
    def is_better_high(self) -> bool | None:
        """Whether more is better; None where it is neither."""
        if self is Measure.RECEIVED:
            return None
        return self in (Measure.CLOSED, Measure.SATISFACTION, Measure.RATING_RATE)

    @property
    def is_time(self) -> bool:
        """Whether it is a length of time, in seconds."""
        return self.value.startswith(("resolution", "response"))

    @property
    def is_share(self) -> bool:
        """Whether it is a share of its cases, from 0 to 1."""
        return self in (Measure.REOPEN_RATE, Measure.SATISFACTION, Measure.RATING_RATE)


class Age(StrEnum):
    """How long an open ticket has been open, in days."""

    DAY = "0-1"
    THREE_DAYS = "1-3"
    WEEK = "3-7"
    MONTH = "7-30"
    OLDER = ">30"
