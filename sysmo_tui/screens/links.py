"""The links of a ticket and where they lead; one can be copied, none is opened."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sysmo_tui.i18n import _
from sysmo_tui.screens.ticket_list import TicketList
from sysmo_tui.services import links
from sysmo_tui.services.links import TicketLink
from sysmo_tui.spoken import moment
from sysmo_tui.widgets.doubts import doubts_text
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.options import Options


class LinksScreen(TicketList[None]):
    """A list, oldest first: the host each link leads to, what is doubtful, the address, and who wrote it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self._links: tuple[TicketLink, ...] = ()

    def compose(self) -> ComposeResult:
        """The list, what happened last, and the keys."""
        with Vertical(classes="dialog picker -broad") as box:
            box.border_title = Content(f" {_('Links of #{number}', number=self._number)} ")
            yield Options(markup=False)
            yield Static(Content(_("Loading…")), classes="told")
            yield Hints("dialog.choose", "app.back")

    def hint_words(self) -> Mapping[str, str]:
        """Nothing is opened from here."""
        return {"dialog.choose": _("Copy")}

    def on_mount(self) -> None:
        """Ask for them."""
        self.read(links.of_ticket, self._number).then(self._show)

    def _show(self, found: tuple[TicketLink, ...]) -> None:
        self._links = found
        self.listed.add_options([Option(self._line(each)) for each in found])
        self.listed.display = bool(found)
        if found:
            self.listed.highlighted = len(found) - 1
            self.listed.focus()
        told = _("Nothing is opened from here.") if found else _("There are no links in this ticket.")
        self.tell(told)

    def _line(self, each: TicketLink) -> Content:
        doubts = doubts_text(each.link)
        warning = [Content.styled(f"\n! {doubts}", "$error")] if doubts else []
        when = moment(each.at, self.app.zone, self.app.now())
        return Content.assemble(
            (each.link.host, "bold"),
            (f"  {each.author} · {when}", "$quiet"),
            *warning,
            (f"\n{each.link.url}", "$quiet"),
        )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Copy one."""
        event.stop()
        link = self._links[event.option_index].link
        self.app.copy_to_clipboard(link.url)
        self.tell(_("The address was sent to the clipboard. It leads to {host}.", host=link.host))
