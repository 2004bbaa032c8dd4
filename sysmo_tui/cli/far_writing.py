"""Texts for a desk on another machine, written in this one's editor."""

from __future__ import annotations

from dataclasses import replace

import typer

from sysmo_tui.cli import far, writing_to_many
from sysmo_tui.cli.composing import keep_here
from sysmo_tui.cli.context import Here
from sysmo_tui.cli.far_line import BODY, BODY_FILE, Asked
from sysmo_tui.cli.input import answer, can_ask, edited
from sysmo_tui.cli.ticket_changing import parsed
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _


def write(run: Here, what: Asked) -> int:
    """File a ticket, answer or note; without a text on a terminal, an editor opens here."""
    given = (what.values[BODY], what.values[BODY_FILE], what.values.get("canned"))
    if given != (None, None, None) or not can_ask(run):
        return far.send(run, what)
    if "numbers" not in what.values:
        return _send(run, _asked_for(run, what), _("your request"))
    numbers = parsed(what.values["numbers"])
    is_note = what.path[1] == "note"
    if len(numbers) > 1:
        purpose = writing_to_many.noting if is_note else writing_to_many.replying
        return _send(run, what, purpose(len(numbers)))
    (number,) = numbers
    # Nobody writes a text for a ticket that is not there.
    far.ask(run, ["ticket", "show", str(number), "--json"])
    if is_note:
        return _send(run, what, _("your internal note on #{number}", number=number))
    return _send(run, what, _("your reply to #{number}, which the customer sees", number=number))


def _asked_for(run: Here, what: Asked) -> Asked:
    """A new ticket with its topic and subject, asked for where they were not given."""
    given = dict(what.values)
    topics = far.document(far.address_of(run), far.ask(run, ["topic", "list", "--json"]))
    if given["topic"] is None:
        for each in topics.get("items", ()):
            run.out.say(f"  {clean_line(str(each.get('slug'))):20} {clean_line(str(each.get('name')))}")
    given["topic"] = answer(run, given["topic"], "--topic", _("Topic"))
    given["subject"] = answer(run, given["subject"], "--subject", _("Subject"))
    return what.having(given)


def _send(run: Here, what: Asked, purpose: str) -> int:
    """Send what is written in an editor about ``purpose``; a text that is refused is kept here."""
    written = edited(run, purpose)
    try:
        code = far.send(run, replace(what, text=written))
    except (DeskError, KeyboardInterrupt, typer.Abort):
        keep_here(run, written)
        raise
    if code:
        keep_here(run, written)
    return code
