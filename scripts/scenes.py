"""Every screen of the program, and how one gets there on the demo desk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from textual.pilot import Pilot

from sysmo_tui.domain.enums import Role
from sysmo_tui.i18n import _
from sysmo_tui.screens.administration import AdministrationScreen

Step = str | Callable[[Pilot[Any]], Awaitable[None]]
"""A key, or what is done by several."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A screen: its name, who sees it (nobody yet when None), and the way there from the first screen."""

    name: str
    who: Role | None
    steps: tuple[Step, ...] = ()
    is_toasted: bool = False
    """Whether what was done is told on it."""
    is_first: bool = False
    """Whether it is the first time that they come."""


def typed(text: str) -> Step:
    """Type a text."""

    async def take(pilot: Pilot[Any]) -> None:
        # The pilot takes a capital letter, a blank and signs by their names or as they are.
        await pilot.press(*("space" if letter == " " else letter for letter in text))

    return take


def area(name: str) -> Step:
    """Go to a part of the administration."""

    async def take(pilot: Pilot[Any]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, AdministrationScreen)
        names = [each.name for each in screen.table.items]
        await pilot.press(*("j" for _row in range(names.index(_(name)))), "enter")

    return take


OPERATOR, MANAGER, ADMIN, CUSTOMER = Role.OPERATOR, Role.MANAGER, Role.ADMIN, Role.CUSTOMER

TOPICS: Final = "2"
"""The list of all that one's topics have: the demo's operator has enough in it."""

_SEARCH: Final = ("slash", typed("is:open priority:>=high"), "enter")
_MARKED: Final = (TOPICS, "space", "j", "space", "j", "space")
_ALIKE: Final = (TOPICS, "slash", typed("topic:soporte-tecnico is:open impresora"), "enter", "*")
"""Tickets under one topic, of customers who read one language."""

