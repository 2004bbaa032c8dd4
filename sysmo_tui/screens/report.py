"""Reports: what came in, what was closed, by whom and how soon."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from sysmo_tui import i18n, keys
from sysmo_tui.domain.changes import Changes
from sysmo_tui.domain.measures import Report, Scope
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.moments import DateRange, Preset
from sysmo_tui.domain.report_kinds import ReportKind
from sysmo_tui.domain.sheets import comma_separated, plain, tab_separated
from sysmo_tui.domain.text import cell_width, clean_line
from sysmo_tui.i18n import _, pgettext
from sysmo_tui.keys import Context
from sysmo_tui.printed.page import page
from sysmo_tui.screens.attaching import save_text
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.confirm import Prompt
from sysmo_tui.screens.help import HelpScreen
from sysmo_tui.screens.picker import Item, Picker, numbered
from sysmo_tui.screens.report_cells import NARROW, tickets
from sysmo_tui.screens.report_dates import DatesScreen
from sysmo_tui.screens.report_sections import DRAWN
from sysmo_tui.screens.report_tickets import BehindScreen
from sysmo_tui.services import audit, choices, report_documents, report_records, whole_report
from sysmo_tui.services.aside import aside
from sysmo_tui.services.choices import Choices
from sysmo_tui.services.report_records import Records
from sysmo_tui.services.reports import Ask
from sysmo_tui.services.whole_report import Whole
from sysmo_tui.widgets.banner import Banner
from sysmo_tui.widgets.definitions import days_belong_to, definitions, title
from sysmo_tui.widgets.figure_lines import GUTTER, FigureLines, Pick
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.status_line import StatusLine
from sysmo_tui.widgets.title_bar import TitleBar
from sysmo_tui.widgets.words import said

KINDS = tuple(ReportKind)
"""The sections, in their order."""
OTHER = "other"
NOTHING = "none"

_COMPARED = {
    NOTHING: N_("nothing"),
    "previous": N_("as many days before"),
    "year": N_("the same days a year before"),
    OTHER: N_("other days…"),
}


class ReportScreen(DeskScreen[None]):
    """Sections side by side under one range, one comparison and one topic; behind each figure its tickets."""

    CSS_PATH = "report.tcss"
    CONTEXT = Context.REPORT
    HINTS = (
        "report.open",
        "report.dates",
        "report.compare",
        "report.topic",
        "report.export",
        "app.back",
        "app.help",
    )
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.REPORT, Context.EVERYWHERE)
    AUTO_FOCUS = "FigureLines"

    def __init__(self) -> None:
        super().__init__()
        self._at = 0
        self._ask = Ask(compare="previous")
        self._report: Report[Any] | None = None
        self._is_new = True

    def compose(self) -> ComposeResult:
        """Sections, what is asked for, and the answer."""
        actor = self.app.actor
        yield TitleBar(_("Report").upper(), f"{actor.name} ({said(actor.role)})")
        yield Banner()
        yield Static(Content(""), id="sections")
        yield Static(Content(""), id="asked")
        yield FigureLines()
        yield StatusLine()
        yield Hints(*self.HINTS)

    def on_mount(self) -> None:
        """Read the first section."""
        self._name_sections()
        self.load()

    def on_resize(self, event: Resize) -> None:
        """Draw again in the room there is."""
        self._name_sections()
        if self._report is not None:
            self._name_asked(self._report)
            self.settle(Content(self._as_of(self._report)))
            self._draw(self._report)

    @property
    def kind(self) -> ReportKind:
        """The section that is open."""
        return KINDS[self._at]

    def load(self) -> None:
        """Read the section that is open."""
        use_case = whole_report.USE_CASES[self.kind]
        self.read(aside(self.app.door.desk, use_case), self._ask).then(self._show, group="report")

    def desk_changed(self, changes: Changes) -> None:
        """Figures are of the moment they were read; reading again is up to whoever looks."""

    def action_go_to(self, number: int) -> None:
        """Open a section by its number, from 1 on."""
        if 1 <= number <= len(KINDS):
            self._at = number - 1
            self._report = None
            self._is_new = True
            self._name_sections()
            self.load()

    def action_section(self, step: int) -> None:
        """Open the section beside this one."""
        self.action_go_to((self._at + step) % len(KINDS) + 1)

    def action_reload(self) -> None:
        """Read again."""
        self.load()

    def action_dates(self) -> None:
        """Choose the days."""
        items = [Item(preset.value, said(preset)) for preset in Preset]
        items.append(Item(OTHER, _("from … to …")))
        self.app.push_screen(
            Picker(_("Which days?"), numbered(items), current=self._ask.range), self._choose_days
        )

    def action_compare(self) -> None:
        """Choose what to compare with."""
        items = [Item(value, _(name)) for value, name in _COMPARED.items()]
        current = self._ask.compare or NOTHING
        picker = Picker(
            _("Compare with"), numbered(items), current=current if current in _COMPARED else OTHER
        )
        self.app.push_screen(picker, self._choose_compared)

    def action_topic(self) -> None:
        """Choose one topic, or all."""
        self.read(choices.read).then(self._offer_topics, group="choices")

    def hint_words(self) -> Mapping[str, str]:
        """What is behind a figure, in as few letters as the footer has room for."""
        return {"report.open": pgettext("footer", "Tickets")}

    def action_help(self) -> None:
        """What the figures mean and by whose clock, then the keys."""
        zone = self._report.time_zone if self._report else self.app.zone.key
        lines = [
            Content.styled(_("What the figures mean"), "bold $accent"),
            Content(days_belong_to(zone)),
            Content(""),
        ]
        for term, meaning in definitions(self.kind):
            lines.append(Content.assemble((term, "bold"), f"  {meaning}"))
        self.app.push_screen(HelpScreen(self.CONTEXT, about=[*lines, Content("")]))

    def action_export(self) -> None:
        """Save what is shown: choose as what."""
        if self._report is not None:
            this = title(self.kind)
            items = [
                Item("html", _("page to print, all sections"), "HTML"),
                Item("html-one", _("page to print, {section} alone", section=this), "HTML"),
                Item("csv", _("table of {section}", section=this), "CSV"),
                Item("json", _("data of {section}", section=this), "JSON"),
            ]
            self.app.push_screen(Picker(_("Save as"), numbered(items)), self._name_export)

    def _name_export(self, form: str | None) -> None:
        if form is None or self._report is None:
            return
        days, name = self._report.range, "report" if form == "html" else self.kind.value
        path = f"sysmo-{name}-{days.first}-{days.last}.{form.partition('-')[0]}"
        notes = {"csv": _("A new file; lengths of time are in seconds.")}
        prompt = Prompt(
            _("Save as {form}", form=form.partition("-")[0].upper()),
            value=path,
            explains=notes.get(form, _("A new file.")),
        )
        self.app.push_screen(prompt, partial(self._export, form))

    def action_copy(self) -> None:
        """Hand the section's table to the terminal's clipboard."""
        if self._records is not None:
            self.app.copy_to_clipboard(tab_separated(self._records.names, self._records.rows))
            self.done(_("The table was sent to the clipboard of your terminal."))

    def more_commands(self) -> Iterator[tuple[str, str, Callable[[], object]]]:
        """The sections by name, for the palette."""
        for at, kind in enumerate(KINDS, start=1):
            yield _("Report: {section}", section=title(kind)), str(at), partial(self.action_go_to, at)

    def action_open(self) -> None:
        """Look behind the figure that the cursor is on."""
        self.figures.open()

    def action_move_down(self) -> None:
        """To the next figure."""
        self.figures.action_step(1)

    def action_move_up(self) -> None:
        """To the figure before."""
        self.figures.action_step(-1)

    def action_move_top(self) -> None:
        """To the beginning."""
        self.figures.action_edge(-1)

    def action_move_bottom(self) -> None:
        """To the end."""
        self.figures.action_edge(1)

    def action_move_half_down(self) -> None:
        """Half a page down."""
        self.figures.jump(max(self.figures.size.height // 2, 1))

    def action_move_half_up(self) -> None:
        """Half a page up."""
        self.figures.jump(-max(self.figures.size.height // 2, 1))

    def on_figure_lines_opened(self, event: FigureLines.Opened) -> None:
        """List the tickets of a figure; where a line has several, ask which."""
        event.stop()
        pick = event.pick
        if len(pick.figures) == 1:
            self._list(pick, 0)
            return
        items = [Item(str(at), each.label, tickets(each.count or 0)) for at, each in enumerate(pick.figures)]

        def chosen(value: str | None) -> None:
            if value is not None:
                self._list(pick, int(value))

        self.app.push_screen(Picker(clean_line(pick.name, 50), numbered(items)), chosen)

    def _list(self, pick: Pick, at: int) -> None:
        figure = pick.figures[at]
        heading = f"{pick.name} · {figure.label}"
        self.app.push_screen(BehindScreen(self.kind, heading, self._ask, figure.part))

    @property
    def figures(self) -> FigureLines:
        """The tables and charts."""
        return self.query_one(FigureLines)

    @property
    def _records(self) -> Records | None:
        """The section's rows, as every program gets them."""
        return report_records.of(self.kind, self._report) if self._report else None

    def _name_sections(self) -> None:
        parts = []
        for at, kind in enumerate(KINDS):
            style = "bold $accent underline" if at == self._at else ""
            key = self.app.key_for(f"report.section_{at + 1}")
            text = Content.from_markup(f"[@click=screen.go_to({at + 1})]$n $t[/]", n=key, t=title(kind))
            parts.append(text.stylize(style) if style else text)
        room = max(self.size.width - 2, 20)
        lines = _in_one_line(parts, self._at, room) if room < NARROW else _in_lines(parts, room)
        self.query_one("#sections", Static).update(lines)

    def _show(self, report: Report[Any]) -> None:
        self._report = report
        self._name_asked(report)
        self.say(self._as_of(report))
        self._draw(report)

    def _name_asked(self, report: Report[Any]) -> None:
        against = report.compared_with
        parts = [
            Content.from_markup("[@click=screen.dates][bold]$d[/][/]", d=_days(report.range)),
            Content.from_markup(
                "[@click=screen.compare]$c[/]",
                c=_("against {days}", days=_days(against)) if against else _("compared with nothing"),
            ),
            Content.from_markup(
                "[@click=screen.topic]$t[/]", t=_("topic: {topic}", topic=report.topic or _("all"))
            ),
        ]
        if self.kind.is_of_now:
            parts[:2] = [Content.styled(_("now"), "bold")]
        room = max(self.size.width - 2, 20)
        self.query_one("#asked", Static).update(
            _in_lines(parts, room) if room < NARROW else Content("   ").join(parts)
        )

    def _as_of(self, report: Report[Any]) -> str:
        """As of when the figures are, and whose; without the place where that finds no room."""
        time = report.at.astimezone(ZoneInfo(report.time_zone))
        clock = f"{time:%H:%M}"
        place = report.time_zone.rpartition("/")[2].replace("_", " ")
        as_of = _("as of {time}, {zone}", time=clock, zone=place)
        if report.scope is not Scope.OWN:
            return as_of
        whole = _("{as_of} · own figures, topics' volumes", as_of=as_of)
        is_room = cell_width(whole) <= self.size.width - 2
        return whole if is_room else _("{as_of} · own figures, topics' volumes", as_of=clock)

    def _draw(self, report: Report[Any]) -> None:
        width = max(self.size.width - GUTTER - 1, 20)
        self.figures.show(DRAWN[self.kind](report, width), is_new=self._is_new)
        self._is_new = False

    def _choose_days(self, chosen: str | None) -> None:
        if chosen == OTHER:
            screen = DatesScreen(_("Which days?"), self._today, self._report.range if self._report else None)
            self.app.push_screen(screen, self._set_days)
        elif chosen is not None:
            self._set(replace(self._ask, range=chosen))

    def _set_days(self, days: DateRange | None) -> None:
        if days is not None:
            self._set(replace(self._ask, range=f"{days.first}..{days.last}"))

    def _choose_compared(self, chosen: str | None) -> None:
        if chosen == OTHER:
            known = self._report.compared_with if self._report else None
            self.app.push_screen(DatesScreen(_("Compare with"), self._today, known), self._set_compared)
        elif chosen is not None:
            self._set(replace(self._ask, compare=None if chosen == NOTHING else chosen))

    def _set_compared(self, days: DateRange | None) -> None:
        if days is not None:
            self._set(replace(self._ask, compare=f"{days.first}..{days.last}"))

    def _offer_topics(self, all_: Choices) -> None:
        items = [Item("", _("all"))]
        items += [Item(topic.value, topic.name) for topic in all_.topics]
        picker = Picker(_("Which topic?"), numbered(items), current=self._ask.topic or "")
        self.app.push_screen(picker, self._set_topic)

    def _set_topic(self, chosen: str | None) -> None:
        if chosen is not None:
            self._set(replace(self._ask, topic=chosen or None))

    def _set(self, ask: Ask) -> None:
        self._ask = ask
        self.load()

    @property
    def _today(self) -> date:
        zone = ZoneInfo(self._report.time_zone) if self._report else self.app.zone
        return self.app.now().astimezone(zone).date()

    def _export(self, form: str, path: str | None) -> None:
        if not path or self._report is None:
            return
        kind = self.kind
        if form == "csv" and self._records is not None:
            text = comma_separated(self._records.names, self._records.rows)
            self._save(path, kind, text)
        elif form == "json":
            document = report_documents.document(kind, self._report)
            self._save(path, kind, json.dumps(document, default=plain, ensure_ascii=False, indent=2) + "\n")
        else:
            kinds = KINDS if form == "html" else (kind,)
            asked = self.read(aside(self.app.door.desk, whole_report.read), self._ask, kinds)
            what = kind.value if len(kinds) == 1 else "all"

            def save(whole: Whole) -> None:
                self._save(path, what, page(whole.parts, desk=whole.desk, language=i18n.current()))

            asked.then(save, group="export")

    def _save(self, path: str, what: str, text: str) -> None:
        def saved(place: Path) -> None:
            self.write(audit.exported, f"report {what}").then()
            self.done(_("Saved: {path}", path=clean_line(str(place))))

        self.job(save_text, path, text).then(saved)


def _in_lines(parts: list[Content], width: int) -> Content:
    """Names side by side, in as many lines as they need; none is broken."""
    lines: list[list[Content]] = [[]]
    room = width
    for part in parts:
        if lines[-1] and part.cell_length + 2 > room:
            lines.append([])
            room = width
        lines[-1].append(part)
        room -= part.cell_length + 2
    return Content("\n").join(Content("  ").join(line) for line in lines)


def _in_one_line(parts: list[Content], at: int, width: int) -> Content:
    """As many names as there is room for, that at ``at`` among them; marks say where there are more."""
    room = width - 4 - parts[at].cell_length
    first = last = at
    while True:
        for beside in (last + 1, first - 1):
            if 0 <= beside < len(parts) and parts[beside].cell_length + 2 <= room:
                first, last = min(first, beside), max(last, beside)
                room -= parts[beside].cell_length + 2
                break
        else:
            break
    before, after = "‹ " if first else "  ", " ›" if last + 1 < len(parts) else ""
    return Content.assemble(before, Content("  ").join(parts[first : last + 1]), after)


def _days(days: DateRange) -> str:
    return str(days.first) if days.length == 1 else f"{days.first} → {days.last}"
