"""Verbs and screens of a desk on another machine: they run over there, their files are here."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import typer

from sysmo_tui.cli import far_line, far_ssh
from sysmo_tui.cli.context import Here
from sysmo_tui.cli.far_line import Asked
from sysmo_tui.cli.far_ssh import Call
from sysmo_tui.cli.far_text import SafeStream
from sysmo_tui.domain.desk_address import DeskAddress
from sysmo_tui.domain.errors import DeskError, NotSignedIn, Unavailable
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _

Way = Callable[[Here, Asked], int]
"""How a verb is done whose part here is more than passing on."""


class Refused(typer.Exit):
    """The desk refused what was asked for on the way to something else; it is said already."""


def address_of(run: Here) -> DeskAddress:
    """Where the desk of this run is."""
    address = run.far_desk
    assert address is not None
    return address


def run_verb(run: Here, context: Any) -> int:
    """Do over there what a parsed line says; returns the exit code."""
    run.enter(context)
    what = far_line.asked(context)
    return _way_of(what)(run, what)


def open_screens(run: Here) -> int:
    """The screens of over there, on this terminal; returns their exit code."""
    try:
        return far_ssh.screens(run, address_of(run))
    except DeskError:
        sys.stdout.write(_AS_BEFORE)
        sys.stdout.flush()
        raise


def send(run: Here, what: Asked) -> int:
    """Do a verb over there, with the files that it names; returns the exit code."""
    said = far_line.words(run, what)
    address = address_of(run)
    if not what.is_parcel:
        call = call_for(run, far_line.line(run, said), what.reads_stdin)
        return far_ssh.relay(run, address, call, as_it_is=_is_for_program(run, what))
    from sysmo_tui.door.parcel import packed

    line = far_line.line(run, said, is_parcel=True)
    with far_line.parts(what) as parts:
        call = Call(line, may_ask=may_ask())
        return far_ssh.relay(run, address, call, given=packed(parts), as_it_is=_is_for_program(run, what))


def ask(run: Here, said: Sequence[str]) -> bytes:
    """What a verb over there prints; Refused, after saying so, when the desk refuses it."""
    return b"".join(stream(run, said))


def stream(run: Here, said: Sequence[str]) -> Iterator[bytes]:
    """Like :func:`ask`, piece by piece; a refusal comes behind the last."""
    call = Call(far_line.line(run, said), may_ask=may_ask())
    with far_ssh.answer(run, address_of(run), call) as answer:
        beginning = b""
        for chunk in answer.chunks():
            beginning = beginning or chunk
            yield chunk
        code, told = answer.ended()
    repeat(told)
    if code:
        if run.wants_json and beginning.startswith(b'{"error"'):
            print(safe(beginning).rstrip("\n"))
        raise Refused(code)


def who(run: Here, *, shares: bool = True) -> dict[str, Any] | None:
    """Who one is over there, None for a visitor; Refused, after saying so, when the desk does not tell."""
    call = Call(far_line.line(run, ["whoami", "--json"]), may_ask=may_ask(), shares=shares)
    with far_ssh.answer(run, address_of(run), call) as answer:
        printed = b"".join(answer.chunks())
        code, told = answer.ended()
    if code == NotSignedIn.exit_code:
        return None
    if code:
        repeat(told)
        raise Refused(code)
    return document(address_of(run), printed)


def listed(run: Here, said: Sequence[str], field: str) -> list[str]:
    """What a verb over there lists, by one field, without customers; nothing when it refuses.

    Nobody is asked anything.
    """
    call = Call(far_line.line(run, [*said, "--json"]), may_ask=False, patience=_IMPATIENCE)
    with far_ssh.answer(run, address_of(run), call) as answer:
        printed = b"".join(answer.chunks())
        code, _told = answer.ended()
    if code:
        return []
    items = [item for item in document(address_of(run), printed).get("items", ()) if isinstance(item, dict)]
    return [clean_line(str(item[field])) for item in items if field in item and item.get("role") != _CUSTOMER]


def document(address: DeskAddress, printed: bytes) -> dict[str, Any]:
    """The JSON object that a verb over there printed; Unavailable when it is none."""
    try:
        found = json.loads(printed)
    except (ValueError, RecursionError) as error:
        raise not_understood(address) from error
    if not isinstance(found, dict):
        raise not_understood(address)
    return found


def not_understood(address: DeskAddress) -> Unavailable:
    """The refusal of what no desk answers, at least none that this program knows."""
    return Unavailable(
        N_("The desk at {address} answers in a way that is not understood here."), address=str(address)
    )


def repeat(told: str) -> None:
    """Say what was said over there."""
    if told:
        text = safe(told.encode("utf-8", "replace"))
        print(text, end="" if text.endswith("\n") else "\n", file=sys.stderr)


def safe(data: bytes) -> str:
    """What a program over there wrote, made safe for a terminal."""
    whole = SafeStream()
    return whole.feed(data) + whole.rest(is_last=True)


def may_ask() -> bool:
    """Whether ssh has somebody to ask: it does so on the terminal itself."""
    return sys.stdin.isatty() or sys.stderr.isatty()


def call_for(run: Here, line: str, reads_stdin: bool) -> Call:
    """A run over there, with a terminal when everything here is one and nothing is handed over."""
    on_terminal = all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    has_terminal = on_terminal and not run.options.no_input
    return Call(
        line,
        has_terminal=has_terminal,
        reads_stdin=has_terminal or reads_stdin,
        may_ask=may_ask(),
    )


def _is_for_program(run: Here, what: Asked) -> bool:
    """Whether what comes back is data for a program, which nobody looks at on a terminal."""
    if sys.stdout.isatty():
        return False
    is_original = bool(what.values.get("raw")) or what.path[:2] in _ORIGINALS
    return run.out.is_for_scripts or is_original


def _way_of(what: Asked) -> Way:
    """How a verb is done: :func:`send` alone does most of them."""
    match what.path:
        case ("ticket", "download"):
            from sysmo_tui.cli.far_files import download

            return download
        case ("mail", "raw"):
            from sysmo_tui.cli.far_files import raw_mail

            return raw_mail
        case ("ticket", "new" | "reply" | "note"):
            from sysmo_tui.cli.far_writing import write

            return write
        case ("whoami",):
            return _who
    return send


def _who(run: Here, what: Asked) -> int:
    """Who one is over there, and where that is."""
    found = document(address_of(run), ask(run, [*what.path, "--json"]))
    address = str(address_of(run))
    shown = {name: clean_line(str(found.get(name, ""))) for name in ("name", "email", "role", "desk")}
    run.out.facts(
        found | {"address": address},
        [
            (_("Name"), shown["name"]),
            (_("E-mail"), shown["email"]),
            (_("Role"), _role(shown["role"])),
            (_("Desk"), f"{shown['desk']} · DEMO" if found.get("is_demo") else shown["desk"]),
            (_("Address"), address),
        ],
    )
    return 0


def _role(name: str) -> str:
    from sysmo_tui.domain.enums import Role
    from sysmo_tui.widgets.words import said

    return said(Role(name)) if name in tuple(Role) else name


_CUSTOMER = "customer"
_IMPATIENCE = 3
"""Seconds that somebody waits for a word to be completed."""

_ORIGINALS = (("mail", "raw"), ("ticket", "download"))
_AS_BEFORE = (
    "\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[<u\x1b[0m"
)
"""Ends what the screens asked of the terminal, which they could not do when the connection broke.

The other page, a hidden cursor, reports of the mouse and the focus, marked pastes (xterm), keys of kitty.
"""
