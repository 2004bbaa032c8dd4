"""How an entry of a thread reads."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sysmo_tui import i18n
from sysmo_tui.domain.enums import Channel, EntryKind, Visibility
from sysmo_tui.domain.text import clean, clean_line
from sysmo_tui.domain.views import Entry
from sysmo_tui.services import follow_ups
from sysmo_tui.widgets.entry import entry_content, facts_of

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)


def entry(kind: EntryKind, body: str) -> Entry:
    return Entry(
        id=1,
        key="k",
        kind=kind,
        visibility=Visibility.INTERNAL,
        channel=Channel.DESK,
        author_id=None,
        author=clean_line(""),
        author_email=None,
        is_by_staff=True,
        at=NOW,
        body=clean(body),
    )


@pytest.mark.parametrize(
    ("kind", "shown"),
    [(EntryKind.SYSTEM, "Llegó la fecha de retomarla."), (EntryKind.NOTE, follow_ups.REMINDER)],
)
def test_the_desks_own_words_are_translated_and_nobody_elses(kind: EntryKind, shown: str):
    with i18n.speaking("es"):
        facts = facts_of(entry(kind, follow_ups.REMINDER))
        content = entry_content(facts, ZoneInfo("UTC"), NOW)
    assert content.plain.splitlines()[1] == shown
