"""Files on standard input and output, and those that travel with a command line."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from sysmo_tui.cli import main
from sysmo_tui.cli.context import Here
from sysmo_tui.cli.door_lines import Gate
from sysmo_tui.cli.input import edited, opened
from sysmo_tui.cli.root import build
from sysmo_tui.domain.enums import Role
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.door.parcel import Parcel, Part, packed
from sysmo_tui.door.visit import Visit
from sysmo_tui.services import cleaning
from tests.cast import Clock
from tests.cli.conftest import Cli, Office, Ran
from tests.waiting import until

VISIT = Visit("203.0.113.5", None, has_terminal=False, term="dumb", command="ticket list")
NEW = ("ticket", "new", "--topic", "general", "--subject", "Scan")

Send = Callable[..., Ran]


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Send:
    """Runs a command line with the bytes of a parcel behind it."""

    def send_to(cli: Cli, sent: bytes, *words: str) -> Ran:
        class Carrying(Here):
            def __init__(self, environ: dict[str, str], words: tuple[str, ...]) -> None:
                super().__init__(environ, words)
                self.parcel = Parcel(io.BytesIO(sent))

        with monkeypatch.context() as patch:
            patch.setattr(main, "Here", Carrying)
            return cli(*words)

    return send_to


def parcel(*parts: tuple[str, str, bytes]) -> bytes:
    return b"".join(packed((Part(field, name), io.BytesIO(content)) for field, name, content in parts))


def file_one(office: Office, content: bytes = b"%PDF", name: str = "x.pdf") -> str:
    given = ("--body", "It stops.", "--attach", "-", "--name", name, "--json")
    return str(office.customer.ok(*NEW, *given, stdin=content).json["number"])


def stored(office: Office) -> tuple[int, int]:
    """How many tickets there are, and how many files, also those that nothing refers to."""
    with office.cast.desk.store.reading() as session:
        tickets, files = (
            session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("ticket", "blob")
        )
    return tickets, files


def listed(cli: Cli, number: str = "1") -> list[tuple[str, str]]:
    """Names and hashes of a ticket's files."""
    items = cli.ok("ticket", "files", number, "--json").json["items"]
    return [(each["filename"], each["sha256"]) for each in items]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_file_on_standard_input_has_a_name(office: Office):
    number, customer, operator = file_one(office), office.customer, office.operator
    customer.ok("ticket", "attach", number, "--name", "../../two.png", stdin=b"two")
    customer.ok("ticket", "attach", number, "-", stdin=b"nameless")
    piped = ("--attach", "-", "--name")
    customer.ok("ticket", "reply", number, "--body", "See.", *piped, "three.txt", stdin=b"three")
    operator.ok("ticket", "note", number, "--body", "Hm.", *piped, "four.txt", stdin=b"four")
    operator.ok("ticket", "close", number, "--body", "Done.", *piped, "five.txt", stdin=b"five")
    assert listed(operator, number) == [
        ("x.pdf", sha256(b"%PDF")),
        ("two.png", sha256(b"two")),
        ("stdin", sha256(b"nameless")),
        ("three.txt", sha256(b"three")),
        ("four.txt", sha256(b"four")),
        ("five.txt", sha256(b"five")),
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("attach", "1"), "--name"),
        (("attach", "1", "photo.png", "--name", "x.png"), "--name: "),
        (("reply", "1", "--body", "x", "--name", "x.png"), "--name: "),
        (("reply", "1", "--body-file", "-", "--attach", "-"), "--attach: Standard input"),
        (("attach", "1", "-", "-"), "Standard input"),
        (("reply", "1", "--body", "x", *("--attach", "-") * 21), "At most 20 files"),
    ],
)
def test_what_standard_input_cannot_be_is_told_and_changes_nothing(
    small_office: Office, words: tuple[str, ...], said: str
):
    file_one(small_office)
    ran = small_office.customer("ticket", *words, stdin=b"text")
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
    assert stored(small_office) == (1, 1)
    assert len(small_office.customer.ok("ticket", "show", "1", "--json").json["entries"]) == 1


