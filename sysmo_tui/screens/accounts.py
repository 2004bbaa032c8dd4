"""Accounts: looking them up, and what administrators do to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.content import Content

from sysmo_tui.domain.enums import AccountState, Role
from sysmo_tui.domain.errors import Conflict, DeskError
from sysmo_tui.domain.policy import Right, has
from sysmo_tui.domain.views import AccountLine, Issued, Page
from sysmo_tui.i18n import _, ngettext, pgettext
from sysmo_tui.keys import Context
from sysmo_tui.screens.account_forms import AccountScreen, InviteScreen
from sysmo_tui.screens.addresses import AddressesScreen
from sysmo_tui.screens.asking import Asking, shown
from sysmo_tui.screens.confirm import Confirm
from sysmo_tui.screens.issued import IssuedDialog
from sysmo_tui.screens.picker import Item, Picker
from sysmo_tui.screens.ssh_keys import SshKeysScreen
from sysmo_tui.screens.table_screen import TableScreen, facts, list_bindings
from sysmo_tui.services import account_list, accounts, choices, passwords, sessions
from sysmo_tui.services.accounts import AccountChanged, AccountEdits
from sysmo_tui.services.choices import Choices
from sysmo_tui.services.sessions import Ended
from sysmo_tui.spoken import date_text, long_moment
from sysmo_tui.widgets.data_list import Column
from sysmo_tui.widgets.ticket_text import UNDELIVERABLE
from sysmo_tui.widgets.words import said

NOBODY = "-"
"""Stands for handing tickets over to nobody."""

_STATES = {AccountState.PENDING.value: "$overdue", AccountState.DISABLED.value: "$quiet"}

Ending = Callable[[str | None, bool], None]
"""Does what takes work away from someone: to whom the tickets go, or whether they are released."""


class AccountsScreen(TableScreen[AccountLine]):
    """Everyone with an account; operators only look."""

    CONTEXT = Context.ACCOUNTS
    HINTS = (
        "list.open",
        "accounts.invite",
        "accounts.role",
        "accounts.reset",
        "accounts.disable",
        "list.find",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.ACCOUNTS)
    SEARCHES = True
    NEEDS_ROW = frozenset(
        {
            "edit",
            "addresses",
            "role",
            "reset",
            "end_sessions",
            "ssh_keys",
            "disable",
            "enable",
            "deliverable",
        }
    )

    def heading(self) -> str:
        """What the screen is called."""
        return _("Accounts")

    def columns(self) -> Sequence[Column[AccountLine]]:
        """Who, as what, in which state, with how many open tickets."""
        return (
            Column(_("Name"), 0, lambda line: line.name or "—"),
            Column(_("E-mail"), 0, _address, from_width=70),
            Column(_("Company"), 0, lambda line: line.company or "—", from_width=100),
            Column(_("Role"), 13, lambda line: said(line.role)),
            Column(_("State"), 13, lambda line: said(AccountState(line.state)), from_width=50, style=_style),
            Column(pgettext("tickets", "Open"), 8, lambda line: str(line.open_tickets), is_number=True),
        )

    def key(self, row: AccountLine) -> str:
        """Which account."""
        return str(row.id)

    def title_of(self, row: AccountLine) -> str:
        """Who it is."""
        return row.name or row.email

    def detail(self, row: AccountLine) -> Content:
        """The address in full, company, topics, since when."""
        since = row.created_at.astimezone(self.app.zone).date() if row.created_at else None
        is_narrow = self.size.width < 70
        return facts(
            (_("E-mail"), row.email),
            (_("State"), said(AccountState(row.state)) if is_narrow else None),
            (_("No mail arrives"), self._failing(row)),
            (_("Company"), row.company),
            (_("Topics"), ", ".join(row.topics)),
            (_("Since"), date_text(since) if since else None),
        )

    def _failing(self, row: AccountLine) -> str | None:
        if row.undeliverable_at is None:
            return None
        return _("since {when}", when=long_moment(row.undeliverable_at, self.app.zone))

    def filters(self) -> Sequence[Item]:
        """Everyone, one role, or one state."""
        return (
            Item("", _("everyone")),
            Item("staff", _("staff")),
            *(Item(f"role:{role.value}", said(role)) for role in Role),
            *(Item(f"state:{state.value}", said(state)) for state in AccountState),
        )

    def may(self, action: str, row: AccountLine | None) -> bool:
        """Only administrators change accounts, and only as far as their state allows."""
        if not has(self.app.actor, Right.MANAGE_ACCOUNTS):
            return False
        state = None if row is None else AccountState(row.state)
        return {
            "addresses": state is AccountState.ACTIVE,
            "reset": state is AccountState.ACTIVE,
            "end_sessions": state is AccountState.ACTIVE,
            "ssh_keys": state is AccountState.ACTIVE,
            "disable": state is not AccountState.DISABLED,
            "enable": state is AccountState.DISABLED,
            "deliverable": row is not None and row.undeliverable_at is not None,
        }.get(action, True)

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[AccountLine]]:
        """Accounts in the order they came."""
        what, _colon, value = chosen.partition(":")
        return self.read(
            account_list.page,
            query,
            role=Role(value) if what == "role" else None,
            state=AccountState(value) if what == "state" else None,
            is_staff=True if what == "staff" else None,
            after=after,
        )

    def action_new(self) -> None:
        """Invite someone."""
        self.app.push_screen(InviteScreen(), self._issued)

    def action_edit(self) -> None:
        """Edit what the account says of its person."""
        if self.row is not None:
            self.app.push_screen(AccountScreen(self.row.email), self._edited)

    def action_addresses(self) -> None:
        """See and change its addresses."""
        if self.row is not None:
            self.app.push_screen(AddressesScreen(self.row.email), lambda _left: self.load())

    def action_ssh_keys(self) -> None:
        """See its SSH keys, add one, revoke one."""
        if self.row is not None:
            self.app.push_screen(SshKeysScreen(self.row.email))

    def action_role(self) -> None:
        """Choose another role."""
        line = self.row
        if line is not None:
            roles = [Item(role.value, said(role)) for role in Role]
            picker = Picker(_("Role of {name}", name=self.title_of(line)), roles, current=line.role.value)
            self.app.push_screen(picker, lambda role: self._set_role(line, role))

    def action_reset(self) -> None:
        """Take the password away: its owner gets a one-time code."""
        line = self.row
        if line is not None:
            is_own = line.id == self.app.actor.account_id
            question = Confirm(
                _("Take your own password away?")
                if is_own
                else _("Take the password of {name} away?", name=self.title_of(line)),
                yes=_("Take it away"),
                explains=_(
                    "All your sessions end, this one too. Only the code that is shown then, once, "
                    "opens your account again: keep it."
                )
                if is_own
                else _("Their sessions and keys end. They choose a new one with a code, shown to you once."),
            )
            self.app.push_screen(question, lambda is_sure: self._reset(line.email) if is_sure else None)

    def action_end_sessions(self) -> None:
        """End every session of the account, after asking."""
        line = self.row
        if line is None:
            return

        def end(is_sure: bool | None) -> None:
            if is_sure:
                self.write(sessions.revoke_all, line.email).then(ended)

        def ended(done: Ended) -> None:
            self.changed(
                ngettext("{count} session has ended.", "{count} sessions have ended.", done.sessions)
            )

        is_own = line.email == self.app.actor.email
        question = Confirm(
            _("End every session of {name}?", name=line.name),
            yes=_("End them"),
            explains=_("This one too: you sign in again.") if is_own else "",
        )
        self.app.push_screen(question, end)

    def action_disable(self) -> None:
        """Disable the account, after asking; its open tickets go to somebody, or to nobody."""
        line = self.row
        if line is not None:
            question = Confirm(
                _("Disable the account of {name}?", name=self.title_of(line)),
                yes=_("Disable"),
                explains=_("Nobody gets in with it any more, its keys are revoked. You can enable it again."),
            )
            self.app.push_screen(question, lambda is_sure: self._disable(line) if is_sure else None)

    def action_enable(self) -> None:
        """Let it in again."""
        if self.row is not None:
            self.write(accounts.enable, self.row.email).then(self._changed)

    def action_deliverable(self) -> None:
        """Send mail to its address again: whoever looked into it says that it arrives."""
        if self.row is not None:
            edits = AccountEdits(is_deliverable=True)
            self.write(accounts.edit, self.row.email, edits).then(self._changed)

    def _issued(self, issued: Issued | None) -> None:
        if issued is not None:
            self.app.push_screen(IssuedDialog(issued), lambda _none: self.load())

    def _edited(self, changed: AccountChanged | None) -> None:
        if changed is not None:
            self._changed(changed)

    def _reset(self, email: str) -> None:
        self.job(passwords.reset, email).then(self._issued)

    def _set_role(self, line: AccountLine, chosen: str | None) -> None:
        if chosen is None or chosen == line.role.value:
            return

        def end(to: str | None, release: bool) -> None:
            written = self.write(
                accounts.set_role, line.email, Role(chosen), hand_over_to=to, release=release
            )
            written.then(self._changed, refused=lambda error: self._refused(line, error, end))

        end(None, False)

    def _disable(self, line: AccountLine) -> None:
        def end(to: str | None, release: bool) -> None:
            written = self.write(accounts.disable, line.email, hand_over_to=to, release=release)
            written.then(self._changed, refused=lambda error: self._refused(line, error, end))

        end(None, False)

    def _refused(self, line: AccountLine, error: DeskError, end: Ending) -> None:
        """Ask who takes the open tickets over, where that stands in the way."""
        if isinstance(error, Conflict) and error.field == "hand_over_to":
            self.read(choices.read).then(lambda all_: self._hand_over(line, all_, end), group="choices")
        else:
            self.say_error(shown(error))

    def _hand_over(self, line: AccountLine, all_: Choices, end: Ending) -> None:
        items = [Item(NOBODY, _("nobody: release them"), _("back to their topics"))]
        items += [Item(each.value, each.name, each.note) for each in all_.staff if each.value != line.email]
        picker = Picker(_("Who takes over the open tickets?"), items)

        def chosen(value: str | None) -> None:
            if value is not None:
                end(None if value == NOBODY else value, value == NOBODY)

        self.app.push_screen(picker, chosen)

    def _changed(self, changed: AccountChanged) -> None:
        text = _("{name}: {role}, {state}.", **_said_of(changed))
        if changed.tickets:
            text += " " + ngettext(
                "{count} ticket was handed over.", "{count} tickets were handed over.", changed.tickets
            )
        self.changed(text)
        if changed.topics_without_operators:
            names = ", ".join(changed.topics_without_operators)
            self.notify(
                _("Nobody serves these topics now: {topics}", topics=names), severity="warning", markup=False
            )


def _said_of(changed: AccountChanged) -> dict[str, Any]:
    return {"name": changed.name or changed.email, "role": said(changed.role), "state": said(changed.state)}


def _address(line: AccountLine) -> str:
    """The address, with a mark before it where no mail arrives."""
    return f"{UNDELIVERABLE} {line.email}" if line.undeliverable_at else line.email


def _style(line: AccountLine) -> str:
    return _STATES.get(line.state, "")
