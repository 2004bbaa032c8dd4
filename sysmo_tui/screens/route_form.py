"""Making and editing a route of mail."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widgets import Select

from sysmo_tui.i18n import _
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.services import route_upkeep
from sysmo_tui.services.route_upkeep import RouteEdits, RouteForm
from sysmo_tui.services.routing import RouteLine
from sysmo_tui.widgets.forms import Field, choice, selectable, text_input


class RouteScreen(FormScreen[RouteLine | None]):
    """For which mail a route is, and what it gives."""

    ASKS_BEFORE_LEAVING = True
    APART_FROM = 28

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self._route = name

    def heading(self) -> str:
        """What the screen is called."""
        return _("Route of mail") if self._route else _("New route of mail")

    def explains(self) -> Content:
        """How the conditions go together."""
        return Content(_("All conditions must match; an empty one always does."))

    def fields(self) -> Iterable[Field]:
        """The conditions, then what they give."""
        yield Field("name", _("Name"), text_input())
        yield Field("mailbox", _("Mailbox"), choice([], prompt=_("every mailbox")))
        yield Field("recipient", _("To"), text_input(), note=_("an address of the desk"))
        yield Field(
            "sender_domain",
            _("From domain"),
            text_input(),
            note=_("example.com; .example.com has all below it"),
        )
        yield Field("subject", _("Subject"), text_input(), note=_("words; * stands for anything"))
        yield Field("topic", _("Topic"), choice([], prompt=_("as without the route")))
        yield Field("priority", _("Priority"), choice([], prompt=_("as without the route")))
        yield Field("tag", _("Tags"), text_input(), note=_("separated by spaces"))

    def on_mount(self) -> None:
        """Read the route and what can be chosen."""
        super().on_mount()
        self.read(route_upkeep.form, self._route).then(self._show)

    def submit(self, given: dict[str, str]) -> None:
        """Save it."""
        edits = RouteEdits(
            name=given["name"],
            mailbox=given["mailbox"],
            recipient=given["recipient"],
            sender_domain=given["sender_domain"],
            subject=given["subject"],
            topic=given["topic"],
            priority=given["priority"],
            tags=tuple(given["tag"].split()),
        )
        if self._route:
            self.send(self.write(route_upkeep.edit, self._route, edits), self.dismiss)
        else:
            self.send(self.write(route_upkeep.new, given["name"], edits), self.dismiss)

    def _show(self, known: RouteForm) -> None:
        route = known.route
        mailboxes = dict.fromkeys((*known.mailboxes, *([route.mailbox] if route and route.mailbox else [])))
        for name, offered in (
            ("mailbox", [(each, each) for each in mailboxes]),
            ("topic", [(_(each.name), each.value) for each in known.choices.topics]),
            ("priority", [(_(each.name), each.value) for each in known.choices.priorities]),
        ):
            control = self.form.field(name).control
            assert isinstance(control, Select)
            control.set_options(selectable(offered))
        if route is not None:
            values = {
                "name": route.name,
                "mailbox": route.mailbox,
                "recipient": route.recipient,
                "sender_domain": route.sender_domain,
                "subject": route.subject,
                "topic": "" if route.is_broken else route.topic,
                "priority": route.priority,
                "tag": " ".join(route.tags),
            }
            for name, value in values.items():
                self.form.field(name).value = value
        self.remember()
