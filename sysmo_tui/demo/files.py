"""Small, real files for the demo desk: pictures, documents and tables that open."""

from __future__ import annotations

import csv
import io
import struct
import zlib
from collections.abc import Callable, Mapping

_WIDTH, _HEIGHT = 240, 150


def content(filename: str, title: str, number: int) -> bytes:
    """A file of the kind that its name says, about ``title``; ``number`` varies it."""
    return _MAKERS[filename.rpartition(".")[2]](title, number)


def png(title: str, number: int) -> bytes:
    """A picture of a window with a few lines in it and a red mark, as a screenshot would look."""
    rows = b"".join(b"\0" + _row(y, number) for y in range(_HEIGHT))
    palette = bytes.fromhex("f4f4f42f48589fb3c1c0392bffffff")
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 3, 0, 0, 0)
    about = b"Title\0" + title.encode("latin-1", "replace")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in (
            (b"IHDR", header),
            (b"PLTE", palette),
            (b"tEXt", about),
            (b"IDAT", zlib.compress(rows)),
            (b"IEND", b""),
        )
    )


def pdf(title: str, number: int) -> bytes:
    """One page with ``title`` and a few lines."""
    lines = [title, "Quillay", f"Documento {number:06d}", "", *(f"{n}.  . . . . . . ." for n in range(1, 7))]
    drawn = " T* ".join(f"({_escaped(line)}) Tj" for line in lines)
    stream = f"BT /F1 14 Tf 22 TL 72 760 Td {drawn} ET".encode("cp1252", "replace")
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    made, offsets = bytearray(b"%PDF-1.4\n"), []
    for position, body in enumerate(bodies, 1):
        offsets.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (position, body)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    made += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    made += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    return bytes(made)


def table(title: str, number: int) -> bytes:
    """Forty rows of sales, in UTF-8 with a byte order mark, as spreadsheets want it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(("día", "comprobante", "razón social", "neto", "IVA"))
    for n in range(40):
        net = (number * 37 + n * 911) % 90_000 + 1_000
        day = f"{n % 27 + 1:02d}/{n % 12 + 1:02d}"
        writer.writerow((day, f"0004-{number + n:08d}", title, net, net * 21 // 100))
    return text.getvalue().encode("utf-8-sig")


_MAKERS: Mapping[str, Callable[[str, int], bytes]] = {"png": png, "pdf": pdf, "csv": table}


def _row(y: int, number: int) -> bytes:
    """The pixels of one line of the picture, an index into its palette each."""
    if y < 14:
        return b"\1" * _WIDTH
    if 100 < y < 128:
        return _bar(20, 40 + number % 120, 3)
    if y % 12 in (2, 3, 4):
        return _bar(12, 48 + (y // 12 * 31 + number * 17) % 160, 2)
    return b"\4" * _WIDTH


def _bar(start: int, length: int, colour: int) -> bytes:
    return (b"\4" * start + bytes((colour,)) * length).ljust(_WIDTH, b"\4")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
