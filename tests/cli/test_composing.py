"""What is written in an editor is never lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sysmo_tui.cli import composing
from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.services import drafts, files, thread
from tests.cli.conftest import Office
from tests.services import requests as ask


def write(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    """Have somebody sit at the terminal and leave ``written`` in the editor."""
    monkeypatch.setattr(composing, "can_ask", lambda run: True)
    monkeypatch.setattr(composing, "edited", lambda run, purpose, original="": written)


def test_a_refused_text_is_kept_as_a_draft_which_goes_with_its_files(
    small_office: Office, monkeypatch: pytest.MonkeyPatch
):
    number = ask.file(small_office.cast.customer())
    luis = small_office.cast.operator()
    begun, upload = {"body": "We", "close": "yes"}, ask.upload(luis)
    luis.touch(drafts.save, number, DraftKind.REPLY, begun, uploads=(upload,))
    write(monkeypatch, "We are on it.")
    refused = small_office.operator("ticket", "reply", str(number), "--status", "nonsense")
    assert refused.code == 2
    assert "kept as a draft" in refused.err
    saved = luis.read(drafts.load, number, DraftKind.REPLY)
    assert saved is not None
    assert (saved.fields, saved.files) == ({"body": "We are on it.", "close": "yes"}, (upload,))
    sent = small_office.operator("ticket", "reply", str(number))
    assert (sent.code, upload.filename in sent.err) == (0, True)
    assert luis.read(drafts.load, number, DraftKind.REPLY) is None
    assert [file.filename for file in luis.read(files.of_ticket, number)] == [upload.filename]


def test_a_text_that_is_no_draft_either_is_kept_in_a_file(
    small_office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    number = ask.file(small_office.cast.customer())
    written = "ñ" * (thread.BODY_LIMIT + 1)
    write(monkeypatch, written)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    refused = small_office.operator("ticket", "reply", str(number))
    assert refused.code == 2
    assert "The text is too long" in refused.err
    found = re.search(r"Your text is kept in (\S+\.txt)\.", refused.err)
    assert found is not None
    kept = Path(found[1])
    assert kept.read_text(encoding="utf-8") == written
    assert kept.stat().st_mode & 0o777 == 0o600
