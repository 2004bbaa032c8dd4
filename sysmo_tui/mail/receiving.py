"""The one way of every mail that comes in: keep it, read it, store its files, decide it.

Once a mail is kept nothing that happens to it is the deliverer's concern: what could not be decided is
decided later, and what cannot be read waits in quarantine.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import groupby, zip_longest

from sysmo_tui.desk import Command, Desk, Door, Work, command_for
from sysmo_tui.domain.enums import MailClass
from sysmo_tui.domain.errors import DeskError, Invalid, Unavailable
from sysmo_tui.domain.incoming import Incoming
from sysmo_tui.domain.kept import Kept, Raw
from sysmo_tui.mail.keeping import keep, limited, mail_caller
from sysmo_tui.mail.parsing import parse
from sysmo_tui.services import deciding, desk_settings, files, inbound, mail_ahead, mail_sight
from sysmo_tui.services.deciding import Decided
from sysmo_tui.services.files import Upload
from sysmo_tui.services.inbound import RawMail

OTHERS_AT_ONCE = 5
"""How many left over mails a receiver decides beside its own."""

AT_ONCE = 30
"""How many mails are decided in one transaction, at most: for so long others wait to write."""

_log = logging.getLogger(__name__)


def receive(desk: Desk, mailbox: str, raw: bytes) -> Kept:
    """Keep a mail and decide it, if that can be done now; raises only when it could not be kept.

    ``mailbox`` is the name of the mailbox that it was delivered to, "" for a pipe without one.
    """
    taken = limited(desk, raw)
    kept = keep(desk, mailbox, taken)
    settle_kept(desk, [kept], [taken])
    return kept


def settle_kept(desk: Desk, kept: Sequence[Kept], raws: Sequence[Raw] = ()) -> None:
    """Decide mails that were just kept, by whoever kept them first; what goes wrong is logged.

    ``raws`` are their bytes, as many as there are mails; without, they are read again.
    """
    new = [(each.id, raw) for each, raw in zip_longest(kept, raws) if each.is_new]
    for start in range(0, len(new), AT_ONCE):
        _settle_together(desk, new[start : start + AT_ONCE])


def settle_pending(desk: Desk, most: int = 100, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Decide mail that was kept and, for whatever reason, not decided; returns how many were taken up.

    A mail that cannot be read or decided never keeps the next one waiting: those that somebody tried
    before are taken one by one.
    """
    taken = 0
    while goes_on() and taken < most:
        begun = desk.settle(mail_caller(), inbound.take_first_turns, min(AT_ONCE, most - taken))
        if not begun:
            break
        _settle_together(desk, [(inbound_id, None) for inbound_id in begun])
        taken += len(begun)
    for inbound_id in desk.read(mail_caller(), inbound.due, most):
        if not goes_on():
            break
        if desk.settle(mail_caller(), inbound.take_turn, inbound_id):
            taken += 1
            _settle(desk, inbound_id)
    return taken


def _settle_together(desk: Desk, mails: Sequence[tuple[int, Raw | None]]) -> None:
    """Decide mails that are ours for now in one transaction; where one fails, each for itself."""
    if len(mails) > 1:
        try:
            _decide_together(desk, mails)
        except Unavailable as error:
            for inbound_id, _raw in mails:
                _put_off(desk, inbound_id, error, is_counted=False)
        except Exception:  # noqa: BLE001 - what it is, the one mail that raises it tells below
            _log.info("%d mails are decided one by one", len(mails), exc_info=True)
        else:
            return
    for inbound_id, raw in mails:
        _settle(desk, inbound_id, raw)


def accept(door: Door, inbound_id: int, *, as_new: bool, joins: bool = False) -> Decided:
    """File a mail of the quarantine because ``door``'s caller says so; see :func:`deciding.file_accepted`."""
    door.read(mail_sight.require, inbound_id)
    kept = door.desk.read(mail_caller(), inbound.raw, inbound_id)
    incoming = parse(kept.content)
    uploads = () if kept.is_cut else _staged(door, incoming)
    return door.write(deciding.file_accepted, inbound_id, incoming, uploads, as_new=as_new, joins=joins)


