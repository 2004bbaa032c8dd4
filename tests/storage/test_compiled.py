from __future__ import annotations

import sqlalchemy as sa

from sysmo_tui.storage import compiled
from sysmo_tui.storage.compiled import CompiledStatements


def test_a_statement_that_is_built_anew_is_compiled_once():
    cache = CompiledStatements()
    engine = sa.create_engine("sqlite://", execution_options={"compiled_cache": cache})
    with engine.connect() as connection:
        for number in range(20):
            statement = sa.select(sa.literal(number) + sa.bindparam("more", type_=sa.Integer))
            for more in (1, 2):
                assert connection.execute(statement, {"more": more}).scalar_one() == number + more
    assert len(cache) == 1


def test_no_statement_is_taken_for_another_that_is_gone(monkeypatch):
    monkeypatch.setattr(compiled, "MOST", 50)
    cache = CompiledStatements()
    engine = sa.create_engine("sqlite://", execution_options={"compiled_cache": cache})
    kept = [sa.select(sa.literal_column(str(number))) for number in range(30)]
    with engine.connect() as connection:
        for number in range(500):
            # What is gone leaves its place in memory to one of the next.
            passing = sa.select(sa.literal_column(f"'{number}'"))
            assert connection.execute(passing).scalar_one() == str(number)
            assert connection.execute(kept[number % 30]).scalar_one() == number % 30
    assert len(cache) < 500
