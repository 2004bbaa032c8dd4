"""Statements and styles compiled once a test run, and not once for each of its thousands of desks.

SQLAlchemy keeps what it compiled with each engine and dialect. Every engine that is made in this process
shares one of each kind of database; what is executed, and on which connection, stays the same.

Textual keeps what it parsed of a style sheet with each program, and parses all of it again for each screen
that brings more. The same text in the same colours is the same rules, which nobody changes.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.util import LRUCache
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_SIZE = 20_000
_make = sa.create_engine
_shared: dict[str, tuple[sa.Dialect, LRUCache[Any, Any]]] = {}
_parse = Stylesheet._parse_rules
_parsed: dict[tuple[Any, ...], list[RuleSet]] = {}


def share() -> None:
    """Let every engine and every program from now on share what is compiled."""
    sa.create_engine = _sharing
    Stylesheet._parse_rules = _parsing_once  # type: ignore[assignment, method-assign]


def _parsing_once(sheet: Stylesheet, *source: Any, **options: Any) -> list[RuleSet]:
    key = (*source, *options.values(), *sheet._variables.items())
    if key not in _parsed:
        _parsed[key] = _parse(sheet, *source, **options)
    return _parsed[key]


def _sharing(*args: Any, **options: Any) -> sa.Engine:
    engine = _make(*args, **options)
    kind = f"{engine.dialect.name}+{engine.dialect.driver}"
    if kind not in _shared:
        # A dialect is ready once one of its engines has connected.
        sa.event.listen(
            engine, "engine_connect", lambda connection: _keep(kind, connection.engine), once=True
        )
        return engine
    engine.dialect, engine._compiled_cache = _shared[kind]
    return engine


def _keep(kind: str, engine: sa.Engine) -> None:
    if kind not in _shared:
        engine._compiled_cache = LRUCache(_SIZE)
        _shared[kind] = (engine.dialect, engine._compiled_cache)
