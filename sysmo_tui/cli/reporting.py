"""``report``: what came in, what was closed, by whom and how soon, and how customers rated it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sysmo_tui import i18n, local_files
from sysmo_tui.cli import completing
from sysmo_tui.cli.context import Here, here
from sysmo_tui.cli.local_options import STREAM, LocalTarget
from sysmo_tui.cli.options import After, Limit, among
from sysmo_tui.cli.output import Column
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.domain.enums import Age
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.moments import Preset
from sysmo_tui.domain.report_kinds import ReportKind
from sysmo_tui.domain.report_parts import WEEKDAYS, Figure
from sysmo_tui.i18n import _

if TYPE_CHECKING:
    from sysmo_tui.domain.measures import Report

app = Noun()

LEVEL = timedelta(seconds=5)
"""A report that is no older than this is of now."""

KINDS = tuple(ReportKind)


@app.verb(
    "report",
    help=_("What came in, what was closed, by whom and how soon."),
    example="sysmo report team --range last-month --compare previous",
)
def _report(
    context: typer.Context,
    report_: Annotated[
        str | None, typer.Argument(metavar=_("REPORT"), help=" | ".join(KINDS), autocompletion=among(KINDS))
    ] = None,
    *,
    range_: Annotated[
        str | None,
        typer.Option(
            "--range",
            metavar=_("RANGE"),
            help=_("Such as today, last-week, last-month, last-30-days (if none), or FROM..TO."),
            autocompletion=among(Preset),
        ),
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar=_("DATE"), help=_("The first day, with --to."))
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar=_("DATE"), help=_("The last day; today if left out."))
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(
            "--compare",
            metavar=_("RANGE"),
            help=_("previous: as many days before; year: a year before; or FROM..TO."),
            autocompletion=among(("previous", "year")),
        ),
    ] = None,
    topic: Annotated[
        str | None,
        typer.Option(
            "--topic",
            metavar=_("TOPIC"),
            help=_("Only tickets of this topic."),
            autocompletion=completing.topics,
        ),
    ] = None,
    tickets: Annotated[
        Figure | None,
        typer.Option("--tickets", metavar=_("FIGURE"), help=_("The tickets behind a figure, as a list.")),
    ] = None,
    operator: Annotated[
        str | None,
        typer.Option(
            "--operator",
            metavar=_("E-MAIL"),
            help=_("With --tickets: whose; also me, customer, automatic, nobody."),
            autocompletion=completing.staff,
        ),
    ] = None,
    age: Annotated[
        Age | None, typer.Option("--age", metavar=_("DAYS"), help=_("With --tickets: of open ones, how old."))
    ] = None,
    weekday: Annotated[
        str | None,
        typer.Option(
            "--weekday",
            metavar=_("DAY"),
            help=_("With --tickets: mon to sun."),
            autocompletion=among(WEEKDAYS),
        ),
    ] = None,
    hour: Annotated[
        int | None, typer.Option("--hour", metavar=_("HOUR"), help=_("With --tickets: 0 to 23."))
    ] = None,
    html: Annotated[
        str | None,
        typer.Option(
            "--html",
            metavar=LocalTarget(_("FILE")),
            help=_("A new page to print: all reports, or the one that is named; - is standard output."),
        ),
    ] = None,
    definitions: Annotated[
        bool, typer.Option("--definitions", help=_("What the figures mean, and nothing else."))
    ] = False,
    limit: Limit = 50,
    after: After = None,
) -> None:
    run = here(context)
    kind = _kind(report_ or KINDS[0])
    if definitions:
        _explain(run, [kind] if report_ else KINDS)
        return
    from sysmo_tui.services import report_tickets, reports, whole_report
    from sysmo_tui.services.aside import aside

    if range_ is not None and (first is not None or last is not None):
        raise Invalid(N_("Choose either --range or --from and --to."), field="range_")
    if kind.is_of_now and (range_, first, last, compare, tickets) != (None,) * 5:
        raise Invalid(N_("The workload is of now: no days belong to it."), field="range_")
    asked = range_ or Preset.LAST_30_DAYS.value
    ask = reports.Ask(range=asked, first=first, last=last, compare=compare, topic=topic)
    narrowed = (operator, age, weekday, hour, after)
    if tickets is not None:
        if compare is not None:
            raise Invalid(N_("The tickets are those of --range; nothing is compared."), field="compare")
        from sysmo_tui.cli import report_behind

        part = report_behind.part(tickets, age=age, weekday=weekday, hour=hour)
        page: dict[str, Any] = {"after": after, "limit": limit}
        if operator is None:
            cases = run.read(report_tickets.behind, ask, part, **page)
        else:
            cases = run.read(report_tickets.of, ask, part, operator, **page)
        report_behind.show(run, cases, tickets)
        return
    if narrowed != (None,) * len(narrowed):
        raise Invalid(N_("Name the figure whose tickets are listed: --tickets FIGURE."), field="tickets")
    if html is not None:
        _print(run, ask, [kind] if report_ else KINDS, html)
        return
    report = run.read(aside(run.desk, whole_report.USE_CASES[kind]), ask)
    if run.options.csv:
        from sysmo_tui.services import audit

        run.write(audit.exported, f"report {kind}")
    _show(run, kind, report)


def _kind(text: str) -> ReportKind:
    if text not in KINDS:
        raise Invalid(
            N_("There is no report “{kind}”. Choose one of: {choices}."),
            field="report_",
            kind=text,
            choices=", ".join(KINDS),
        )
    return ReportKind(text)


def _show(run: Here, kind: ReportKind, report: Report[Any]) -> None:
    from sysmo_tui.cli import report_tables
    from sysmo_tui.services import report_documents

    if run.options.json or run.options.jsonl:
        run.out.one(report_documents.document(kind, report), "")
        return
    report_tables.show(run, kind, report)
    if run.clock() - report.at > LEVEL:
        run.out.say(_("These are the figures of {when}.", when=run.out.when(report.at)))


def _print(run: Here, ask: Any, kinds: Sequence[ReportKind], target: str) -> None:
    """Write a page of reports; on standard output it is data."""
    from sysmo_tui.printed.page import page
    from sysmo_tui.services import audit, whole_report
    from sysmo_tui.services.aside import aside

    whole = run.read(aside(run.desk, whole_report.read), ask, kinds)
    text = page(whole.parts, desk=whole.desk, language=i18n.current())
    run.write(audit.exported, f"report {kinds[0] if len(kinds) == 1 else 'all'}")
    if target == STREAM:
        run.out.file([text.encode("utf-8")])
        return
    path = local_files.save_text(target, text)
    run.out.done({"path": str(path)}, str(path))


def _explain(run: Here, kinds: Sequence[ReportKind]) -> None:
    """Say what the figures of these reports mean, and by whose clock."""
    from sysmo_tui.services import report_frames
    from sysmo_tui.widgets.definitions import days_belong_to, definitions

    zone = run.read(report_frames.time_zone)
    pairs = list(definitions(*kinds))
    columns: list[Column[tuple[str, str]]] = [
        Column(_("Figure"), lambda pair: pair[0]),
        Column(_("Meaning"), lambda pair: pair[1]),
    ]
    if run.out.is_for_scripts:
        run.out.rows(
            pairs,
            columns,
            lambda pair: {"figure": pair[0], "meaning": pair[1]},
            names=("figure", "meaning"),
            empty="",
            more={"time_zone": zone},
        )
        return
    run.out.print("\n".join([*(f"{term}: {meaning}" for term, meaning in pairs), days_belong_to(zone)]))
