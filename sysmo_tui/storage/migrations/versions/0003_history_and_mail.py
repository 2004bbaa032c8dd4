"""History, closing cycles, and mail that is owed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
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
