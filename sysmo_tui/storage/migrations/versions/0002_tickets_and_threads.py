"""Tickets, their threads and files."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
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
        "blob_chunk",
        sa.Column("blob_id", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("blob_id", "position"),
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
