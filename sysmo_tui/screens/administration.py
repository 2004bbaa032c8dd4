"""Where the desk is run from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen

from sysmo_tui.desk import Work
from sysmo_tui.domain.actor import Actor
from sysmo_tui.domain.policy import Right, has
from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.keys import Context
from sysmo_tui.screens.accounts import AccountsScreen
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.audit import AuditScreen
from sysmo_tui.screens.came_in import CameInScreen
from sysmo_tui.screens.catalogue import CatalogueScreen, Kind
from sysmo_tui.screens.companies import CompaniesScreen
from sysmo_tui.screens.mail_queue import MailQueueScreen
from sysmo_tui.screens.mail_routes import RoutesScreen
from sysmo_tui.screens.mail_senders import SendersScreen
from sysmo_tui.screens.mail_texts import MailTextsScreen
from sysmo_tui.screens.mailboxes import MailboxesScreen
from sysmo_tui.screens.pending import PendingScreen
from sysmo_tui.screens.quarantine import QuarantineScreen
from sysmo_tui.screens.responses import ResponsesScreen
from sysmo_tui.screens.settings import SettingsScreen
from sysmo_tui.screens.table_screen import TableScreen, list_bindings
from sysmo_tui.screens.topics_admin import TopicsScreen
from sysmo_tui.services import news
from sysmo_tui.services.mail_queue import Waiting
from sysmo_tui.services.news import News
from sysmo_tui.widgets.data_list import Column

FOR_WORDS = 120
"""Cells from which what a part is for stands beside its name."""


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the administration, what is done there, and what waits there."""

    name: str
    what: str
    screen: Callable[[], Screen[Any]]
    news: str = ""


def areas(work: Work) -> Page[Area]:
    """The parts that the actor may enter, with what waits there."""
    return Page(tuple(_areas(work.actor, news.read(work))), None, None)


def _areas(actor: Actor, waits: News) -> Iterator[Area]:
    is_admin = has(actor, Right.MANAGE_ACCOUNTS)
    yield Area(_("Accounts"), _("staff and customers: look up, invite, roles, disable"), AccountsScreen)
    if has(actor, Right.SEE_PEOPLE):
        what = _("of the customers: look up, edit, merge") if is_admin else _("of the customers: look up")
        yield Area(_("Companies"), what, CompaniesScreen)
    if is_admin:
        yield Area(
            _("Waiting for their code"),
            _("registrations and invitations not used yet"),
            PendingScreen,
            ngettext("{count} waits", "{count} wait", waits.codes) if waits.codes else "",
        )
    if has(actor, Right.SEE_PEOPLE):
        unserved = waits.topics_without_operators
        yield Area(
            _("Topics"),
            _("what customers write about, and who serves it"),
            TopicsScreen,
            ngettext("{count} without operators", "{count} without operators", unserved) if unserved else "",
        )
    if has(actor, Right.MANAGE_CATALOGUE):
        yield Area(_("Statuses"), _("where a ticket stands"), lambda: CatalogueScreen(Kind.STATUS))
        yield Area(_("Ticket types"), _("what a ticket is"), lambda: CatalogueScreen(Kind.TYPE))
        yield Area(_("Priorities"), _("how soon it is due"), lambda: CatalogueScreen(Kind.PRIORITY))
    if has(actor, Right.SEE_PEOPLE):
        yield Area(_("Responses"), _("texts to answer with, filled in from the ticket"), ResponsesScreen)
    if waits.mail is not None:
        what = _("what was not sent yet: retry, release, discard")
        yield Area(_("Outgoing mail"), what, MailQueueScreen, _said_of(waits.mail))
    yield from _incoming(actor, waits)
    if has(actor, Right.CONFIGURE):
        yield Area(_("Words of the mail"), _("what each mail says, in each language"), MailTextsScreen)
        yield Area(_("Settings"), _("name, addresses, mail, time zone of the desk"), SettingsScreen)
    if has(actor, Right.READ_AUDIT):
        yield Area(_("Audit log"), _("who did what, when, from where"), AuditScreen)


def _incoming(actor: Actor, waits: News) -> Iterator[Area]:
    """The mail that came in."""
    if has(actor, Right.DECIDE_MAIL):
        yield Area(
            _("Mail to decide"),
            _("what waits: accept, reject, block its sender"),
            QuarantineScreen,
            ngettext("{count} waits", "{count} wait", waits.undecided) if waits.undecided else "",
        )
    if has(actor, Right.MANAGE_MAIL):
        yield Area(_("Incoming mail"), _("what it became, and why"), CameInScreen)
        yield Area(_("Senders of mail"), _("who is blocked, and who is allowed"), SendersScreen)
        yield Area(_("Routes of mail"), _("which topic, priority and tags it gets"), RoutesScreen)
        failing = waits.failing_mailboxes
        yield Area(
            _("Mailboxes"),
            _("where mail comes from, and how fetching goes"),
            MailboxesScreen,
            ngettext("{count} is not fetched", "{count} are not fetched", failing) if failing else "",
        )


def _said_of(mail: Waiting) -> str:
    return " · ".join(
        text
        for count, text in (
            (mail.failed, ngettext("{count} failed", "{count} failed", mail.failed)),
            (mail.held, ngettext("{count} held", "{count} held", mail.held)),
            (mail.waiting, ngettext("{count} waiting", "{count} waiting", mail.waiting)),
        )
        if count
    )


class AdministrationScreen(TableScreen[Area]):
    """The parts of the administration, each a list of its own."""

    CONTEXT = Context.ADMINISTRATION
    HINTS = ("administration.open", "app.refresh", "app.palette", "app.back", "app.help")
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.ADMINISTRATION)

    def heading(self) -> str:
        """What the screen is called."""
        return _("Administration")

    def columns(self) -> Sequence[Column[Area]]:
        """What, and what for."""
        return (
            Column("", 23, lambda area: area.name),
            Column("", 0, lambda area: area.what, from_width=FOR_WORDS, style=lambda _area: "$quiet"),
            Column("", 20, lambda area: area.news, from_width=60, style=lambda _area: "$overdue"),
        )

    def key(self, row: Area) -> str:
        """Which part."""
        return row.name

    def detail(self, row: Area) -> Content:
        """What is done there, and what waits; where there is room both stand beside its name."""
        if self.app.size.width >= FOR_WORDS:
            return Content("")
        return Content.assemble((row.what, "$quiet"), "   " if row.news else "", (row.news, "$overdue"))

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[Area]]:
        """The parts that one may enter."""
        return self.read(areas)

    def action_open(self) -> None:
        """Go there."""
        if self.row is not None:
            self._enter(self.row)

    def more_commands(self) -> Iterator[tuple[str, str, Callable[[], object]]]:
        """The parts by name, for the palette."""
        for area in self.table.items:
            yield area.name, area.what, partial(self._enter, area)

    def _enter(self, area: Area) -> None:
        self.app.push_screen(area.screen(), lambda _result: self.load())
