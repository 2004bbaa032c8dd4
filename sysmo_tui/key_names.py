"""What a key is, where it means something, and under which heading it is listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sysmo_tui.domain.message import N_


class Context(StrEnum):
    """Where a key means something."""

    EVERYWHERE = "everywhere"
    INBOX = "inbox"
    TICKET = "ticket"
    TICKET_LISTS = "ticket_lists"
    COMPOSE = "compose"
    FORM = "form"
    TEXT = "text"
    DIALOG = "dialog"
    QUESTION = "question"
    PROMPT = "prompt"
    FILES = "files"
    COLUMNS = "columns"
    FILTERS = "filters"
    RESPONDING = "responding"
    ISSUED = "issued"
    REFUSALS = "refusals"
    REPORT = "report"
    BEHIND = "behind"
    LOGIN = "login"
    CODE = "code"
    PROFILE = "profile"
    ADMINISTRATION = "administration"
    ACCOUNTS = "accounts"
    PENDING = "pending"
    COMPANIES = "companies"
    MERGING = "merging"
    TOPICS = "topics"
    CATALOGUE = "catalogue"
    RESPONSES = "responses"
    MAIL = "mail"
    QUARANTINE = "quarantine"
    CAME_IN = "came_in"
    SENDERS = "senders"
    ROUTES = "routes"
    WHOLE_MAIL = "whole_mail"
    MAIL_TEXTS = "mail_texts"
    MAILBOXES = "mailboxes"
    SETTINGS = "settings"
    KEYMAP = "keymap"
    SESSIONS = "sessions"
    SSH_KEYS = "ssh_keys"
    ADDRESSES = "addresses"
    AUDIT = "audit"


class Group(StrEnum):
    """Under which heading the help shows a key."""

    MOVE = "move"
    FIND = "find"
    MARK = "mark"
    ACT = "act"
    WRITE = "write"
    MANAGE = "manage"
    PROGRAM = "program"


CONTEXT_NAMES: Final[Mapping[Context, str]] = {
    Context.EVERYWHERE: N_("Everywhere"),
    Context.INBOX: N_("Inbox"),
    Context.TICKET: N_("Ticket"),
    Context.TICKET_LISTS: N_("Links and customer of a ticket"),
    Context.COMPOSE: N_("Writing"),
    Context.FORM: N_("Forms"),
    Context.TEXT: N_("Texts"),
    Context.DIALOG: N_("Lists to choose from"),
    Context.QUESTION: N_("Questions"),
    Context.PROMPT: N_("One line to type"),
    Context.FILES: N_("Files of a ticket"),
    Context.COLUMNS: N_("Columns of a list"),
    Context.FILTERS: N_("Filters"),
    Context.RESPONDING: N_("Choosing a response"),
    Context.ISSUED: N_("One-time code"),
    Context.REFUSALS: N_("What could not be changed"),
    Context.REPORT: N_("Reports"),
    Context.BEHIND: N_("Tickets behind a figure"),
    Context.LOGIN: N_("Signing in"),
    Context.CODE: N_("Codes"),
    Context.PROFILE: N_("Your profile"),
    Context.ADMINISTRATION: N_("Administration"),
    Context.ACCOUNTS: N_("Accounts"),
    Context.PENDING: N_("Waiting for their code"),
    Context.COMPANIES: N_("Companies"),
    Context.MERGING: N_("Merging companies"),
    Context.TOPICS: N_("Topics"),
    Context.CATALOGUE: N_("Statuses, types, priorities"),
    Context.RESPONSES: N_("Canned responses"),
    Context.MAIL: N_("Outgoing mail"),
    Context.QUARANTINE: N_("Mail that waits for a decision"),
    Context.CAME_IN: N_("Mail that came in"),
    Context.SENDERS: N_("Senders of mail"),
    Context.ROUTES: N_("Routes of mail"),
    Context.WHOLE_MAIL: N_("One mail"),
    Context.MAIL_TEXTS: N_("Words of the mail"),
    Context.MAILBOXES: N_("Mailboxes"),
    Context.SETTINGS: N_("Settings of the desk"),
    Context.KEYMAP: N_("Your keys"),
    Context.SESSIONS: N_("Your sessions"),
    Context.SSH_KEYS: N_("SSH keys of an account"),
    Context.ADDRESSES: N_("Addresses of an account"),
    Context.AUDIT: N_("Audit log"),
}

GROUP_NAMES: Final[Mapping[Group, str]] = {
    Group.MOVE: N_("Moving about"),
    Group.FIND: N_("Finding"),
    Group.MARK: N_("Acting on several"),
    Group.ACT: N_("Acting on a ticket"),
    Group.WRITE: N_("Writing"),
    Group.MANAGE: N_("Acting"),
    Group.PROGRAM: N_("The program"),
}


@dataclass(frozen=True, slots=True)
class Key:
    """One binding. ``keys`` are separated by commas; ``hint`` is its short name in the footer.

    A key that is not ``bound`` is handled by the widget that has the focus, and only listed.
    One ``for_staff`` means nothing to customers; one ``of_machine`` reads or writes files of the machine that
    the program runs on, or starts something there.
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
    for_staff: bool = False
    of_machine: bool = False
