"""How often memory is looked through for what nobody needs any more."""

from __future__ import annotations

import gc

_WHILE_LOADING = 1_000_000
_LATER = 50_000
"""New objects after which those are looked through: some 20 ms, and nobody notices that."""
_SOME = 5_000
"""New objects after which that takes a moment and is worth it."""
_LOOKS = 20
"""After how many looks those that were kept are looked through, too."""


def seldom() -> None:
    """Look through nothing, next to, while a program is loaded: what that makes lives as long as it."""
    gc.set_threshold(_WHILE_LOADING, _LOOKS, _LOOKS)


def as_usual() -> None:
    """Look through what is made from now on, and never again through what is there already."""
    gc.freeze()
    gc.set_threshold(_LATER, _LOOKS, _LOOKS)


def between_keys() -> None:
    """Look through what was made lately while nobody waits, and not while somebody does."""
    new, looks, _old = gc.get_count()
    if new > _SOME and gc.get_threshold()[0] == _LATER:
        gc.collect(1 if looks > _LOOKS else 0)
