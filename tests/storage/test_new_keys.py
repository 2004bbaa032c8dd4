"""Keys of rows that are written later."""

from __future__ import annotations

from sysmo_tui.models import Entry, table
from sysmo_tui.storage.engine import Store


def test_a_key_is_given_once_whatever_is_written_before_its_row(store: Store):
    with store.writing() as session:
        first = session.new_key(table(Entry))
        session.flush()
        assert session.new_key(table(Entry)) > first
