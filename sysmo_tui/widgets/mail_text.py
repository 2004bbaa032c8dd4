"""A mail that came in, on a screen: who it claims to be from, why it went where it did, what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from textual.content import Content

from sysmo_tui.domain.text import SafeText, cell_width, clean_line
from sysmo_tui.i18n import _, pgettext
from sysmo_tui.quarantined import Look
from sysmo_tui.services.kept_mail import MailRecord
from sysmo_tui.spoken import file_size, long_moment
from sysmo_tui.widgets.hanging import hung
from sysmo_tui.widgets.mail_words import goes_words, outcome_words, sender_words, step_words
from sysmo_tui.widgets.passages import lines_of
from sysmo_tui.widgets.words import said

_WIDTH = 8
"""Cells that the names of facts take at least, so that one mail stands below another."""
_RECIPIENTS = 3
"""So many are named; of the others only how many they are."""


def record_text(look: Look, zone: tzinfo, width: int, *, names_class: bool = False) -> Content:
    """The facts of a mail as aligned lines of at most ``width`` cells."""
    record, line = look.record, look.record.line
    by = _("by {who}", who=record.decided_by) if record.decided_by else ""
    facts = [
        (_("From"), sender_words(line)),
        (pgettext("mail", "To"), _recipients(look.recipients)),
        (_("Subject"), line.subject or _("(no subject)")),
        (_("Came"), f"{long_moment(line.received_at, zone)} · {file_size(line.size)}"),
        (_("Became"), " · ".join(part for part in (outcome_words(line), by) if part)),
        (_("Goes to"), goes_words(line)),
        (_("Class"), said(line.mail_class) if names_class and line.mail_class else ""),
        (_("Files"), _files(look)),
        (_("Trouble"), record.error),
    ]
    return _aligned([(name, value) for name, value in facts if value], width)


def glance_text(look: Look, zone: tzinfo, width: int) -> Content:
    """What to know of a mail before its text, on few lines."""
    line = look.record.line
    told = [
        (_("From"), sender_words(line)),
        (_("Subject"), line.subject or _("(no subject)")),
        (_("Why"), said(line.reason) if line.reason else ""),
        (_("Files"), _files(look)),
        (_("Trouble"), look.record.error),
    ]
    came = (long_moment(line.received_at, zone), file_size(line.size), _recipients(look.recipients))
    goes = _("Goes to") + f" {goes_words(line)}" if goes_words(line) else ""
    rest = Content.styled(" · ".join(part for part in (*came, goes) if part), "$quiet")
    known = _aligned([(name, value) for name, value in told if value], width)
    return Content("\n").join((known, rest.truncate(width, ellipsis=True)))


def rules_text(record: MailRecord, width: int) -> Content:
    """The rules that were looked at, in their order; what hit is marked."""
    lines = [
        hung(Content.styled("✓ ", "bold $accent"), Content.styled(step_words(step), "bold"), width)
        if step.is_hit
        else hung(Content.styled("– ", "$quiet"), Content.styled(step_words(step), "$quiet"), width)
        for step in record.steps
    ]
    return Content("\n").join(lines) if lines else Content.styled(_("No rule was looked at yet."), "$quiet")


def body_text(look: Look, fold_key: str = "") -> Content:
    """What a mail says, as far as it was read; quotes and signatures folded where ``fold_key`` shows all."""
    if not look.text.strip():
        return Content.styled(_("(no text)"), "$quiet")
    lines = [
        Content.styled(f"{line.text} · {fold_key}" if line.hides else line.text, "$quiet")
        if line.is_quiet
        else Content(line.text)
        for line in lines_of(look.text.strip("\n"), is_folded=bool(fold_key))
    ]
    return Content("\n").join([*lines, Content("…")] if look.is_longer else lines)


def sections(look: Look, zone: tzinfo, width: int) -> Content:
    """Everything about a mail, below headings, in lines of at most ``width`` cells."""
    parts = [record_text(look, zone, width, names_class=True)]
    for title, text in (
        (_("Why it went where it did"), rules_text(look.record, width)),
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


def _aligned(rows: Sequence[tuple[str, str]], width: int) -> Content:
    names = max(_WIDTH, *(cell_width(name) for name, _value in rows))
    return Content("\n").join(
        hung(
            Content.styled(name + " " * (names - cell_width(name) + 2), "$quiet"),
            Content(clean_line(value)),
            width,
        )
        for name, value in rows
    )
