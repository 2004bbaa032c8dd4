"""Where new requests by mail go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.confirm import Confirm
from sysmo_tui.screens.route_form import RouteScreen
from sysmo_tui.screens.table_screen import TableScreen, facts, list_bindings, whole
from sysmo_tui.services import route_upkeep, routing
from sysmo_tui.services.routing import RouteLine
from sysmo_tui.widgets.data_list import Column
from sysmo_tui.widgets.mail_words import condition_words, result_words


class RoutesScreen(TableScreen[RouteLine]):
    """The routes in the order in which they are tried: the first that matches decides."""

    CONTEXT = Context.ROUTES
    HINTS = (
        "routes.new",
        "routes.edit",
        "routes.earlier",
        "routes.later",
        "routes.delete",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.ROUTES)
    NEEDS_ROW = frozenset({"edit", "earlier", "later", "delete"})

    def heading(self) -> str:
        """What the screen is called."""
        return _("Routes of mail")

    def columns(self) -> Sequence[Column[RouteLine]]:
        """Its place, its name, for which mail, and what it gives."""
        return (
            Column("", 3, lambda route: str(route.position), is_number=True),
            Column(_("Name"), 18, lambda route: route.name),
            Column(_("For"), 0, condition_words),
            Column(_("Gives"), 0, result_words, style=lambda route: "$error" if route.is_broken else ""),
        )

    def key(self, row: RouteLine) -> str:
        """Which route."""
        return row.name

    def empty(self) -> str:
        """Where mail goes without routes."""
        return _(
            "No routes: mail goes to its mailbox's topic, or to the first public one. {key} makes one.",
            key=self.app.key_for("routes.new"),
        )

    def detail(self, row: RouteLine) -> Content:
        """All of it on lines of their own."""
        broken = _("its topic is archived: it is passed over") if row.is_broken else None
        lines = (
            facts((_("For"), condition_words(row))),
            facts((_("Gives"), result_words(row)), ("!", broken)),
        )
        return Content("\n").join(lines)

    def may(self, action: str, row: RouteLine | None) -> bool:
        """The first is tried no earlier, the last no later."""
        if row is None:
            return True
        if action == "earlier":
            return row.position > 1
        return action != "later" or row.position < len(self.table.items)

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[RouteLine]]:
        """All routes."""
        return self.read(whole, routing.lines)

    def action_new(self) -> None:
        """Make a route."""
        self.app.push_screen(RouteScreen(), self._saved)

    def action_edit(self) -> None:
        """Edit the route under the cursor."""
        if self.row is not None:
            self.app.push_screen(RouteScreen(self.row.name), self._saved)

    def action_earlier(self) -> None:
        """Try it before the one above it."""
        self._move(-1)

    def action_later(self) -> None:
        """Try it behind the one below it."""
        self._move(1)

    def action_delete(self) -> None:
        """Delete it, after asking."""
        route = self.row
        if route is not None:
            question = Confirm(
                _("Delete the route “{name}”?", name=route.name),
                yes=_("Delete"),
                explains=_("What it routed stays where it is."),
            )
            self.app.push_screen(question, lambda is_sure: self._delete(route.name) if is_sure else None)

    def _move(self, step: int) -> None:
        if self.row is not None:
            self.write(route_upkeep.move, self.row.name, self.row.position + step).then(self._saved)

    def _delete(self, name: str) -> None:
        deleted = self.write(route_upkeep.delete, name)
        deleted.then(lambda _none: self.changed(_("The route “{name}” is deleted.", name=name)))

    def _saved(self, route: RouteLine | None) -> None:
        if route is not None:
            text = _("“{name}” is tried as number {place}.", name=route.name, place=route.position)
            self.changed(text, goes_to=route.name)
