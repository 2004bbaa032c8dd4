"""Files of strangers in a terminal: text and small pictures, and never a bomb."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from sysmo_tui import picture_reader, showing
from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.errors import Invalid, NotFound
from sysmo_tui.services import files
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.services import requests as ask


@pytest.fixture
def customer(sqlite_store: Store, clock: Clock) -> Door:
    cast = Cast(Desk(sqlite_store, clock=clock))
    cast.found()
    return cast.customer()


def looked_at(door: Door, content: bytes, name: str = "file", *, columns: int = 40, rows: int = 20):
    number = ask.file(door, files=(ask.upload(door, content, name),))
    (file,) = door.read(files.of_ticket, number)
    return showing.look(door, number, file, columns, rows)


def picture(form: str, size: tuple[int, int] = (400, 200), mode: str = "RGB", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red").save(out, form, **more)
    return out.getvalue()


def png(width: int, height: int, pixels: bytes) -> bytes:
    """A picture that says of itself what it likes."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", picture_reader.FORMATS)
def test_a_picture_is_made_small_enough_whatever_it_is_called(customer: Door, form: str):
    found = looked_at(customer, picture(form), "notes.txt")
    assert isinstance(found, showing.Picture)
    assert (found.width, found.height, found.whole_width, found.whole_height) == (40, 20, 400, 200)
    red, green, blue = found.pixels[:3]
    assert red > 240
    assert max(green, blue) < 15


def test_what_is_turned_is_shown_upright_and_what_is_clear_on_white(customer: Door):
    turned = Image.Exif()
    turned[0x0112] = 6
    found = looked_at(customer, picture("JPEG", exif=turned))
    assert (found.width, found.height) == (10, 20)
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
    assert looked_at(customer, out.getvalue()).pixels == b"\xff" * 48


@pytest.mark.parametrize(
    "content",
    [
        png(60_000, 60_000, b"\0" * 1_000),
        png(9_000, 9_000, b"\0" * 1_000),
        png(100, 100, b"\0"),
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff" + os.urandom(2_000),
        b"GIF89a" + os.urandom(2_000),
        b"BM\0\0\0\0\0\0" + os.urandom(2_000),
    ],
)
def test_a_bomb_and_a_broken_picture_are_refused_in_words(customer: Door, content: bytes):
    with pytest.raises(Invalid, match="neither text nor a picture"):
        looked_at(customer, content)


@pytest.mark.parametrize("name", ["sysmo_tui", "PIL", "struct"])
def test_nothing_runs_that_lies_where_somebody_stands(
    customer: Door, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
):
    planted = tmp_path / "ran"
    (tmp_path / f"{name}.py").write_text(f"open({str(planted)!r}, 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    assert isinstance(looked_at(customer, picture("PNG")), showing.Picture)
    assert not planted.exists()


def test_a_picture_that_takes_too_long_is_let_go(customer: Door, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(showing, "SECONDS", 0.0)
    with pytest.raises(Invalid, match="neither text nor a picture"):
        looked_at(customer, picture("PNG"))


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("Größe\r\nzwei\tdrei".encode(), "Größe\nzwei    drei"),
        ("\ufeffBOM".encode(), "BOM"),
        ("\ufeffweit".encode("utf-16-le"), "weit"),
        ("Año".encode("cp1252"), "Año"),
        (b"BMW", "BMW"),
        (b"a\x1b[31mred\x1b[0m\x07", "a�[31mred�[0m�"),
        ("evil\u202etxt".encode(), "evil�txt"),
        (b"", ""),
    ],
)
def test_a_text_is_shown_in_whatever_letters_it_came_and_moves_nothing(
    customer: Door, content: bytes, shown: str
):
    found = looked_at(customer, content, "photo.png")
    assert found == showing.Text(shown, is_longer=False)


def test_of_an_endless_text_the_beginning_is_shown(customer: Door):
    found = looked_at(customer, ("ñ" * 1_000_000).encode())
    assert found.is_longer
    assert found.text == "ñ" * showing.LONGEST_LINE + "…"
    found = looked_at(customer, b"a\n" * 20_000)
    assert found.is_longer
    assert found.text.count("\n") == showing.MOST_LINES - 1


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 x", b"PK\x03\x04", b"\0\1\2", bytes(range(1, 32)) * 9 + b"\xff"]
)
def test_anything_else_is_to_be_saved(customer: Door, content: bytes):
    with pytest.raises(Invalid, match="Save it"):
        looked_at(customer, content)


def test_a_file_of_nobodys_business_is_not_there(customer: Door):
    number = ask.file(customer, files=(ask.upload(customer, b"x", "a"),))
    (file,) = customer.read(files.of_ticket, number)
    stranger = Cast(customer.desk).customer("oscar")
    with pytest.raises(NotFound):
        showing.look(stranger, number, file, 10, 10)
