"""A parsed command line as what has to travel to a desk on another machine: words, and files."""

from __future__ import annotations

import io
import os
import shlex
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from typer.core import TyperArgument

from sysmo_tui import i18n, local_files
from sysmo_tui.cli.context import Here
from sysmo_tui.cli.local_options import STREAM, LocalFile, LocalTarget, Named, files_read, mark
from sysmo_tui.cli.verbs import place_of, query_word
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import clean_line

if TYPE_CHECKING:
    from sysmo_tui.door.parcel import Part, Source

LONGEST_BODY = 2_000
"""Bytes of a text that goes with the words; a longer one follows them like a file."""

BODY, BODY_FILE = "body", "body_file"
BODY_NAME = "body.txt"

_READ_FROM_STDIN = ("password_stdin", "whose")
"""Parameters that have a verb read secrets, or a public key, from standard input."""

_COMMON = ("json", "jsonl", "csv", "plain", "spoken", "no_input")
"""The options of every verb that mean the same over there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a parsed line asks for. ``path`` are the proper words for the verb, ``values`` what it got.

    ``text`` is a body that follows like a file, ``files`` what is read here, in the order of the verb.
    """

    path: tuple[str, ...]
    command: Sequence[Any]
    """What the verb takes; ``params`` are those that were typed."""
    params: Sequence[Any]
    values: Mapping[str, Any]
    text: str | None = None
    files: tuple[Named, ...] = ()

    @property
    def is_parcel(self) -> bool:
        """Whether files follow in a parcel; one that comes by standard input alone goes as it is."""
        return self.text is not None or any(file.path != STREAM for file in self.files) or len(self.files) > 1

    def having(self, values: Mapping[str, Any]) -> Asked:
        """The same with these values instead, as if each had been typed."""
        added = [p for p in self.command if values.get(p.name) != self.values.get(p.name)]
        return replace(self, values=values, params=tuple(dict.fromkeys((*self.params, *added))))

    @property
    def reads_stdin(self) -> bool:
        """Whether the verb over there reads what this process's standard input gives."""
        return bool(self.files) or any(self.values.get(name) for name in _READ_FROM_STDIN)


def asked(context: Any) -> Asked:
    """What the line that ``context`` parsed asks for."""
    values = dict(context.params)
    text = values.get(BODY)
    named = {param.name for param in context.command.params}
    must_follow = isinstance(text, str) and BODY_FILE in named and _is_awkward(text)
    if must_follow and values.get(BODY_FILE) is not None:
        raise Invalid(N_("Give either --body or --body-file."), field=BODY)
    return Asked(
        path=tuple(place_of(context).split()),
        command=tuple(context.command.params),
        params=tuple(param for param in context.command.params if _is_typed(context, param)),
        values=values,
        text=text if must_follow else None,
        files=files_read(context.command.params, values),
    )


def words(run: Here, what: Asked) -> list[str]:
    """The words over there; files are named without their folders, places to write to not at all."""
    options: list[str] = [f"--{name.replace('_', '-')}" for name in _COMMON if getattr(run.options, name)]
    arguments: list[str] = []
    for param in what.params:
        if param.name == BODY and what.text is not None:
            continue
        if isinstance(mark(param), LocalTarget):
            continue
        value = what.values.get(param.name)
        each = value if isinstance(value, list | tuple) else () if value is None else (value,)
        written = [_written(param, one) for one in each]
        if isinstance(param, TyperArgument):
            arguments += written
        else:
            options += _option(param, written)
    if what.text is not None:
        options += ["--body-file", BODY_NAME]
    if any(word.startswith("-") and word != STREAM for word in arguments):
        arguments.insert(0, "--")
    return [*what.path, *options, *arguments]


def line(run: Here, said: Sequence[str], *, is_parcel: bool = False) -> str:
    """The words as one line that the door reads; Invalid when it is too long, or has a control character."""
    from sysmo_tui.door import words as door_words

    before = [f"lang={i18n.current()}", *(["parcel"] if is_parcel else [])]
    quoted = shlex.join([*before, *said])
    door_words.split(quoted)
    return quoted


@contextmanager
def parts(what: Asked) -> Iterator[list[tuple[Part, Source]]]:
    """What goes into a parcel, all opened before the first is sent; Invalid for what is no ordinary file."""
    from sysmo_tui.door.parcel import Part

    with ExitStack() as stack:
        found: list[tuple[Part, Source]] = []
        if what.text is not None:
            found.append((Part(BODY_FILE, BODY_NAME), io.BytesIO(what.text.encode("utf-8", "replace"))))
        for file in what.files:
            source = (
                sys.stdin.buffer
                if file.path == STREAM
                else stack.enter_context(local_files.opened(file.path, file.field))
            )
            found.append((Part(file.field, _name(file.path)), source))
        yield found


def _written(param: Any, value: Any) -> str:
    """A value as a word; the files of this machine are named without their folders."""
    if isinstance(mark(param), LocalFile):
        return _name(value)
    return query_word(str(getattr(value, "value", value)))


def _option(param: Any, values: Sequence[str]) -> list[str]:
    name = next((each for each in param.opts if each.startswith("--")), param.opts[0])
    if not param.is_flag:
        return [word for value in values for word in (name, value)]
    return [name if values == ["True"] else param.secondary_opts[0]] if values else []


def _is_typed(context: Any, param: Any) -> bool:
    source = context.get_parameter_source(param.name)
    return source is not None and source.name == "COMMANDLINE" and param.expose_value


def _is_awkward(text: str) -> bool:
    """Whether a text does not fit into the line of a command."""
    too_long = len(text.encode("utf-8", "replace")) > LONGEST_BODY
    return too_long or any(unicodedata.category(each) in {"Cc", "Zl", "Zp"} for each in text)


def _name(path: str) -> str:
    """What a file is called over there: one word of printable characters."""
    if path == STREAM:
        return path
    return clean_line(os.path.basename(path))
