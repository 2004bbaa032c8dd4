"""The facts of a ticket beside its thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from textual.containers import VerticalScroll
from textual.content import Content

from sysmo_tui.domain.closed_sets import CHANNELS, LEVELS, REASONS
from sysmo_tui.domain.enums import Category
from sysmo_tui.domain.text import cell_width
from sysmo_tui.domain.views import CustomerTicket, TicketView
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.spoken import date_text, long_moment
from sysmo_tui.widgets.changes import NOBODY
from sysmo_tui.widgets.hanging import broken, hung
from sysmo_tui.widgets.present_words import present_mark, present_sentence
from sysmo_tui.widgets.steady import Steady
from sysmo_tui.widgets.ticket_text import due_brief, priority_marks
from sysmo_tui.widgets.words import rating_text

if TYPE_CHECKING:
    from sysmo_tui.services.presence import Present

LABEL = 13
VALUE = 25
"""Cells in which a value is broken into lines."""
Line = tuple[str, str, str]
"""A label, its value, and how the value is written."""


class FactsPanel(VerticalScroll, can_focus=False):
    """Label and value, line by line."""

    DEFAULT_CSS = """
    FactsPanel {
        width: 42;
        height: 1fr;
        border-left: solid $rule;
        padding: 0 1;
        display: none;
        scrollbar-size-vertical: 1;
    }
    """

    def compose(self) -> Iterable[Steady]:
        """One text."""
        yield Steady()

    def clear(self) -> None:
        """Show no ticket."""
        self.query_one(Steady).tell(Content(""))

    def show(
        self,
        view: TicketView | CustomerTicket,
        zone: ZoneInfo,
        now: datetime,
        key_for: Callable[[str], str],
        present: Sequence[Present] = (),
    ) -> None:
        """Show the facts of a ticket, and last, where nothing moves by it, who has it open now.

        ``key_for`` names a key by its binding's id.
        """
        if isinstance(view, TicketView):
            parts = [
                fact_lines(_work(view, zone, now, key_for("ticket.take"))),
                _heading(_("Customer")),
                fact_lines(_customer(view, zone, key_for("ticket.customer"))),
            ]
            people = [*view.watchers, *view.collaborators]
            if people:
                parts += [_heading(_("Also in it")), *(Content(person.name) for person in people)]
            if present:
                parts += [_heading(_("Here now")), *map(_present, present)]
        else:
            parts = [fact_lines(_own(view, zone, now, key_for("ticket.rate")))]
        self.query_one(Steady).tell(Content("\n").join(parts))


def _heading(text: str) -> Content:
    return Content.assemble("\n", (text, "bold $accent"))


def _present(each: Present) -> Content:
    glyph, ink = present_mark([each])
    return Content.assemble((f"{glyph} ", f"${ink}"), present_sentence(each))


def fact_lines(lines: Iterable[Line], width: int = VALUE) -> Content:
    """Label and value, line by line.

    Values are broken into lines of ``width`` cells, and of less where a label needs more than is usual.
    """
    told = [line for line in lines if line[1]]
    label = max([LABEL, *(cell_width(label) + 1 for label, _value, _style in told)])
    width = max(LABEL + width - label, 1)
    return Content("\n").join(_line(*line, label, width) for line in told)


def _line(label: str, value: str, style: str, indent: int, width: int) -> Content:
    """A label and its value, whose further lines stand beneath its first."""
    head = Content.styled(label + " " * (indent - cell_width(label)), "$quiet")
    return hung(head, Content.styled(broken(value, width), style), indent + width)


def _work(view: TicketView, zone: ZoneInfo, now: datetime, take_key: str) -> Iterable[Line]:
    row = view.row
    marks = priority_marks(row.level)
    yield _("State"), _(row.status), "bold"
    if view.close_reason is not None:
        yield _("Reason"), _(REASONS[view.close_reason]), ""
    yield _("Priority"), f"{marks} {_(row.priority)}".strip(), "$urgent" if marks else ""
    yield _("Type"), _(row.type), ""
    yield _("Topic"), _(row.topic), ""
    yield (
        _("Assignee"),
        row.assignee.name if row.assignee else f"{NOBODY} ({_('{key} takes it', key=take_key)})",
        "",
    )
    yield _("Owner"), row.owner.name if row.owner else NOBODY, ""
    if row.due_at is not None and row.category is not Category.CLOSED:
        yield _("Due"), due_brief(row.due_at, now), "$overdue" if row.due_at < now else ""
    yield _("Follow up"), date_text(row.follow_up_at) if row.follow_up_at else "", ""
    yield _("Action due"), date_text(row.action_due_at) if row.action_due_at else "", ""
    yield _("Urgency"), _(LEVELS[view.urgency]), ""
    yield _("Impact"), _(LEVELS[view.impact]), ""
    yield _("Opened"), long_moment(row.created_at, zone), ""
    yield _("Closed"), long_moment(row.closed_at, zone) if row.closed_at else "", ""
    yield _("Rating"), rating_text(view.rating) if view.rating else "", ""
    yield _("Came by"), _(CHANNELS[row.channel]), ""
    yield _("Tags"), "  ".join(view.tags), ""
    yield _("Watched"), _("by you") if view.is_watched else "", ""
    yield _("Clone of"), f"#{view.cloned_from}" if view.cloned_from else "", ""
    yield from _continuing(view)


def _continuing(view: TicketView | CustomerTicket) -> Iterable[Line]:
    yield _("Goes on with"), f"#{view.continues}" if view.continues else "", ""
    yield _("Goes on in"), f"#{view.continued_by}" if view.continued_by else "", ""


def _customer(view: TicketView, zone: ZoneInfo, customer_key: str) -> Iterable[Line]:
    row = view.row
    yield _("Name"), row.requester.name, "bold"
    yield _("Company"), row.requester.company or "", ""
    yield _("E-mail"), row.contact_email, ""
    if view.undeliverable_since is not None:
        when = long_moment(view.undeliverable_since, zone)
        yield _("No mail"), _("arrives there since {when}", when=when), "$error"
        yield _("Because"), view.undeliverable_reason or "", ""
    yield _("Phone"), view.requester_phone or "", ""
    count = ngettext("{count} in all", "{count} in all", view.requester_tickets)
    yield _("Tickets"), f"{count} ({_('{key} shows them', key=customer_key)})", ""


def _own(view: CustomerTicket, zone: ZoneInfo, now: datetime, rating_key: str) -> Iterable[Line]:
    row = view.row
    yield _("State"), _(row.status), "bold"
    yield _("Topic"), _(row.topic), ""
    yield _("Operator"), row.operator or _("nobody yet"), ""
    yield _("Priority"), _(row.priority), ""
    yield _("Opened"), long_moment(row.created_at, zone), ""
    yield _("Updated"), long_moment(row.updated_at, zone), ""
    yield _("Closed"), long_moment(row.closed_at, zone) if row.closed_at else "", ""
    if view.rating is not None:
        yield _("Your rating"), rating_text(view.rating), ""
    elif row.category is Category.CLOSED:
        yield _("Your rating"), _("none yet ({key} gives one)", key=rating_key), ""
    yield _("Answers to"), row.contact_email, ""
    yield from _continuing(view)
