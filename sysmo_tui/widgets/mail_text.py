"""A mail that came in, on a screen: who it claims to be from, why it went where it did, what it says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from textual.content import Content

from sysmo_tui.domain.text import SafeText, cell_width, clean_line
from sysmo_tui.i18n import _, pgettext
from sysmo_tui.quarantined import Look
from sysmo_tui.services.kept_mail import MailRecord
from sysmo_tui.spoken import file_size, long_moment
from sysmo_tui.widgets.mail_words import goes_words, outcome_words, sender_words, step_words
from sysmo_tui.widgets.words import said

_WIDTH = 8
"""Cells that the names of facts take at least, so that one mail stands below another."""
_LINE = 71
"""Cells of a line, as many as the narrowest dialog that shows a mail has."""
_RECIPIENTS = 3
"""So many are named; of the others only how many they are."""


def record_text(
    record: MailRecord, zone: tzinfo, look: Look | None = None, *, names_class: bool = False
) -> Content:
    """The facts of a mail as aligned lines; those that only its bytes tell are there with ``look``."""
    line = record.line
    by = _("by {who}", who=record.decided_by) if record.decided_by else ""
    facts = [
        (_("From"), sender_words(line)),
        (pgettext("mail", "To"), _recipients(look.recipients) if look else ""),
        (_("Subject"), line.subject or _("(no subject)")),
        (_("Came"), f"{long_moment(line.received_at, zone)} · {file_size(line.size)}"),
        (_("Became"), " · ".join(part for part in (outcome_words(line), by) if part)),
        (_("Goes to"), goes_words(line)),
        (_("Class"), said(line.mail_class) if names_class and line.mail_class else ""),
        (_("Files"), _files(look) if look else ""),
        (_("Trouble"), record.error),
    ]
    return _aligned((name, value) for name, value in facts if value)


def rules_text(record: MailRecord) -> Content:
    """The rules that were looked at, in their order; what hit is marked."""
    lines = [
        _hung(Content.styled("✓ ", "bold $accent"), Content.styled(step_words(step), "bold"))
        if step.is_hit
        else _hung(Content.styled("– ", "$quiet"), Content.styled(step_words(step), "$quiet"))
        for step in record.steps
    ]
    return Content("\n").join(lines) if lines else Content.styled(_("No rule was looked at yet."), "$quiet")


def body_text(look: Look) -> Content:
    """What a mail says, as far as it was read."""
    if not look.text.strip():
        return Content.styled(_("(no text)"), "$quiet")
    return Content(look.text.strip("\n") + ("\n…" if look.is_longer else ""))


def sections(look: Look, zone: tzinfo) -> Content:
    """Everything about a mail, below headings."""
    parts = [record_text(look.record, zone, look, names_class=True)]
    for title, text in (
        (_("Why it went where it did"), rules_text(look.record)),
        (_("Text"), body_text(look)),
        (_("Headers"), Content(look.headers)),
        (_("Remarks"), Content("\n".join(look.remarks))),
    ):
        if text:
            parts += [Content.styled(f"\n{title}", "bold $accent"), text]
    return Content("\n").join(parts)


def _recipients(recipients: tuple[SafeText, ...]) -> str:
    named = ", ".join(recipients[:_RECIPIENTS])
    more = len(recipients) - _RECIPIENTS
    return f"{named} +{more}" if more > 0 else named


def _files(look: Look) -> str:
    return ", ".join(f"{file.name} ({file_size(file.size)})" for file in look.files)


def _aligned(facts: Iterable[tuple[str, str]]) -> Content:
    rows = list(facts)
    width = max(_WIDTH, *(cell_width(name) for name, _value in rows))
    return Content("\n").join(
        _hung(
            Content.styled(name + " " * (width - cell_width(name) + 2), "$quiet"), Content(clean_line(value))
        )
        for name, value in rows
    )


def _hung(head: Content, text: Content) -> Content:
    """A text behind its head, whose further lines stand beneath its first."""
    indent = Content("\n" + " " * head.cell_length)
    return Content("").join([head, indent.join(text.wrap(_LINE - head.cell_length))])
