"""One use case on several tickets: one transaction and one batch, in which each ticket stands for itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

from sysmo_tui.desk import Work
from sysmo_tui.domain.errors import DeskError, Invalid, NotSignedIn, Unavailable
from sysmo_tui.domain.message import N_, Message
from sysmo_tui.domain.views import Changed

P = ParamSpec("P")

MOST = 400
"""Tickets of one batch. On a server others go on meanwhile. Nobody else writes to an embedded desk while they
are changed: 2 ms each, and more than 4 ms where something is written to each, up to two seconds in all.
"""

Progress = Callable[[int], object]
"""Is told how many tickets are done with, in the thread that changes them; once more from 0 in a new try."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A ticket that stayed as it was, and why; ``code`` and ``exit_code`` are those of its error."""

    number: int
    message: Message
    code: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of several tickets, each in the order in which they were named."""

    done: tuple[Changed, ...]
    refused: tuple[Refusal, ...] = ()


def each(
    work: Work,
    numbers: Sequence[int],
    use_case: Callable[Concatenate[Work, int, P], Changed],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> BulkResult:
    """Do ``use_case`` with every ticket; one that refuses stays as it was and does not stop the others.

    What concerns no single ticket is raised: Invalid for too many, NotSignedIn, Unavailable.
    """
    return counted(work, numbers, lambda _count: None, use_case, *args, **kwargs)


def counted(
    work: Work,
    numbers: Sequence[int],
    progress: Progress,
    use_case: Callable[Concatenate[Work, int, P], Changed],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> BulkResult:
    """:func:`each`, telling ``progress`` how far it is."""
    named = list(dict.fromkeys(numbers))
    if len(named) > MOST:
        raise Invalid(N_("At most {most} tickets at once."), field="numbers", most=MOST)
    done: dict[int, Changed] = {}
    refused: dict[int, Refusal] = {}
    # Locked in one order by everybody, so that two who change the same ones do not wait for each other.
    for count, number in enumerate(sorted(named)):
        progress(count)
        try:
            with work.attempt():
                done[number] = use_case(work, number, *args, **kwargs)
        except (NotSignedIn, Unavailable):
            raise
        except DeskError as error:
            refused[number] = Refusal(number, error.message, error.code, error.exit_code)
    progress(len(named))
    return BulkResult(
        tuple(done[number] for number in named if number in done),
        tuple(refused[number] for number in named if number in refused),
    )
