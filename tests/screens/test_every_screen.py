"""Every screen: readable in every theme, usable at 80×24 and on a phone, in both languages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from importlib import import_module
from itertools import product
from pkgutil import iter_modules
from typing import Any

import pytest
from rich.color import Color as Ink
from textual.binding import Binding
from textual.color import Color
from textual.pilot import Pilot
from textual.screen import Screen
from textual.theme import Theme as Colours

from sysmo_tui import keys, themes
from sysmo_tui import screens as all_screens
from sysmo_tui.app import SysmoApp
from sysmo_tui.domain.enums import DraftKind, Theme
from sysmo_tui.i18n import use
from sysmo_tui.keys import Context
from sysmo_tui.screens.account_forms import InviteScreen
from sysmo_tui.screens.accounts import AccountsScreen
from sysmo_tui.screens.addresses import AddressesScreen
from sysmo_tui.screens.administration import AdministrationScreen
from sysmo_tui.screens.audit import AuditScreen
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.came_in import CameInScreen
from sysmo_tui.screens.catalogue import CatalogueScreen, Kind
from sysmo_tui.screens.companies import CompaniesScreen
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.screens.help import HelpScreen
from sysmo_tui.screens.history import HistoryScreen
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.keymap import KeymapScreen
from sysmo_tui.screens.lock import LockScreen
from sysmo_tui.screens.mail_queue import MailQueueScreen
from sysmo_tui.screens.mail_routes import RoutesScreen
from sysmo_tui.screens.mail_senders import SendersScreen
from sysmo_tui.screens.mail_texts import MailTextsScreen
from sysmo_tui.screens.mailbox_form import MailboxScreen
from sysmo_tui.screens.mailboxes import MailboxesScreen
from sysmo_tui.screens.new_ticket import NewTicketScreen
from sysmo_tui.screens.palette import Palette
from sysmo_tui.screens.password import ChangePasswordScreen
from sysmo_tui.screens.pending import PendingScreen
from sysmo_tui.screens.preferences import PreferencesScreen
from sysmo_tui.screens.profile import ProfileScreen
from sysmo_tui.screens.quarantine import QuarantineScreen
from sysmo_tui.screens.report import ReportScreen
from sysmo_tui.screens.sessions import SessionsScreen
from sysmo_tui.screens.settings import SettingsScreen
from sysmo_tui.screens.ssh_keys import SshKeysScreen
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.screens.ticket_files import FilesScreen
from sysmo_tui.screens.topics_admin import TopicsScreen
from sysmo_tui.screens.whole_mail import WholeMailScreen
from sysmo_tui.services import mailboxes
from sysmo_tui.services.mailboxes import MailboxEdits
from sysmo_tui.widgets.empty_words import EmptyWords
from sysmo_tui.widgets.hints import MOST, Hints
from sysmo_tui.widgets.row_table import RowTable
from sysmo_tui.widgets.title_bar import TitleBar
from tests.cast import Cast
from tests.kept import keep
from tests.screens.acting import settled
from tests.screens.conftest import Stage, seen, until
from tests.services import requests as ask

READABLE, WELL_READABLE = 4.5, 7.0
"""Contrasts that text needs on its background (WCAG 2.2, 1.4.3 and 1.4.6)."""
NAMED = (
    *("foreground", "background", "surface", "panel", "primary", "accent", "warning", "error", "success"),
    *("quiet", "internal", "internal-background", "public", "unread", "overdue", "urgent"),
    *("block-cursor-foreground", "block-cursor-background"),
    *("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
)
"""The colours of a theme that stand for something."""


FORMS = frozenset(
    {"reply", "note", "new ticket", "help", "profile", "preferences", "keys", "password", "lock"}
)
"""Screens on which one writes, or that show the same on every desk."""


def screens(number: int, mail: int) -> dict[str, Callable[[], Screen[Any]]]:
    """Every screen that one comes to."""
    return {
        "ticket": lambda: TicketScreen(number),
        "reply": lambda: ComposeScreen(number, DraftKind.REPLY),
        "note": lambda: ComposeScreen(number, DraftKind.NOTE),
        "history": lambda: HistoryScreen(number),
        "new ticket": NewTicketScreen,
        "files": lambda: FilesScreen(number, is_staff=True),
        "mail": lambda: WholeMailScreen(mail),
        "help": lambda: HelpScreen(Context.INBOX),
        "profile": ProfileScreen,
        "preferences": PreferencesScreen,
        "keys": KeymapScreen,
        "password": ChangePasswordScreen,
        "sessions": SessionsScreen,
        "addresses": AddressesScreen,
        "ssh keys": SshKeysScreen,
        "reports": ReportScreen,
        "administration": AdministrationScreen,
        "accounts": AccountsScreen,
        "invite": InviteScreen,
        "companies": CompaniesScreen,
        "pending": PendingScreen,
        "topics": TopicsScreen,
        "statuses": lambda: CatalogueScreen(Kind.STATUS),
        "queue": MailQueueScreen,
        "quarantine": QuarantineScreen,
        "came in": CameInScreen,
        "senders": SendersScreen,
        "routes": RoutesScreen,
        "mailboxes": MailboxesScreen,
        "a mailbox": lambda: MailboxScreen("box"),
        "words": MailTextsScreen,
        "settings": SettingsScreen,
        "audit": AuditScreen,
        "lock": LockScreen,
    }


@pytest.fixture
def full(cast: Cast) -> dict[str, Callable[[], Screen[Any]]]:
    """A desk with something on every screen."""
    customer, admin = cast.customer("carla", company="Acme"), cast.admin()
    number = ask.file(customer, files=(ask.upload(customer),))
    ask.note(admin, number)
    ask.reply(admin, number)
    mail = keep(cast, ticket_number=number, sender="carla@customer.example")
    admin.write(mailboxes.new, "box", MailboxEdits())
    return screens(number, mail)


async def walked(
    app: SysmoApp, pilot: Pilot[Any], full: dict[str, Callable[[], Screen[Any]]]
) -> AsyncIterator[tuple[str, Screen[Any]]]:
    """Each screen in turn, alone over the inbox."""
    await until(pilot, lambda: isinstance(app.screen, InboxScreen))
    await settled(pilot)
    yield "inbox", app.screen
    for name, make in {"palette": lambda: Palette(app.screen), **full}.items():  # type: ignore[arg-type]
        app.push_screen(screen := make())
        await settled(pilot)
        yield name, screen
        while len(app.screen_stack) > 2:
            app.pop_screen()


def inked(screen: Screen[Any]) -> Iterator[tuple[str, Color, Color]]:
    """The texts of a screen with their colours and those behind them; lines and blocks are no text.

    What a dialog dims behind it is not read.
    """
    shown = screen.children[0].region if screen.is_modal else screen.region
    for line, strip in enumerate(screen._compositor.render_strips()):
        if not shown.y <= line < shown.bottom:
            continue
        for segment in strip.crop(shown.x, shown.right):
            style = segment.style
            if style is None or not any(each.isalnum() for each in segment.text):
                continue
            ink, paper = _true(style.color), _true(style.bgcolor)
            if ink is not None and paper is not None:
                yield segment.text.strip()[:20], *((paper, ink) if style.reverse else (ink, paper))


def _true(ink: Ink | None) -> Color | None:
    return None if ink is None or ink.triplet is None else Color(*ink.triplet)


def contrast(one: Color, other: Color) -> float:
    """How much two colours stand out from each other, from 1 to 21 (WCAG 2.2, contrast ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Color) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = map(linear, colour.rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def faint_pairs(pairs: set[tuple[Color, Color]]) -> set[tuple[str, str, str, float]]:
    """Which of the pairs of colours that the dark theme shows are too faint, there or in any other theme.

    A colour stands for all variables that have it in the dark theme; one that the toolkit has mixed, as
    on a button, is only looked at there.
    """
    dark = _variables(themes.THEMES[0])
    names: dict[Color, list[str]] = {}
    for name, colour in dark.items():
        names.setdefault(colour, []).append(name)
    mixed = {pair for pair in pairs if pair[0] not in names or pair[1] not in names}
    faint = {
        (Theme.DARK.value, ink.hex, paper.hex, found)
        for ink, paper in mixed
        if (found := round(contrast(ink, paper), 2)) < READABLE
    }
    for theme in themes.THEMES:
        if theme.name == Theme.TERMINAL:
            continue
        needed = WELL_READABLE if theme.name == Theme.CONTRAST else READABLE
        here = _variables(theme)
        for ink, paper in pairs:
            for one, other in product(names.get(ink, ()), names.get(paper, ())):
                found = round(contrast(here[one], here[other]), 2)
                if found < needed:
                    faint.add((theme.name, one, other, found))
    return faint


def _variables(theme: Colours) -> dict[str, Color]:
    """The colours that our style sheets and texts name."""
    known = {**theme.to_color_system().generate(), **theme.variables}
    return {name: Color.parse(known[name]) for name in NAMED}


def kinds(of: type[DeskScreen[Any]] = DeskScreen) -> Iterator[type[DeskScreen[Any]]]:
    """All screens of the program, and what opens over them."""
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_every_key_of_a_screen_is_in_the_table_but_those_that_any_list_and_any_field_has() -> None:
    for module in iter_modules(all_screens.__path__):
        import_module(f"{all_screens.__name__}.{module.name}")
    own = {
        (kind.__name__, key)
        for kind in kinds()
        for binding in kind.BINDINGS
        if isinstance(binding, Binding) and not binding.id
        for key in binding.key.split(",")
    }
    assert {(name, key) for name, key in own if key not in ("up", "down", "enter", "tab")} == set()
    assert {kind.CONTEXT for kind in kinds()} >= set(Context) - {Context.EVERYWHERE}
    for kind in kinds():
        here = {key.id for key in keys.of_context(kind.CONTEXT, Context.EVERYWHERE)}
        assert kind.CONTEXT is Context.EVERYWHERE or set(getattr(kind, "HINTS", ())) <= here, kind


def has_its_place(name: str, screen: Screen[Any]) -> None:
    """The focus is somewhere one sees it, and the footer is whole."""
    assert screen.focused is not None, name
    assert screen.focused.region.overlaps(screen.region), name
    for hints in screen.query(Hints):
        assert 1 <= len(hints._places) <= MOST, name
        assert hints._places[-1][1] <= min(78, screen.size.width - 2), (name, str(hints._shown))
    for bar in screen.query(TitleBar):
        assert bar.render().plain[:1].strip(), name


@pytest.mark.parametrize("language", ["en", "es"])
async def test_every_screen_is_readable_has_its_focus_its_footer_and_a_way_back(
    stage: Stage, cast: Cast, full: dict[str, Callable[[], Screen[Any]]], language: str
) -> None:
    app = stage(cast.admin())
    app.may_take_language = False
    use(language)
    pairs: set[tuple[Color, Color]] = set()
    try:
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            async for name, screen in walked(app, pilot, full):
                has_its_place(name, screen)
                pairs |= {(ink, paper) for _text, ink, paper in inked(screen)}
                await pilot.resize_terminal(40, 20)
                await pilot.pause()
                has_its_place(f"{name} on a phone", screen)
                await pilot.resize_terminal(80, 24)
                if name not in ("inbox", "palette", "lock"):
                    await pilot.press("escape")
                    await until(pilot, lambda screen=screen: screen not in app.screen_stack)  # type: ignore[misc]
    finally:
        use("en")
    assert faint_pairs(pairs) == set()


async def test_where_there_is_nothing_a_screen_says_so_and_shows_where_one_is(
    stage: Stage, cast: Cast
) -> None:
    nothing = 999
    shown = {name: make for name, make in screens(nothing, nothing).items() if name not in FORMS}
    app = stage(cast.admin())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        async for name, _opened in walked(app, pilot, shown):
            screen = app.screen
            has_its_place(name, screen)
            assert any(any(map(str.isalpha, line)) for line in seen(pilot).splitlines()[1:-1]), name
            for table in screen.query(RowTable):
                words = screen.query_one(EmptyWords)
                assert bool(table.row_count) is not words.display, name
                assert table.row_count or words.has_class("-focused"), name
