from __future__ import annotations

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Category
from sysmo_tui.domain.errors import Forbidden
from sysmo_tui.models import Cycle, Event, Ticket, table
from sysmo_tui.services import filing, proof
from sysmo_tui.services.filing import Filing
from sysmo_tui.storage import fulltext
from sysmo_tui.storage.engine import Dialect
from tests.cast import Cast, Clock
from tests.moving_desk import work_for_weeks


def all_cycles(work: Work) -> list[tuple[object, ...]]:
    cycle = table(Cycle)
    return [
        tuple(row)
        for row in work.session.execute(sa.select(cycle).order_by(cycle.c.ticket_number, cycle.c.n))
    ]


def found(work: Work, word: str) -> list[int]:
    dialect = Dialect(work.session.get_bind().dialect.name)
    return sorted(work.session.execute(fulltext.hits(dialect, [fulltext.Term((word,))])).scalars())


def tamper(work: Work, statement: sa.Executable) -> None:
    work.session.execute(statement)


def test_the_events_of_a_busy_desk_give_its_rows_and_its_cycles(cast: Cast, clock: Clock) -> None:
    work_for_weeks(cast, clock, seed=11)
    assert cast.itself.read(proof.check) == ()


def test_a_row_that_was_changed_behind_the_history_is_named(cast: Cast) -> None:
    number = cast.customer().write(filing.file, Filing("general", "Printer", "It burns.")).number
    ticket, cycle = table(Ticket), table(Cycle)
    cast.itself.write(tamper, sa.update(ticket).values(subject="Nothing", category=Category.OPEN))
    cast.itself.write(tamper, sa.update(cycle).values(public_replies=3))

    told = {(d.number, d.part, d.name): (d.stored, d.proven) for d in cast.admin().read(proof.check)}

    assert told[number, "ticket", "subject"] == ("Nothing", "Printer")
    assert told[number, "ticket", "category"] == ("open", "new")
    assert told[number, "cycle", "1: public_replies"] == ("3", "0")


def test_a_history_that_does_not_join_up_is_named(cast: Cast) -> None:
    number = cast.customer().write(filing.file, Filing("general", "Printer", "It burns.")).number
    cast.itself.write(tamper, sa.update(table(Event)).values(kind="edited"))
    assert (number, "event", "filed") in [(d.number, d.part, d.name) for d in cast.itself.read(proof.check)]


def test_the_derived_tables_are_made_anew(cast: Cast, clock: Clock) -> None:
    numbers = work_for_weeks(cast, clock, seed=12, steps=100)
    before = cast.itself.read(all_cycles), cast.itself.read(found, "burns")
    cast.itself.write(tamper, sa.delete(table(Cycle)))

    rebuilt = cast.itself.write(proof.rebuild)

    assert (cast.itself.read(all_cycles), cast.itself.read(found, "burns")) == before
    assert rebuilt.cycles == len(before[0])
    assert len(before[1]) == len(numbers)
    assert cast.itself.read(proof.check) == ()


def test_only_administrators_check_and_rebuild(cast: Cast) -> None:
    for refused in (cast.manager(), cast.operator(), cast.customer()):
        with pytest.raises(Forbidden):
            refused.read(proof.check)
        with pytest.raises(Forbidden):
            refused.write(proof.rebuild)
