"""A shared search is the only one of its name."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of several that were shared under one name at the same moment, the first still is.
    op.execute(
        "UPDATE saved_search SET is_shared = FALSE WHERE is_shared AND EXISTS ("
        "SELECT 1 FROM saved_search earlier WHERE earlier.is_shared"
        " AND earlier.folded = saved_search.folded AND earlier.id < saved_search.id)"
    )
    op.create_index(
        "uq_saved_search_shared",
        "saved_search",
        ["folded"],
        unique=True,
        sqlite_where=sa.text("is_shared = 1"),
        postgresql_where=sa.text("is_shared"),
    )
