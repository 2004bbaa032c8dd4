"""What a database gives and takes of a row has a form that both kinds of database share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel

from sysmo_tui.models import Setting, table
from sysmo_tui.storage import ends, moving
from sysmo_tui.storage.ends import PostgresqlEnd, SqliteEnd
from sysmo_tui.storage.engine import Store


def test_every_column_has_a_form_that_both_databases_share():
    for each in SQLModel.metadata.sorted_tables:
        for column in each.c:
            assert ends._wire_type(column) in {"int8", "bytea", "text"}


@pytest.fixture
def both_ends(sqlite_store: Store, postgresql_store: Store) -> Iterator[tuple[SqliteEnd, PostgresqlEnd]]:
    with sqlite_store.rehearsing() as one, postgresql_store.rehearsing() as other:
        yield SqliteEnd(one.connection()), PostgresqlEnd(other.connection())


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
documents = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(texts, documents, max_size=6))
def test_whatever_a_document_says_it_says_at_both_ends(
    both_ends: tuple[SqliteEnd, PostgresqlEnd], given_: dict[str, Any]
):
    each = table(Setting)
    first, second = both_ends
    checksums = []
    first.connection.execute(sa.delete(each))
    if given_:
        rows = [{"name": name, "value": value} for name, value in given_.items()]
        first.connection.execute(sa.insert(each), rows)
    for source, target in ((first, second), (second, first)):
        target.connection.execute(sa.delete(each))
        checksums.append(moving.Checksum())
        target.write(each, moving._summed(each, list(source.rows(each)), checksums[-1]))
    checksums.append(moving.Checksum())
    list(moving._summed(each, first.rows(each), checksums[-1]))
    assert [each.rows for each in checksums] == [len(given_)] * 3
    assert len({each.sha256 for each in checksums}) == 1
    read = first.connection.execute(sa.select(each.c.name, each.c.value)).all()
    assert {name: _said(value) for name, value in read} == {n: _said(value) for n, value in given_.items()}


def _said(value: object) -> str:
    """What a document says: PostgreSQL tells neither 1e2 from 100 nor -0.0 from 0.0."""
    return moving._document(json.dumps(value))
