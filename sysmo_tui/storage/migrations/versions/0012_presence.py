"""Who has a ticket open is known, and events are found by their transactions."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_HAS_TXID = sa.text("txid IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "presence",
        sa.Column("visit", sa.String(32), nullable=False),
        sa.Column("account_id", _KEY, nullable=False),
        sa.Column("ticket_number", _KEY, nullable=False),
        sa.Column("is_writing", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("visit"),
    )
    if op.get_context().dialect.name == "postgresql":
        # Nobody needs it after a crash, and a beat then costs no write to the log.
        op.execute("ALTER TABLE presence SET UNLOGGED")
    op.create_index(
        "ix_event_txid", "event", ["txid", "id"], sqlite_where=_HAS_TXID, postgresql_where=_HAS_TXID
    )
