"""What the inbox says: its orders, its legend, and what to do when a list is empty."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from sysmo_tui.domain.actor import Actor
from sysmo_tui.domain.enums import Inbox, Sort
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.domain.text import cell_width
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.widgets.present_words import READING, WRITING
from sysmo_tui.widgets.ticket_text import DRAFT

BY_MATCH: Final = N_("Newest match first")
"""The order of a search for words that stand in very many tickets."""
SORTS_OF_OWN: Final = (Sort.UPDATED, Sort.CREATED)
"""The orders of the tickets that one created oneself."""

_EMPTY: Final[Mapping[Inbox, str]] = {
    Inbox.ASSIGNED: N_(
        "Nothing is assigned to you. {topics} shows your topics, {unassigned} what nobody has."
    ),
    Inbox.TOPICS: N_("Your topics have no open tickets. {all} shows everything you may see."),
    Inbox.UNASSIGNED: N_("Every ticket has someone. {topics} shows your topics."),
    Inbox.ALL: N_("There are no open tickets. Type is:closed after {find} to see closed ones."),
    Inbox.CREATED: N_("You have created no tickets. {new} writes one."),
}


_HELPS: Final[Mapping[str, str]] = {
    "topics": "inbox.box_2",
    "unassigned": "inbox.box_3",
    "all": "inbox.box_4",
    "find": "inbox.find",
    "new": "inbox.new",
    "back": "app.back",
}


def emptiness(
    box: Inbox, query: str, actor: Actor, key_for: Callable[[str], str], *, is_saved: bool = False
) -> str:
    """Why a list is empty, and the key that helps, as ``key_for`` tells it of a binding's id."""
    helps = {name: key_for(binding) for name, binding in _HELPS.items()}
    if is_saved:
        return _(
            "No ticket is like that now. {find} changes the search, {topics} shows your topics.", **helps
        )
    if query:
        return _("Nothing matches. {back} clears the search.", **helps)
    if box is Inbox.TOPICS and not actor.topics:
        return _("You serve no topic. An administrator can give you one, under Topics.")
    return _(_EMPTY[box], **helps)


def pointed(places: Sequence[tuple[int, int]], told: Sequence[str], *, left: int, width: int) -> Content:
    """What is wrong with a text, below it: carets at the cells where it stands, and what is said of it.

    ``left`` is the cell of the first character; what finds no room behind the carets stands on the next line.
    """
    line = [" "] * width
    for start, end in places:
        for cell in range(max(left + start, 0), min(left + max(end, start + 1), width)):
            line[cell] = "^"
    carets, said = "".join(line).rstrip(), " ".join(told)
    if not carets:
        return Content.styled(f"! {said}", "$warning")
    gap = " " if cell_width(carets) + 1 + cell_width(said) <= width else "\n"
    return Content.assemble((carets, "bold $warning"), gap, (said, "$warning"))


@dataclass(frozen=True, slots=True)
class MailNow:
    """How the desk's mail stands, for staff: whether some waits that nobody sends, how this program sends,
    and how many mails that came in wait for a decision.
    """

    is_stuck: bool = False
    way: str = ""
    waiting: int = 0


def mail_words(now: MailNow, *, is_at_desk: bool) -> str:
    """What staff should know of the mail that leaves: nobody sends it, or it goes to files.

    Who sits at the desk's machine can do something about it, and is told what.
    """
    if now.is_stuck and not is_at_desk:
        return _("mail waits and nobody sends it")
    if now.is_stuck:
        return _("mail waits and nobody sends it: {command}", command=Advice("sysmo worker"))
    return _("mail goes to files") if now.way.startswith("file:") else ""


def waiting_words(count: int, key: str) -> str:
    """How much mail waits for a decision, and the key that goes there; nothing when none does."""
    if not count:
        return ""
    from sysmo_tui.services.quarantine import MOST_COUNTED

    if count >= MOST_COUNTED:
        return _("{count} mails or more wait for a decision · {key}", count=count, key=key)
    return ngettext(
        "{count} mail waits for a decision · {key}",
        "{count} mails wait for a decision · {key}",
        count,
        key=key,
    )


def begun_words(key: str) -> str:
    """That a new ticket is a draft, and the key that goes on with it."""
    return f"{DRAFT} {_('new ticket begun · {key}', key=key)}"


def legend(
    time: str,
    *,
    refresh: str,
    new: int,
    has_stale: bool,
    present: Collection[str],
    is_staff: bool,
    mail: Sequence[str],
    waiting: str,
    width: int,
    begun: str = "",
) -> Content:
    """What stands below the list while nothing happens: news first, then what those marks mean that fit.

    ``mail`` is what is to be known of it at length, and in short for where that finds no room.
    """
    between = Content("  ")
    parts = []
    if new:
        text = ngettext("{count} new · {key}", "{count} new · {key}", new, key=refresh)
        parts.append(Content.styled(text, "bold $unread"))
    if has_stale:
        parts.append(Content.styled(_("dimmed: no longer in this list · {key}", key=refresh), "dim"))
    if waiting:
        parts.append(Content.styled(waiting, "$warning"))
    draft = Content.styled(begun, "$accent")
    if begun and (not parts or between.join([*parts, draft]).cell_length <= width):
        parts.append(draft)
    told = [Content.styled(each, "$warning") for each in mail if each]
    fitting = [each for each in told if between.join([*parts, each]).cell_length <= width]
    parts += (fitting or ([] if parts else told[-1:]))[:1]
    marks = [("●", "$unread", _("unread"))]
    if is_staff:
        marks.append(("▲", "$overdue", _("overdue")))
    if READING in present:
        marks.insert(0, (READING, "$quiet", _("someone reads")))
    if WRITING in present:
        marks.insert(0, (WRITING, "$warning", _("someone writes")))
    rest = [Content(_("updated {time}", time=time))]
    rest += [Content.assemble((mark, style), " ", meaning) for mark, style, meaning in marks]
    for part in rest:
        if between.join([*parts, part]).cell_length <= width:
            parts.append(part)
    return between.join(parts)
