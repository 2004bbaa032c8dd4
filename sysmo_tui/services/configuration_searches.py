"""The searches that all staff share, as a part of the desk's configuration: as they were written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import columns
from sysmo_tui.domain.enums import Inbox
from sysmo_tui.domain.fold import same_name
from sysmo_tui.models import SavedSearch, table
from sysmo_tui.services import saved_searches
from sysmo_tui.services.saved_searches import SavedEdits

_SAVED = table(SavedSearch)
_SHARED = (
    sa.select(_SAVED.c.name, _SAVED.c.inbox, _SAVED.c.query, _SAVED.c.sort, _SAVED.c.columns)
    .where(_SAVED.c.is_shared)
    .order_by(_SAVED.c.position, _SAVED.c.id)
)

Change = tuple[str, str, object, object, Callable[[], object]]
"""The name of a search, the field that changes, what it was and will be, and what changes it."""

_FORMS = {"name": str, "inbox": str, "query": str, "sort": str, "columns": list}


def rows(work: Work) -> list[dict[str, Any]]:
    """The shared searches in their order, as plain values; ``sort`` "" is the list's own."""
    return [
        {
            "name": row.name,
            "inbox": row.inbox.value,
            "query": row.query,
            "sort": row.sort.value if row.sort is not None else "",
            "columns": list(columns.readable(row.columns)),
        }
        for row in work.session.execute(_SHARED)
    ]


def plan(work: Work, wanted: list[dict[str, Any]]) -> Iterator[Change]:
    """What makes the shared searches as ``wanted`` says.

    ValueError for what is not in the form of :func:`rows`.
    """
    now = {same_name(row["name"]): row for row in rows(work)}
    for row in wanted:
        if not _has_form(row):
            raise ValueError(sorted(row))
        name = row["name"]
        old = now.get(same_name(name))
        if old is None:
            yield name, "new", "", name, partial(saved_searches.new, work, name, _edits(row, is_shared=True))
            continue
        for field, value in row.items():
            if field != "name" and value != old[field]:
                edits = _edits({field: value})
                do = partial(saved_searches.edit, work, name, edits, is_shared=True)
                yield name, field, old[field], value, do


def _edits(row: dict[str, Any], *, is_shared: bool | None = None) -> SavedEdits:
    return SavedEdits(
        inbox=Inbox(row["inbox"]) if "inbox" in row else None,
        query=row.get("query"),
        sort=row.get("sort"),
        columns=row.get("columns"),
        is_shared=is_shared,
    )


def _has_form(row: dict[str, Any]) -> bool:
    return "name" in row and all(
        name in _FORMS
        and type(value) is _FORMS[name]
        and (name != "columns" or all(isinstance(each, str) for each in value))
        for name, value in row.items()
    )