def test_one_file_that_is_named_goes_where_the_output_goes(
    small_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    content, folder = bytes(range(128)) * 5000 + b"\r\n", tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    number, customer = file_one(small_office, content), small_office.customer
    (file,) = customer.ok("ticket", "files", number, "--json").json["items"]
    assert customer.ok("ticket", "download", number, file["key"]).out.encode() == content
    assert customer.ok("ticket", "download", number, "x.pdf", "-o", "-").out.encode() == content
    assert list(folder.iterdir()) == []
    (saved,) = customer.ok("ticket", "download", number, "x.pdf", "--json").json["items"]
    assert Path(saved["path"]).read_bytes() == content
    assert customer.ok("ticket", "download", number).out == "x-2.pdf\n"


def test_standard_output_takes_one_file(small_office: Office):
    number, customer = file_one(small_office, b"one"), small_office.customer
    customer.ok("ticket", "attach", number, "--name", "x.pdf", stdin=b"two")
    customer.ok("ticket", "attach", number, "--name", "y.pdf", stdin=b"three")
    keys = [each["key"] for each in customer.ok("ticket", "files", number, "--json").json["items"]]
    for words in (("x.pdf",), ("-o", "-"), ("y.pdf", keys[0], "-o", "-")):
        ran = customer("ticket", "download", number, *words)
        assert (ran.code, ran.out) == (2, "")
        assert f"sysmo ticket files {number}" in ran.err
    assert customer.ok("ticket", "download", number, "y.pdf").out == "three"
    assert customer.ok("ticket", "download", number, keys[1]).out == "two"


def test_a_file_that_is_damaged_is_not_taken_for_whole(small_office: Office):
    number = file_one(small_office)
    with small_office.cast.desk.store.writing() as session:
        session.execute(sa.text("UPDATE blob_chunk SET content = :other"), {"other": b"%PDX"})
    ran = small_office.customer("ticket", "download", number, "x.pdf")
    assert ran.code == 7
    assert "did not arrive whole" in ran.err


def test_a_parcel_brings_a_text_and_its_files(small_office: Office, send: Send):
    large = os.urandom(700_000)
    sent = parcel(
        ("body_file", "text.txt", "It stops.\n¡Ayuda!".encode()),
        ("attach", "scan.pdf", large),
        ("attach", "-", b"piped"),
    )
    words = ("--body-file", "text.txt", "--attach", "scan.pdf", "--attach", "-", "--name", "log.txt")
    assert send(small_office.customer, sent, *NEW, *words).code == 0
    shown = small_office.customer.ok("ticket", "show", "1", "--json").json
    assert shown["entries"][0]["body"] == "It stops.\n¡Ayuda!"
    assert listed(small_office.customer) == [("scan.pdf", sha256(large)), ("log.txt", sha256(b"piped"))]
    more = send(small_office.customer, parcel(("files", "a.txt", b"a")), "ticket", "attach", "1", "a.txt")
    assert more.code == 0
    assert listed(small_office.customer)[2] == ("a.txt", sha256(b"a"))


def test_a_parcel_brings_what_other_verbs_read(small_office: Office, send: Send):
    admin = small_office.admin
    document = admin.ok("config", "export").out.encode()
    sent = parcel(("file", "desk.json", document))
    assert send(admin, sent, "config", "apply", "desk.json").code == 0
    assert send(admin, sent[:-1], "config", "apply", "desk.json").code == 7
    assert send(admin, sent, "config", "apply", "other.json").code == 2
    mail = b"From: carla@customer.example\nSubject: Scan\n\nIt stops.\n"
    sent = parcel(("file", "scan.eml", mail))
    assert send(admin, sent, "mail", "route", "test", "scan.eml").code == 0
    words = ("mail", "template", "edit", "closed", "--lang", "en", "--body-file", "closed.txt")
    assert send(admin, parcel(("body_file", "closed.txt", b"It is closed.")), *words).code == 0
    assert "It is closed." in admin.ok("mail", "template", "show", "closed", "--lang", "en").out


def cuts(sent: bytes) -> Iterator[int]:
    """Where a connection may break: around everything that means something, and in between."""
    ends = [place for place in range(len(sent)) if sent[place : place + 1] in (b"\n", b"{", b"\0")]
    yield from sorted({0, *ends[::5], *ends[-8:], len(sent) - 1})


def test_a_parcel_that_does_not_arrive_whole_files_nothing(small_office: Office, send: Send):
    sent = parcel(
        ("body_file", "text.txt", b"It stops."), ("attach", "a.pdf", b"a"), ("attach", "b.pdf", b"b")
    )
    words = (*NEW, "--body-file", "text.txt", "--attach", "a.pdf", "--attach", "b.pdf")
    customer = small_office.customer
    for cut in cuts(sent):
        ran = send(customer, sent[:cut], *words)
        assert (ran.code, ran.out) == (7, ""), cut
        assert len(ran.err.splitlines()) == 1
    assert stored(small_office) == (0, 0)
    assert send(customer, sent, *words).code == 0
    assert stored(small_office) == (1, 2)


def test_a_parcel_that_does_not_fit_its_words_files_nothing(small_office: Office, send: Send):
    customer = small_office.customer
    for sent in (
        parcel(("attach", "b.pdf", b"b")),
        parcel(("body_file", "a.pdf", b"a")),
        parcel(("attach", "a.pdf", b"a"), ("attach", "b.pdf", b"b")),
        parcel(),
        b"%PDF-1.7\n%%EOF\n",
    ):
        for path in ("a.pdf", "/etc/passwd"):
            ran = send(customer, sent, *NEW, "--body", "It stops.", "--attach", path)
            assert (ran.code, ran.out) == (2, ""), (sent, path)
            assert len(ran.err.splitlines()) == 1
    assert stored(small_office) == (0, 0)


def test_a_part_that_is_too_large_is_refused_while_it_comes(small_office: Office, send: Send):
    small_office.admin.ok("config", "edit", "file_limit", "300000")
    endless = parcel(("attach", "a.bin", bytes(600_000)))[:-10]
    ran = send(small_office.customer, endless, *NEW, "--body", "It stops.", "--attach", "a.bin")
    assert ran.code == 2
    assert "too large" in ran.err
    assert stored(small_office) == (0, 0)
    text = parcel(("body_file", "long.txt", b"x" * 4_000_001))
    assert "too long" in send(small_office.customer, text, *NEW, "--body-file", "long.txt").err


def test_nothing_is_tried_with_half_a_parcel_either(small_office: Office, send: Send):
    file_one(small_office)
    sent = parcel(("attach", "a.pdf", b"a"))
    words = ("ticket", "reply", "1", "--body", "See.", "--attach", "a.pdf", "--dry-run")
    assert send(small_office.customer, sent[:-1], *words).code == 7
    assert send(small_office.customer, sent, *words).code == 0


def test_who_is_killed_while_a_file_comes_has_filed_nothing(small_office: Office):
    file_one(small_office)
    process = subprocess.Popen(
        [sys.executable, "-m", "sysmo_tui", "ticket", "attach", "1", "--name", "half.bin"],
        stdin=subprocess.PIPE,
        env={**os.environ, **small_office.customer.environ},
        cwd=Path(__file__).parents[2],
    )
    assert process.stdin is not None
    with process.stdin:
        process.stdin.write(bytes(300_000))
        process.stdin.flush()
        until(lambda: stored(small_office) == (1, 2))
        process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=30) == -signal.SIGKILL
    assert [name for name, _hash in listed(small_office.customer)] == ["x.pdf"]
    itself, clock = small_office.cast.itself, small_office.cast.desk.clock
    assert isinstance(clock, Clock)
    clock.advance(days=2)
    itself.write(cleaning.drop_files, itself.read(cleaning.unreferenced_files))
    assert stored(small_office) == (1, 1)


@pytest.mark.parametrize("path", ["/etc/passwd", "photo.png", "~/x", "", "/dev/stdin", "./-"])
def test_no_path_is_opened_through_a_door(path: str):
    run = Here({}, (), visit=VISIT)
    with pytest.raises(Invalid, match="standard input"), opened(run, path, "attach"):
        pass


@pytest.mark.parametrize(("noun", "verb"), [("ticket", "download"), ("mail", "raw")])
def test_no_file_is_written_through_a_door(noun: str, verb: str):
    command = build().get_command(None, noun).get_command(None, verb)
    usual = next(param.default for param in command.params if param.name == "output")
    for given in (usual, "-"):
        values = {"output": given}
        Gate(Role.ADMIN).stream_targets(command.params, values)
        assert values == {"output": "-"}
    for path in (".", "/tmp", "x.pdf", ""):
        with pytest.raises(Invalid, match="standard output"):
            Gate(Role.ADMIN).stream_targets(command.params, {"output": path})


def test_no_editor_is_opened_through_a_door():
    run = Here({"EDITOR": "touch"}, (), visit=VISIT)
    with pytest.raises(Invalid, match="no editor"):
        edited(run, "your reply")
