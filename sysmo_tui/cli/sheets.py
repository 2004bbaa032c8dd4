"""The columns of every list as CSV: always these, whatever the data; added to, never renamed."""

from __future__ import annotations

Names = tuple[str, ...]

CUSTOMER_TICKETS: Names = (
    "number",
    "subject",
    "status",
    "category",
    "priority",
    "topic",
    "channel",
    "requester_name",
    "contact_email",
    "operator_name",
    "created_at",
    "updated_at",
    "closed_at",
    "is_unread",
    "content",
)
TICKETS: Names = (
    "number",
    "subject",
    "status",
    "category",
    "priority",
    "type",
    "topic",
    "channel",
    "requester_email",
    "requester_name",
    "requester_company",
    "contact_email",
    "assignee_email",
    "assignee_name",
    "owner_email",
    "owner_name",
    "users",
    "departments",
    "suppliers",
    "created_at",
    "updated_at",
    "waiting_since",
    "first_response_at",
    "closed_at",
    "due_at",
    "follow_up_at",
    "action_due_at",
    "is_unread",
    "undeliverable_at",
    "version",
    "content",
    "tags",
)
CHANGED: Names = ("number", "subject", "status", "category", "assignee", "version", "changes")
CHANGED_FOR_CUSTOMERS: Names = CHANGED[:-2]
EVENTS: Names = ("at", "actor", "channel", "kind", "changes", "cause", "batch")
FILES: Names = ("key", "filename", "media_type", "size", "sha256")
REASONS: Names = ("field", "value", "at", "actor", "channel", "kind", "cause", "batch")
LINKS: Names = ("url", "host", "letters", "doubts", "entry", "author", "at")
SAVED_FILES: Names = (*FILES, "path")
ACCOUNTS: Names = (
    "email",
    "name",
    "role",
    "state",
    "company",
    "topics",
    "open_tickets",
    "created_at",
    "undeliverable_at",
)
PEOPLE: Names = ("email", "name")
COMPANIES: Names = ("id", "name", "tax_id", "country", "domains", "is_own", "notes", "people")
CUSTOMER_TOPICS: Names = ("slug", "name", "description")
TOPICS: Names = (*CUSTOMER_TOPICS, "is_public", "is_archived", "operators", "open_tickets")
STATUSES: Names = ("slug", "name", "category", "customer_label", "is_default", "is_archived")
PRIORITIES: Names = ("slug", "name", "level", "is_default", "is_archived")
TYPES: Names = ("slug", "name", "is_default", "is_archived")
RESPONSES: Names = ("slug", "name", "topic", "language", "body", "position", "is_archived")
READY_RESPONSES: Names = ("slug", "name", "language", "is_foreign", "body")
ADDRESSES: Names = ("email", "is_primary", "is_verified", "is_undeliverable")
SESSIONS: Names = ("id", "channel", "source", "created_at", "last_seen_at", "expires_at", "is_current")
OWN_KEYS: Names = ("id", "keys", "usual", "help", "contexts", "is_own")
KEYS: Names = (
    "fingerprint",
    "algorithm",
    "label",
    "created_at",
    "last_used_at",
    "last_source",
    "is_current",
)
CODES: Names = ("email", "name", "company", "role", "purpose", "created_at", "expires_at")
MAILS: Names = (
    "id",
    "address",
    "template",
    "ticket",
    "state",
    "attempts",
    "created_at",
    "next_attempt_at",
    "error",
)
MAIL_TEXTS: Names = ("template", "language", "is_own", "subject", "body", "places", "changed_at")
KEPT_MAILS: Names = (
    "id",
    "received_at",
    "mailbox",
    "message_id",
    "sender",
    "sender_name",
    "subject",
    "class",
    "verdict",
    "reason",
    "ticket",
    "topic",
    "size",
    "is_cut",
)
SENDERS: Names = ("pattern", "standing", "note", "added_by", "added_at")
ROUTES: Names = (
    "position",
    "name",
    "mailbox",
    "recipient",
    "sender_domain",
    "subject",
    "topic",
    "priority",
    "tags",
    "is_broken",
)
TRIED_ROUTES: Names = (*ROUTES, "is_hit", "condition")
SAVED: Names = (
    "name",
    "inbox",
    "query",
    "sort",
    "columns",
    "is_shared",
    "owner",
    "position",
    "tickets",
    "has_more_tickets",
)
AUDIT: Names = ("id", "at", "kind", "actor", "account", "channel", "source", "detail")
DIFFERENCES: Names = ("section", "name", "field", "old", "new")
FINDINGS: Names = ("name", "health", "text", "advice")
PROBLEMS: Names = ("problem",)
MAILBOXES: Names = (
    "name",
    "address",
    "url",
    "folder",
    "moves_to",
    "topic",
    "checked_at",
    "failing_since",
    "error",
    "fetcher",
    "is_archived",
)
VISITS: Names = (
    "mailbox",
    "is_reached",
    "is_watched",
    "waiting",
    "verdicts",
    "known",
    "skipped",
    "error",
)
