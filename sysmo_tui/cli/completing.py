"""What a shell completes from the desk, when there is one and somebody is signed in; silent otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from sysmo_tui.cli.context import Here
from sysmo_tui.domain.errors import DeskError

if TYPE_CHECKING:
    from sysmo_tui.services.choices import Choice, Choices


Offer = Callable[[typer.Context, str], list[str]]


@dataclass(frozen=True, slots=True)
class _Kind:
    """Values of one kind: how they are read here, and the verb that lists them at a desk elsewhere."""

    here: Callable[[Choices], Iterable[Choice]]
    words: tuple[str, ...]
    field: str = "slug"

    def values(self, run: Here) -> list[str]:
        """All of them."""

        def read() -> Iterable[str]:
            from sysmo_tui.services import choices

            return (choice.value for choice in self.here(run.read(choices.read)))

        return _listed(run, "", read, self.words, self.field)


def _offered(kind: _Kind) -> Offer:
    def offer(context: typer.Context, incomplete: str) -> list[str]:
        return _beginning(incomplete, kind.values(context.obj))

    return offer


_TOPICS = _Kind(lambda found: found.topics, ("topic", "list"))
_STATUSES = _Kind(lambda found: found.statuses, ("status", "list"))
_PRIORITIES = _Kind(lambda found: found.priorities, ("priority", "list"))
_TYPES = _Kind(lambda found: found.types, ("type", "list"))
_STAFF = _Kind(lambda found: found.staff, ("account", "list", "--limit", "500"), "email")

topics = _offered(_TOPICS)
statuses = _offered(_STATUSES)
priorities = _offered(_PRIORITIES)
types = _offered(_TYPES)
staff = _offered(_STAFF)


def responses(context: typer.Context, incomplete: str) -> list[str]:
    """The short names of the canned responses that are in use."""
    run = context.obj

    def slugs() -> Iterable[str]:
        from sysmo_tui.services import responses as service

        return (line.slug for line in run.read(service.lines))

    return _listed(run, incomplete, slugs, ("canned", "list"), "slug")


def routes(context: typer.Context, incomplete: str) -> list[str]:
    """The names of the routes of mail."""
    run = context.obj

    def names() -> Iterable[str]:
        from sysmo_tui.services import routing

        return (line.name for line in run.read(routing.lines))

    return _listed(run, incomplete, names, ("mail", "route", "list"), "name")


def saved(context: typer.Context, incomplete: str) -> list[str]:
    """The names of saved searches."""
    run = context.obj

    def names() -> Iterable[str]:
        from sysmo_tui.services import saved_searches

        return (line.name for line in run.read(saved_searches.lines))

    return _listed(run, incomplete, names, ("saved", "list"), "name")


def senders(context: typer.Context, incomplete: str) -> list[str]:
    """The senders that are blocked or allowed."""
    run = context.obj

    def patterns() -> Iterable[str]:
        from sysmo_tui.services import senders as service

        return (line.pattern for line in run.read(service.page).items)

    return _listed(run, incomplete, patterns, ("mail", "sender", "list"), "pattern")


def mailboxes(context: typer.Context, incomplete: str) -> list[str]:
    """The names of the mailboxes that are in use."""
    run = context.obj

    def names() -> Iterable[str]:
        from sysmo_tui.services import mailboxes as service

        return (line.name for line in run.read(service.lines))

    return _listed(run, incomplete, names, ("mail", "mailbox", "list"), "name")


def keys(context: typer.Context, incomplete: str) -> list[str]:
    """The fingerprints of one's own keys."""
    run = context.obj

    def fingerprints() -> Iterable[str]:
        from sysmo_tui.services import ssh_keys

        return (line.fingerprint for line in run.read(ssh_keys.mine))

    return _listed(run, incomplete, fingerprints, ("key", "list"), "fingerprint")


def settings(incomplete: str) -> list[str]:
    """The names of the desk's settings."""
    from sysmo_tui.services.desk_settings import READERS

    return _beginning(incomplete, READERS)


def preferences(incomplete: str) -> list[str]:
    """What one may choose for the screens, and the values of those that have a list of them."""
    from sysmo_tui.services.preferences import PREFERENCES

    name, sign, begun = incomplete.partition("=")
    if not sign:
        return _beginning(incomplete, (f"{each}=" for each in PREFERENCES))
    definition = PREFERENCES.get(name)
    values = (
        ()
        if definition is None
        else definition.words or (("on", "off") if definition.default in (True, False) else ())
    )
    return [f"{name}={value}" for value in values if value.startswith(begun)]


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
            found = _STATUSES.values(context.obj)
        case "priority":
            found = _PRIORITIES.values(context.obj)
        case "topic":
            found = _TOPICS.values(context.obj)
        case "type":
            found = _TYPES.values(context.obj)
        case "assignee" | "owner":
            found = ("me", "none", *_STAFF.values(context.obj))
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


def _listed(
    run: Here, incomplete: str, names: Callable[[], Iterable[str]], words: Sequence[str], field: str
) -> list[str]:
    """What ``names`` reads here, or the verb ``words`` from a desk elsewhere; nothing when it refuses."""
    try:
        if run.far_desk is not None:
            from sysmo_tui.cli import far

            return _beginning(incomplete, far.listed(run, words, field))
        return _beginning(incomplete, names())
    except DeskError:
        return []


def _beginning(incomplete: str, values: Iterable[str]) -> list[str]:
    return [str(value) for value in values if value.startswith(incomplete)]
