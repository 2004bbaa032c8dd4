from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sysmo_tui.domain.errors import Conflict, Invalid, Unavailable
from sysmo_tui.domain.text import SafeText
from sysmo_tui.domain.views import File
from sysmo_tui.local_files import LONGEST_NAME, opened, safe_name, save, save_text


def file(name: str, content: bytes = b"content") -> File:
    digest = hashlib.sha256(content).hexdigest()
    return File("key", SafeText(name), SafeText("text/plain"), len(content), digest)


def chunks(*pieces: bytes) -> Iterator[bytes]:
    yield from pieces


def test_nothing_is_overwritten_and_the_files_are_the_owners(tmp_path: Path):
    (tmp_path / "a.txt").write_text("mine")
    path = save(chunks(b"con", b"tent"), str(tmp_path), file("a.txt"))
    assert path == tmp_path / "a-2.txt"
    assert path.read_bytes() == b"content"
    assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "a.txt").read_text() == "mine"


def test_a_link_is_not_followed(tmp_path: Path):
    target = tmp_path / "target"
    (tmp_path / "a.txt").symlink_to(target)
    path = save(chunks(b"content"), str(tmp_path), file("a.txt"))
    assert path.name == "a-2.txt"
    assert not target.exists()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\x.bat", "x.bat"),
        (".bashrc", "bashrc"),
        ("-rf", "_rf"),
        ("../.--checkpoint=1", "_-checkpoint=1"),
        ("..", "file"),
        ("", "file"),
        ("a" * 300 + ".pdf", "a" * (LONGEST_NAME - 4) + ".pdf"),
        ("ñ" * 300, "ñ" * (LONGEST_NAME // 2)),
    ],
)
def test_a_name_stays_inside_the_folder(name: str, safe: str):
    assert safe_name(name) == safe


def test_a_file_that_did_not_arrive_whole_leaves_nothing(tmp_path: Path):
    with pytest.raises(Unavailable):
        save(chunks(b"con"), str(tmp_path), file("a.txt"))
    assert list(tmp_path.iterdir()) == []


def test_what_breaks_off_half_way_leaves_nothing_and_may_be_tried_again(tmp_path: Path):
    def broken() -> Iterator[bytes]:
        yield b"con"
        raise Unavailable("The database cannot be reached.")

    with pytest.raises(Unavailable):
        save(broken(), str(tmp_path), file("a.txt"))
    assert list(tmp_path.iterdir()) == []
    assert save(chunks(b"content"), str(tmp_path), file("a.txt")) == tmp_path / "a.txt"


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path):
    def full() -> Iterator[bytes]:
        yield b"con"
        raise OSError(errno.ENOSPC, "full")

    with pytest.raises(Invalid, match="cannot be written"):
        save(full(), str(tmp_path), file("a.txt"))
    assert list(tmp_path.iterdir()) == []


def test_a_text_is_saved_once_for_its_owner_alone(tmp_path: Path):
    path = save_text(str(tmp_path / "a.csv"), "número\r\n")
    assert path.read_bytes() == "número\r\n".encode()
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Conflict):
        save_text(str(path), "other")
    with pytest.raises(Invalid, match="cannot be written"):
        save_text(str(tmp_path / "none" / "a.csv"), "text")
    assert path.read_bytes() == "número\r\n".encode()


def test_only_ordinary_files_are_read(tmp_path: Path):
    (tmp_path / "a.txt").write_bytes(b"content")
    os.mkfifo(tmp_path / "pipe")
    with opened(str(tmp_path / "a.txt"), "attach") as stream:
        assert stream.read() == b"content"
    for name in ("", "pipe", "none", "a\0b"):
        with pytest.raises(Invalid) as refused, opened(str(tmp_path / name), "body_file"):
            pass
        assert refused.value.field == "body_file"
    # Opened, but not to be read, as on a disk that fails.
    for size in (1, -1):
        with pytest.raises(Invalid, match="cannot be read"), opened("/proc/self/mem", "attach") as stream:
            stream.read(size)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(Invalid):
        save(chunks(b"content"), str(tmp_path / "none" / "at all"), file("a.txt"))


def test_a_folder_beside_what_is_there_is_made_for_its_owner(tmp_path: Path):
    place = save(chunks(b"content"), str(tmp_path / "new"), file("a.txt", b"content"))
    assert place.read_bytes() == b"content"
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
