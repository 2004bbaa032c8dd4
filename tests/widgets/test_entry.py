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


def test_a_head_without_room_is_broken_behind_the_name():
    facts = facts_of(entry(EntryKind.REPLY, "Hello"))
    beside = entry_content(facts, ZoneInfo("UTC"), NOW).plain.splitlines()[0]
    name, _gap, told = beside.rpartition("  ")
    assert entry_content(facts, ZoneInfo("UTC"), NOW, width=len(beside)).plain.splitlines()[0] == beside
    assert entry_content(facts, ZoneInfo("UTC"), NOW, width=len(beside) - 1).plain.startswith(
        f"{name}\n{told}\n"
    )


@pytest.mark.parametrize(
    "body", ["x" * 1_000_000, "word\n" * 100_000, "> quoted\n" * 50_000 + "own\n" * 50_000]
)
def test_of_what_a_machine_wrote_as_much_is_laid_out_as_a_terminal_bears(body: str):
    facts = facts_of(entry(EntryKind.REPLY, body))
    folded = entry_content(facts, ZoneInfo("UTC"), NOW, fold_key="z").plain
    whole = entry_content(facts, ZoneInfo("UTC"), NOW, is_folded=False).plain
    assert folded.endswith("┄ it goes on · z")
    assert whole.endswith("┄ it goes on; the command line shows all of it")
    assert len(folded) < 21_000
    assert len(whole) < 201_000
    assert folded.count("\n") <= 203
    assert whole.count("\n") <= 2_003
