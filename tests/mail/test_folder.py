"""Mail as files, beside a desk that one person has or that several share."""

from __future__ import annotations

import os
import stat
from email.message import EmailMessage
from pathlib import Path

import pytest

from sysmo_tui.mail.folder import FolderTransport


def message() -> EmailMessage:
    made = EmailMessage()
    made["Date"] = "Wed, 04 Mar 2026 12:00:00 +0000"
    made["Message-ID"] = "<1@desk>"
    return made


@pytest.mark.parametrize(("place", "folder", "file"), [(0o2770, 0o2770, 0o660), (0o770, 0o700, 0o600)])
def test_who_shares_the_desk_shares_its_mail(tmp_path: Path, place: int, folder: int, file: int):
    tmp_path.chmod(place)
    before = os.umask(0o077)
    try:
        FolderTransport(tmp_path / "desk.mail").send(message(), "a@x", "b@x")
    finally:
        os.umask(before)
    (written,) = (tmp_path / "desk.mail").iterdir()
    assert stat.S_IMODE((tmp_path / "desk.mail").stat().st_mode) == folder
    assert stat.S_IMODE(written.stat().st_mode) == file
    assert written.stat().st_gid == tmp_path.stat().st_gid


def test_a_place_that_takes_no_mail_says_so(tmp_path: Path):
    good, bad = FolderTransport(tmp_path / "new" / "mail"), FolderTransport(tmp_path / "file")
    (tmp_path / "file").touch()
    assert good.is_ready
    assert "cannot" not in good.explanation.text
    assert not bad.is_ready
    assert "cannot be written" in bad.explanation.text
