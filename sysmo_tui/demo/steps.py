"""What people do at the demo desk, one step at a time, each by the service that a person would use."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sysmo_tui.demo import files as made
from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Channel, CloseReason, TicketField
from sysmo_tui.services import (
    accounts,
    closing,
    editing,
    files,
    filing,
    ratings,
    tagging,
    thread,
    tickets,
    tokens,
)
from sysmo_tui.services.accounts import Invitation
from sysmo_tui.services.files import Upload
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing

Act = Callable[[Work, int], int | None]
"""Does something to the ticket with that number (0: to none yet); gives the number of a new one."""


@dataclass(frozen=True, slots=True)
class Step:
    """Someone does something at a moment to a ticket of the plan; ``makes`` is a ticket that comes of it."""

    at: datetime
    who: str
    ticket: str
    act: Act
    channel: Channel = Channel.TUI
    makes: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file to make and attach."""

    filename: str
    title: str
    number: int


def file(asked: Filing, attached: Sequence[Attached] = ()) -> Act:
    """File a ticket."""

    def act(work: Work, _number: int) -> int:
        return filing.file(work, replace(asked, files=_staged(work, attached))).number

    return act


def clone() -> Act:
    """File the same again."""
    return lambda work, number: filing.clone(work, number).number


def reply(
    body: str, attached: Sequence[Attached] = (), *, status: str | None = None, closes: bool = False
) -> Act:
    """Write a public reply."""

    def act(work: Work, number: int) -> None:
        thread.reply(work, number, Outgoing(body, _staged(work, attached), status=status, closes=closes))

    return act


def note(body: str) -> Act:
    """Write an internal note."""

    def act(work: Work, number: int) -> None:
        thread.note(work, number, Outgoing(body))

    return act


def take() -> Act:
    """Take it."""

    def act(work: Work, number: int) -> None:
        tickets.take(work, number)

    return act


def release() -> Act:
    """Give it back to nobody."""

    def act(work: Work, number: int) -> None:
        tickets.release(work, number)

    return act


def assign(to: str) -> Act:
    """Give it to someone."""

    def act(work: Work, number: int) -> None:
        tickets.assign(work, number, to)

    return act


def edit(edits: dict[TicketField, str]) -> Act:
    """Change fields."""

    def act(work: Work, number: int) -> None:
        editing.edit(work, number, edits)

    return act


def tag(names: tuple[str, ...]) -> Act:
    """Hang tags on it."""

    def act(work: Work, number: int) -> None:
        tagging.tag(work, number, names)

    return act


def close(reason: CloseReason | None = None) -> Act:
    """Close it without a word."""

    def act(work: Work, number: int) -> None:
        closing.close(work, number, reason=reason)

    return act


def rate(rating: int) -> Act:
    """Say how satisfied one is with it."""

    def act(work: Work, number: int) -> None:
        ratings.rate(work, number, rating)

    return act


def spam() -> Act:
    """Close it as spam."""

    def act(work: Work, number: int) -> None:
        closing.spam(work, number)

    return act


def watch() -> Act:
    """Follow it."""

    def act(work: Work, number: int) -> None:
        tagging.watch(work, number)

    return act


def invite(invitation: Invitation) -> Act:
    """Invite someone, who has not answered yet."""

    def act(work: Work, _number: int) -> None:
        accounts.new(work, invitation, tokens.new_code())

    return act


def disable(email: str, hand_over_to: str) -> Act:
    """End the account of someone who has left, and hand over what they had."""

    def act(work: Work, _number: int) -> None:
        accounts.disable(work, email, hand_over_to=hand_over_to)

    return act


def _staged(work: Work, attached: Sequence[Attached]) -> tuple[Upload, ...]:
    return tuple(_stored(work, each) for each in attached)


def _stored(work: Work, attached: Attached) -> Upload:
    content = made.content(attached.filename, attached.title, attached.number)
    digest = hashlib.sha256(content).hexdigest()
    blob_id, _limit = files.begin(work)
    files.append(work, blob_id, 0, content)
    files.finish(work, blob_id, len(content), digest)
    media_type = mimetypes.guess_type(attached.filename)[0] or ""
    return Upload(blob_id, attached.filename, media_type, len(content), digest)
