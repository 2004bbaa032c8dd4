"""The tables of the desk"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "company",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tax_id", sa.String(), nullable=True),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("domains", _JSON, nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("country", "tax_id", name="uq_company_tax_id"),
    )
    op.create_table(
        "lease",
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("duty"),
    )
    op.create_table(
        "priority",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_index(
        "uq_priority_default",
        "priority",
        ["is_default"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )

    op.create_table(
        "setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "status",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("customer_label", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("category IN ('new', 'open', 'waiting', 'hold', 'closed')", name="ck_category"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_index(
        "uq_status_default",
        "status",
        ["category"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )

    op.create_table(
        "throttle",
        sa.Column("bucket", sa.String(200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("bucket"),
    )
    op.create_table(
        "ticket_type",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_index(
        "uq_ticket_type_default",
        "ticket_type",
        ["is_default"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )

    op.create_table(
        "account",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("company_id", _KEY, nullable=True),
        sa.Column("typed_company", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=True),
        sa.Column("preferences", _JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('customer', 'operator', 'manager', 'admin')", name="ck_role"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_account_company_id", "account", ["company_id"])
    op.create_index("ix_account_role", "account", ["role", "state"])

    op.create_table(
        "topic",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("default_priority_id", _KEY, nullable=True),
        sa.Column("default_type_id", _KEY, nullable=True),
        sa.Column("offers_waiting", sa.Boolean(), nullable=False),
        sa.Column("reply_ends_hold", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["default_priority_id"], ["priority.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["default_type_id"], ["ticket_type.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("folded"),
        sa.UniqueConstraint("slug"),
    )
    op.create_table(
        "account_email",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("account_id", _KEY, nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undeliverable_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("folded"),
    )
    op.create_index("ix_account_email_account_id", "account_email", ["account_id"])
    op.create_index(
        "uq_account_email_primary",
        "account_email",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("is_primary"),
        postgresql_where=sa.text("is_primary"),
    )

    op.create_table(
        "audit",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("actor_id", _KEY, nullable=True),
        sa.Column("account_id", _KEY, nullable=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("detail", _JSON, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_actor_id", "audit", ["actor_id"])
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_kind", "audit", ["kind", "id"])

    op.create_table(
        "blob",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("staged_by_id", _KEY, nullable=True),
        sa.Column("staged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["staged_by_id"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_blob_staged_at", "blob", ["staged_at"])

    op.create_table(
        "draft",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("account_id", _KEY, nullable=False),
        sa.Column("ticket_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("seen_entry", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "ticket_number", "kind", name="uq_draft"),
    )
    op.create_table(
        "session",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("account_id", _KEY, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_hash"),
    )
    op.create_index("ix_session_account_id", "session", ["account_id"])

    op.create_table(
        "ticket",
        sa.Column("number", _KEY, nullable=False),
        sa.Column("requester_id", _KEY, nullable=False),
        sa.Column("contact_email", sa.String(), nullable=False),
        sa.Column("company_id", _KEY, nullable=True),
        sa.Column("topic_id", _KEY, nullable=False),
        sa.Column("type_id", _KEY, nullable=False),
        sa.Column("status_id", _KEY, nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("priority_id", _KEY, nullable=False),
        sa.Column("priority_level", sa.Integer(), nullable=False),
        sa.Column("impact", sa.String(32), nullable=False),
        sa.Column("urgency", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("owner_id", _KEY, nullable=True),
        sa.Column("assignee_id", _KEY, nullable=True),
        sa.Column("filed_by_id", _KEY, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_response_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_staff_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.String(32), nullable=True),
        sa.Column("follow_up_at", sa.Date(), nullable=True),
        sa.Column("action_due_at", sa.Date(), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("is_spam", sa.Boolean(), nullable=False),
        sa.Column("cloned_from", _KEY, nullable=True),
        sa.Column("last_entry_id", sa.Integer(), nullable=False),
        sa.Column("last_public_entry_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(category = 'closed') = (closed_at IS NOT NULL)", name="ck_closed"),
        sa.CheckConstraint("category IN ('new', 'open', 'waiting', 'hold', 'closed')", name="ck_category"),
        sa.ForeignKeyConstraint(["assignee_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["cloned_from"], ["ticket.number"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["filed_by_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["priority_id"], ["priority.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["requester_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["status_id"], ["status.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["type_id"], ["ticket_type.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("number"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_ticket_all_due",
        "ticket",
        ["next_due_at", "number"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_all_priority",
        "ticket",
        ["priority_level", "number"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_all_updated",
        "ticket",
        ["updated_at", "number"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_all_urgent",
        "ticket",
        ["rank", "waiting_since", "number"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_ticket_assignee_all", "ticket", ["assignee_id", "number"])
    op.create_index(
        "ix_ticket_assignee_created",
        "ticket",
        ["assignee_id", "number"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_assignee_due",
        "ticket",
        ["assignee_id", "next_due_at", "number"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_assignee_priority",
        "ticket",
        ["assignee_id", "priority_level", "number"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_assignee_updated",
        "ticket",
        ["assignee_id", "updated_at", "number"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_assignee_urgent",
        "ticket",
        ["assignee_id", "rank", "waiting_since", "number"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_ticket_company", "ticket", ["company_id", "number"])
    op.create_index("ix_ticket_filed_by", "ticket", ["filed_by_id", "number"])
    op.create_index(
        "ix_ticket_follow_up",
        "ticket",
        ["follow_up_at"],
        sqlite_where=sa.text("follow_up_at IS NOT NULL"),
        postgresql_where=sa.text("follow_up_at IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_nobody_created",
        "ticket",
        ["topic_id", "assignee_id", "number"],
        sqlite_where=sa.text("closed_at IS NULL AND assignee_id IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL AND assignee_id IS NULL"),
    )
    op.create_index(
        "ix_ticket_nobody_due",
        "ticket",
        ["topic_id", "assignee_id", "next_due_at", "number"],
        sqlite_where=sa.text("closed_at IS NULL AND assignee_id IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL AND assignee_id IS NULL"),
    )
    op.create_index(
        "ix_ticket_nobody_priority",
        "ticket",
        ["topic_id", "assignee_id", "priority_level", "number"],
        sqlite_where=sa.text("closed_at IS NULL AND assignee_id IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL AND assignee_id IS NULL"),
    )
    op.create_index(
        "ix_ticket_nobody_updated",
        "ticket",
        ["topic_id", "assignee_id", "updated_at", "number"],
        sqlite_where=sa.text("closed_at IS NULL AND assignee_id IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL AND assignee_id IS NULL"),
    )
    op.create_index(
        "ix_ticket_nobody_urgent",
        "ticket",
        ["topic_id", "assignee_id", "rank", "waiting_since", "number"],
        sqlite_where=sa.text("closed_at IS NULL AND assignee_id IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL AND assignee_id IS NULL"),
    )
    op.create_index(
        "ix_ticket_new",
        "ticket",
        ["topic_id"],
        sqlite_where=sa.text("category = 'new'"),
        postgresql_where=sa.text("category = 'new'"),
    )
    op.create_index("ix_ticket_owner", "ticket", ["owner_id", "number"])
    op.create_index(
        "ix_ticket_owner_urgent",
        "ticket",
        ["owner_id", "rank", "waiting_since", "number"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_ticket_requester", "ticket", ["requester_id", "public_updated_at", "number"])
    op.create_index("ix_ticket_requester_number", "ticket", ["requester_id", "number"])
    op.create_index("ix_ticket_topic_all", "ticket", ["topic_id", "number"])
    op.create_index(
        "ix_ticket_topic_created",
        "ticket",
        ["topic_id", "number"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_topic_due",
        "ticket",
        ["topic_id", "next_due_at", "number"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_topic_priority",
        "ticket",
        ["topic_id", "priority_level", "number"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_topic_updated",
        "ticket",
        ["topic_id", "updated_at", "number"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_topic_urgent",
        "ticket",
        ["topic_id", "rank", "waiting_since", "number"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_ticket_updated_all", "ticket", ["updated_at", "number"])

    op.create_table(
        "token",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("account_id", _KEY, nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("issued_by_id", _KEY, nullable=True),
        sa.Column("payload", _JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["issued_by_id"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_hash"),
    )
    op.create_index("ix_token_account", "token", ["account_id", "purpose"])

    op.create_table(
        "topic_member",
        sa.Column("topic_id", _KEY, nullable=False),
        sa.Column("account_id", _KEY, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("topic_id", "account_id"),
    )
    op.create_index("ix_topic_member_account_id", "topic_member", ["account_id"])

    op.create_table(
        "batch",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_id", _KEY, nullable=True),
        sa.Column("session_id", _KEY, nullable=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("result", _JSON, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("scope", "key", name="uq_batch_key"),
    )
    op.create_index("ix_batch_session_id", "batch", ["session_id"])

    op.create_table(
        "blob_chunk",
        sa.Column("blob_id", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("blob_id", "position"),
    )
    op.create_table(
        "cycle",
        sa.Column("ticket_number", _KEY, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("topic_id", _KEY, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", _KEY, nullable=True),
        sa.Column("closer", sa.String(16), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("response_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("response_by_id", _KEY, nullable=True),
        sa.Column("response_seconds", sa.Integer(), nullable=True),
        sa.Column("public_replies", sa.Integer(), nullable=False),
        sa.Column("reopenings", sa.Integer(), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_from_id", _KEY, nullable=True),
        sa.Column("is_voided", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["closed_by_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["reopened_from_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["response_by_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["ticket_number"], ["ticket.number"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("ticket_number", "n"),
    )
    op.create_index(
        "ix_cycle_closed",
        "cycle",
        ["closed_at", "closer", "closed_by_id", "topic_id", "seconds", "opened_at", "is_voided"],
        sqlite_where=sa.text("is_voided = 0 AND closed_at IS NOT NULL"),
        postgresql_where=sa.text("NOT is_voided AND closed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_cycle_opened",
        "cycle",
        ["opened_at", "n", "topic_id", "is_voided"],
        sqlite_where=sa.text("is_voided = 0"),
        postgresql_where=sa.text("NOT is_voided"),
    )
    op.create_index(
        "ix_cycle_open",
        "cycle",
        ["opened_at", "topic_id", "closed_at", "is_voided"],
        sqlite_where=sa.text("is_voided = 0 AND closed_at IS NULL"),
        postgresql_where=sa.text("NOT is_voided AND closed_at IS NULL"),
    )
    op.create_index(
        "ix_cycle_response",
        "cycle",
        ["response_at", "response_by_id", "topic_id", "response_seconds", "is_voided"],
        sqlite_where=sa.text("is_voided = 0 AND response_at IS NOT NULL"),
        postgresql_where=sa.text("NOT is_voided AND response_at IS NOT NULL"),
    )
    op.create_index(
        "ix_cycle_reopened",
        "cycle",
        ["reopened_at", "reopened_from_id", "topic_id", "is_voided"],
        sqlite_where=sa.text("is_voided = 0 AND reopened_at IS NOT NULL"),
        postgresql_where=sa.text("NOT is_voided AND reopened_at IS NOT NULL"),
    )

    op.create_table(
        "entry",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("ticket_number", _KEY, nullable=False),
        sa.Column("public_key", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("visibility", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("author_id", _KEY, nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("by_staff", sa.Boolean(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("visibility IN ('public', 'internal')", name="ck_visibility"),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["ticket_number"], ["ticket.number"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_entry_ticket", "entry", ["ticket_number", "id"])
    op.create_index(
        "uq_entry_request",
        "entry",
        ["ticket_number"],
        unique=True,
        sqlite_where=sa.text("kind = 'request'"),
        postgresql_where=sa.text("kind = 'request'"),
    )

    op.create_table(
        "read_mark",
        sa.Column("account_id", _KEY, nullable=False),
        sa.Column("ticket_number", _KEY, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["ticket_number"], ["ticket.number"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("account_id", "ticket_number"),
    )
    op.create_table(
        "ticket_person",
        sa.Column("ticket_number", _KEY, nullable=False),
        sa.Column("account_id", _KEY, nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["ticket_number"], ["ticket.number"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("ticket_number", "account_id", "role"),
    )
    op.create_index("ix_ticket_person_account_id", "ticket_person", ["account_id"])

    op.create_table(
        "ticket_tag",
        sa.Column("ticket_number", _KEY, nullable=False),
        sa.Column("tag", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["ticket_number"], ["ticket.number"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("ticket_number", "tag"),
    )
    op.create_index("ix_ticket_tag_tag", "ticket_tag", ["tag"])

    op.create_table(
        "attachment",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("entry_id", _KEY, nullable=False),
        sa.Column("public_key", sa.String(16), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("blob_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_key"),
    )
    op.create_index("ix_attachment_blob_id", "attachment", ["blob_id"])
    op.create_index("ix_attachment_entry_id", "attachment", ["entry_id"])

    op.create_table(
        "event",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("batch_id", sa.String(32), nullable=False),
        sa.Column("ticket_number", _KEY, nullable=False),
        sa.Column("entry_id", _KEY, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", _KEY, nullable=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("changes", _JSON, nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("txid", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["batch.id"],
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["ticket_number"], ["ticket.number"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_at", "event", ["at"])
    op.create_index("ix_event_batch_id", "event", ["batch_id"])
    op.create_index("ix_event_ticket", "event", ["ticket_number", "id"])

    op.create_table(
        "outbox",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("batch_id", sa.String(32), nullable=False),
        sa.Column("subject_key", sa.String(64), nullable=False),
        sa.Column("account_id", _KEY, nullable=True),
        sa.Column("ticket_number", _KEY, nullable=True),
        sa.Column("entry_id", _KEY, nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("template", sa.String(32), nullable=False),
        sa.Column("payload", _JSON, nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["batch.id"],
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["ticket_number"], ["ticket.number"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("batch_id", "subject_key", "address", name="uq_outbox"),
        sa.UniqueConstraint("message_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["next_attempt_at", "id"],
        sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL AND held_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL AND held_at IS NULL"),
    )
    op.create_index("ix_outbox_ticket", "outbox", ["ticket_number", "id"])
    op.create_index(
        "ix_outbox_unsent",
        "outbox",
        ["id"],
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
