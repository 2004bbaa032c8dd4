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


SECTIONS: dict[str, dict[str, Entry]] = {
    N_("Start"): {
        "init": Entry("setting_up", N_("Make a desk: its database, catalogue and administrator."), True),
    },
    N_("Tickets"): {
        "ticket": Entry("tickets", N_("File tickets, answer them, see where they stand.")),
    },
    N_("You"): {
        "login": Entry("signing_in", N_("Sign in."), True),
        "logout": Entry("signing_in", N_("Sign out."), True),
        "whoami": Entry("signing_in", N_("Who is signed in here, and to which desk."), True),
    },
    N_("Operation"): {
        "mail": Entry("mail", N_("Mail that waits or failed, and trying it out.")),
        "worker": Entry("worker", N_("Do the background duties: send mail, wake tickets, clean up."), True),
    },
}
"""What ``sysmo --help`` lists, in its order."""

ENTRIES = {name: entry for section in SECTIONS.values() for name, entry in section.items()}
