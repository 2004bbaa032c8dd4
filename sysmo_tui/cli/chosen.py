"""What the options of every verb say about one run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Options:
    """What was chosen for this run, before or behind the verb."""

    json: bool = False
    jsonl: bool = False
    csv: bool = False
    plain: bool = False
    spoken: bool = False
    no_input: bool = False
    debug: bool = False
    demo: bool = False
    slow: bool = False
    database: str = ""
