"""Every key of the terminal interface, once: its id, its default keys, and what it does.

Bindings, hints, the help screen, the documentation and remapping all read this list.
A capital letter does the opposite of its small one, or more of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from textual.binding import Binding, BindingType

from sysmo_tui.domain.message import N_, Message


class Context(StrEnum):
    """Where a key means something."""

    EVERYWHERE = "everywhere"
    INBOX = "inbox"
    TICKET = "ticket"
    COMPOSE = "compose"
    FORM = "form"
    DIALOG = "dialog"
    REPORT = "report"
    LOGIN = "login"
    CODE = "code"
    PROFILE = "profile"
    LIST = "list"


class Group(StrEnum):
    """Under which heading the help shows a key."""

    MOVE = "move"
    FIND = "find"
    ACT = "act"
    WRITE = "write"
    PROGRAM = "program"


CONTEXT_NAMES: Final[Mapping[Context, str]] = {
    Context.EVERYWHERE: N_("Everywhere"),
    Context.INBOX: N_("Inbox"),
    Context.TICKET: N_("Ticket"),
    Context.COMPOSE: N_("Writing"),
    Context.FORM: N_("Forms"),
    Context.DIALOG: N_("Lists and questions"),
    Context.REPORT: N_("Reports"),
    Context.LOGIN: N_("Signing in"),
    Context.CODE: N_("Codes"),
    Context.PROFILE: N_("Your profile"),
    Context.LIST: N_("Administration"),
}

GROUP_NAMES: Final[Mapping[Group, str]] = {
    Group.MOVE: N_("Moving about"),
    Group.FIND: N_("Finding"),
    Group.ACT: N_("Acting on a ticket"),
    Group.WRITE: N_("Writing"),
    Group.PROGRAM: N_("The program"),
}


@dataclass(frozen=True, slots=True)
class Key:
    """One binding. ``keys`` are separated by commas; ``hint`` is its short name in the footer.

    A key that is not ``bound`` is handled by the widget that has the focus, and only listed.
    """

    id: str
    keys: str
    action: str
    help: str
    contexts: tuple[Context, ...]
    group: Group
    hint: str = ""
    bound: bool = True
    priority: bool = False


_INBOX, _TICKET, _BOTH = (Context.INBOX,), (Context.TICKET,), (Context.INBOX, Context.TICKET)
_COMPOSE, _FORM, _DIALOG, _REPORT = (Context.COMPOSE,), (Context.FORM,), (Context.DIALOG,), (Context.REPORT,)
_WRITING = (Context.COMPOSE, Context.FORM)
_READING = (Context.INBOX, Context.TICKET, Context.REPORT, Context.LIST)
_LOGIN, _PROFILE, _LIST = (Context.LOGIN,), (Context.PROFILE,), (Context.LIST,)
_FIELDS = (Context.COMPOSE, Context.FORM, Context.LOGIN, Context.CODE, Context.PROFILE)
_SAVING = (Context.FORM, Context.CODE, Context.PROFILE)
_ALL = (Context.EVERYWHERE,)

TYPING: Final = frozenset(_FIELDS)
"""Where a letter is text."""

KEYS: Final[tuple[Key, ...]] = (
    Key("app.help", "?,f1", "help", N_("keys and colours of this screen"), _ALL, Group.PROGRAM, N_("Help")),
    Key(
        "app.palette",
        "ctrl+p,:",
        "command_palette",
        N_("every action by name, and go to a number"),
        _ALL,
        Group.PROGRAM,
        N_("Commands"),
    ),
    Key("app.back", "escape,q", "back", N_("back one level"), _ALL, Group.PROGRAM, N_("Back")),
    Key(
        "app.quit",
        "ctrl+q",
        "quit",
        N_("leave the program; drafts are kept"),
        _ALL,
        Group.PROGRAM,
        N_("Quit"),
        priority=True,
    ),
    Key("app.refresh", "ctrl+r", "reload", N_("read again"), _READING, Group.PROGRAM, N_("Refresh")),
    Key("move.down", "j", "move_down", N_("one line down"), _READING, Group.MOVE),
    Key("move.up", "k", "move_up", N_("one line up"), _READING, Group.MOVE),
    Key("move.top", "g", "move_top", N_("to the beginning"), _READING, Group.MOVE),
    Key("move.bottom", "G", "move_bottom", N_("to the end"), _READING, Group.MOVE),
    Key("move.half_down", "ctrl+d", "move_half_down", N_("half a page down"), _READING, Group.MOVE),
    Key("move.half_up", "ctrl+u", "move_half_up", N_("half a page up"), _READING, Group.MOVE),
    Key(
        "inbox.open",
        "enter",
        "open",
        N_("open the ticket"),
        _INBOX,
        Group.MOVE,
        N_("Open"),
        bound=False,
    ),
    Key("inbox.box_1", "1", "box(1)", N_("first list"), _INBOX, Group.MOVE),
    Key("inbox.box_2", "2", "box(2)", N_("second list"), _INBOX, Group.MOVE),
    Key("inbox.box_3", "3", "box(3)", N_("third list"), _INBOX, Group.MOVE),
    Key("inbox.box_4", "4", "box(4)", N_("fourth list"), _INBOX, Group.MOVE),
    Key("inbox.box_5", "5", "box(5)", N_("fifth list"), _INBOX, Group.MOVE),
    Key("inbox.box_left", "h,left", "box_step(-1)", N_("the list to the left"), _INBOX, Group.MOVE),
    Key("inbox.box_right", "l,right", "box_step(1)", N_("the list to the right"), _INBOX, Group.MOVE),
    Key("ticket.next_unread", "tab", "next_unread", N_("the next unread ticket"), _BOTH, Group.MOVE),
    Key(
        "ticket.previous",
        "[",
        "neighbour(-1)",
        N_("the previous ticket of the list"),
        _TICKET,
        Group.MOVE,
        N_("Previous"),
    ),
    Key(
        "ticket.next", "]", "neighbour(1)", N_("the next ticket of the list"), _TICKET, Group.MOVE, N_("Next")
    ),
    Key("inbox.preview", "z", "preview", N_("show or hide the preview"), _INBOX, Group.MOVE, N_("Preview")),
    Key("ticket.fold", "z", "fold", N_("unfold or fold long quotes"), _TICKET, Group.MOVE, N_("Quotes")),
    Key(
        "inbox.find",
        "/",
        "find",
        N_("search: words, is:open, topic:…, from:…"),
        _INBOX,
        Group.FIND,
        N_("Find"),
    ),
    Key("inbox.filter", "f", "filter", N_("add a filter to the search"), _INBOX, Group.FIND, N_("Filter")),
    Key("inbox.sort", "S", "sort", N_("choose the order"), _INBOX, Group.FIND, N_("Sort")),
    Key("ticket.find", "/", "find", N_("find in this ticket"), _TICKET, Group.FIND, N_("Find")),
    Key("ticket.find_next", "n", "find_next(1)", N_("the next place found"), _TICKET, Group.FIND),
    Key("ticket.find_previous", "N", "find_next(-1)", N_("the previous place found"), _TICKET, Group.FIND),
    Key(
        "ticket.reply",
        "r",
        "reply",
        N_("public reply: the customer sees it"),
        _BOTH,
        Group.ACT,
        N_("Reply"),
    ),
    Key("ticket.note", "i", "note", N_("internal note: staff only"), _BOTH, Group.ACT, N_("Note")),
    Key("ticket.take", "t", "take", N_("take the ticket"), _BOTH, Group.ACT, N_("Take")),
    Key("ticket.release", "T", "release", N_("give it back to nobody"), _BOTH, Group.ACT),
    Key("ticket.assign", "a", "assign", N_("assign it to someone"), _BOTH, Group.ACT, N_("Assign")),
    Key("ticket.close", "x", "close_ticket", N_("close it"), _BOTH, Group.ACT, N_("Close")),
    Key("ticket.reopen", "X", "reopen", N_("open it again"), _BOTH, Group.ACT, N_("Reopen")),
    Key("ticket.status", "s", "status", N_("change the status"), _BOTH, Group.ACT, N_("Status")),
    Key("ticket.priority", "p", "priority", N_("change the priority"), _BOTH, Group.ACT),
    Key("ticket.topic", "m", "topic", N_("move it to another topic"), _BOTH, Group.ACT),
    Key("ticket.edit", "e", "edit", N_("edit subject, fields and tags"), _TICKET, Group.ACT, N_("Edit")),
    Key("ticket.files", "o", "files", N_("its files: look, save, attach"), _TICKET, Group.ACT, N_("Files")),
    Key("ticket.history", "w", "history", N_("who did what, and why; mails"), _BOTH, Group.ACT),
    Key("ticket.copy_number", "y", "copy_number", N_("copy the number"), _BOTH, Group.ACT),
    Key("ticket.copy_text", "Y", "copy_text", N_("copy the last text"), _TICKET, Group.ACT),
    Key("inbox.new", "c", "new_ticket", N_("a new ticket"), _INBOX, Group.ACT, N_("New")),
    Key("app.reports", "R", "reports", N_("reports"), _BOTH, Group.PROGRAM),
    Key(
        "compose.send",
        "ctrl+s,f2",
        "send",
        N_("send the reply, save the note"),
        _COMPOSE,
        Group.WRITE,
        N_("Send"),
    ),
    Key("form.save", "ctrl+s,f2", "save", N_("save"), _SAVING, Group.WRITE, N_("Save")),
    Key("compose.switch", "f6", "switch", N_("reply or note"), _COMPOSE, Group.WRITE, N_("Reply/Note")),
    Key("compose.attach", "f8", "attach", N_("attach a file"), _WRITING, Group.WRITE, N_("Attach")),
    Key(
        "compose.editor",
        "ctrl+g,f4",
        "editor",
        N_("write in your own editor ($VISUAL or $EDITOR)"),
        _WRITING,
        Group.WRITE,
        N_("Editor"),
    ),
    Key("form.next", "tab", "next", N_("next field"), _FIELDS, Group.MOVE, N_("Next field"), bound=False),
    Key("form.previous", "shift+tab", "previous", N_("previous field"), _FIELDS, Group.MOVE, bound=False),
    Key("login.register", "f3,ctrl+n", "register", N_("register"), _LOGIN, Group.ACT, N_("Register")),
    Key(
        "login.code",
        "f5,ctrl+o",
        "code",
        N_("use a code you were sent"),
        _LOGIN,
        Group.ACT,
        N_("I have a code"),
    ),
    Key(
        "login.forgotten",
        "f6,ctrl+t",
        "forgotten",
        N_("forgotten password"),
        _LOGIN,
        Group.ACT,
        N_("Forgotten"),
    ),
    Key(
        "login.language",
        "f7,ctrl+l",
        "language",
        N_("English or Spanish"),
        _LOGIN,
        Group.PROGRAM,
        N_("Language"),
    ),
    Key(
        "code.resend",
        "f5,ctrl+r",
        "resend",
        N_("send the code again"),
        (Context.CODE,),
        Group.ACT,
        N_("Send again"),
    ),
    Key(
        "profile.password",
        "f3,ctrl+n",
        "password",
        N_("change your password"),
        _PROFILE,
        Group.ACT,
        N_("Password"),
    ),
    Key(
        "profile.sessions",
        "f5,ctrl+o",
        "sessions",
        N_("where you are signed in"),
        _PROFILE,
        Group.ACT,
        N_("Sessions"),
    ),
    Key("profile.leave", "f6,ctrl+t", "sign_out", N_("sign out"), _PROFILE, Group.PROGRAM, N_("Sign out")),
    Key("dialog.choose", "enter", "choose", N_("choose"), _DIALOG, Group.MOVE, N_("Choose"), bound=False),
    Key("dialog.yes", "y", "yes", N_("yes"), _DIALOG, Group.ACT, N_("Yes"), bound=False),
    Key("dialog.no", "n", "no", N_("no"), _DIALOG, Group.ACT, N_("No"), bound=False),
)

BY_ID: Final[Mapping[str, Key]] = {key.id: key for key in KEYS}

_SHOWN = {
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "left": "←",
    "right": "→",
}
_WRITTEN = {shown: name for name, shown in _SHOWN.items() if len(shown) == 1}

_FORBIDDEN = frozenset({"ctrl+i", "ctrl+m", "ctrl+h", "ctrl+j", "ctrl+c"})
"""Keys that a terminal sends for tab, enter, backspace and newline, or that must stay what they are."""


def of_context(*contexts: Context) -> tuple[Key, ...]:
    """The keys that mean something in any of ``contexts``, in the order of the list."""
    return tuple(key for key in KEYS if any(context in key.contexts for context in contexts))


def bindings(*contexts: Context) -> list[BindingType]:
    """Bindings for a screen: those of ``contexts``, without those that its widgets handle."""
    return [
        Binding(
            _long(key.keys), key.action, key.help, show=False, id=key.id, priority=key.priority, system=True
        )
        for key in of_context(*contexts)
        if key.bound
    ]


def spelled(keys: str, *, is_short: bool = False) -> tuple[str, ...]:
    """Keys as people read them: ``?``, ``esc``, ``ctrl+r`` (short: ``^r``)."""
    names = [_SHOWN.get(key, key) for key in _long(keys).split(",")]
    return tuple(name.replace("ctrl+", "^") if is_short else name for name in names)


def checked_keymap(wanted: Mapping[str, str]) -> tuple[dict[str, str], list[Message]]:
    """The part of a person's own keymap that can be used, and what is wrong with the rest.

    ``wanted`` gives keys by binding id. A key that another binding of the same place has is refused.
    """
    problems: list[Message] = []
    accepted: dict[str, str] = {}
    for name, keys in wanted.items():
        problem = _problem(name, keys, {**_defaults(), **accepted, **_known(wanted)})
        if problem is None:
            accepted[name] = _long(keys)
        else:
            problems.append(problem)
    return accepted, problems


def table_rows() -> Iterable[tuple[str, str, str]]:
    """What the documentation shows: keys, id and help of every binding, in English."""
    for key in KEYS:
        yield ", ".join(spelled(key.keys)), key.id, key.help


def _long(keys: str) -> str:
    return ",".join(_WRITTEN.get(key.strip(), key.strip()) for key in keys.split(","))


def _defaults() -> dict[str, str]:
    return {key.id: key.keys for key in KEYS}


def _known(wanted: Mapping[str, str]) -> dict[str, str]:
    return {name: keys for name, keys in wanted.items() if name in BY_ID}


def _problem(name: str, keys: str, chosen: Mapping[str, str]) -> Message | None:
    if name not in BY_ID or not BY_ID[name].bound:
        return Message(N_("There is no key named “{name}”."), {"name": name})
    mine = set(_long(keys).split(","))
    if not all(mine) or mine & _FORBIDDEN:
        return Message(N_("“{keys}” cannot be used for {name}."), {"keys": keys, "name": name})
    for other in KEYS:
        if other.id == name or not _meet(BY_ID[name], other):
            continue
        shared = mine & set(_long(chosen[other.id]).split(","))
        if shared:
            place = {"keys": ", ".join(spelled(",".join(sorted(shared)))), "name": name, "other": other.id}
            return Message(N_("{keys} is already the key of {other}; {name} keeps its own."), place)
    return None


def _meet(one: Key, other: Key) -> bool:
    both = {*one.contexts, *other.contexts}
    return Context.EVERYWHERE in both or bool(set(one.contexts) & set(other.contexts))
