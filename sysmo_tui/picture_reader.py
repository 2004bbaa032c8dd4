"""A program of its own that makes a stranger's picture small, within limits of time and memory.

What is wrong with a picture ends this program and no other. It gets the file on standard input and the
most columns and rows of pixels as arguments; on standard output it gives the size of the picture, the
size of what it made of it (four numbers of 32 bits, big endian), and its pixels, three bytes each.
"""

from __future__ import annotations

import io
import resource
import struct
import sys
import warnings

FORMATS = ("PNG", "JPEG", "GIF", "BMP")
MOST_BYTES = 25 * 1024 * 1024
MOST_PIXELS = 50_000_000
CPU_SECONDS = 5
MEMORY = 1 << 30
"""Bytes of address space; the pixels of the largest picture take a fifth of it."""
HEADER = struct.Struct(">IIII")

REFUSED = 3
"""Exit code for what is no picture that can be shown."""


def main(columns: int, rows: int) -> int:
    """Read, make small, write; :data:`REFUSED` for what is none, or too large."""
    from PIL import Image, ImageOps

    for module in ("Png", "Jpeg", "Gif", "Bmp"):
        __import__(f"PIL.{module}ImagePlugin")
    _limit()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    content = sys.stdin.buffer.read(MOST_BYTES)
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            size = image.size
            image.draft("RGB", (columns, rows))
            image.thumbnail((columns, rows), reducing_gap=2.0)
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((columns, rows))
            whole = upright.convert("RGBA")
            ground = Image.new("RGBA", whole.size, "white")
            small = Image.alpha_composite(ground, whole).convert("RGB")
    except (OSError, ValueError, SyntaxError, MemoryError, ArithmeticError, LookupError, TypeError):
        # Pillow does not say what it raises for a file that is not what it seems.
        return REFUSED
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return REFUSED
    sys.stdout.buffer.write(HEADER.pack(*size, *small.size) + small.tobytes())
    return 0


def _limit() -> None:
    """Take away what is not needed; a system that knows one of the limits only by name does without."""
    for name, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(name, (most, most))
        except (ValueError, OSError):
            continue


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