def _settle(desk: Desk, inbound_id: int, raw: Raw | None = None) -> None:
    """Read and decide a mail that is ours for now; what goes wrong is noted on it and never raised."""
    try:
        _decide(desk, inbound_id, raw)
    except Unavailable as error:
        _put_off(desk, inbound_id, error, is_counted=False)
    except Exception as error:  # noqa: BLE001 - one mail that is poison must not keep all others waiting
        _log.exception("Mail %d could not be decided", inbound_id)
        _put_off(desk, inbound_id, error, is_counted=True)


def _decide(desk: Desk, inbound_id: int, raw: Raw | None) -> Decided:
    """Read a mail, at hand as ``raw`` or else as it is kept, and decide it."""
    caller = mail_caller()
    kept = raw or desk.read(caller, inbound.raw, inbound_id)
    if isinstance(kept, RawMail) and kept.attempts > inbound.MOST_ATTEMPTS:
        return desk.write(caller, command_for(deciding.give_up), deciding.give_up, inbound_id)
    read = _read(desk, inbound_id, kept)
    return desk.write(caller, read.command, deciding.decide, inbound_id, read.incoming, read.uploads)


def _decide_together(desk: Desk, mails: Sequence[tuple[int, Raw | None]]) -> None:
    caller = mail_caller()
    read = [_read(desk, each, raw or desk.read(caller, inbound.raw, each)) for each, raw in mails]
    for group in _groups(read):

        def ahead(work: Work, group: Sequence[_Read] = group) -> None:
            mail_ahead.read(work, [(each.inbound_id, each.incoming) for each in group])

        desk.write_together(caller, deciding.decide, [(each.command, each.decide) for each in group], ahead)


def _groups(read: Sequence[_Read]) -> Iterator[Sequence[_Read]]:
    """Mails that are decided together, in their order; one that came back changes who is told of others."""
    for is_bounce, some in groupby(read, lambda each: each.incoming.mail_class is MailClass.BOUNCE):
        if is_bounce:
            yield from ((each,) for each in some)
        else:
            yield tuple(some)


@dataclass(frozen=True, slots=True)
class _Read:
    """A mail that was read, and its files as they are staged."""

    inbound_id: int
    incoming: Incoming
    uploads: tuple[Upload, ...]

    @property
    def command(self) -> Command:
        """What decides it once, however often that is tried."""
        return command_for(deciding.decide, key=f"inbound:{self.inbound_id}")

    def decide(self, work: Work) -> Decided:
        """Let the rules decide it."""
        return deciding.decide(work, self.inbound_id, self.incoming, self.uploads)


def _read(desk: Desk, inbound_id: int, kept: Raw | RawMail) -> _Read:
    """What deciding a mail takes, outside of any transaction: the mail is read and its files are staged."""
    incoming = parse(kept.content)
    uploads = () if kept.is_cut else _staged(Door(desk, mail_caller()), incoming)
    # Several mails are decided together: what is staged is not held in memory as well.
    files_without_content = tuple(replace(file, content=b"") for file in incoming.files)
    incoming = replace(incoming, files=files_without_content)
    return _Read(inbound_id, incoming, uploads)


def _put_off(desk: Desk, inbound_id: int, error: Exception, *, is_counted: bool) -> None:
    text = str(error) or type(error).__name__
    try:
        desk.settle(mail_caller(), inbound.put_off, inbound_id, text, is_counted=is_counted)
    except DeskError as refusal:
        _log.warning("Mail %d waits, and why could not be noted: %s", inbound_id, refusal)


def _staged(door: Door, incoming: Incoming) -> tuple[Upload, ...]:
    """Store the files of a mail, as many and as large as the desk allows; the raw mail has them all."""
    if not incoming.files:
        return ()
    settings = door.read(desk_settings.load)
    found = sorted(incoming.files, key=lambda file: file.is_inline)
    fitting = [file for file in found if len(file.content) <= settings.file_limit]
    uploads = []
    for file in fitting[: settings.files_per_message]:
        try:
            uploads.append(files.stage(door, BytesIO(file.content), file.name, file.media_type))
        except Invalid as refusal:
            _log.warning("A file of a mail was not stored: %s", refusal)
    return tuple(uploads)
