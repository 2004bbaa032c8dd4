"""Files through a real sshd: byte for byte, or not at all."""

from __future__ import annotations

import io
import os
import shlex
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk
from sysmo_tui.domain.ssh_keys import read_public_key
from sysmo_tui.door.parcel import LONGEST_CHUNK, Part, packed
from sysmo_tui.services import files, reading, ssh_keys
from tests.cast import Cast, Clock
from tests.door.sshd import Sshd
from tests.waiting import until

NEW = ("ticket", "new", "--topic", "general", "--subject", "Scan")


class Customer:
    """Somebody who has a key, and a desk to ask."""

    def __init__(self, sshd: Sshd, cast: Cast) -> None:
        self.sshd, self.cast, self.key = sshd, cast, sshd.new_key()
        self.door = cast.customer()
        public = read_public_key(self.key.with_suffix(".pub").read_text())
        cast.admin().write(ssh_keys.bind_for, "carla@customer.example", public, "laptop")

    def ok(self, *words: str, stdin: bytes = b"") -> bytes:
        """What a command prints that has to work."""
        done = self.sshd.ssh(shlex.join(words), keys=[self.key], stdin=stdin)
        assert done.returncode == 0, (done, self.sshd.log)
        return done.stdout

    def count(self, table: str) -> int:
        """How many rows the desk has of something."""
        with self.cast.desk.store.reading() as session:
            return int(session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.fixture
def customer(sshd: Sshd, sqlite_store: Any) -> Customer:
    """A customer of a desk that is set up."""
    cast = Cast(Desk(sqlite_store, clock=Clock(datetime.now(UTC))))
    cast.found()
    return Customer(sshd, cast)


def test_files_go_in_and_come_back_byte_for_byte(customer: Customer) -> None:
    text, scan, log = b"It stops.", os.urandom(700_000), bytes(range(256))
    parts = (("body_file", "text.txt", text), ("attach", "scan.pdf", scan), ("attach", "-", log))
    sent = b"".join(packed((Part(field, name), io.BytesIO(content)) for field, name, content in parts))
    attached = ("--attach", "scan.pdf", "--attach", "-", "--name", "log.txt")
    customer.ok("parcel", *NEW, "--body-file", "text.txt", *attached, stdin=sent)
    customer.ok("ticket", "attach", "1", "--name", "more.txt", stdin=log)
    (first, second, third) = customer.door.read(files.of_ticket, 1)
    assert [each.filename for each in (first, second, third)] == ["scan.pdf", "log.txt", "more.txt"]
    assert customer.door.read(reading.show, 1).entries[0].body == "It stops."
    assert customer.ok("ticket", "download", "1", first.key) == scan
    assert (second.sha256, second.size) == (third.sha256, third.size) == (sha256(log).hexdigest(), 256)


@pytest.mark.parametrize("preface", ["", "parcel "])
def test_who_is_cut_off_while_a_file_goes_has_filed_nothing(customer: Customer, preface: str) -> None:
    opening = next(packed([(Part("attach", "-"), io.BytesIO(b""))])) + LONGEST_CHUNK.to_bytes(4, "big")
    line = f"{preface}{shlex.join(NEW)} --body 'It stops.' --attach - --name half.pdf"
    going = customer.sshd.start(line, keys=[customer.key])
    assert going.stdin is not None
    with going:
        going.stdin.write((opening if preface else b"") + bytes(LONGEST_CHUNK - 1))
        going.stdin.flush()
        until(lambda: customer.count("blob"))
        going.kill()
    until(lambda: not customer.count("blob"))
    assert customer.count("ticket") == 0
