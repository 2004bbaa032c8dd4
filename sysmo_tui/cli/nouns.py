"""Every noun and verb at the top: where it lives and what it is for, without importing it."""

from __future__ import annotations

from dataclasses import dataclass

from sysmo_tui.domain.message import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """A name behind ``sysmo``: a whole noun, or (``is_verb``) one verb of a module."""

    module: str
    help: str
    is_verb: bool = False
    app: str = "app"
    """The module's variable with the verbs."""


SECTIONS: dict[str, dict[str, Entry]] = {
    N_("Start"): {
        "demo": Entry("demo", N_("A desk with realistic data, to try everything out."), True),
        "init": Entry("setting_up", N_("Make a desk: its database, catalogue and administrator."), True),
        "connect": Entry("connecting", N_("Use a desk on another machine, by SSH."), True),
    },
    N_("Tickets"): {
        "ticket": Entry("tickets", N_("File tickets, answer them, see where they stand.")),
        "undo": Entry("undoing", N_("Undo the last thing that you did to tickets."), True),
        "saved": Entry("saved", N_("Searches under a name: your own, and those that all staff share.")),
        "search": Entry("searching", N_("Find tickets, open and closed, or people."), True),
    },
    N_("You"): {
        "login": Entry("signing_in", N_("Sign in."), True),
        "logout": Entry("signing_in", N_("Sign out."), True),
        "whoami": Entry("signing_in", N_("Who is signed in here, and to which desk."), True),
        "register": Entry("registering", N_("Ask for an account; a code comes by mail."), True),
        "verify": Entry("registering", N_("Use the code that came by mail."), True),
        "profile": Entry("profiles", N_("Your own name, telephone, language and time zone.")),
        "password": Entry("passwords", N_("Change your password, or choose a new one with a code.")),
        "session": Entry("sessions", N_("See where you are signed in, and end it.")),
        "key": Entry("keys", N_("The SSH keys that open the desk for you, without a password.")),
    },
    N_("The desk"): {
        "topic": Entry("topics", N_("What tickets are about, and who serves it.")),
        "account": Entry("accounts", N_("The people of the desk: invite, edit, disable.")),
        "company": Entry("companies", N_("The customers' companies.")),
        "token": Entry("codes", N_("Codes that people wait for.")),
        "status": Entry("catalogue", N_("The statuses of tickets."), app="statuses"),
        "priority": Entry("catalogue", N_("The priorities of tickets."), app="priorities"),
        "type": Entry("catalogue", N_("The types of tickets."), app="types"),
        "canned": Entry("canned", N_("Canned responses: texts to answer with.")),
        "config": Entry("configuring", N_("The desk's settings.")),
        "report": Entry("reporting", N_("What came in, what was closed, by whom and how soon."), True),
        "audit": Entry("auditing", N_("Who signed in, who changed what on the desk.")),
    },
    N_("Operation"): {
        "mail": Entry("mail", N_("Mail that leaves and mail that comes in.")),
        "worker": Entry(
            "worker", N_("Do the background duties: mail out and in, wake tickets, clean up."), True
        ),
        "db": Entry("database", N_("The database itself, for those who hold it.")),
        "doctor": Entry("doctor", N_("Say what is wrong, and what to do."), True),
        "door": Entry("door", N_("The SSH door: how others reach the desk without holding its database.")),
        "recover": Entry("recovering", N_("Let a locked-out administrator back in."), True),
    },
}
"""What ``sysmo --help`` lists, in its order."""

ENTRIES = {name: entry for section in SECTIONS.values() for name, entry in section.items()}

LOCAL = frozenset({"connect", "db", "demo", "doctor", "door", "init", "recover", "worker"})
"""What is for the machine where it is typed, also when the desk is on another one."""
