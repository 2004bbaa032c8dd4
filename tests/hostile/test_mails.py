"""Whatever people wrote, a mail has the headers that it was given and texts that do nothing."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui.mail.sending import send_due
from sysmo_tui.mail.transport import open_transport
from sysmo_tui.models import Outbox, table
from tests.hostile.corpus import unsafe_in
from tests.hostile.poison import Poisoned

ONCE = {"from", "to", "subject", "date", "message-id", "mime-version", "content-type", "reply-to"}
KNOWN = ONCE | {
    *("in-reply-to", "references", "auto-submitted", "x-auto-response-suppress", "list-id", "x-sysmo-loop"),
    "content-transfer-encoding",
}
_HEADER = re.compile(rb"^([!-9;-~]+):", re.MULTILINE)


class Page(HTMLParser):
    """The tags, addresses and texts of an HTML part."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        self.addresses += [
            value or "" for name, value in attrs if name in ("href", "src") or name.startswith("on")
        ]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture
def written(sandbox: Poisoned, tmp_path: Path) -> list[bytes]:
    """Every mail that the hostile desk owes, as it travels."""
    folder, where = tmp_path / "mail", table(Outbox)
    with sandbox.desk.store.writing() as session:
        # One in five of them has every text and every letter.
        session.execute(sa.delete(where).where(where.c.id % 5 != 0))
        session.execute(sa.update(where).values(held_at=None))
    transport = open_transport(f"file://{folder}", "")
    later = sandbox.cast.desk.clock() + timedelta(minutes=10)
    sandbox.cast.desk.clock = lambda: later
    sent = send_due(sandbox.desk, transport, "test")
    mails = [path.read_bytes() for path in folder.rglob("*.eml")]
    assert sent.accepted == len(mails) > 100
    with sandbox.desk.store.reading() as session:
        left = session.execute(
            sa.select(where.c.error).where(where.c.sent_at.is_(None), where.c.attempts > 0)
        )
        assert left.all() == [], "no mail stays behind because of what is in it"
    return mails


def test_one_header_stays_one_header_and_every_text_is_only_text(written: list[bytes]):
    for raw in written:
        head = raw.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0]
        names = Counter(name.decode().lower() for name in _HEADER.findall(head))
        assert set(names) <= KNOWN, set(names) - KNOWN
        assert all(names[name] == 1 for name in ONCE), names
        assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", raw)
        message = message_from_bytes(raw, policy=default)
        assert isinstance(message, EmailMessage)
        assert not message.defects
        assert [defect for part in message.walk() for defect in part.defects] == []
        for name, value in message.items():
            assert unsafe_in(str(value)) == [], name
            assert not value.defects, name
        assert len(message["To"].addresses) == 1
        assert len(message["From"].addresses) == 1
        plain, page = message.get_body(("plain",)), message.get_body(("html",))
        assert plain is not None
        assert page is not None
        assert unsafe_in(plain.get_content().replace("\r\n", "\n")) == []
        shown = Page(page.get_content().replace("\r\n", "\n"))
        assert unsafe_in("".join(shown.texts)) == []
        assert not shown.tags & {"script", "img", "iframe", "form", "object", "svg", "link", "base"}
        assert not [each for each in shown.addresses if not each.startswith(("mailto:", "https://", "#"))]
        assert not [each for each in shown.addresses if "evil.example" in each]
