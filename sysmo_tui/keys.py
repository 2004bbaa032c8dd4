"""Every key of the terminal interface, once: its id, its default keys, and what it does.

Bindings, hints, the help screen, the documentation and remapping all read this list.
A capital letter does the opposite of its small one, or more of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from textual.binding import Binding, BindingType

from sysmo_tui.domain.message import N_, Message
from sysmo_tui.key_names import CONTEXT_NAMES, GROUP_NAMES, Context, Group, Key

__all__ = [
    "BY_ID",
    "CONTEXT_NAMES",
    "GROUP_NAMES",
    "KEYS",
    "TYPING",
    "Context",
    "Group",
    "Key",
    "beside_text",
    "bindings",
    "checked_keymap",
    "of_context",
    "shown",
    "spelled",
    "table_rows",
]

_INBOX, _TICKET, _BOTH = (Context.INBOX,), (Context.TICKET,), (Context.INBOX, Context.TICKET)
_COMPOSE, _FORM, _DIALOG, _REPORT = (Context.COMPOSE,), (Context.FORM,), (Context.DIALOG,), (Context.REPORT,)
_WRITING = (Context.COMPOSE, Context.FORM)
_FILTERED = (Context.ACCOUNTS, Context.AUDIT, Context.MAIL, Context.TOPICS, Context.CATALOGUE)
_SEARCHED = (Context.ACCOUNTS, Context.COMPANIES, Context.MERGING, Context.AUDIT)
_LISTS = (*_FILTERED, Context.PENDING, Context.COMPANIES, Context.SETTINGS, Context.SESSIONS)
_PLACES = (Context.INBOX, Context.TICKET, Context.REPORT, Context.ADMINISTRATION, Context.MERGING)
_READ_AGAIN = (*_PLACES, *_LISTS)
_READING = (*_READ_AGAIN, Context.TEXT)
_FIELDS = (Context.COMPOSE, Context.FORM, Context.LOGIN, Context.CODE, Context.PROFILE)
_SAVING = (Context.FORM, Context.CODE, Context.PROFILE)
_ALL = (Context.EVERYWHERE,)

TYPING: Final = frozenset(_FIELDS)
"""Where a letter is text."""


def _does(id: str, keys: str, action: str, help: str, hint: str, context: Context) -> Key:
    """A key that acts, in one place."""
    return Key(id, keys, action, help, (context,), Group.MANAGE, hint)


def _staffs(id: str, keys: str, action: str, help: str, contexts: tuple[Context, ...], hint: str = "") -> Key:
    """A key by which staff work on a ticket."""
    return Key(id, keys, action, help, contexts, Group.ACT, hint, for_staff=True)


def _list(id: str, keys: str, action: str, help: str) -> Key:
    """A key that goes to one of the lists that only staff have."""
    return Key(id, keys, action, help, _INBOX, Group.MOVE, for_staff=True)


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
    Key("app.refresh", "ctrl+r", "reload", N_("read again"), _READ_AGAIN, Group.PROGRAM, N_("Refresh")),
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
    _list("inbox.box_2", "2", "box(2)", N_("second list")),
    _list("inbox.box_3", "3", "box(3)", N_("third list")),
    _list("inbox.box_4", "4", "box(4)", N_("fourth list")),
    _list("inbox.box_5", "5", "box(5)", N_("fifth list")),
    _list("inbox.box_left", "h,left", "box_step(-1)", N_("the list to the left")),
    _list("inbox.box_right", "l,right", "box_step(1)", N_("the list to the right")),
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
    _staffs("ticket.note", "i", "note", N_("internal note: staff only"), _BOTH, N_("Note")),
    _staffs("ticket.take", "t", "take", N_("take the ticket"), _BOTH, N_("Take")),
    _staffs("ticket.release", "T", "release", N_("give it back to nobody"), _BOTH),
    _staffs("ticket.assign", "a", "assign", N_("assign it to someone"), _BOTH, N_("Assign")),
    Key("ticket.close", "x", "close_ticket", N_("close it"), _BOTH, Group.ACT, N_("Close")),
    Key("ticket.reopen", "X", "reopen", N_("open it again"), _BOTH, Group.ACT, N_("Reopen")),
    _staffs("ticket.status", "s", "status", N_("change the status"), _BOTH, N_("Status")),
    _staffs("ticket.priority", "p", "priority", N_("change the priority"), _BOTH),
    _staffs("ticket.topic", "m", "topic", N_("move it to another topic"), _BOTH),
    _staffs("ticket.edit", "e", "edit", N_("edit subject, fields and tags"), _TICKET, N_("Edit")),
    Key("ticket.files", "o", "files", N_("its files: look, save, attach"), _BOTH, Group.ACT, N_("Files")),
    Key("ticket.history", "w", "history", N_("who did what, and why; mails"), _BOTH, Group.ACT),
    Key("ticket.copy_number", "y", "copy_number", N_("copy the number"), _BOTH, Group.ACT),
    Key("ticket.copy_text", "Y", "copy_text", N_("copy the last text"), _BOTH, Group.ACT),
    Key("inbox.new", "c", "new_ticket", N_("a new ticket"), _INBOX, Group.ACT, N_("Create")),
    Key("app.reports", "R", "reports", N_("reports"), _BOTH, Group.PROGRAM, for_staff=True),
    Key("app.profile", "P", "profile", N_("your profile, password and sessions"), _BOTH, Group.PROGRAM),
    Key(
        "app.administration",
        "A",
        "administration",
        N_("administration: accounts, topics, mail"),
        _BOTH,
        Group.PROGRAM,
        for_staff=True,
    ),
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
    Key(
        "compose.switch",
        "f6",
        "switch",
        N_("reply or note"),
        _COMPOSE,
        Group.WRITE,
        N_("Reply/Note"),
        for_staff=True,
    ),
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
    _does("login.register", "f3,ctrl+n", "register", N_("register"), N_("Register"), Context.LOGIN),
    _does("login.code", "f5,ctrl+o", "code", N_("use a code"), N_("I have a code"), Context.LOGIN),
    _does(
        "login.forgotten", "f6,ctrl+t", "forgotten", N_("password forgotten"), N_("Forgotten"), Context.LOGIN
    ),
    _does("login.language", "f7,ctrl+l", "language", N_("the other language"), N_("Language"), Context.LOGIN),
    _does("code.resend", "f5,ctrl+r", "resend", N_("send the code again"), N_("Send again"), Context.CODE),
    _does(
        "profile.password",
        "f3,ctrl+n",
        "password",
        N_("change your password"),
        N_("Password"),
        Context.PROFILE,
    ),
    _does(
        "profile.sessions",
        "f5,ctrl+o",
        "sessions",
        N_("where you are signed in"),
        N_("Sessions"),
        Context.PROFILE,
    ),
    _does("profile.leave", "f6,ctrl+t", "sign_out", N_("sign out"), N_("Sign out"), Context.PROFILE),
    Key(
        "list.open",
        "enter",
        "open",
        N_("what can be done here"),
        _LISTS,
        Group.MOVE,
        N_("Actions"),
        bound=False,
    ),
    Key(
        "administration.open",
        "enter",
        "open",
        N_("go there"),
        (Context.ADMINISTRATION,),
        Group.MOVE,
        N_("Open"),
        bound=False,
    ),
    Key(
        "merging.open",
        "enter",
        "open",
        N_("merge into this one"),
        (Context.MERGING,),
        Group.MOVE,
        N_("Choose"),
        bound=False,
    ),
    Key("list.find", "/", "find", N_("search"), _SEARCHED, Group.FIND, N_("Find")),
    Key("list.filter", "f", "filter", N_("show only some"), _FILTERED, Group.FIND, N_("Filter")),
    _does("accounts.invite", "n", "new", N_("invite someone"), N_("Invite"), Context.ACCOUNTS),
    _does("accounts.edit", "e", "edit", N_("edit name, telephone, company"), N_("Edit"), Context.ACCOUNTS),
    _does("accounts.role", "r", "role", N_("change the role"), N_("Role"), Context.ACCOUNTS),
    _does(
        "accounts.reset",
        "p",
        "reset",
        N_("take the password away: a one-time code"),
        N_("Code"),
        Context.ACCOUNTS,
    ),
    _does("accounts.end_sessions", "s", "end_sessions", N_("end all sessions"), "", Context.ACCOUNTS),
    _does(
        "accounts.disable",
        "x",
        "disable",
        N_("disable: nobody gets in with it"),
        N_("Disable"),
        Context.ACCOUNTS,
    ),
    _does("accounts.enable", "X", "enable", N_("enable it again"), N_("Enable"), Context.ACCOUNTS),
    _does("pending.reissue", "p", "reissue", N_("a new code, shown once"), N_("New code"), Context.PENDING),
    _does("companies.edit", "e", "edit", N_("edit the company"), N_("Edit"), Context.COMPANIES),
    _does("companies.merge", "m", "merge", N_("merge it into another"), N_("Merge"), Context.COMPANIES),
    _does("topics.new", "n", "new", N_("a new topic"), N_("Create"), Context.TOPICS),
    _does("topics.edit", "e", "edit", N_("edit the topic"), N_("Edit"), Context.TOPICS),
    _does("topics.public", "v", "public", N_("public, or for staff only"), N_("Public"), Context.TOPICS),
    _does("topics.add", "o", "add_operator", N_("add an operator"), N_("Operator"), Context.TOPICS),
    _does("topics.remove", "O", "remove_operator", N_("remove an operator"), N_("Remove"), Context.TOPICS),
    _does("topics.archive", "x", "archive", N_("archive it"), N_("Archive"), Context.TOPICS),
    _does("topics.unarchive", "X", "unarchive", N_("take it back into use"), N_("Unarchive"), Context.TOPICS),
    _does("catalogue.new", "n", "new", N_("a new one"), N_("Create"), Context.CATALOGUE),
    _does("catalogue.edit", "e", "edit", N_("rename it"), N_("Rename"), Context.CATALOGUE),
    _does("catalogue.default", "d", "default", N_("make it the default"), N_("Default"), Context.CATALOGUE),
    _does("catalogue.archive", "x", "archive", N_("archive it"), N_("Archive"), Context.CATALOGUE),
    _does(
        "catalogue.unarchive",
        "X",
        "unarchive",
        N_("take it back into use"),
        N_("Unarchive"),
        Context.CATALOGUE,
    ),
    _does("mail.retry", "t", "retry", N_("send it again now"), N_("Retry"), Context.MAIL),
    _does("mail.release", "l", "release_mail", N_("let held mail go"), N_("Release"), Context.MAIL),
    _does("mail.discard", "x", "discard", N_("forget this mail"), N_("Discard"), Context.MAIL),
    _does("mail.test", "n", "try_out", N_("send a trial mail"), N_("Trial"), Context.MAIL),
    _does("sessions.end", "x", "end", N_("end this session"), N_("End"), Context.SESSIONS),
    _does("sessions.end_all", "X", "end_all", N_("end all the others"), N_("End others"), Context.SESSIONS),
    _does("settings.edit", "e", "edit", N_("change it"), N_("Edit"), Context.SETTINGS),
    Key("report.section_left", "h,left", "section(-1)", N_("the section to the left"), _REPORT, Group.MOVE),
    Key(
        "report.section_right",
        "tab,l,right",
        "section(1)",
        N_("the next section"),
        _REPORT,
        Group.MOVE,
        N_("Section"),
    ),
    *(
        Key(
            f"report.section_{at}",
            str(at),
            f"go_to({at})",
            N_("a section by its number"),
            _REPORT,
            Group.MOVE,
        )
        for at in range(1, 8)
    ),
    _does("report.dates", "d", "dates", N_("choose the days"), N_("Dates"), Context.REPORT),
    _does("report.compare", "c", "compare", N_("compare with other days"), N_("Compare"), Context.REPORT),
    _does("report.topic", "t", "topic", N_("only one topic"), N_("Topic"), Context.REPORT),
    _does("report.export", "e", "export", N_("save as CSV"), N_("CSV"), Context.REPORT),
    _does("report.copy", "y", "copy", N_("copy the table"), N_("Copy"), Context.REPORT),
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


def shown(key: Key, keymap: Mapping[str, str], *, is_short: bool = False) -> tuple[str, ...]:
    """The keys of a binding as people read them: those of their own ``keymap``, else its own."""
    return spelled(keymap.get(key.id, key.keys), is_short=is_short)


def beside_text(names: tuple[str, ...]) -> tuple[str, ...]:
    """Of the names of a key those that act where one types, where a letter is text."""
    return tuple(name for name in names if len(name) > 1) or names


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
