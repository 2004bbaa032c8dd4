"""A one-time code, shown once."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from sysmo_tui import keys
from sysmo_tui.domain.views import Issued
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.base import DeskDialog
from sysmo_tui.spoken import long_moment
from sysmo_tui.widgets.forms import button


class IssuedDialog(DeskDialog[None]):
    """Shows a code to pass on. Enter does not close it, so that it is not lost by habit."""

    CSS_PATH = "dialogs.tcss"
    CONTEXT = Context.ISSUED
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.ISSUED, Context.EVERYWHERE)
    AUTO_FOCUS = "#copy"
    NEEDS_SESSION = False
    """Whose own password is taken away has no session, and needs the code to get another."""

    def __init__(self, issued: Issued) -> None:
        super().__init__()
        self._issued = issued

    def compose(self) -> ComposeResult:
        """Whose code it is, the code, and until when it is good."""
        issued = self._issued
        until = long_moment(issued.expires_at, self.app.zone)
        with Vertical(classes="dialog") as box:
            box.border_title = Content(f" {_('One-time code')} ")
            yield Static(Content(_("For {email}, good until {time}:", email=issued.email, time=until)))
            code = issued.code or _("It was shown before. The mail has it.")
            yield Static(Content.styled(code, "bold $accent"), classes="question")
            yield Static(
                Content(
                    _(
                        "It is shown only now, and mailed to its owner as well. "
                        "It opens choosing a password: sign in, “I have a code”."
                    )
                ),
                classes="explains",
            )
            with Horizontal(classes="buttons"):
                yield button(f"{self.app.key_for('issued.copy')}  {_('Copy')}", "copy")
                yield button(f"{self.app.key_for('app.back')}  {_('Close')}", "close")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Copy, or close."""
        event.stop()
        if event.button.id == "copy":
            self.action_copy()
        else:
            self.dismiss()

    def action_copy(self) -> None:
        """Hand the code to the terminal's clipboard."""
        if self._issued.code is not None:
            self.app.copy_to_clipboard(self._issued.code)
            self.done(_("The code was sent to the clipboard of your terminal."))
