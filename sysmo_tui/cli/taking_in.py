"""What ``sysmo mail receive`` does, with as little of the program as a mail server has to wait for."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sysmo_tui.cli.context import Here
from sysmo_tui.cli.pipe_codes import standard_input
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _

if TYPE_CHECKING:
    from sysmo_tui.domain.kept import Kept, Raw

_OPTIONS = ("--mailbox", "--database")


@dataclass(frozen=True, slots=True)
class Plain:
    """A command line as mail servers are set up with."""

    mailbox: str = ""
    database: str = ""


def plain(words: Sequence[str]) -> Plain | None:
    """A command line that says no more than a mail server needs to; None for any other.

    Reading the others, and telling what is wrong with them, takes longer than keeping a message.
    """
    given: dict[str, str] = {}
    verbs: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        name, is_joined, value = word.partition("=")
        if not word.startswith("-"):
            verbs.append(word)
            continue
        if name not in _OPTIONS or name in given or not (is_joined or left):
            return None
        given[name] = value if is_joined else left.pop(0)
        if given[name].startswith("-") or (name == "--mailbox" and len(verbs) < 2):
            return None
    if verbs != ["mail", "receive"]:
        return None
    return Plain(given.get("--mailbox", ""), given.get("--database", ""))


def take_in(run: Here, mailbox: str) -> Kept:
    """Keep the message of standard input, and decide it when no worker lives that would."""
    from sysmo_tui.mail import piping

    stream = standard_input()
    piped = piping.take(run.store, mailbox, stream, run.clock())
    raw, kept = piped.raw, piped.kept
    if raw is None or kept is None:
        from sysmo_tui.mail import keeping

        raw = keeping.read(run.desk, stream, piped.beginning)
        kept = keeping.keep(run.desk, mailbox, raw)
    # From here on the message is safe, whatever happens: the worker decides what is left over.
    run.is_mail_kept = True
    # A mail server keeps what is printed: what goes wrong belongs into the log, or nowhere.
    logging.getLogger("sysmo_tui").addHandler(logging.NullHandler())
    if not piped.is_left:
        _decide(run, kept, raw)
    if mailbox and not piping.knows_mailbox(run.store, mailbox):
        run.out.say(
            _("There is no mailbox “{name}”. The message is kept all the same.", name=clean_line(mailbox))
        )
    return kept


def _decide(run: Here, kept: Kept, raw: Raw) -> None:
    from sysmo_tui.cli import failures
    from sysmo_tui.mail import receiving

    with failures.keeping_log(run):
        receiving.settle_kept(run.desk, [kept], [raw])
        receiving.settle_pending(run.desk, receiving.OTHERS_AT_ONCE)
