"""Open tickets are found by their contact address."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_ticket_contact", "ticket", ["contact_email"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
