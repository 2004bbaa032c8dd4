"""What went wrong, as one line for a person, one document for a script, and an exit code."""

from __future__ import annotations

import errno
import json
import logging
import os
import re
import secrets
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

import typer
from typer.core import TyperArgument, TyperOption

from sysmo_tui.cli.context import Here
from sysmo_tui.domain.errors import Busy, DeskError, Lost, NoDesk, NotSignedIn
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _, render

BUG = 1
USAGE = 2
OUTPUT = 74
INTERRUPTED = 130

THREE_WAYS = {"demo": "sysmo demo", "init": "sysmo init", "connect": "sysmo connect"}


def refused(here: Here, error: DeskError) -> int:
    """Report a refusal and give its exit code."""
    if here.visit is not None:
        error = _for_visit(here, error)
    option = None if isinstance(error, NoDesk) else here.option_named(error.field)
    code = "invalid" if isinstance(error, NoDesk) else error.code
    return _report(here, code, said(error), error.field, error.exit_code, option)


def said(error: DeskError) -> str:
    """A refusal in the reader's language; where there is no desk, with the three ways to one."""
    sentence = render(error.message, clean=clean_line)
    if not isinstance(error, NoDesk):
        return sentence
    return _(
        "{reason} Try the demo: {demo} · set up a desk here: {init} · connect to a desk: {connect}.",
        reason=sentence,
        **THREE_WAYS,
    )


_OF_THE_MACHINE = frozenset({"config", "database"})
"""Fields of refusals that are about the machine where the program runs."""


def _for_visit(here: Here, error: DeskError) -> DeskError:
    """A refusal with what to do elsewhere; what only concerns those at the desk's machine goes to its log."""
    is_of_machine = isinstance(error, NoDesk | Lost) and not isinstance(error, Busy)
    if is_of_machine or error.field in _OF_THE_MACHINE:
        from sysmo_tui.storage.failures import unreachable

        _logged(here, error)
        return unreachable()
    if isinstance(error, NotSignedIn) and error.field is None:
        return NotSignedIn(
            N_(
                "Your SSH key belongs to no account yet. Bind it to yours: {bind} · or ask for an "
                "account: {register}"
            )
            if here.visit and here.visit.key
            else N_(
                "You came without an SSH key. Ask for an account: {register} · or sign in on the screens, "
                "which a connection with a terminal and no command opens."
            ),
            bind=Advice("sysmo key new"),
            register=Advice("sysmo register"),
        )
    return error


def misused(here: Here, error: typer.TyperException) -> int:
    """Report a command line that Typer does not understand."""
    return _report(here, "invalid", _usage_sentence(error), _parameter(error), USAGE)


def broken(here: Here, error: Exception) -> int:
    """Report a bug: where the log is, and the traceback only to those who ask."""
    if here.options.debug:
        traceback.print_exception(error)
    if here.visit is not None:
        return _report(
            here,
            "bug",
            _(
                "Something is wrong in the program. Tell the desk: {reference}",
                reference=_referred(here, error),
            ),
            None,
            BUG,
        )
    place = _logged(here, error)
    sentence = _("Something is wrong in the program ({kind}).", kind=type(error).__name__)
    if place is not None:
        sentence += " " + _("What happened is in {path}", path=place)
    return _report(here, "bug", sentence, None, BUG)


def is_of_output(error: OSError) -> bool:
    """Whether what could not be written was standard output: it has no name, and is full or broken."""
    return error.filename is None and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EPIPE}


def unwritable(here: Here, error: OSError) -> int:
    """Report that standard output does not take what it is given; what was done is done."""
    reason = os.strerror(error.errno or 0)
    # What is still in the buffer would fail again when the program ends.
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    if error.errno == errno.EPIPE:
        return OUTPUT
    with suppress(OSError):
        line = _("The output cannot be written: {reason}.", reason=reason)
        print(f"sysmo: {line}", file=sys.stderr, flush=True)
    return OUTPUT


