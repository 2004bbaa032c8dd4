"""``sysmo`` itself: finds the noun that is meant and imports that alone."""

from __future__ import annotations

import os
import re
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from sysmo_tui import __version__
from sysmo_tui.cli.nouns import ENTRIES, SECTIONS
from sysmo_tui.cli.verbs import NounGroup, opened, unknown, write_options, write_section
from sysmo_tui.i18n import _

_TICKET = re.compile(r"#?[0-9]+|[Tt]-?[0-9]+")
_CLOSED_PIPE = 141
"""What a shell reports for a program that wrote to a pipe nobody reads: 128 + SIGPIPE."""


class RootGroup(NounGroup):
    """All nouns; ``sysmo 42`` shows that ticket."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._found: dict[str, TyperGroup | TyperCommand | None] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order of the help."""
        return [name for name in ENTRIES if self.shows(ctx, name)]

    def get_command(self, ctx: Any, cmd_name: str) -> TyperGroup | TyperCommand | None:
        """Import the module of a noun and build its commands."""
        entry = ENTRIES.get(cmd_name)
        if entry is None or not self.knows(ctx, cmd_name):
            return None
        if cmd_name not in self._found:
            self._found[cmd_name] = opened(ctx, cmd_name, entry)
        return self._found[cmd_name]

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the noun; a bare number is a ticket to show."""
        if _TICKET.fullmatch(args[0]):
            args = ["ticket", "show", *args]
        if not args[0].startswith("-") and not (args[0] in ENTRIES and self.knows(ctx, args[0])):
            raise unknown(args[0], self.list_commands(ctx), "sysmo")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the verb; a reader that goes away ends it quietly."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            silence_output()
            raise typer.Exit(_CLOSED_PIPE) from None
        return result

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line."""
        formatter.write_usage(ctx.command_path, _("[NOUN] [VERB] [OPTIONS]"), _("Usage: "))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the nouns by section, then the options."""
        for title, entries in SECTIONS.items():
            shown = [(name, _(entry.help)) for name, entry in entries.items() if self.shows(ctx, name)]
            if shown:
                write_section(formatter, _(title), shown)
        write_options(ctx, formatter, self.get_params(ctx))


def silence_output() -> None:
    """Let nothing more reach a pipe that nobody reads, also not when the program ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show_version(value: bool) -> bool:
    if value:
        typer.echo(f"sysmo {__version__}")
        raise typer.Exit
    return value


def build() -> TyperGroup:
    """The command ``sysmo``, with no noun imported yet."""
    app = typer.Typer(
        cls=RootGroup,
        help=_("A help desk that lives in the terminal. Alone, it opens the screens."),
        epilog=_("Example: {command}", command="sysmo ticket list is:open"),
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
    )

    @app.callback()
    def _root(
        context: typer.Context,
        version: Annotated[
            bool,
            typer.Option("--version", help=_("Show the version."), callback=_show_version, is_eager=True),
        ] = False,
        slow: Annotated[
            bool, typer.Option("--slow", help=_("Draw less, without animations, for a slow connection."))
        ] = False,
    ) -> None:
        context.obj.options.slow = slow
        if context.invoked_subcommand is None:
            from sysmo_tui.cli.tui import open_screens

            open_screens(context.obj)

    command = typer.main.get_command(app)
    assert isinstance(command, TyperGroup)
    words = {
        "install_completion": _("Complete commands in this shell, from now on."),
        "show_completion": _("Show what completes commands in this shell."),
    }
    for param in command.params:
        if isinstance(param, TyperOption) and param.name in words:
            # A default of None would have Typer import pydantic to judge it.
            param.help, param.default = words[param.name], False
    return command
