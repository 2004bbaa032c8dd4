"""The keys of the inbox and of a ticket."""

from __future__ import annotations

from typing import Final

from sysmo_tui.domain.message import N_
from sysmo_tui.key_names import Context, Group, Key

_INBOX, _TICKET, _BOTH = (Context.INBOX,), (Context.TICKET,), (Context.INBOX, Context.TICKET)


def _staffs(id: str, keys: str, action: str, help: str, contexts: tuple[Context, ...], hint: str = "") -> Key:
    """A key by which staff work on a ticket."""
    return Key(id, keys, action, help, contexts, Group.ACT, hint, for_staff=True)


def _list(id: str, keys: str, action: str, help: str) -> Key:
    """A key that goes to one of the lists that only staff have."""
    return Key(id, keys, action, help, _INBOX, Group.MOVE, for_staff=True)


def _finds(id: str, keys: str, action: str, help: str) -> Key:
    """A key by which staff shape the lists in which they find tickets."""
    return Key(id, keys, action, help, _INBOX, Group.FIND, for_staff=True)


def _marks(id: str, keys: str, action: str, help: str) -> Key:
    """A key that marks rows for keys that act on several."""
    return Key(id, keys, action, help, _INBOX, Group.MARK, for_staff=True)


TICKETS: Final[tuple[Key, ...]] = (
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
    _list("inbox.box_6", "6", "box(6)", N_("sixth list, a saved search")),
    _list("inbox.box_7", "7", "box(7)", N_("seventh list, a saved search")),
    _list("inbox.box_8", "8", "box(8)", N_("eighth list, a saved search")),
    _list("inbox.box_9", "9", "box(9)", N_("ninth list, a saved search")),
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
    _marks("inbox.mark", "space", "mark", N_("mark it, or no more: then keys act on all that is marked")),
    _marks("inbox.mark_range", "v", "mark_range", N_("mark all from the last mark to here")),
    _marks("inbox.mark_all", "*", "mark_all", N_("mark all that is shown, or nothing")),
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
    _finds("inbox.columns", "C", "columns", N_("choose the columns of the list")),
    _finds("inbox.save_search", "F", "save_search", N_("save this search as a list of its own")),
    Key("inbox.sort", "S", "sort", N_("choose the order"), _INBOX, Group.FIND, N_("Sort")),
    Key("ticket.events", "H", "events", N_("show or hide what happened"), _TICKET, Group.MOVE),
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
    _staffs(
        "ticket.undo", "u", "undo", N_("undo what you did last; a reply until it leaves"), _BOTH, N_("Undo")
    ),
    _staffs("ticket.note", "i", "note", N_("internal note: staff only"), _BOTH, N_("Note")),
    _staffs("ticket.take", "t", "take", N_("take the ticket"), _BOTH, N_("Take")),
    _staffs("ticket.release", "T", "release", N_("give it back to nobody"), _BOTH),
    _staffs("ticket.assign", "a", "assign", N_("assign it to someone"), _BOTH, N_("Assign")),
    Key("ticket.close", "x", "close_ticket", N_("close it"), _BOTH, Group.ACT, N_("Close")),
    Key("ticket.reopen", "X", "reopen", N_("open it again"), _BOTH, Group.ACT, N_("Reopen")),
    Key("ticket.rate", "V", "rate", N_("say how satisfied you are with it"), _BOTH, Group.ACT, N_("Rate")),
    _staffs("ticket.status", "s", "status", N_("change the status"), _BOTH, N_("Status")),
    _staffs("ticket.priority", "p", "priority", N_("change the priority"), _BOTH),
    _staffs("ticket.topic", "m", "topic", N_("move it to another topic"), _BOTH),
    _staffs("ticket.type", "K", "type", N_("change the type"), _BOTH),
    _staffs("ticket.tag", "#", "tag", N_("hang tags on it, or take some away"), _BOTH),
    _staffs("ticket.follow_up", "D", "follow_up", N_("choose the day to look at it again"), _BOTH),
    _staffs("ticket.snooze", "b", "snooze", N_("put it off until a day; it comes back by itself"), _BOTH),
    _staffs("ticket.wake", "B", "wake", N_("take back that it was put off"), _BOTH),
    _staffs("ticket.watch", "W", "watch", N_("watch it, or no more"), _BOTH),
    _staffs("ticket.edit", "e", "edit", N_("edit subject, fields and tags"), _BOTH, N_("Edit")),
    _staffs(
        "ticket.repeat", ".", "repeat", N_("do the last thing again, with this ticket"), _BOTH, N_("Again")
    ),
    Key("ticket.files", "o", "files", N_("its files: look, save, attach"), _BOTH, Group.ACT, N_("Files")),
    Key("ticket.links", "L", "links", N_("its links and where they lead"), _BOTH, Group.ACT),
    _staffs("ticket.customer", "C", "customer", N_("its customer: company, phone, tickets, notes"), _TICKET),
    Key("ticket.history", "w", "history", N_("who did what, and why; mails"), _BOTH, Group.ACT),
    _staffs(
        "ticket.whole_mail", "Z", "whole_mail", N_("the mails it came by, whole: why, headers, text"), _BOTH
    ),
    Key("ticket.copy_number", "y", "copy_number", N_("copy the number"), _BOTH, Group.ACT),
    Key("ticket.copy_text", "Y", "copy_text", N_("copy the last text"), _BOTH, Group.ACT),
    Key("inbox.new", "c", "new_ticket", N_("a new ticket"), _INBOX, Group.ACT, N_("Create")),
    Key(
        "app.quarantine",
        "Q",
        "quarantine",
        N_("mail that waits for a decision"),
        _BOTH,
        Group.PROGRAM,
        for_staff=True,
    ),
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
)
