"""Files of a desk on another machine, saved on this one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sysmo_tui import local_files
from sysmo_tui.cli import downloading, far
from sysmo_tui.cli.context import Here
from sysmo_tui.cli.far_line import Asked
from sysmo_tui.cli.local_options import STREAM
from sysmo_tui.domain.numbers import parse_number
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import File

Document = dict[str, Any]


def download(run: Here, what: Asked) -> int:
    """Save the files of a ticket here, or hand one of them to standard output."""
    number = parse_number(what.values["number"])

    def chunks(file: File) -> Iterator[bytes]:
        return far.stream(run, ["ticket", "download", str(number), "--", file.key])

    downloading.deliver(
        run, number, lambda: _files(run, number), chunks, what.values["files"] or [], what.values["output"]
    )
    return 0


def raw_mail(run: Here, what: Asked) -> int:
    """Save a mail as it came in here, or hand it to standard output."""
    mail, output = what.values["mail"], what.values["output"]
    chunks = far.stream(run, [*what.path, str(mail)])
    if output == STREAM:
        run.out.file(chunks)
        return 0
    path = local_files.save_bytes(output, chunks)
    run.out.done({"id": mail, "path": str(path)}, str(path))
    return 0


def _files(run: Here, number: int) -> Sequence[File]:
    """What a ticket over there has; its names are made safe again."""
    found = far.document(far.address_of(run), far.ask(run, ["ticket", "files", str(number), "--json"]))
    try:
        return [_file(item) for item in found["items"]]
    except (KeyError, TypeError, ValueError) as error:
        raise far.not_understood(far.address_of(run)) from error


def _file(item: Document) -> File:
    return File(
        key=clean_line(str(item["key"])),
        filename=clean_line(str(item["filename"])),
        media_type=clean_line(str(item["media_type"])),
        size=int(item["size"]),
        sha256=str(item["sha256"]),
    )
