"""Look for a mail that cannot be read: mutate mails at random and check what must hold of every one.

python scripts/fuzz_mail.py                     a minute, from the samples built in
python scripts/fuzz_mail.py --minutes 600       as long as wanted
python scripts/fuzz_mail.py --seed 7 FOLDER     with the mails (.eml) of a folder; a seed repeats itself

Checked: nothing is raised, all text can be stored, names of files lead into no folder, and every limit on
sizes, numbers and time holds. The first mail that breaks a rule is written to ``broken.eml``, and the exit
code is 1.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from pathlib import Path

from sysmo_tui.domain.enums import MailClass
from sysmo_tui.domain.incoming import Incoming
from sysmo_tui.domain.text import storable
from sysmo_tui.mail.parsing import parse
from sysmo_tui.mail.parsing.reading import MOST_FILES
from sysmo_tui.services.thread import BODY_LIMIT

SLOWEST = 2.0
"""Seconds that any mail may take."""

SAMPLES = (
    b'From: =?utf-8?q?Mart=C3=ADn?= <martin@acme.example>, "x, y" (a (b)) <a@b.example>\r\n'
    b"To: Help: help@desk.example, b@c.example;\r\nSubject: =?iso-8859-1?b?5PY=?=\r\n =?utf-8?q?_x?=\r\n"
    b"Date: Tue, 17 Dec 2019 02:53:09 +0000\r\nReferences: <a@b> <c@d>\r\n"
    b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n'
    b"Content-Type: text/plain; format=flowed; delsp=yes; charset=utf-8\r\n\r\n"
    b"> Hello \r\n> you\r\n-- \r\nM\r\n"
    b"--x\r\nContent-Type: image/png; name*0*=utf-8''a%20; name*1=b.png\r\nContent-ID: <i>\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n"
    b"iVBORw0KGgo=\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n"
    b"From: a@b\r\nSubject: inner\r\n\r\ntext\r\n--x--\r\n",
    b"From: a@b.example\nAuto-Submitted: auto-replied (x)\n"
    b"Content-Type: multipart/alternative; boundary=y\n\n"
    b"--y\nContent-Type: text/html; charset=koi8-r\nContent-Transfer-Encoding: quoted-printable\n\n"
    b'<table><tr><td>=C1<a href="https://x.example">b</a></td></tr></table><ul><li>c</ul>\n--y\n'
    b"Content-Type: text/plain; charset=iso-2022-jp\n\n"
    b'\x1b$B$"\x1b(B\nbegin 644 a.txt\n#0V%T\n`\nend\n--y--\n',
    b"From: MAILER-DAEMON <>\nReturn-Path: <>\nX-Failed-Recipients: a@b.example\n"
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=z\n\n--z\n\nIt failed.\n--z\n"
    b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
    b"Final-Recipient: rfc822; a@b.example\n"
    b"Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no\n\n--z\n"
    b"Content-Type: text/rfc822-headers\n\nMessage-ID: <orig@desk.example>\n--z--\n",
)
PIECES = (
    b"\n",
    b"\r\n",
    b"\n\n",
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"--x",
    b"\n--x\n",
    b"--x--",
    b"--y\n",
    b"--z\n",
    b"\nContent-Type: multipart/mixed; boundary=x\n",
    b"\nContent-Type: text/html\n\n",
    b"<",
    b">",
    b'"',
    b"(",
    b")",
    b"\\",
    b",",
    b";",
    b":",
    b"@",
    b"=?utf-8?b?",
    b"?=",
    b"=?x?q?=41?=",
    b"*0*=",
    b"%ZZ",
    b"''",
    b"=",
    b"=\n",
    b"\nFrom: x@y.example\n",
    b"\nbegin 644 b\n",
    b"\nend\n",
    b"charset=utf-16",
    b"charset=punycode",
    b"<table>",
    b"<td colspan=99999999>",
    b"<!--",
    b"<style",
    b"&#0;",
    b"&#xD800;",
    b"style='padding:9e9em'",
    b"../../x",
    b"\nDate: Fri, 31 Dec 9999 23:59:59 -2359\n",
    b"\nContent-Transfer-Encoding: base64\n",
)


def broken_rule(raw: bytes) -> str:
    """Read a mail and give the first rule that does not hold of what was read, or ""."""
    begun = time.perf_counter()
    read = parse(raw)
    taken = time.perf_counter() - begun
    if taken > SLOWEST:
        return f"it took {taken:.1f} seconds"
    return broken_invariant(read)


def broken_invariant(read: Incoming) -> str:
    """The first thing that must hold of every mail and does not of this one, or ""."""
    sender = read.sender
    lines = [
        read.message_id,
        read.subject,
        read.reason,
        *read.recipients,
        *read.references,
        *read.in_reply_to,
    ]
    lines += [*read.loop_marks, *((sender.address, sender.name) if sender else ())]
    lines += [text for report in read.reports for text in (report.recipient, report.original_id, report.text)]
    lines += [text for file in read.files for text in (file.name, file.media_type)]
    rules = {
        "text can be stored": all(storable(text) == text for text in [*lines, read.body]),
        "a line is one line": not any("\n" in line for line in lines),
        "a sender or a fault": (sender is None) != (read.fault is None),
        "an address is one": sender is None or sender.address.count("@") == 1,
        "the body is limited": len(read.body) <= BODY_LIMIT,
        "files are limited": len(read.files) <= MOST_FILES,
        "files have names": all(file.name.strip() for file in read.files),
        "names lead nowhere": all(
            file.name not in {".", ".."} and not set("/\\") & set(file.name) and len(file.name) <= 200
            for file in read.files
        ),
        "only bounces report": not read.reports or read.mail_class is MailClass.BOUNCE,
        "people need no reason": (read.mail_class is MailClass.HUMAN) == (not read.reason),
        "a moment has a zone": read.sent_at is None or read.sent_at.tzinfo is not None,
    }
    return next((rule for rule, holds in rules.items() if not holds), "")


def mutated(raw: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """Change a mail in a few places: bytes, pieces that mean something, repetitions, parts of another."""
    mail = bytearray(raw)
    for _change in range(chance.randint(1, 12)):
        place = chance.randint(0, len(mail))
        match chance.randrange(6):
            case 0:
                mail[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                mail[place:place] = chance.choice(PIECES) * chance.choice((1, 1, 1, 2, 30))
            case 2:
                del mail[place : place + chance.choice((1, 2, 10, 100))]
            case 3:
                mail[place:place] = mail[place : place + chance.randint(1, 200)] * chance.choice((1, 3, 50))
            case 4:
                other = chance.choice(others)
                start = chance.randint(0, len(other))
                mail[place:place] = other[start : start + chance.randint(1, 500)]
            case _:
                del mail[place:]
                mail += chance.choice(others)[-chance.randint(1, 300) :]
    return bytes(mail[:200_000])


def main() -> int:
    """Run until time is up or a rule is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("folder", nargs="?", type=Path)
    given = parser.parse_args()
    mails = [*SAMPLES]
    if given.folder:
        mails += [path.read_bytes() for path in sorted(given.folder.glob("*.eml"))]
    chance, until, count = random.Random(given.seed), time.monotonic() + given.minutes * 60, 0
    while time.monotonic() < until:
        raw = mutated(chance.choice(mails), chance, mails)
        count += 1
        try:
            broken = broken_rule(raw)
        except Exception:  # noqa: BLE001 - whatever is raised is what was looked for
            broken = traceback.format_exc()
        if broken:
            Path("broken.eml").write_bytes(raw)
            print(f"Mail {count} of seed {given.seed} is in broken.eml: {broken}", file=sys.stderr)
            return 1
    print(f"{count} mails were read; every rule held.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
