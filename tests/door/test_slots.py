"""A visit has one of a fixed number of places, of which one source or account gets only some."""

from __future__ import annotations

import multiprocessing
import os
import signal
import stat
from pathlib import Path

import pytest

from sysmo_tui.domain.errors import Unavailable
from sysmo_tui.door.slots import Caps, Slot

CAPS = Caps(in_all=6, a_source=3, an_account=2)


def _entered(folder: Path, source: str) -> Slot:
    slot = Slot(folder, CAPS)
    slot.enter(source)
    return slot


def test_one_source_does_not_keep_another_out(tmp_path: Path):
    folder = tmp_path / "door"
    taken = [_entered(folder, "203.0.113.5") for _each in range(3)]
    for _again in range(20):
        with pytest.raises(Unavailable) as refusal:
            _entered(folder, "203.0.113.5")
        assert "There are 3 connections from your address" in str(refusal.value)
    others = [_entered(folder, f"203.0.113.{last}") for last in (6, 7, 8)]
    with pytest.raises(Unavailable) as refusal:
        _entered(folder, "203.0.113.9")
    assert "too many visitors" in str(refusal.value)
    taken[1].leave()
    _entered(folder, "203.0.113.9").leave()
    again = _entered(folder, "203.0.113.5")
    for slot in (*taken, *others, again):
        slot.leave()


def test_an_account_has_only_some_places_wherever_it_comes_from(tmp_path: Path):
    slots = [_entered(tmp_path / "door", f"203.0.113.{last}") for last in range(4)]
    slots[0].take_for(7)
    slots[1].take_for(7)
    with pytest.raises(Unavailable) as refusal:
        slots[2].take_for(7)
    assert "There are 2 connections of your account" in str(refusal.value)
    slots[2].take_for(8)
    slots[0].leave()
    slots[3].take_for(7)
    for slot in slots:
        slot.leave()


def test_a_visit_is_of_one_account_which_the_next_who_signs_in_changes(tmp_path: Path):
    slots = [_entered(tmp_path / "door", f"203.0.113.{last}") for last in range(3)]
    for slot in slots[:2]:
        slot.take_for(7)
        slot.take_for(7)
    with pytest.raises(Unavailable):
        slots[2].take_for(7)
    slots[0].take_for(8)
    slots[2].take_for(7)
    with pytest.raises(Unavailable):
        slots[0].take_for(7)
    slots[2].leave()
    slots[0].take_for(7)
    for slot in slots:
        slot.leave()


def test_the_places_are_a_few_files_for_their_owner_alone(tmp_path: Path):
    folder = tmp_path / "state" / "door"
    for last in range(50):
        _entered(folder, f"203.0.113.{last}").leave()
    assert sorted(path.name for path in folder.iterdir()) == ["0000", "lock"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_stands_in_a_place_that_is_damaged_counts_for_nobody(tmp_path: Path):
    slot = _entered(tmp_path / "door", "203.0.113.5")
    for damage in (b"", b"\xff\x00", b"[1]", b'{"source": '):
        (tmp_path / "door" / "0000").write_bytes(damage)
        _entered(tmp_path / "door", "203.0.113.5").leave()
    slot.leave()


def _stay(folder: Path, told: int) -> None:
    _entered(folder, "203.0.113.5")
    os.write(told, b"x")
    signal.pause()


def test_a_process_that_is_killed_leaves_its_place(tmp_path: Path):
    heard, told = os.pipe()
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_stay, args=(tmp_path / "door", told)) for _each in range(3)]
    for process in processes:
        process.start()
        assert os.read(heard, 1) == b"x"
    with pytest.raises(Unavailable):
        _entered(tmp_path / "door", "203.0.113.5")
    for process in processes:
        process.kill()
        process.join()
    _entered(tmp_path / "door", "203.0.113.5").leave()
    os.close(heard)
    os.close(told)
