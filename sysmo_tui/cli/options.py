"""The options that every verb has, and those that several share.

Their help is said when this is imported, so nothing may import it before a language is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Annotated, Any

import typer
from typer.core import TyperOption

from sysmo_tui.cli.local_options import LocalFile
from sysmo_tui.i18n import _


def _keep(context: typer.Context, param: typer.CallbackParam, value: bool) -> bool:
    _remember(context, param.name, value)
    return value


def _keep_text(context: typer.Context, param: typer.CallbackParam, value: str) -> str:
    _remember(context, param.name, value)
    return value


def _remember(context: typer.Context, name: str | None, value: object) -> None:
    # The same option may stand before the noun and behind the verb: what is given stays.
    if value and name and context.obj is not None:
        setattr(context.obj.options, name, value)


def _show_help(context: typer.Context, value: bool) -> bool:
    if value and not context.resilient_parsing:
        typer.echo(context.get_help())
        raise typer.Exit
    return value


@cache
def everywhere() -> tuple[TyperOption, ...]:
    """The options of every verb; their values go to the run's ``Options``."""
    app = typer.Typer(add_completion=False)

    @app.command()
    def _every(
        *,
        json: Annotated[
            bool, typer.Option("--json", help=_("Print one JSON document."), callback=_keep)
        ] = False,
        jsonl: Annotated[
            bool, typer.Option("--jsonl", help=_("Print one JSON object a line."), callback=_keep)
        ] = False,
        csv: Annotated[
            bool, typer.Option("--csv", help=_("Print lists as comma-separated values."), callback=_keep)
        ] = False,
        plain: Annotated[
            bool, typer.Option("--plain", help=_("Print lists tab-separated, as in a pipe."), callback=_keep)
        ] = False,
        spoken: Annotated[
            bool,
            typer.Option(
                "--spoken",
                help=_("Print each thing as a line of names and values, to be read aloud."),
                callback=_keep,
            ),
        ] = False,
        no_input: Annotated[
            bool,
            typer.Option("--no-input", help=_("Never ask; fail naming what is missing."), callback=_keep),
        ] = False,
        database: Annotated[
            str,
            typer.Option("--database", metavar=_("URL"), help=_("The desk's database."), callback=_keep_text),
        ] = "",
        demo: Annotated[bool, typer.Option("--demo", help=_("Use the demo desk."), callback=_keep)] = False,
        debug: Annotated[
            bool, typer.Option("--debug", help=_("Show where the program failed."), callback=_keep)
        ] = False,
        show_help: Annotated[
            bool, typer.Option("--help", "-h", help=_("Show this help."), callback=_show_help, is_eager=True)
        ] = False,
    ) -> None:
        pass

    options = [p for p in typer.main.get_command(app).params if isinstance(p, TyperOption)]
    for option in options:
        option.expose_value = False
    return tuple(option if option.is_flag else _Text.like(option) for option in options)


class _Text(TyperOption):
    """An option whose text is taken as it is: Typer would import pydantic to do that, also for help."""

    @classmethod
    def like(cls, option: TyperOption) -> _Text:
        """The same option, without validation."""
        return cls(
            param_decls=[option.name, *option.opts],
            type_descriptor=option.type_descriptor,
            default=option.default,
            callback=option.callback,
            metavar=option.metavar,
            help=option.help,
            expose_value=False,
        )

    def process_value(self, ctx: Any, value: Any) -> Any:
        """Hand the text to the callback."""
        return self.callback(ctx, self, value) if self.callback is not None else value


def among(values: Iterable[str]) -> Callable[[str], list[str]]:
    """What a shell completes a text with: those of ``values`` that begin with it."""
    known = tuple(values)
    return lambda incomplete: [value for value in known if value.startswith(incomplete)]


Number = Annotated[str, typer.Argument(metavar=_("N"), help=_("The ticket: 42, T-42 or '#42'."))]
Numbers = Annotated[list[str], typer.Argument(metavar=_("N…"), help=_("The tickets: 42, T-42 or '#42'."))]
Body = Annotated[str | None, typer.Option("--body", metavar=_("TEXT"), help=_("The text."))]
BodyFile = Annotated[
    str | None,
    typer.Option(
        "--body-file", metavar=LocalFile(_("FILE")), help=_("A file with the text; - is standard input.")
    ),
]
Attach = Annotated[
    list[str] | None,
    typer.Option("--attach", metavar=LocalFile(_("FILE")), help=_("A file to attach; may be repeated.")),
]
StreamName = Annotated[
    str | None,
    typer.Option(
        "--name", metavar=_("NAME"), help=_("What the file is called that comes on standard input, as -.")
    ),
]
IfVersion = Annotated[
    int | None,
    typer.Option(
        "--if-version", metavar=_("V"), help=_("Refuse when the ticket is no longer at this version.")
    ),
]
Key = Annotated[
    str,
    typer.Option(
        "--idempotency-key", metavar=_("KEY"), help=_("Repeat safely: the same key does nothing twice.")
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help=_("Do not ask for confirmation."))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=_("Say what would happen, and change nothing."))]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help=_("Read secrets from standard input, a line each."))
]
Limit = Annotated[
    int, typer.Option("--limit", metavar=_("COUNT"), min=1, max=500, help=_("The most rows to print."))
]
After = Annotated[
    str | None, typer.Option("--after", metavar=_("CURSOR"), help=_("Go on behind an earlier page."))
]
