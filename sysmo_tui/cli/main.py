"""One run of the command line, from its words to its exit code."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping, Sequence

from sysmo_tui import i18n
from sysmo_tui.cli.context import Here


def run(argv: Sequence[str], environ: Mapping[str, str] | None = None) -> int:
    """Do what ``argv`` (without the program's name) says; only here are failures caught."""
    if list(argv) == ["door"]:
        from sysmo_tui.cli import visiting

        return visiting.receive(environ)
    here = Here(os.environ if environ is None else environ, argv)
    if "receive" in argv:
        from sysmo_tui.cli import pipe_codes

        if pipe_codes.is_meant(argv):
            return pipe_codes.as_mail_server_expects(here, lambda: _run(here, argv))
    return _run(here, argv)


def serve(visit: Here) -> int:
    """Do what a visit through the SSH door asks for."""
    return _run(visit, visit.words)


def _run(here: Here, argv: Sequence[str]) -> int:
    _stand_in_for_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    i18n.use(here.language)
    i18n.advise_for("")
    try:
        try:
            result = _do(here, argv)
        finally:
            here.finish()
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - one of the three places where a bug is caught
        return _failed(here, error)
    finally:
        here.close()


def _do(here: Here, argv: Sequence[str]) -> object:
    if here.visit is not None:
        from sysmo_tui.cli import visiting

        visiting.enter(here)
    elif "receive" in argv:
        from sysmo_tui.cli import taking_in

        plain = taking_in.plain(argv)
        if plain is not None:
            here.command_path = "sysmo mail receive"
            here.options.database = plain.database
            taking_in.take_in(here, plain.mailbox)
            return 0
    from sysmo_tui.cli.root import build

    return build().main(
        list(argv),
        prog_name="sysmo",
        complete_var="_SYSMO_COMPLETE",
        standalone_mode=False,
        obj=here,
    )


def _failed(here: Here, error: Exception | KeyboardInterrupt) -> int:
    import typer

    from sysmo_tui.cli import failures
    from sysmo_tui.domain.errors import DeskError

    match error:
        case DeskError():
            return failures.refused(here, error)
        case typer.Abort() | KeyboardInterrupt():
            return failures.interrupted(here)
        case typer.TyperException():
            return failures.misused(here, error)
        case OSError() if failures.is_of_output(error):
            return failures.unwritable(here, error)
        case _:
            return failures.broken(here, error)


def _stand_in_for_closed_streams() -> None:
    """Give a program that was started without a standard stream an empty one.

    Otherwise the next file that is opened, such as the database, would become that stream.
    """
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)
            setattr(sys, name, os.fdopen(descriptor, "w" if descriptor else "r", encoding="utf-8"))
