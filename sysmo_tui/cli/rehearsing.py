"""``--dry-run``: what would be done and how much mail would follow, with nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sysmo_tui.cli.context import Here
from sysmo_tui.cli.output import Shape
from sysmo_tui.i18n import _, ngettext

if TYPE_CHECKING:
    from sysmo_tui.desk import Work

P = ParamSpec("P")
T = TypeVar("T")


class Rehearsal:
    """Runs use cases that are taken back, and counts the mails that they would owe."""

    def __init__(self, run: Here) -> None:
        self._run = run
        self._mails: int | None = None

    def __call__(self, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``use_case`` would give, or how it would be refused."""
        from sysmo_tui.services import rehearsals

        tried: Any = self._run.rehearse(rehearsals.with_mail, use_case, *args, **kwargs)
        if tried.mails is not None:
            self._mails = (self._mails or 0) + tried.mails
        result: T = tried.result
        return result

    @property
    def shape(self) -> Shape:
        """What scripts are told besides the result."""
        return {"dry_run": True} if self._mails is None else {"dry_run": True, "mails": self._mails}

    def said(self, sentence: str) -> str:
        """The sentence of the change, as one that did not happen, and the mail."""
        tried = _("Only tried: {sentence}", sentence=sentence)
        if not self._mails:
            return tried
        mails = ngettext("{count} mail would be sent.", "{count} mails would be sent.", self._mails)
        return f"{tried}\n{mails}"
