"""``sysmo door``: a visit through the SSH door, from what sshd tells of it to an exit code.

A visitor's line is run here as on anyone's machine, by the same verbs, with a :class:`Gate` before them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from sysmo_tui import i18n
from sysmo_tui.cli.context import Here, who_if_anyone
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.networks import network_of
from sysmo_tui.door import limits
from sysmo_tui.door.parcel import Parcel
from sysmo_tui.door.slots import Caps, Slot
from sysmo_tui.door.visit import visit_of
from sysmo_tui.door.words import Line, read_line

_TAKEN = ("SYSMO_CONFIG",)
"""What the door's own script tells this program."""

_NEEDED = ("PATH", "HOME", "LANG")
"""What libraries read in the environment of this process."""

FOLLOWS = "--follow"
"""The option of what goes on until it is stopped."""


def receive(environ: Mapping[str, str] | None = None) -> int:
    """Serve the visit that sshd's variables tell of, and give its exit code.

    Without ``environ``, this process is there for the visit alone: it is bounded, and its environment
    is emptied of everything that is not needed.
    """
    from sysmo_tui.cli import failures, main

    is_own_process = environ is None
    given = os.environ if environ is None else environ
    if is_own_process:
        limits.secure_process()
        limits.keep_to_itself()
    own = {name: given[name] for name in _TAKEN if name in given}
    try:
        visit = visit_of(given)
        line = read_line(visit.command or "")
    except DeskError as error:
        return failures.refused(Here(own, ()), error)
    own["TERM"] = visit.term
    if line.language:
        own["SYSMO_LANG"] = i18n.choose(line.language)
    if is_own_process:
        _forget_environment(own)
    here = Here(own, line.words, visit)
    if line.is_parcel:
        here.parcel = Parcel(sys.stdin.buffer)
    if is_own_process:
        _bound(here)
        limits.let_interrupt()
    with _watched(line) if is_own_process else nullcontext():
        return main.serve(here)


def enter(here: Here) -> None:
    """Give a visit its place, learn who it is, speak that person's language and open what the role may do.

    Unavailable when all places are taken, or when the desk cannot be reached: why is in the log alone, and
    where the account cannot write either, the doctor says so.
    """
    from sysmo_tui.cli.door_lines import Gate
    from sysmo_tui.services import ssh_keys
    from sysmo_tui.storage.failures import unreachable

    assert here.visit is not None
    try:
        chosen = here.settings
        caps = Caps(chosen.door_sessions, chosen.door_sessions_of_source, chosen.door_sessions_of_account)
        here.slot = Slot(chosen.state_dir / "door", caps)
    except DeskError as error:
        raise unreachable() from error
    try:
        here.slot.enter(network_of(here.visit.source))
    except OSError as error:
        raise unreachable() from error
    try:
        known = here.door.read(who_if_anyone)
        language = known.locale if known else here.desk_settings.language
    except DeskError as error:
        raise unreachable() from error
    if known is not None and known.account_id is not None:
        here.slot.take_for(known.account_id)
        here.door.touch(ssh_keys.note_used)
    if "SYSMO_LANG" not in here.environ:
        i18n.use(language)
    here.gate = Gate(known.role if known else None)


def _forget_environment(own: Mapping[str, str]) -> None:
    """Leave libraries nothing of what the other side may have said."""
    kept = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    os.environ.clear()
    os.environ.update(kept | dict(own))


def _bound(here: Here) -> None:
    """Bound what only some visits need without end: computing for the screens, a file for its database."""
    if _is_verb(here.words) and FOLLOWS not in here.words:
        limits.bound_computing()
    try:
        is_embedded = here.settings.database_url.startswith("sqlite")
    except DeskError:
        # Entering finds the same, and tells it.
        return
    if not is_embedded:
        limits.bound_files()


def _watched(line: Line) -> AbstractContextManager[None]:
    return limits.ending_with_connection() if _is_verb(line.words) else nullcontext()


def _is_verb(words: Sequence[str]) -> bool:
    """Whether a line means more than the screens, for which options of the program may stand alone."""
    return any(not word.startswith("-") for word in words)