INBOX: Final = (
    Scene("inbox", OPERATOR, (TOPICS, "j", "j")),
    Scene("welcome", OPERATOR, is_first=True),
    Scene("inbox-assigned", OPERATOR, ("1",)),
    Scene("inbox-unassigned", OPERATOR, ("3",)),
    Scene("inbox-search", OPERATOR, (TOPICS, *_SEARCH)),
    Scene("inbox-typing", OPERATOR, (TOPICS, "slash", typed("is:op"))),
    Scene("inbox-wrong", OPERATOR, (TOPICS, "slash", typed("priority:>=hugh"))),
    Scene("inbox-empty", OPERATOR, (TOPICS, "slash", typed("xyzzyplugh"), "enter")),
    Scene("inbox-manager", MANAGER, ("4",)),
    Scene("inbox-customer", CUSTOMER),
    Scene("filter", OPERATOR, (TOPICS, "f")),
    Scene("sort", OPERATOR, (TOPICS, "S")),
    Scene("assign", OPERATOR, (TOPICS, "a")),
    Scene("status", OPERATOR, (TOPICS, "s")),
    Scene("priority", OPERATOR, (TOPICS, "p")),
    Scene("move", OPERATOR, (TOPICS, "m")),
    Scene("close", OPERATOR, (TOPICS, "x")),
    Scene("tags", OPERATOR, (TOPICS, "number_sign")),
    Scene("type", OPERATOR, (TOPICS, "K")),
    Scene("follow-up", OPERATOR, (TOPICS, "D")),
    Scene("snooze", OPERATOR, (TOPICS, "b")),
    Scene("marked", OPERATOR, _MARKED),
    Scene("columns", OPERATOR, (TOPICS, "C")),
    Scene("save-search", OPERATOR, (TOPICS, *_SEARCH, "F")),
    Scene("saved", OPERATOR, ("6",)),
    Scene("done", OPERATOR, ("3", "t"), is_toasted=True),
    Scene("palette", OPERATOR, (TOPICS, "ctrl+p")),
    Scene("palette-words", OPERATOR, (TOPICS, "ctrl+p", typed("factura"))),
    Scene("help", OPERATOR, (TOPICS, "question_mark")),
)
TICKET: Final = (
    Scene("ticket", OPERATOR, (TOPICS, "j", "j", "enter")),
    Scene("ticket-top", OPERATOR, (TOPICS, "enter", "g")),
    Scene("ticket-find", OPERATOR, (TOPICS, "enter", "slash", typed("de"), "enter")),
    Scene("ticket-help", OPERATOR, (TOPICS, "enter", "question_mark")),
    Scene("ticket-customer", CUSTOMER, ("enter",)),
    Scene("history", OPERATOR, (TOPICS, "j", "j", "enter", "w")),
    Scene("links", OPERATOR, (TOPICS, "enter", "L")),
    Scene("customer", OPERATOR, (TOPICS, "j", "j", "enter", "C")),
    Scene("files", OPERATOR, (TOPICS, "enter", "o")),
    Scene("mails", OPERATOR, (TOPICS, "enter", "Z")),
    Scene("edit", OPERATOR, (TOPICS, "enter", "e")),
)
WRITING: Final = (
    Scene("reply", OPERATOR, (TOPICS, "r", typed("Buenas tardes, lo estamos mirando."))),
    Scene("note", OPERATOR, (TOPICS, "i", typed("Pasa lo mismo en el local 4."))),
    Scene("reply-in-ticket", OPERATOR, (TOPICS, "j", "j", "enter", "r", typed("Lo estamos mirando."))),
    Scene("reply-customer", CUSTOMER, ("r", typed("Sigue igual."))),
    Scene("new-ticket", OPERATOR, ("c",)),
    Scene("new-ticket-customer", CUSTOMER, ("c",)),
    Scene("responses", OPERATOR, (TOPICS, "r", "f7")),
    Scene("send-as", OPERATOR, (TOPICS, "r", typed("Ya está."), "f5")),
    Scene("attach", OPERATOR, (TOPICS, "r", "f8")),
    Scene("unsend", OPERATOR, (TOPICS, "r", typed("Ya está."), "ctrl+s"), is_toasted=True),
    Scene("responses-several", OPERATOR, (*_MARKED, "r", "f7")),
    Scene("reply-several", OPERATOR, (*_ALIKE, "r", "f7", "enter")),
    Scene("note-several", OPERATOR, (*_MARKED, "i", typed("Avise, @a"), "tab")),
)
REPORTS: Final = (
    *(Scene(f"report-{number}", MANAGER, ("R", str(number))) for number in (*range(1, 10), 0)),
    Scene("report-tickets", MANAGER, ("R", "2", "enter")),
    Scene("report-export", MANAGER, ("R", "e")),
    Scene("report-time", MANAGER, ("R", "0", "tab")),
    Scene("report-dates", MANAGER, ("R", "d")),
    Scene("report-compare", MANAGER, ("R", "c")),
    Scene("report-topic", MANAGER, ("R", "t")),
    Scene("report-operator", OPERATOR, ("R",)),
    Scene("report-help", MANAGER, ("R", "question_mark")),
)
OWN: Final = (
    Scene("profile", OPERATOR, ("P",)),
    Scene("profile-customer", CUSTOMER, ("P",)),
    Scene("password", OPERATOR, ("P", "f3")),
    Scene("sessions", OPERATOR, ("P", "f5")),
)
COMING_IN: Final = (
    Scene("login", None),
    Scene("login-wrong", None, (typed("eva@acme.example"), "tab", typed("wrong"), "enter")),
    Scene("register", None, ("f3",)),
    Scene("code", None, ("f5",)),
    Scene("forgotten", None, ("f6",)),
)
ADMINISTRATION: Final = (
    Scene("administration", ADMIN, ("A",)),
    Scene("accounts", ADMIN, ("A", area("Accounts"))),
    Scene("account-actions", ADMIN, ("A", area("Accounts"), "enter")),
    Scene("account", ADMIN, ("A", area("Accounts"), "e")),
    Scene("invite", ADMIN, ("A", area("Accounts"), "n")),
    Scene("companies", ADMIN, ("A", area("Companies"))),
    Scene("company", ADMIN, ("A", area("Companies"), "e")),
    Scene("pending", ADMIN, ("A", area("Waiting for their code"))),
    Scene("topics", ADMIN, ("A", area("Topics"))),
    Scene("topic", ADMIN, ("A", area("Topics"), "e")),
    Scene("statuses", ADMIN, ("A", area("Statuses"))),
    Scene("types", ADMIN, ("A", area("Ticket types"))),
    Scene("priorities", ADMIN, ("A", area("Priorities"))),
    Scene("responses-list", ADMIN, ("A", area("Responses"))),
    Scene("response", ADMIN, ("A", area("Responses"), "n")),
    Scene("mail-out", ADMIN, ("A", area("Outgoing mail"))),
    Scene("quarantine", ADMIN, ("Q",)),
    Scene("quarantine-whole", ADMIN, ("Q", "Z")),
    Scene("mail-in", ADMIN, ("A", area("Incoming mail"))),
    Scene("senders", ADMIN, ("A", area("Senders of mail"))),
    Scene("routes", ADMIN, ("A", area("Routes of mail"))),
    Scene("route", ADMIN, ("A", area("Routes of mail"), "n")),
    Scene("mailboxes", ADMIN, ("A", area("Mailboxes"))),
    Scene("mailbox", ADMIN, ("A", area("Mailboxes"), "n")),
    Scene("mail-texts", ADMIN, ("A", area("Words of the mail"))),
    Scene("mail-text", ADMIN, ("A", area("Words of the mail"), "e")),
    Scene("settings", ADMIN, ("A", area("Settings"))),
    Scene("audit", ADMIN, ("A", area("Audit log"))),
)

SCENES: Final = (*INBOX, *TICKET, *WRITING, *REPORTS, *OWN, *COMING_IN, *ADMINISTRATION)

DOCUMENTED: Final = frozenset(
    {"inbox", "ticket", "reply-in-ticket", "report-1", "administration", "inbox-customer"}
)
"""Those that the documentation shows."""
