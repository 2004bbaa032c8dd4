"""How often memory is looked through for what nobody needs any more."""

from __future__ import annotations

import gc

_WHILE_LOADING = 1_000_000
_LATER = 50_000
"""New objects after which those are looked through: some 20 ms, and nobody notices that."""


def seldom() -> None:
    """Look through nothing, next to, while a program is loaded: what that makes lives as long as it."""
    gc.set_threshold(_WHILE_LOADING, 20, 20)


def as_usual() -> None:
    """Look through what is made from now on, and never again through what is there already."""
    gc.freeze()
    gc.set_threshold(_LATER, 20, 20)
