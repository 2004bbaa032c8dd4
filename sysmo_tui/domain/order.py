"""The k-th smallest of many values in sorted runs, exactly, mostly without sorting them all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain

FEW = 100_000
"""So many values are simply sorted. More would take much memory for as long as that lasts."""

_STEP = 64
"""One value in so many tells about where the others are."""

_SPREAD = 40
"""How many values of the sample beside the likely place are looked between, at first."""


class Order:
    """Whole numbers from 0 on, given as sorted runs: ``order[k]`` is the k-th smallest, from the 0th on."""

    def __init__(self, runs: Iterable[Sequence[int]]) -> None:
        self._runs = [run for run in runs if run]
        self._length = sum(map(len, self._runs))
        is_small = self._length <= FEW
        # Sorting merges what is sorted already.
        self._sorted = sorted(chain.from_iterable(self._runs)) if is_small else []
        self._first = 0
        self._sample = [] if is_small else _sample(self._runs)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, k: int) -> int:
        if not 0 <= k < self._length:
            raise IndexError(k)
        if not self._first <= k < self._first + len(self._sorted):
            self._sort_around(k)
        return self._sorted[k - self._first]

    def _sort_around(self, k: int) -> None:
        """Sort what lies about where the k-th value is likely to be; if it is not there, look wider."""
        place, last, spread = k // _STEP, len(self._sample) - 1, _SPREAD
        while not self._first <= k < self._first + len(self._sorted):
            low = self._sample[place - spread] if place >= spread else 0
            high = self._sample[place + spread] if place + spread <= last else max(map(_last, self._runs))
            cuts = [(run, bisect_left(run, low), bisect_right(run, high)) for run in self._runs]
            self._first = sum(begin for _, begin, _ in cuts)
            self._sorted = sorted(chain.from_iterable(run[begin:end] for run, begin, end in cuts))
            spread *= 8


def _sample(runs: list[Sequence[int]]) -> list[int]:
    """Every so-manieth value, as if the runs were one after another."""
    found: list[int] = []
    first = 0
    for run in runs:
        found.extend(run[first::_STEP])
        first = (first - len(run)) % _STEP
    return sorted(found)


def _last(run: Sequence[int]) -> int:
    return run[-1]
