"""Reading on: what is refused once is asked for again, and what was meant for another list is dropped."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.screens.accounts import AccountsScreen
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.services import account_list, filing, inboxes
from sysmo_tui.services.filing import Filing
from tests.cast import Cast
from tests.screens.conftest import Stage, seen, until, until_seen

SIZE = (80, 24)


def refusing_once(use_case: Callable[..., Any]) -> Callable[..., Any]:
    """``use_case``, which refuses the first page after another."""
    refused: list[str] = []

    def ask(work: Any, *args: Any, after: str | None = None, **kwargs: Any) -> Any:
        if after is not None and not refused:
            refused.append(after)
            raise Invalid("Not this time.")
        return use_case(work, *args, after=after, **kwargs)

    return ask


async def test_a_list_reads_on_after_a_refusal(
    stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(60):
        cast.customer(f"person{n:02}")
    monkeypatch.setattr(account_list, "page", refusing_once(account_list.page))
    app = stage(cast.admin())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        app.push_screen(AccountsScreen())
        await until_seen(pilot, "Person00")
        await pilot.press("G")
        await until_seen(pilot, "Not this time.")
        await pilot.press("k")
        await until(pilot, lambda: len(app.screen.query_one("DataList").items) == 61)  # type: ignore[attr-defined]


async def test_the_inbox_reads_on_after_a_refusal(
    stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(60):
        cast.customer("carla").write(filing.file, Filing("general", f"Request {n:02}", "Please"))
    monkeypatch.setattr(inboxes, "page", refusing_once(inboxes.page))
    app = stage(cast.operator())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "Request 00", "50 of")
        await pilot.press("G")
        await until_seen(pilot, "Not this time.")
        await pilot.press("k")
        await until_seen(pilot, "60 of")


async def test_a_page_that_comes_late_does_not_get_into_another_list(
    stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(60):
        cast.customer("carla").write(filing.file, Filing("general", f"Request {n:02}", "Please"))
    real, asked, is_let_go = inboxes.page, Event(), Event()

    def late(work: Any, *args: Any, after: str | None = None, **kwargs: Any) -> Any:
        answer = real(work, *args, after=after, **kwargs)
        if after is not None:
            asked.set()
            is_let_go.wait(10)
        return answer

    monkeypatch.setattr(inboxes, "page", late)
    app = stage(cast.operator())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "Request 00", "50 of")
        await pilot.press("G")
        await until(pilot, asked.is_set)
        await pilot.press("1")
        await until(pilot, lambda: "Request" not in seen(pilot))
        is_let_go.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, InboxScreen)
        assert screen.table.tickets == []
