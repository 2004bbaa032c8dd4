"""What people give: answers, secrets, texts and files. Nothing is asked but on a terminal."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sysmo_tui import local_files
from sysmo_tui.cli.context import Here
from sysmo_tui.cli.local_options import STREAM
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _, render

if TYPE_CHECKING:
    from sysmo_tui.services.files import ByteStream

LONGEST_TEXT = 4_000_000
"""Bytes of a text that is read from a file or a pipe; the desk's own limit is lower."""

Check = Callable[[str], object]
"""Refuses an answer with Invalid."""

LONGEST_SECRET = 4096
"""Characters of a line with a secret."""


def can_ask(here: Here) -> bool:
    """Whether a person sits at the terminal and may be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty() and not here.options.no_input


def answer(
    here: Here,
    value: str | None,
    option: str,
    question: str,
    default: str = "",
    *,
    check: Check | None = None,
) -> str:
    """``value``, else the person's answer; Invalid names the option where nobody can be asked.

    What ``check`` refuses is said and asked again, so that nobody answers everything twice.
    """
    if value is not None:
        return value
    if not can_ask(here):
        if default:
            return default
        raise Invalid(N_("{option} is missing."), field=option.lstrip("-").replace("-", "_"), option=option)
    shown = f"{question} [{default}]: " if default else f"{question}: "
    while True:
        print(shown, end="", file=sys.stderr, flush=True)
        given = sys.stdin.readline()
        if not given:
            raise typer.Abort
        wanted = given.rstrip("\n") or default
        if is_right(here, wanted, check):
            return wanted


def is_right(here: Here, value: str, check: Check | None) -> bool:
    """Whether ``check`` takes an answer; else its refusal is told."""
    if check is not None:
        try:
            check(value)
        except Invalid as refusal:
            here.out.say(render(refusal.message, clean=clean_line))
            return False
    return True


def secret_values(
    here: Here,
    is_on_stdin: bool,
    questions: Sequence[str],
    *,
    is_new: bool = False,
    check: Check | None = None,
) -> list[str]:
    """One secret for each question: lines of standard input, or typed unseen.

    The last one is typed twice when it ``is_new``, and anew until ``check`` takes it.
    """
    if is_on_stdin:
        lines = [sys.stdin.readline(LONGEST_SECRET) for _question in questions]
        if not all(lines):
            raise Invalid(
                N_("Standard input ended too early: {count} lines are needed."),
                field="password",
                count=len(questions),
            )
        return [line.rstrip("\r\n") for line in lines]
    if not can_ask(here):
        raise Invalid(N_("{option} is missing."), field="password", option="--password-stdin")
    given = [getpass.getpass(f"{question}: ") for question in questions[:-1]]
    while True:
        last = getpass.getpass(f"{questions[-1]}: ")
        if not is_right(here, last, check):
            continue
        if not is_new or getpass.getpass(_("The same again: ")) == last:
            return [*given, last]
        here.out.say(_("The two passwords differ. Try again."))


def confirm(here: Here, question: str, is_agreed: bool) -> None:
    """Go on only when ``--yes`` was given or the person says yes; Abort otherwise."""
    if is_agreed:
        return
    if not can_ask(here):
        raise Invalid(N_("This needs a confirmation: {option}"), field="yes", option="--yes")
    if not agreed(question):
        raise typer.Abort


def agreed(question: str) -> bool:
    """Whether the person at the terminal says yes."""
    print(f"{question} [{_('y')}/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes", _("y"), _("yes")}


def chosen(choices: Sequence[str]) -> str:
    """One of ``choices``, asked until it is; Abort at the end of the input."""
    while True:
        print(_("Which? [{choices}] ", choices="/".join(choices)), end="", file=sys.stderr, flush=True)
        given = sys.stdin.readline()
        if not given:
            raise typer.Abort
        if given.strip() in choices:
            return given.strip()


def text(here: Here, given: str | None, file: str | None, purpose: str) -> str:
    """A body: the option, a file, or what the person writes in an editor about ``purpose``."""
    if given is not None and file is not None:
        raise Invalid(N_("Give either --body or --body-file."), field="body")
    if given is not None:
        return given
    if file is not None:
        return _decoded(here, file)
    if not can_ask(here):
        raise Invalid(N_("{option} is missing."), field="body", option="--body")
    return edited(here, purpose)


def edited(here: Here, purpose: str, original: str = "") -> str:
    """What the person leaves in an editor, without the line that says what it is for."""
    if here.visit is not None:
        raise Invalid(
            N_("There is no editor through the SSH door. Give the text with --body or --body-file."),
            field="body",
        )
    command = here.environ.get("VISUAL") or here.environ.get("EDITOR") or _some_editor()
    if not command:
        raise Invalid(N_("There is no editor. Set EDITOR, or use --body."), field="body")
    line = "# " + purpose
    folder = here.environ.get("XDG_RUNTIME_DIR")
    handle, name = tempfile.mkstemp(".txt", "sysmo-", folder if folder and Path(folder).is_dir() else None)
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{original}\n{line}\n")
        try:
            subprocess.run([*shlex.split(command), name], check=True)
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            raise Invalid(
                N_("The editor “{command}” did not work."), field="body", command=command
            ) from error
        written = path.read_text(encoding="utf-8", errors="replace")
    finally:
        path.unlink(missing_ok=True)
    body = "\n".join(each for each in written.splitlines() if each != line).strip("\n")
    if not body.strip():
        raise Invalid(N_("Nothing was written, so nothing was sent."), field="body")
    return body


@contextmanager
def opened(here: Here, path: str, field: str) -> Iterator[ByteStream]:
    """An ordinary file, or standard input for ``-``; pipes, devices and folders are refused by name.

    ``field`` is the parameter that named it. Through a door a path is that of somebody else's machine:
    what it names came with the words, or cannot be had.
    """
    if here.parcel is not None:
        with here.parcel.opened(field, path) as part:
            yield part
    elif path == STREAM:
        here.take_input(field)
        yield sys.stdin.buffer
        if here.visit is not None:
            from sysmo_tui.door import other_end

            other_end.require_there()
    elif here.visit is not None:
        raise Invalid(
            N_(
                "Through the SSH door, a file comes by standard input: give - in its place, "
                "and {how} behind the command."
            ),
            field=field,
            how=f"< {_('FILE')}",
        )
    else:
        with local_files.opened(path, field) as file:
            yield file


def _decoded(here: Here, path: str) -> str:
    with opened(here, path, "body_file") as file:
        content = file.read(LONGEST_TEXT + 1)
    if len(content) > LONGEST_TEXT:
        raise Invalid(N_("The text is too long. Attach it as a file."), field="body_file")
    return content.decode("utf-8", "replace")


def _some_editor() -> str:
    return next((found for name in ("editor", "nano", "vi") if (found := shutil.which(name))), "")
