from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sysmo_tui.cli.saving import LONGEST_NAME, safe_name, save
from sysmo_tui.domain.errors import Invalid, Unavailable
from sysmo_tui.domain.text import SafeText
from sysmo_tui.domain.views import File


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


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(Invalid):
        save(chunks(b"content"), str(tmp_path / "none"), file("a.txt"))