def interrupted(here: Here) -> int:
    """End a run that its user stopped."""
    print(file=sys.stderr)
    return INTERRUPTED


def _report(
    here: Here, code: str, sentence: str, field: str | None, exit_code: int, option: str | None = None
) -> int:
    line = clean_line(sentence)
    shown = f"{option}: {line}" if option and option not in line.rstrip(".").split() else line
    print(f"sysmo: {shown}", file=sys.stderr)
    if here.wants_json:
        document = {"error": {"code": code, "message": line, "field": field}}
        print(json.dumps(document, ensure_ascii=not here.out.speaks_unicode))
    return exit_code


def _parameter(error: typer.TyperException) -> str | None:
    param = getattr(error, "param", None)
    return getattr(param, "name", None)


def _usage_sentence(error: typer.TyperException) -> str:
    """Our words for the mistakes that have a kind of their own, Typer's for the others."""
    param: TyperOption | TyperArgument | None = getattr(error, "param", None)
    if param is not None and hasattr(error, "param_type"):
        return _missing(param)
    if param is not None:
        return _("{option}: {reason}", option=_named(param), reason=_unfit(param, error.message))
    option = getattr(error, "option_name", None)
    if option is None:
        return error.format_message()
    near = ", ".join(getattr(error, "possibilities", None) or ())
    if near:
        return _("There is no option {option} here. Did you mean {near}?", option=option, near=near)
    if hasattr(error, "possibilities"):
        return _("There is no option {option} here.", option=option)
    return _("{option} needs a value.", option=option)


def _unfit(param: TyperOption | TyperArgument, reason: str) -> str:
    """Why a value does not fit its parameter."""
    if param.type_descriptor.choices:
        choices = ", ".join(str(getattr(c, "value", c)) for c in param.type_descriptor.choices)
        return _("Choose one of: {choices}.", choices=choices)
    if param.type_descriptor.is_ranged:
        return _("Write a number from {low} to {high}.", low=param.min, high=param.max)
    if param.type_descriptor.annotation is int:
        return _("Write a whole number.")
    return reason


def _missing(param: object) -> str:
    if getattr(param, "name", "") in {"number", "numbers"}:
        return _("Which ticket? Give its number, like 42 (a shell takes a bare #42 for a comment).")
    return _("{option} is missing.", option=_named(param))


def _named(param: object) -> str:
    options = [o for o in getattr(param, "opts", ()) if o.startswith("--")]
    return options[0] if options else str(getattr(param, "metavar", None) or getattr(param, "name", ""))


_SECRET = re.compile(r"(://[^:/@\s]*:)[^@\s]+@")


def _referred(here: Here, error: Exception) -> str:
    """What tells those at the desk which entry of their log is meant, and nothing to anybody else."""
    reference = secrets.token_hex(4)
    error.add_note(f"reference {reference}")
    _logged(here, error)
    return reference


def _logged(here: Here, error: Exception) -> Path | None:
    """Append the traceback to the log, without passwords of addresses; None when it cannot be written."""
    text = _SECRET.sub(r"\1…@", "".join(traceback.format_exception(error)))
    try:
        with opened_log(here) as log:
            log.write(f"{here.clock().isoformat()} {here.command_path}\n{text}\n")
    except OSError:
        return None
    return here.log_path


def opened_log(here: Here) -> TextIO:
    """The log, for its owner's eyes alone, to append to; OSError when it cannot be written."""
    here.log_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    return os.fdopen(os.open(here.log_path, flags, 0o600), "a", encoding="utf-8", errors="replace")


@contextmanager
def keeping_log(here: Here) -> Iterator[None]:
    """Have what goes wrong in the screens and their duties written to the log while they are open."""
    try:
        log = opened_log(here)
    except OSError:
        yield
        return
    handler = logging.StreamHandler(log)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger("sysmo_tui")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        log.close()
