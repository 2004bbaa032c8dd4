from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sysmo_tui.widgets import suggesters
from sysmo_tui.widgets.suggesters import PathSuggester, WordSuggester, ZoneSuggester


def off_the_loop(asked: Callable[..., Any], where: set[threading.Thread]) -> Callable[..., Any]:
    """``asked``, noting which threads it runs in."""

    def ask(*args: Any) -> Any:
        where.add(threading.current_thread())
        return asked(*args)

    return ask


async def test_a_path_goes_on_as_in_its_folder_and_nobody_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plain.txt").touch()
    (tmp_path / ".hidden").touch()
    where: set[threading.Thread] = set()
    monkeypatch.setattr(suggesters, "completions", off_the_loop(suggesters.completions, where))
    suggest = PathSuggester().get_suggestion
    assert await suggest(f"{tmp_path}/pla") == f"{tmp_path}/plain.txt"
    assert await suggest(f"{tmp_path}/plan") == f"{tmp_path}/plans/"
    assert await suggest(f"{tmp_path}/") == f"{tmp_path}/plain.txt"
    assert await suggest(f"{tmp_path}/.") == f"{tmp_path}/.hidden"
    assert [await suggest(text) for text in (f"{tmp_path}/none/x", f"{tmp_path}\0/x", "")] == [None] * 3
    assert threading.current_thread() not in where
    assert where


async def test_a_time_zone_is_found_however_it_is_capitalised(monkeypatch: pytest.MonkeyPatch) -> None:
    where: set[threading.Thread] = set()
    monkeypatch.setattr(suggesters, "time_zones", off_the_loop(suggesters.time_zones, where))
    found = await asyncio.gather(*map(ZoneSuggester().get_suggestion, ("europe/mad", "nowhere")))
    assert found == ["Europe/Madrid", None]
    assert threading.current_thread() not in where
    assert where


async def test_the_last_word_of_a_line_goes_on_as_the_first_that_is_known() -> None:
    words = WordSuggester()
    assert await words.get_suggestion("bil") is None
    words.know(["billing", "bills", "vip"])
    assert await words.get_suggestion("bil") == "billing"
    assert await words.get_suggestion("urgent, -bill") == "urgent, -billing"
    assert await words.get_suggestion("VI") == "VIp"
    assert [await words.get_suggestion(text) for text in ("", "vip ", "x", "-", "billing!")] == [None] * 5
