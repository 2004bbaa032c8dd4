"""What past days and months add up to is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sealed_period",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("part_of_id", _KEY, nullable=True),
        sa.ForeignKeyConstraint(["part_of_id"], ["sealed_period.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("since", "until", name="uq_sealed_period"),
    )
    op.create_index("ix_sealed_period_part_of_id", "sealed_period", ["part_of_id"])
    op.create_table(
        "sealed_count",
        sa.Column("period_id", _KEY, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("groups", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["sealed_period.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("period_id", "kind"),
    )
    if op.get_context().dialect.name == "postgresql":
        # They are packed already; compressing them again costs more than it saves.
        op.execute("ALTER TABLE sealed_count ALTER COLUMN groups SET STORAGE EXTERNAL")
    # How old what was open is, and whether it was open, is read from one index.
    op.drop_index("ix_cycle_opened", "cycle")
    op.drop_index("ix_cycle_open", "cycle")
    op.create_index(
        "ix_cycle_opened",
        "cycle",
        ["opened_at", "n", "topic_id", "closed_at", "is_voided"],
        sqlite_where=sa.text("is_voided = 0"),
        postgresql_where=sa.text("NOT is_voided"),
    )
