"""The SSH keys of an account: one's own, or those of an account that an administrator looks after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.ssh_keys import PublicKey, read_public_key
from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking, shown
from sysmo_tui.screens.confirm import Confirm, Prompt
from sysmo_tui.screens.table_screen import TableScreen, facts, list_bindings, whole
from sysmo_tui.services import ssh_keys
from sysmo_tui.services.ssh_keys import KeyLine
from sysmo_tui.spoken import moment
from sysmo_tui.widgets.data_list import Column


class SshKeysScreen(TableScreen[KeyLine]):
    """The keys that open the door; without ``email`` one's own."""

    CONTEXT = Context.SSH_KEYS
    HINTS = ("keys.new", "keys.revoke", "app.refresh", "app.back", "app.help")
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.SSH_KEYS)
    NEEDS_ROW = frozenset({"revoke"})

    def __init__(self, email: str | None = None) -> None:
        super().__init__()
        self._email = email

    def heading(self) -> str:
        """What the screen is called."""
        return _("Your SSH keys") if self._email is None else _("SSH keys of {email}", email=self._email)

    def columns(self) -> Sequence[Column[KeyLine]]:
        """What it is called, when and from where it was used."""
        zone, now = self.app.zone, self.app.now()
        return (
            Column(_("Key"), 0, _name),
            Column(_("Since"), 14, lambda line: moment(line.created_at, zone, now), from_width=70),
            Column(
                _("Last used"),
                14,
                lambda line: moment(line.last_used_at, zone, now) if line.last_used_at else "—",
            ),
            Column(_("From"), 16, lambda line: line.last_source or "—"),
            Column("", 10, lambda line: _("this one") if line.is_current else ""),
        )

    def key(self, row: KeyLine) -> str:
        """Which key."""
        return row.fingerprint

    def title_of(self, row: KeyLine) -> str:
        """What the key is called."""
        return _name(row)

    def detail(self, row: KeyLine) -> Content:
        """The whole fingerprint, as ``ssh-keygen -l`` shows it."""
        return facts((row.algorithm, row.fingerprint))

    def empty(self) -> str:
        """What is said when there is no key."""
        if self._email is not None or self._unbound is not None:
            return _("No keys.")
        return _("No keys. One is added by connecting with it: {command}", command="sysmo connect ssh://…")

    def may(self, action: str, row: KeyLine | None) -> bool:
        """One's own is added by connecting with it; an administrator adds somebody's by its public half."""
        return action != "new" or self._email is not None or self._unbound is not None

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[KeyLine]]:
        """All of them."""
        if self._email is None:
            return self.read(whole, ssh_keys.mine)
        return self.read(whole, ssh_keys.of_account, self._email)

    def action_new(self) -> None:
        """Add the key of this connection, or the one whose public half an administrator pastes."""
        if self._email is None:
            explains = _("The key that you are connected with opens the desk for you from now on.")
            self.app.push_screen(Prompt(_("What do you call this key?"), explains=explains), self._bind)
        else:
            title = _("Public key, the line of the file that ends in .pub")
            self.app.push_screen(Prompt(title, check=_wrong_with), self._bind_for)

    def action_revoke(self) -> None:
        """Revoke the key under the cursor, after asking."""
        line = self.row
        if line is None:
            return
        question = Confirm(
            _("Revoke the key {key}?", key=_name(line)),
            yes=_("Revoke"),
            explains=_("It is the key of this connection: you sign in again.")
            if line.is_current and self.app.actor.key_id is not None
            else _("It opens nothing any more, also where it is connected now."),
        )
        self.app.push_screen(question, lambda is_sure: self._revoke(line) if is_sure else None)

    @property
    def _unbound(self) -> PublicKey | None:
        """The key of this connection, unless it is one of the list."""
        key = self.app.connection_key
        rows = self.table.items if self.is_mounted else ()
        if key is None or self.app.door.caller.key != key.fingerprint:
            return None
        return None if any(line.fingerprint == key.fingerprint for line in rows) else key

    def _bind(self, label: str | None) -> None:
        key = self._unbound
        if label is not None and key is not None:
            self.write(ssh_keys.bind, key, label).then(self._added)

    def _bind_for(self, line: str | None) -> None:
        if line and self._email is not None:
            self.write(ssh_keys.bind_for, self._email, read_public_key(line)).then(self._added)

    def _added(self, line: KeyLine) -> None:
        self.changed(_("The key {key} is added.", key=_name(line)), goes_to=line.fingerprint)

    def _revoke(self, line: KeyLine) -> None:
        revoked = self.write(ssh_keys.revoke, line.fingerprint)
        revoked.then(lambda _revoked: self.changed(_("The key {key} is revoked.", key=_name(line))))


def _name(line: KeyLine) -> str:
    """What its owner calls a key, else its fingerprint."""
    return line.label or line.fingerprint


def _wrong_with(line: str) -> str:
    """Why a pasted line is no public key; nothing when it is one."""
    try:
        read_public_key(line)
    except DeskError as refusal:
        return shown(refusal)
    return ""
