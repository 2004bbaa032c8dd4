"""Names of people and companies are kept folded, and as words."""

import sqlalchemy as sa
from alembic import op

from sysmo_tui.domain.fold import document, same_name

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BATCH = 1000


def upgrade() -> None:
    for name in ("account", "company"):
        for column in ("folded", "words"):
            op.add_column(name, sa.Column(column, sa.String(), nullable=False, server_default=""))
        _fill(sa.table(name, *map(sa.column, ("id", "name", "folded", "words"))))
        op.create_index(f"ix_{name}_folded", name, ["folded"])


def _fill(rows: sa.TableClause) -> None:
    connection = op.get_bind()
    some = sa.select(rows.c.id, rows.c.name).order_by(rows.c.id).limit(_BATCH)
    fold = (
        sa.update(rows)
        .where(rows.c.id == sa.bindparam("row"))
        .values(folded=sa.bindparam("same"), words=sa.bindparam("said"))
    )
    last = 0
    while found := connection.execute(some.where(rows.c.id > last)).all():
        connection.execute(
            fold, [{"row": row.id, "same": same_name(row.name), "said": document(row.name)} for row in found]
        )
        last = found[-1].id
