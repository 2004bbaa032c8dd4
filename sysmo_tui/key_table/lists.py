"""The keys of the lists: accounts, topics, mail and the others of administration."""

from __future__ import annotations

from typing import Final

from sysmo_tui.domain.message import N_
from sysmo_tui.key_names import Context, Group, Key
from sysmo_tui.key_table.places import FILTERED, LISTS, SEARCHED, acts

LISTED: Final[tuple[Key, ...]] = (
    Key(
        "list.open",
        "enter",
        "open",
        N_("what can be done here"),
        LISTS,
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
    Key("list.find", "/", "find", N_("search"), SEARCHED, Group.FIND, N_("Find")),
    Key("list.filter", "f", "filter", N_("show only some"), FILTERED, Group.FIND, N_("Filter")),
    acts("accounts.invite", "n", "new", N_("invite someone"), N_("Invite"), Context.ACCOUNTS),
    acts("accounts.edit", "e", "edit", N_("edit name, telephone, company"), N_("Edit"), Context.ACCOUNTS),
    acts("accounts.role", "r", "role", N_("change the role"), N_("Role"), Context.ACCOUNTS),
    acts(
        "accounts.reset",
        "p",
        "reset",
        N_("take the password away: a one-time code"),
        N_("Code"),
        Context.ACCOUNTS,
    ),
    acts("accounts.end_sessions", "s", "end_sessions", N_("end all sessions"), "", Context.ACCOUNTS),
    acts(
        "accounts.disable",
        "x",
        "disable",
        N_("disable: nobody gets in with it"),
        N_("Disable"),
        Context.ACCOUNTS,
    ),
    acts("accounts.enable", "X", "enable", N_("enable it again"), N_("Enable"), Context.ACCOUNTS),
    acts("pending.reissue", "p", "reissue", N_("a new code, shown once"), N_("New code"), Context.PENDING),
    acts("companies.edit", "e", "edit", N_("edit the company"), N_("Edit"), Context.COMPANIES),
    acts("companies.merge", "m", "merge", N_("merge it into another"), N_("Merge"), Context.COMPANIES),
    acts("topics.new", "n", "new", N_("a new topic"), N_("Create"), Context.TOPICS),
    acts("topics.edit", "e", "edit", N_("edit the topic"), N_("Edit"), Context.TOPICS),
    acts("topics.public", "v", "public", N_("public, or for staff only"), N_("Public"), Context.TOPICS),
    acts("topics.add", "o", "add_operator", N_("add an operator"), N_("Operator"), Context.TOPICS),
    acts("topics.remove", "O", "remove_operator", N_("remove an operator"), N_("Remove"), Context.TOPICS),
    acts("topics.archive", "x", "archive", N_("archive it"), N_("Archive"), Context.TOPICS),
    acts("topics.unarchive", "X", "unarchive", N_("take it back into use"), N_("Unarchive"), Context.TOPICS),
    acts("catalogue.new", "n", "new", N_("a new one"), N_("Create"), Context.CATALOGUE),
    acts("catalogue.edit", "e", "edit", N_("rename it"), N_("Rename"), Context.CATALOGUE),
    acts("catalogue.default", "d", "default", N_("make it the default"), N_("Default"), Context.CATALOGUE),
    acts("catalogue.archive", "x", "archive", N_("archive it"), N_("Archive"), Context.CATALOGUE),
    acts(
        "catalogue.unarchive",
        "X",
        "unarchive",
        N_("take it back into use"),
        N_("Unarchive"),
        Context.CATALOGUE,
    ),
    acts("mail.retry", "t", "retry", N_("send it again now"), N_("Retry"), Context.MAIL),
    acts("mail.release", "l", "release_mail", N_("let held mail go"), N_("Release"), Context.MAIL),
    acts("mail.discard", "x", "discard", N_("forget this mail"), N_("Discard"), Context.MAIL),
    acts("mail.test", "n", "try_out", N_("send a trial mail"), N_("Trial"), Context.MAIL),
    acts("sessions.end", "x", "end", N_("end this session"), N_("End"), Context.SESSIONS),
    acts("sessions.end_all", "X", "end_all", N_("end all the others"), N_("End others"), Context.SESSIONS),
    acts("settings.edit", "e", "edit", N_("change it"), N_("Edit"), Context.SETTINGS),
)
