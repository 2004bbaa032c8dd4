"""The statements that were compiled, found by which one it is.

SQLAlchemy finds them by what they consist of, which it sums up anew each time: for a statement that joins a
dozen tables this takes as long as the database takes to read a row. Nearly all of ours are built once.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.util import LRUCache

MOST = 500
"""How many statements are known at once."""


class CompiledStatements(LRUCache[Any, Any]):
    """A ``compiled_cache`` that knows a statement again by the sum of its parts, which it keeps.

    Its keys are tuples ``(dialect, sum, names of what is bound, …)``; a statement that is built anew
    has another sum that is equal, and is found by that.
    """

    __slots__ = ("_known",)

    def __init__(self) -> None:
        super().__init__(MOST)
        self._known: dict[tuple[Any, ...], tuple[Any, Any]] = {}

    def get(self, key: Any, default: Any = None) -> Any:
        """What was compiled for ``key``, else ``default``."""
        dialect, parts, *more = key
        place = (dialect, id(parts), *more)
        known = self._known.get(place)
        # Kept, so that nothing else has its identity meanwhile.
        if known is not None and known[0] is parts:
            return known[1]
        found = super().get(key, default)
        if found is not None:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[place] = (parts, found)
        return found
