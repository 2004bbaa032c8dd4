"""Searches that staff keep, and how many tickets each of them has."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Door, Work
from sysmo_tui.domain.enums import Inbox, Level, Sort
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound
from sysmo_tui.models import Audit, SavedSearch, table
from sysmo_tui.services import configuration, filing, inboxes, saved_searches, search_counts, tagging
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.saved_searches import SavedEdits
from sysmo_tui.services.search_counts import Count
from tests.cast import Cast


def names(door: Door) -> list[str]:
    return [line.name for line in door.read(saved_searches.lines)]


def test_a_search_is_kept_with_its_list_its_order_and_its_columns(cast: Cast) -> None:
    luis = cast.operator()
    edits = SavedEdits(
        inbox=Inbox.TOPICS, query="is:overdue  topic:general", sort="due", columns=("number", "due", "number")
    )
    made = luis.write(saved_searches.new, "Late ones", edits)
    assert (made.inbox, made.sort, made.columns) == (Inbox.TOPICS, Sort.DUE, ("number", "due"))
    assert luis.read(saved_searches.show, "LATE ónes") == made
    changed = luis.write(saved_searches.edit, "late ones", SavedEdits(name="Late", sort="", columns=()))
    assert (changed.name, changed.sort, changed.columns, changed.query) == ("Late", None, (), made.query)
    luis.write(saved_searches.delete, "late")
    with pytest.raises(NotFound):
        luis.read(saved_searches.show, "late")


def test_ones_own_searches_come_before_the_shared_ones_and_each_has_its_place(cast: Cast) -> None:
    luis, nora, mara = cast.operator(), cast.operator("nora"), cast.manager()
    mara.write(saved_searches.new, "Everyone's", SavedEdits(is_shared=True))
    for name in ("One", "Two", "Three"):
        luis.write(saved_searches.new, name)
    assert names(luis) == ["One", "Two", "Three", "Everyone's"]
    luis.write(saved_searches.edit, "Three", SavedEdits(place=1))
    assert names(luis) == ["Three", "One", "Two", "Everyone's"]
    assert [line.place for line in luis.read(saved_searches.lines)] == [1, 2, 3, 1]
    assert names(nora) == ["Everyone's"]
    nora.write(saved_searches.new, "everyone's", SavedEdits(query="is:new"))
    assert nora.read(saved_searches.show, "Everyone's").query == "is:new"
    with pytest.raises(Invalid):
        luis.write(saved_searches.edit, "One", SavedEdits(place=9))


def test_only_managers_share_and_only_they_change_what_is_shared(cast: Cast) -> None:
    luis, mara, ada = cast.operator(), cast.manager(), cast.admin()
    luis.write(saved_searches.new, "Mine")
    with pytest.raises(Forbidden):
        luis.write(saved_searches.new, "Ours", SavedEdits(is_shared=True))
    with pytest.raises(Forbidden):
        luis.write(saved_searches.edit, "Mine", SavedEdits(is_shared=True))
    mara.write(saved_searches.new, "Ours", SavedEdits(query="assignee:me", is_shared=True))
    with pytest.raises(Forbidden):
        luis.write(saved_searches.delete, "Ours")
    with pytest.raises(Conflict):
        ada.write(saved_searches.new, "ours", SavedEdits(is_shared=True))
    kept = ada.write(saved_searches.edit, "Ours", SavedEdits(is_shared=False))
    assert kept.is_own
    assert not kept.is_shared
    assert names(luis) == ["Mine"]
    with cast.desk.store.reading() as session:
        told = session.execute(sa.select(table(Audit).c.detail)).scalars().all()
    assert [each["name"] for each in told if each.get("list") == "saved_search"] == ["Ours"]


@pytest.mark.parametrize(
    ("name", "edits"),
    [
        ("", SavedEdits()),
        ("x" * 61, SavedEdits()),
        ("Late", SavedEdits(query="topic:nowhere")),
        ("Late", SavedEdits(query="sttus:new")),
        ("Late", SavedEdits(query="x" * 5000)),
        ("Late", SavedEdits(sort="colour")),
        ("Late", SavedEdits(inbox=Inbox.CREATED, sort="urgent")),
        ("Late", SavedEdits(columns=("colour",))),
    ],
)
def test_what_cannot_be_searched_is_not_kept(cast: Cast, name: str, edits: SavedEdits) -> None:
    luis = cast.operator()
    with pytest.raises(Invalid):
        luis.write(saved_searches.new, name, edits)
    assert names(luis) == []


def test_a_shared_search_gets_a_name_that_somebody_else_has_for_one_of_their_own(cast: Cast) -> None:
    mara, nora = cast.manager("mara"), cast.manager("nora")
    mara.write(saved_searches.new, "Late", SavedEdits(is_shared=True))
    mara.write(saved_searches.new, "Angry")
    renamed = nora.write(saved_searches.edit, "Late", SavedEdits(name="angry"), is_shared=True)
    assert (renamed.name, renamed.owner, renamed.is_shared) == ("angry", "Nora", True)
    assert [(line.name, line.is_own) for line in mara.read(saved_searches.lines)] == [
        ("Angry", True),
        ("angry", False),
    ]
    nora.write(saved_searches.new, "Mine")
    with pytest.raises(Conflict, match="There is a saved search"):
        nora.write(saved_searches.edit, "angry", SavedEdits(name="Mine"), is_shared=True)


@pytest.mark.parametrize("name", ["La\u200bte", "\u202eLate", "La\xadte", "La\U000e0041te"])
def test_a_name_with_characters_that_do_not_show_is_found_as_it_is_shown(cast: Cast, name: str) -> None:
    luis = cast.operator()
    kept = luis.write(saved_searches.new, name)
    assert "\ufffd" in kept.name
    assert luis.read(saved_searches.show, name) == luis.read(saved_searches.show, kept.name) == kept
    assert luis.write(saved_searches.edit, kept.name, SavedEdits(query="status:new")).query == "status:new"
    with pytest.raises(Conflict, match="There is a saved search"):
        luis.write(saved_searches.new, kept.name)
    luis.write(saved_searches.delete, kept.name)
    assert names(luis) == []


def test_customers_keep_no_searches(cast: Cast) -> None:
    carla = cast.customer()
    with pytest.raises(Forbidden):
        carla.read(saved_searches.lines)
    with pytest.raises(Forbidden):
        carla.write(saved_searches.new, "Mine")
    with pytest.raises(Forbidden):
        carla.write(saved_searches.delete, "Mine")


@pytest.fixture
def twelve(cast: Cast) -> Door:
    carla = cast.customer()
    filed = [
        carla.write(
            filing.file,
            Filing("general", f"Printer {n}", "Smoke.", urgency=Level.HIGH if n % 3 else Level.LOW),
        ).number
        for n in range(12)
    ]
    luis = cast.operator()
    for number in filed[:2]:
        luis.write(tagging.tag, number, ("vip",))
    return luis


@pytest.mark.parametrize(
    "query", ["", "tag:vip", "priority:low", "printer", "is:closed", "is:new -tag:vip", "number:3..7 smoke"]
)
def test_a_counter_says_how_many_rows_its_list_has(twelve: Door, query: str) -> None:
    line = twelve.write(saved_searches.new, "It", SavedEdits(inbox=Inbox.TOPICS, query=query))
    shown = twelve.read(inboxes.page, line.inbox, query=query).page.items
    assert twelve.read(search_counts.counts, [line]) == {line.id: Count(len(shown))}


def test_a_counter_stops_after_what_may_be_looked_through(
    twelve: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_counts, "READABLE", 6)
    monkeypatch.setattr(search_counts, "COUNTED", 5)
    lines = [
        twelve.write(saved_searches.new, query or "all", SavedEdits(inbox=Inbox.TOPICS, query=query))
        for query in ("-priority:low", "tag:vip", "", "priority:low")
    ]
    some, vip, everything, low = (twelve.read(search_counts.counts, [line]).get(line.id) for line in lines)
    assert some is not None
    assert some.is_more
    assert 0 < some.number <= 5
    assert low is None, "none was among those that were looked at"
    assert vip == Count(2)
    assert everything == Count(5, is_more=True)


def test_of_two_that_share_one_name_at_once_the_database_takes_the_first(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mara, ada = cast.manager(), cast.admin()
    mara.write(saved_searches.new, "Ours", SavedEdits(is_shared=True))
    ada.write(saved_searches.new, "Ours")
    known = saved_searches._locked

    def too_early(work: Work) -> list[SavedSearch]:
        return [row for row in known(work) if row.account_id == work.actor.account_id]

    monkeypatch.setattr(saved_searches, "_locked", too_early)
    with pytest.raises(Conflict, match="There is a saved search “Ours” already"):
        ada.write(saved_searches.edit, "Ours", SavedEdits(is_shared=True))
    ada.write(saved_searches.delete, "Ours")
    with pytest.raises(Conflict, match="There is a saved search “Ours” already"):
        ada.write(saved_searches.new, "Ours", SavedEdits(is_shared=True))
    assert names(ada) == ["Ours"]


def test_shared_searches_are_part_of_the_configuration(cast: Cast) -> None:
    mara, ada = cast.manager(), cast.admin()
    edits = SavedEdits(
        query="is:overdue بب\u200dب", inbox=Inbox.TOPICS, sort="due", columns=("number",), is_shared=True
    )
    mara.write(saved_searches.new, "Late", edits)
    mara.write(saved_searches.new, "Mine", SavedEdits(query="is:new"))
    ada.write(saved_searches.new, "Late", SavedEdits(query="is:new"))
    document = ada.read(configuration.export)
    row = {"name": "Late", "inbox": "topics", "query": edits.query, "sort": "due", "columns": ["number"]}
    assert document["searches"] == [row]
    assert ada.write(configuration.apply, document) == ()
    wanted = {"format": 1, "searches": [{**row, "query": "is:hold"}, {**row, "name": "Held"}]}
    told = [(each.name, each.field) for each in ada.write(configuration.apply, wanted)]
    assert told == [("Late", "query"), ("Held", "new")]
    assert names(cast.operator()) == ["Late", "Held"]
    assert ada.read(saved_searches.show, "Late").query == "is:new"
    assert mara.read(saved_searches.show, "Late").query == "is:hold"
    for wrong in ({"name": "X", "colour": "red"}, {"query": "x"}, {**row, "columns": "number"}):
        with pytest.raises(Invalid):
            ada.write(configuration.apply, {"format": 1, "searches": [wrong]})
    with pytest.raises(Invalid):
        ada.write(configuration.apply, {"format": 1, "searches": [{"name": "X", "query": "topic:nowhere"}]})
    assert len(names(ada)) == 3
