"""What a shell completes from the desk, when there is one and somebody is signed in; silent otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import typer

from sysmo_tui.cli.context import Here
from sysmo_tui.domain.errors import DeskError

if TYPE_CHECKING:
    from sysmo_tui.services.choices import Choice, Choices

Offer = Callable[[typer.Context, str], list[str]]


def _offered(kind: Callable[[Choices], Iterable[Choice]]) -> Offer:
    def offer(context: typer.Context, incomplete: str) -> list[str]:
        return _beginning(incomplete, _values(context.obj, kind))

    return offer


topics = _offered(lambda found: found.topics)
statuses = _offered(lambda found: found.statuses)
priorities = _offered(lambda found: found.priorities)
types = _offered(lambda found: found.types)
staff = _offered(lambda found: found.staff)


def routes(context: typer.Context, incomplete: str) -> list[str]:
    """The names of the routes of mail."""
    from sysmo_tui.services import routing

    return _listed(incomplete, lambda: (line.name for line in context.obj.read(routing.lines)))


def senders(context: typer.Context, incomplete: str) -> list[str]:
    """The senders that are blocked or allowed."""
    from sysmo_tui.services import senders as service

    return _listed(incomplete, lambda: (line.pattern for line in context.obj.read(service.page).items))


def mailboxes(context: typer.Context, incomplete: str) -> list[str]:
    """The names of the mailboxes that are in use."""
    from sysmo_tui.services import mailboxes as service

    return _listed(incomplete, lambda: (line.name for line in context.obj.read(service.lines)))


def keys(context: typer.Context, incomplete: str) -> list[str]:
    """The fingerprints of one's own keys."""
    from sysmo_tui.services import ssh_keys

    return _listed(incomplete, lambda: (line.fingerprint for line in context.obj.read(ssh_keys.mine)))


def settings(incomplete: str) -> list[str]:
    """The names of the desk's settings."""
    from sysmo_tui.services.desk_settings import READERS

    return _beginning(incomplete, READERS)


def columns(incomplete: str) -> list[str]:
    """Columns of a list of tickets, one after the other with commas between."""
    from sysmo_tui.cli.ticket_columns import NAMES

    before, comma, begun = incomplete.rpartition(",")
    chosen = before.split(",")
    return [before + comma + name for name in NAMES if name.startswith(begun) and name not in chosen]


def query(context: typer.Context, incomplete: str) -> list[str]:
    """Fields of a search, and the values of those that have a list of them."""
    from sysmo_tui.domain.query import ALL_FIELDS, Flag, Thing

    name, colon, begun = _field(context.obj, incomplete)
    if not colon:
        return _beginning(incomplete, sorted(f"{each}:" for each in ALL_FIELDS))
    found: Iterable[str] = ()
    match name:
        case "is":
            found = tuple(Flag)
        case "has":
            found = tuple(Thing)
        case "status":
            found = _values(context.obj, lambda all_: all_.statuses)
        case "priority":
            found = _values(context.obj, lambda all_: all_.priorities)
        case "topic":
            found = _values(context.obj, lambda all_: all_.topics)
        case "type":
            found = _values(context.obj, lambda all_: all_.types)
        case "assignee" | "owner":
            found = ("me", "none", *_values(context.obj, lambda all_: all_.staff))
    whole = incomplete[: len(incomplete) - len(begun)] if ":" in incomplete else ""
    return [whole + value for value in _beginning(begun, found)]


def _field(run: Here, incomplete: str) -> tuple[str, str, str]:
    """The field of a search, a colon, and what is typed of its value.

    A shell that breaks words at colons, as bash does, hands over what is behind it alone.
    """
    if ":" in incomplete.lstrip(":"):
        return incomplete.partition(":")
    words = run.environ.get("COMP_WORDS", "").split()
    if incomplete == ":":
        # Whatever is offered must begin with the colon, and would stand behind it a second time.
        return "", ":", ""
    behind = words[:-1] if incomplete and words and words[-1] == incomplete else words
    if len(behind) > 1 and behind[-1] == ":":
        return behind[-2], ":", incomplete
    return incomplete, "", ""


def _values(run: Here, kind: Callable[[Choices], Iterable[Choice]]) -> list[str]:
    from sysmo_tui.services import choices

    return _listed("", lambda: (choice.value for choice in kind(run.read(choices.read))))


def _listed(incomplete: str, names: Callable[[], Iterable[str]]) -> list[str]:
    """What is read from the desk; nothing when it refuses."""
    try:
        return _beginning(incomplete, names())
    except DeskError:
        return []


def _beginning(incomplete: str, values: Iterable[str]) -> list[str]:
    return [str(value) for value in values if value.startswith(incomplete)]
