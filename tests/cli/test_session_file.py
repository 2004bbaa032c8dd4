from __future__ import annotations

import os
from pathlib import Path

import pytest

from sysmo_tui.cli.session_file import SessionFile
from sysmo_tui.domain.errors import Invalid

UUID = "0" * 32


def test_a_session_is_kept_for_its_owner_alone(tmp_path: Path):
    file = SessionFile(tmp_path / "state", UUID)
    assert file.load() is None
    file.save("hush")
    assert file.load() == "hush"
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.path.parent.stat().st_mode & 0o777 == 0o700
    file.save("hush2")
    assert file.load() == "hush2"
    assert [each.name for each in file.path.parent.iterdir()] == [UUID]
    file.forget()
    file.forget()
    assert file.load() is None


def test_a_link_is_never_followed(tmp_path: Path):
    file = SessionFile(tmp_path, UUID)
    target = tmp_path / "elsewhere"
    target.write_text("hush")
    target.chmod(0o600)
    file.path.parent.mkdir()
    file.path.symlink_to(target)
    with pytest.raises(Invalid):
        file.load()
    file.save("mine")
    assert target.read_text() == "hush"
    assert not file.path.is_symlink()


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "sessions").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Invalid):
        SessionFile(tmp_path, UUID).save("hush")
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o604])
def test_a_file_that_others_can_open_is_not_trusted(tmp_path: Path, mode: int):
    file = SessionFile(tmp_path, UUID)
    file.save("hush")
    file.path.chmod(mode)
    with pytest.raises(Invalid):
        file.load()


def test_a_pipe_in_its_place_does_not_hang(tmp_path: Path):
    file = SessionFile(tmp_path, UUID)
    file.path.parent.mkdir(mode=0o700)
    os.mkfifo(file.path, 0o600)
    with pytest.raises(Invalid):
        file.load()


@pytest.mark.parametrize("name", ["", "../x", "0" * 31, "0" * 31 + "/", "A" * 32])
def test_a_desk_cannot_choose_the_files_name(tmp_path: Path, name: str):
    with pytest.raises(Invalid):
        SessionFile(tmp_path, name)


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_folder_that_others_can_write_is_not_trusted(tmp_path: Path, mode: int):
    file = SessionFile(tmp_path, UUID)
    file.save("hush")
    file.path.parent.chmod(mode)
    for use in (file.load, lambda: file.save("mine"), file.forget):
        with pytest.raises(Invalid):
            use()
    file.path.parent.chmod(0o700)
    assert file.load() == "hush"


def test_a_session_behind_a_folder_that_is_a_link_is_not_read(tmp_path: Path):
    SessionFile(tmp_path / "real", UUID).save("hush")
    (tmp_path / "sessions").symlink_to(tmp_path / "real" / "sessions")
    with pytest.raises(Invalid):
        SessionFile(tmp_path, UUID).load()
