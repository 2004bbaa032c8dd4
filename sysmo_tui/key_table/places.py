"""Places that several keys share, and the key that acts in one of them."""

from __future__ import annotations

from typing import Final

from sysmo_tui.key_names import Context, Group, Key

FILTERED: Final = (
    Context.ACCOUNTS,
    Context.AUDIT,
    Context.MAIL,
    Context.MAIL_TEXTS,
    Context.MAILBOXES,
    Context.TOPICS,
    Context.CATALOGUE,
    Context.RESPONSES,
    Context.KEYMAP,
)
SEARCHED: Final = (
    Context.ACCOUNTS,
    Context.COMPANIES,
    Context.MERGING,
    Context.AUDIT,
    Context.RESPONSES,
    Context.KEYMAP,
)
INCOMING: Final = (Context.QUARANTINE, Context.CAME_IN, Context.SENDERS, Context.ROUTES)
LISTS: Final = (
    *FILTERED,
    *INCOMING,
    Context.PENDING,
    Context.COMPANIES,
    Context.SETTINGS,
    Context.SESSIONS,
    Context.SSH_KEYS,
    Context.ADDRESSES,
)
CHOSEN_FROM: Final = (
    Context.DIALOG,
    Context.RESPONDING,
    Context.FILES,
    Context.TICKET_LISTS,
    Context.COLUMNS,
    Context.FILTERS,
)
FIELDS: Final = (
    Context.COMPOSE,
    Context.FORM,
    Context.LOGIN,
    Context.CODE,
    Context.PROFILE,
    Context.PROMPT,
    Context.RESPONDING,
)


def acts(id: str, keys: str, action: str, help: str, hint: str, context: Context) -> Key:
    """A key that acts, in one place."""
    return Key(id, keys, action, help, (context,), Group.MANAGE, hint)
