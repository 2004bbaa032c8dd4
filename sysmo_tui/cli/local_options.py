"""Values of a command line that are places in a file system, marked by the name that help gives them.

Whoever runs a verb of another machine finds by the mark what has to travel with its words::

    Annotated[str, typer.Argument(metavar=LocalFile(_("FILE")), …)]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

STREAM = "-"
"""What stands for standard input or output in the place of a file."""


class Place(str):
    """The name in help of a value that is a place in a file system."""


class LocalFile(Place):
    """A file that is read where the words were typed; ``-`` is standard input."""


class LocalTarget(Place):
    """A file or folder that is written where the words were typed; ``-`` is standard output."""


class DeskPlace(Place):
    """A place on the desk's own machine, which only those know who are at it."""


@dataclass(frozen=True, slots=True)
class Named:
    """A file that a command line names: the parameter, and the path as it was typed."""

    field: str
    path: str


def mark(param: Any) -> Place | None:
    """What kind of place a parameter of a verb takes; None for one that takes none."""
    metavar = getattr(param, "metavar", None)
    return metavar if isinstance(metavar, Place) else None


def files_read(params: Sequence[Any], values: Mapping[str, Any]) -> tuple[Named, ...]:
    """The files that a verb with these ``values`` reads, in the order in which it opens them: texts first.

    ``values`` are those of the parsed line, by the parameters' names.
    """
    found = (
        Named(param.name, path)
        for param in params
        if isinstance(mark(param), LocalFile)
        for path in _paths(values.get(param.name))
    )
    return tuple(found)


def _paths(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        yield from value or ()
