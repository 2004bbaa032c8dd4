"""How Alembic runs here: on a connection that the caller opened, within the caller's transaction."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

import sysmo_tui.models  # noqa: F401 - fills the metadata
from sysmo_tui.storage.fulltext import TABLE as SEARCH_TABLE


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave out what the full-text search keeps for itself."""
    return not (kind == "table" and name is not None and name.startswith(SEARCH_TABLE))


def _dialect(name: str) -> sa.Dialect:
    return sa.make_url(f"{name}://").get_dialect()()


def _rendered(kind: str, value: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write column types as plain SQLAlchemy, so that a migration does not follow our models."""
    if kind != "type":
        return False
    if isinstance(value, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(value, sa.BigInteger) and value.compile(_dialect("sqlite")) == "INTEGER":
        return "_KEY"
    if isinstance(value, sa.JSON) and value.compile(_dialect("postgresql")) == "JSONB":
        return "_JSON"
    if isinstance(value, sa.String | sa.Enum | AutoString) and not isinstance(value, sa.Text):
        return f"sa.String({getattr(value, 'length', None) or ''})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    include_name=_is_ours,
    render_item=_rendered,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
