"""Keys that do nothing here and now: where the reason is known, it is told."""

from __future__ import annotations

from collections.abc import Mapping

from textual.actions import ActionParseResult
from textual.dom import DOMNode

from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.suspending import Suspending


class TellingWhy(Suspending):
    """A program whose keys are never pressed in vain without a word."""

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key says, or tell why it does nothing here and now."""
        is_done = await super().run_action(action, default_namespace, namespaces)
        if not is_done and isinstance(default_namespace, DeskScreen) and isinstance(action, str):
            why = default_namespace.why_not(action)
            if why:
                default_namespace.unchanged(why)
        return is_done
