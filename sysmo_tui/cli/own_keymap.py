"""``sysmo profile keys``: which keys do what in the screens, for one's own account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from sysmo_tui.cli import sheets
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.output import Column, Shape
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.errors import Invalid, NotFound
from sysmo_tui.domain.message import N_, Advice, Message
from sysmo_tui.i18n import _, pgettext, render
from sysmo_tui.keymap import BY_ID, KEYS, checked_keymap, combined, long, problem_of, spelled

app = Noun(help=_("Which keys do what in the screens, for you."))


def _named_keys(incomplete: str) -> list[str]:
    """The names of what keys do."""
    return [key.id for key in KEYS if key.bound and key.id.startswith(incomplete)]


What = Annotated[
    str,
    typer.Argument(
        metavar=_("NAME"),
        help=_("What the key does, as the list names it."),
        autocompletion=_named_keys,
    ),
]


@dataclass(frozen=True, slots=True)
class OwnKey:
    """One binding: its keys for who asks, and whether they are others than usual."""

    id: str
    keys: tuple[str, ...]
    usual: tuple[str, ...]
    help: str
    contexts: tuple[str, ...]

    @property
    def is_own(self) -> bool:
        """Whether somebody chose them."""
        return self.keys != self.usual


@app.verb("list", help=_("List what keys do, and which you changed."), example="sysmo profile keys list")
def _list(context: typer.Context) -> None:
    run = here(context)
    listed, problems = _listed(run, _kept(run))
    _tell(run, listed, problems)


@app.verb(
    "edit",
    help=_(
        "Give another key to something; several are separated by commas.\n\n"
        "A key that does something else in the same place is refused. The screens follow at their next start."
    ),
    example="sysmo profile keys edit ticket.reply b,f9",
)
def _edit(
    context: typer.Context,
    name: What,
    keys: Annotated[str, typer.Argument(metavar=_("KEYS"), help=_("Like b or ctrl+e,f9."))],
) -> None:
    run = here(context)
    kept = _kept(run)
    problem = problem_of(name, keys, combined(run.settings.keys, kept))
    if problem is not None and name not in BY_ID:
        raise NotFound(problem.text, field="name", **problem.params)
    if problem is not None:
        raise Invalid(problem.text, field="keys", **problem.params)
    _keep(run, kept, {**kept, name: long(keys)})


@app.verb(
    "reset",
    help=_("Give something its usual key again; without a name, everything."),
    example="sysmo profile keys reset ticket.reply",
)
def _reset(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar=_("NAME"), help=_("What the key does."), autocompletion=_named_keys),
    ] = None,
) -> None:
    run = here(context)
    if name is not None and name not in BY_ID:
        raise NotFound(N_("There is no key named “{name}”."), field="name", name=name)
    kept = _kept(run)
    rest = {} if name is None else {each: keys for each, keys in kept.items() if each != name}
    accepted, problems = checked_keymap(rest)
    if problems:
        # Keys that were swapped: one cannot go back alone.
        raise Invalid(
            N_("{what} Give that another key first, or see: {command}"),
            field="name",
            what=problems[0],
            command=Advice("sysmo profile keys reset"),
        )
    _keep(run, kept, accepted)


def _kept(run: Here) -> dict[str, str]:
    from sysmo_tui.services import preferences, profile

    kept: dict[str, str] = preferences.of(run.read(profile.show).preferences)["keymap"]
    return kept


def _keep(run: Here, before: Mapping[str, str], keymap: Mapping[str, str]) -> None:
    """Keep other keys than ``before``, and tell which are others now."""
    from sysmo_tui.services import profile

    run.write(profile.prefer, {"keymap": dict(keymap) or None})
    was, _problems = _listed(run, before)
    listed, problems = _listed(run, keymap)
    _tell(run, [now for old, now in zip(was, listed, strict=True) if old != now], problems)


def _listed(run: Here, kept: Mapping[str, str]) -> tuple[list[OwnKey], list[Message]]:
    """What every key does, and what is wrong with one's own."""
    usable, problems = checked_keymap(combined(run.settings.keys, kept))
    listed = [
        OwnKey(key.id, spelled(usable.get(key.id, key.keys)), spelled(key.keys), key.help, key.contexts)
        for key in KEYS
        if key.bound
    ]
    return listed, problems


def _tell(run: Here, listed: Sequence[OwnKey], problems: Iterable[Message]) -> None:
    columns: list[Column[OwnKey]] = [
        Column(pgettext("keyboard", "Keys"), lambda each: "  ".join(each.keys)),
        Column(_("Name"), lambda each: each.id),
        Column(_("What"), lambda each: _(each.help), grows=True),
        Column("", lambda each: _("usually {keys}", keys="  ".join(each.usual)) if each.is_own else ""),
    ]
    run.out.rows(listed, columns, _shape, names=sheets.OWN_KEYS, empty=_("No key is changed."))
    for problem in problems:
        run.out.say(render(problem))


def _shape(each: OwnKey) -> Shape:
    return {
        "id": each.id,
        "keys": list(each.keys),
        "usual": list(each.usual),
        "help": each.help,
        "contexts": [str(context) for context in each.contexts],
        "is_own": each.is_own,
    }
