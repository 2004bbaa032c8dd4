"""Mail comes in: what is kept and decided, ratings, and what topics and people want of mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")

_MOMENT = sa.DateTime(timezone=True)

_ADDED = (
    ("account", sa.Column("signature", sa.String(), nullable=False, server_default="")),
    ("account", sa.Column("mail_frequency", sa.String(32), nullable=False, server_default="immediate")),
    ("account_email", sa.Column("undeliverable_reason", sa.String(), nullable=False, server_default="")),
    ("cycle", sa.Column("rating", sa.Integer(), nullable=True)),
    ("cycle", sa.Column("rated_at", _MOMENT, nullable=True)),
    ("entry", sa.Column("withdrawn_at", _MOMENT, nullable=True)),
    ("outbox", sa.Column("digest_at", _MOMENT, nullable=True)),
    ("ticket", sa.Column("continues", _KEY, nullable=True)),
    ("ticket", sa.Column("undeliverable_at", _MOMENT, nullable=True)),
    ("topic", sa.Column("reopening", sa.String(32), nullable=False, server_default="reopen")),
    ("topic", sa.Column("reopening_days", sa.Integer(), nullable=False, server_default="14")),
    ("topic", sa.Column("mail_address", sa.String(), nullable=False, server_default="")),
    ("topic", sa.Column("signature", sa.String(), nullable=False, server_default="")),
)


def upgrade() -> None:
    op.create_table(
        "mail_text",
        sa.Column("template", sa.String(32), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("template", "locale"),
    )
    op.create_table(
        "mail_route",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("sender_domain", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("topic_id", _KEY, nullable=True),
        sa.Column("priority_id", _KEY, nullable=True),
        sa.Column("tags", _JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["priority_id"], ["priority.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "mail_sender",
        sa.Column("pattern", sa.String(254), nullable=False),
        sa.Column("standing", sa.String(32), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("added_by_id", _KEY, nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("pattern"),
    )
    op.create_table(
        "mailbox",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("moves_to", sa.String(), nullable=False),
        sa.Column("topic_id", _KEY, nullable=True),
        sa.Column("uid_validity", _KEY, nullable=True),
        sa.Column("last_uid", _KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "inbound_mail",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("mailbox", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("is_cut", sa.Boolean(), nullable=False),
        sa.Column("blob_id", sa.String(32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("sender_name", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("mail_class", sa.String(32), nullable=True),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(32), nullable=True),
        sa.Column("decision", _JSON, nullable=False),
        sa.Column("ticket_number", _KEY, nullable=True),
        sa.Column("entry_id", _KEY, nullable=True),
        sa.Column("topic_id", _KEY, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", _KEY, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["ticket_number"], ["ticket.number"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("mailbox", "sha256", name="uq_inbound_mail"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbound_mail_blob_id", "inbound_mail", ["blob_id"])
    op.create_index("ix_inbound_mail_entry_id", "inbound_mail", ["entry_id"])
    op.create_index("ix_inbound_mail_message_id", "inbound_mail", ["message_id"])
    op.create_index(
        "ix_inbound_pending",
        "inbound_mail",
        ["id"],
        sqlite_where=sa.text("verdict = 'pending'"),
        postgresql_where=sa.text("verdict = 'pending'"),
    )
    op.create_index(
        "ix_inbound_quarantined",
        "inbound_mail",
        ["id"],
        sqlite_where=sa.text("verdict = 'quarantined'"),
        postgresql_where=sa.text("verdict = 'quarantined'"),
    )
    op.create_index("ix_inbound_ticket", "inbound_mail", ["ticket_number", "id"])

    op.create_table(
        "mail_reference",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("ticket_number", _KEY, nullable=False),
        sa.Column("entry_id", _KEY, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["ticket_number"], ["ticket.number"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_mail_reference_entry_id", "mail_reference", ["entry_id"])
    op.create_index("ix_mail_reference_message_id", "mail_reference", ["message_id"])

    for name, column in _ADDED:
        op.add_column(name, column)
    op.create_index(
        "ix_outbox_order",
        "outbox",
        ["ticket_number", "address", "id"],
        sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL AND held_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL AND held_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_continues",
        "ticket",
        ["continues"],
        sqlite_where=sa.text("continues IS NOT NULL"),
        postgresql_where=sa.text("continues IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_undeliverable",
        "ticket",
        ["contact_email", "number"],
        sqlite_where=sa.text("undeliverable_at IS NOT NULL"),
        postgresql_where=sa.text("undeliverable_at IS NOT NULL"),
    )
    op.create_index(
        "ix_cycle_rated",
        "cycle",
        ["closed_at", "closer", "closed_by_id", "topic_id", "rating", "is_voided"],
        sqlite_where=sa.text("is_voided = 0 AND rating IS NOT NULL"),
        postgresql_where=sa.text("NOT is_voided AND rating IS NOT NULL"),
    )
