"""Mails made to cost time or memory: each is read, quickly, and says what was not looked at."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from sysmo_tui.domain.enums import SenderFault
from sysmo_tui.mail.parsing import parse, structure
from tests.mail.parsing.mails import inner, mail, multipart, part

GENEROUS = 10.0
"""Seconds: what is quadratic takes minutes, also on a machine that does much else."""

PARTS = "The mail has too many parts; the rest is only in the mail as it came."
DEEP = "The parts of the mail are nested too deep; the innermost are kept as a file."
HEADER = "The header of the mail is too long; the rest of it was not read."


def nested(levels: int, body: bytes = b"inside") -> bytes:
    """A mail of multiparts, each alone in the one before."""
    opened = [f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n".encode() for n in range(levels)]
    return b"From: a@b.example\n" + b"".join(opened) + b"\n" + body


def page(html: bytes) -> bytes:
    return mail(html, content_type="text/html")


CASES: dict[str, Callable[[], bytes]] = {
    "20 000 parts": lambda: multipart("mixed", *[part("x")] * 20_000),
    "20 000 files": lambda: multipart("mixed", *[part("x", content_disposition="attachment")] * 20_000),
    "20 000 charsets": lambda: multipart(
        "mixed", *[part(b"\xff", content_type=f"text/plain; charset=x{n}") for n in range(20_000)]
    ),
    "1 500 levels": lambda: nested(1_500),
    "20 000 levels": lambda: nested(20_000),
    "levels of almost their boundaries": lambda: nested(40, b"\n--b" * 1_000_000),
    "almost its boundary": lambda: multipart("mixed", part(b"\n--edgy" * 1_000_000)),
    "a line of 2 MB": lambda: mail("z" * 2_000_000),
    "a page of one line": lambda: page(b"<p>z " * 400_000),
    "100 000 headers": lambda: b"X-A: b\n" * 100_000 + mail(),
    "1 000 000 headers": lambda: b"A:\n" * 1_000_000 + mail(),
    "100 000 senders": lambda: b"From: a@b.example\n" * 100_000 + b"\nx",
    "a header of 5 MB": lambda: mail(subject="=?utf-8?q?a?= " * 350_000),
    "a folded header": lambda: mail(subject="a\n " * 1_000_000),
    "a sender of quotes": lambda: b"From: " + b'"\\' * 60_000 + b"\n\nx",
    "recipients of comments": lambda: (b"To: " + b"(" * 60_000 + b"\n") * 100 + mail(),
    "nested comments": lambda: mail(auto_submitted="(" * 30_000 + ")" * 30_000),
    "recipients of nothing": lambda: (b"Cc: " + b"a," * 30_000 + b"\n") * 100 + mail(),
    "unusual recipients": lambda: mail(to="ñ@b.example, " * 5_000),
    "references": lambda: (b"References: " + b"<a@b> " * 10_000 + b"\n") * 100 + mail(),
    "encoded words without an end": lambda: mail(subject="=?a?q?" * 20_000),
    "parameters": lambda: mail(content_type="text/plain" + ';a="' * 20_000),
    "sections of a parameter": lambda: mail(content_type="text/plain" + ";a*0=b" * 10_000),
    "uuencoded beginnings": lambda: mail(b"begin 644 a\n" * 100_000 + b"\n~\nend\n"),
    "base64 of one letter a line": lambda: mail(b"A\n" * 1_000_001, content_transfer_encoding="base64"),
    "a deep page": lambda: page(b"<div>" * 60_000 + b"inside"),
    "an open page": lambda: page(b"<" * 500_000),
    "open comments": lambda: page(b"<!--" * 300_000),
    "open scripts": lambda: page(b"<script>" * 150_000),
    "a wide table": lambda: page(b"<table>" + b"<tr><td>a" * 5_000 + b"<tr><td>" + b"w" * 100_000),
    "tables in tables": lambda: page(b"<table><tr><td>" * 60 + b"a" * 10_000),
    "wide styles": lambda: page(b"<p style='padding-left:99999999em;margin-top:999999em'>a" * 50),
    "long lists": lambda: page(b"<ol start=9999999999999999><li value=99999999999999999>x" * 50),
    "many pages": lambda: multipart(
        "alternative", *[part("<p></p>" * 3_000, content_type="text/html")] * 300
    ),
    "flowing lines": lambda: mail(b"a \n" * 1_000_000, content_type="text/plain; format=flowed"),
    "quote marks": lambda: mail(b">" * 2_000_000, content_type="text/plain; format=flowed"),
    "a bounce of dashes": lambda: mail("-" * 400_000 + "\n" + "- " * 20_000, x_failed_recipients="a"),
    "a bounce of addresses": lambda: mail((" " * 900 + "a@" * 400 + "\n") * 300, x_failed_recipients="a"),
    "a bounce of numbers": lambda: mail("x" + "1.1" * 150_000, x_failed_recipients="a"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mail_made_to_take_long_is_read_quickly(name: str) -> None:
    raw = CASES[name]()
    begun = time.perf_counter()

    incoming = parse(raw)

    assert time.perf_counter() - begun < GENEROUS
    assert (incoming.sender is None) == (incoming.fault is not None)


def test_parts_beyond_the_limit_are_remarked() -> None:
    incoming = parse(multipart("mixed", *[part(f"part {n}") for n in range(20_000)]))

    assert incoming.remarks == (PARTS,)
    assert incoming.body.startswith("part 0\n\npart 1\n\n")
    assert incoming.body.count("part") == structure.MOST_PARTS - 1


def test_what_is_nested_too_deep_is_one_file() -> None:
    incoming = parse(nested(1_500))

    assert incoming.remarks == (DEEP,)
    (file,) = incoming.files
    assert file.content.endswith(b"inside")
    assert file.media_type == "multipart/mixed"


def test_ordinary_nesting_is_read_to_its_end() -> None:
    assert parse(nested(structure.MOST_LEVELS - 1)).body == "inside"
    twice = inner("mixed", inner("mixed", part("a"), boundary="c"), part("b"), boundary="d")
    assert parse(multipart("mixed", twice, part("c"))).body == "a\n\nb\n\nc"


def test_after_100_000_headers_the_one_that_counts_is_read() -> None:
    incoming = parse(b"X-A: b\n" * 100_000 + mail("Hello.", auto_submitted="auto-replied"))

    assert (incoming.remarks, incoming.body, incoming.reason) == (
        (),
        "Hello.",
        "Auto-Submitted: auto-replied",
    )


def test_a_header_without_end_is_remarked_and_the_body_found() -> None:
    incoming = parse(b"From: a@b.example\n" + b"A: b\n" * 200_000 + b"\nHello.")

    assert (incoming.remarks, incoming.body) == ((HEADER,), "Hello.")


def test_many_senders_are_several() -> None:
    assert parse(b"From: a@b.example\n" * 100_000 + b"\nx").fault is SenderFault.SEVERAL


MEMORY = """
import base64, sys
from sysmo_tui.mail.parsing import parse
parse(b"From: a@b.example\\nContent-Type: text/html\\n\\n<p>x")
head = b"From: a@b.example\\n"
data = base64.encodebytes(bytes(range(256)) * 110_000)
mails = [
    lambda: head + b"Content-Type: application/pdf\\nContent-Transfer-Encoding: base64\\n\\n" + data,
    lambda: head + b"Content-Type: text/plain; format=flowed\\n\\n" + b"\\xc3\\xb1 \\n" * 9_000_000,
]
for make in mails:
    raw = make()
    found = parse(raw)
    assert found.files and sum(len(file.content) for file in found.files) > 10_000_000, found
    del raw, found
if sys.platform == "linux":
    # What getrusage tells of a new program begins with what its parent had.
    (peak,) = (line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:"))
    print(int(peak) // 1024)
else:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024**2)
"""


def test_mails_of_40_megabytes_stay_within_300_mebibytes() -> None:
    ran = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) <= 300
