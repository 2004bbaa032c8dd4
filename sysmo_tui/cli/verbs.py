"""Nouns and verbs: Typer, with our help, our common options and our words for mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command_from_info
from typer.models import CommandInfo

from sysmo_tui.cli.nouns import Entry
from sysmo_tui.cli.options import everywhere
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.numbers import is_number
from sysmo_tui.i18n import _

if TYPE_CHECKING:
    from sysmo_tui.cli.door_lines import Gate

F = TypeVar("F", bound=Callable[..., Any])

ALIASES = {"list": ("ls",), "show": ("view",), "new": ("add", "create"), "edit": ("set",)}
"""Names that people try; they work, and are not shown."""

_MINUS = "\ue000"
"""Stands for the first dash of a query word while options are parsed."""

_METAVARS: dict[Any, str] = {str: _("TEXT"), int: _("COUNT"), list[str]: _("TEXT")}

Rows = list[tuple[str, str]]


def gate_of(ctx: Any) -> Gate | None:
    """What a door opens for this run; None at the desk itself, where nothing is kept from anyone."""
    return getattr(getattr(ctx, "obj", None), "gate", None)


def place_of(ctx: Any) -> str:
    """The verb or noun that runs, by its proper names and without the program's: ``ticket list``."""
    words: list[str] = []
    while ctx.parent is not None:
        group, name = ctx.parent.command, ctx.info_name
        words.insert(0, group.proper_name(name) if isinstance(group, NounGroup) else name)
        ctx = ctx.parent
    return " ".join(words)


def _behind_numbers(words: Sequence[str]) -> list[str]:
    """What follows the numbers of tickets and is none: of a text whose quotes were taken away."""
    for at, word in enumerate(words):
        if at and not is_number(word):
            return list(words[at:])
    return []


class Verb(TyperCommand):
    """One command: its own options, then those of every verb, then an example."""

    def __init__(self, name: str | None, *, params: Any = None, **given: Any) -> None:
        given["add_help_option"] = False
        own = list(params or ())
        for param in own:
            # Typer would show the Python type, which means nothing to the reader.
            if isinstance(param, TyperOption) and param.metavar is None and not param.is_flag:
                param.metavar = _METAVARS.get(param.type_descriptor.annotation)
        super().__init__(name, params=[*own, *everywhere()], **given)

    def get_params(self, ctx: Any) -> list[Any]:
        """What the verb takes here."""
        gate, params = gate_of(ctx), super().get_params(ctx)
        return params if gate is None else gate.params(place_of(ctx), params)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words behind the verb; Invalid names those that it has no use for."""
        gate = gate_of(ctx)
        if gate is not None:
            gate.require(place_of(ctx))
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if gate is not None:
            gate.stream_targets(self.params, ctx.params)
            rest = rest or _behind_numbers(ctx.params.get("numbers") or ())
        if rest and not ctx.resilient_parsing:
            text = N_("“{words}” is too much for {verb}.")
            if gate is not None:
                # Whoever types behind "ssh" has their own shell take the quotes away.
                text = N_(
                    "“{words}” is too much for {verb}. Behind ssh, a text needs two pairs of quotes: "
                    "{example}"
                )
            raise Invalid(text, words=" ".join(rest), verb=ctx.command_path, example="\"'…'\"")
        return rest

    def invoke(self, ctx: Any) -> Any:
        """Do it here, or over there when the desk is on another machine."""
        if ctx.obj.is_elsewhere(ctx.command_path):
            from sysmo_tui.cli import far

            return far.run_verb(ctx.obj, ctx)
        ctx.obj.require_keeper(ctx.command_path)
        return super().invoke(ctx)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line."""
        arguments = [p for p in self.get_params(ctx) if isinstance(p, TyperArgument)]
        pieces = [named(p) if p.required else f"[{named(p)}]" for p in arguments]
        formatter.write_usage(ctx.command_path, " ".join([*pieces, _("[OPTIONS]")]), _("Usage: "))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write what the verb takes, its own first."""
        write_options(ctx, formatter, self.get_params(ctx))

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the example as one line, ready to be copied."""
        formatter.write(f"\n  {self.epilog}\n")


class QueryVerb(Verb):
    """A command whose arguments are a query: an unknown ``-word`` excludes that word."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Hide the dashes that belong to the query from the option parser."""
        options = [p for p in self.get_params(ctx) if isinstance(p, TyperOption)]
        known = {name for option in options for name in option.opts}
        with_value = {name for option in options if not option.is_flag for name in option.opts}
        kept, before = [], ""
        for position, word in enumerate(args):
            if word == "--":
                kept += args[position:]
                break
            is_excluded = word.startswith("-") and not word.startswith("--") and word != "-"
            if is_excluded and word not in known and before not in with_value:
                kept.append(_MINUS + word[1:])
            else:
                kept.append(word)
            before = word
        return super().parse_args(ctx, kept)


def query_text(words: Iterable[str] | None) -> str:
    """The query that a :class:`QueryVerb`'s arguments spell."""
    return " ".join(map(query_word, words or ()))


def query_word(word: str) -> str:
    """A word of a :class:`QueryVerb` as it was typed."""
    return "-" + word[1:] if word.startswith(_MINUS) else word


class NounGroup(TyperGroup):
    """A noun: without a verb it says which there are. A verb is built when it is used."""

    def __init__(self, *, params: Any = None, **given: Any) -> None:
        given["add_help_option"] = False
        super().__init__(params=[*(params or ()), *everywhere()], **given)
        self.registered: dict[str, CommandInfo] = {}
        self.nested: dict[str, Entry] = {}

    def get_params(self, ctx: Any) -> list[Any]:
        """What may stand before the verb here."""
        gate, params = gate_of(ctx), super().get_params(ctx)
        return params if gate is None else gate.params(place_of(ctx), params)

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the verbs, then of the nouns in it, in the order of the help."""
        return [name for name in (*self.registered, *self.nested) if self.shows(ctx, name)]

    def shows(self, ctx: Any, name: str) -> bool:
        """Whether help names a verb or noun here."""
        gate = gate_of(ctx)
        return gate is None or gate.shows(self._place_in(ctx, name))

    def knows(self, ctx: Any, name: str) -> bool:
        """Whether a verb or noun can be meant here."""
        gate = gate_of(ctx)
        return gate is None or gate.knows(self._place_in(ctx, name))

    def proper_name(self, name: str) -> str:
        """What a verb is called that has other names, too."""
        meant = self.registered.get(name)
        if meant is None or not meant.hidden:
            return name
        named = (
            each
            for each, info in self.registered.items()
            if info.callback is meant.callback and not info.hidden
        )
        return next(named, name)

    def _place_in(self, ctx: Any, name: str) -> str:
        return f"{place_of(ctx)} {self.proper_name(name)}".lstrip()

    def get_command(self, ctx: Any, cmd_name: str) -> TyperGroup | TyperCommand | None:
        """The verb of that name."""
        if not self.knows(ctx, cmd_name):
            return None
        if cmd_name not in self.commands and cmd_name in self.registered:
            self.commands[cmd_name] = get_command_from_info(
                self.registered[cmd_name], pretty_exceptions_short=False, rich_markup_mode=None
            )
        if cmd_name not in self.commands and cmd_name in self.nested:
            nested = opened(ctx, cmd_name, self.nested[cmd_name])
            assert nested is not None
            self.commands[cmd_name] = nested
        command = self.commands.get(cmd_name)
        assert command is None or isinstance(command, TyperGroup | TyperCommand)
        return command

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Show the verbs to someone who named none, as a mistake in usage."""
        gate = gate_of(ctx)
        if gate is not None and ctx.parent is not None:
            gate.require(place_of(ctx))
        if not args and not self.invoke_without_command and not ctx.resilient_parsing:
            typer.echo(ctx.get_help(), err=True)
            raise typer.Exit(2)
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the verb; Invalid proposes the nearest one."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            raise unknown(name, self.list_commands(ctx), ctx.command_path)
        return super().resolve_command(ctx, args)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line."""
        formatter.write_usage(ctx.command_path, _("VERB [OPTIONS]"), _("Usage: "))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the verbs, then the options."""
        self.format_commands(ctx, formatter)
        write_options(ctx, formatter, self.get_params(ctx))

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write an example: the noun's own, else that of its first verb."""
        own = self.epilog or next(
            (info.epilog for name, info in self.registered.items() if info.epilog and self.shows(ctx, name)),
            "",
        )
        formatter.write(f"\n  {own}\n")

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a line for each verb."""
        shown = [
            (name, first_sentence(info.help))
            for name, info in self.registered.items()
            if not info.hidden and self.shows(ctx, name)
        ]
        if shown:
            write_section(formatter, _("Verbs"), shown)
        nouns = [(name, _(entry.help)) for name, entry in self.nested.items() if self.shows(ctx, name)]
        if nouns:
            write_section(formatter, _("More, each with verbs of its own"), nouns)


class Noun(typer.Typer):
    """What verbs are registered with: ``@app.verb("list", help=…, example=…)``."""

    def __init__(self, help: str = "", *, is_usable_alone: bool = False) -> None:
        super().__init__(
            cls=NounGroup,
            help=help,
            add_completion=False,
            rich_markup_mode=None,
            pretty_exceptions_enable=False,
            invoke_without_command=is_usable_alone,
        )
        self.nested: dict[str, Entry] = {}

    def verb(
        self,
        name: str,
        *,
        help: str,
        example: str,
        aliases: Sequence[str] | None = None,
        is_query: bool = False,
        is_hidden: bool = False,
    ) -> Callable[[F], F]:
        """Make a function a verb; the usual aliases come by themselves."""

        def register(function: F) -> F:
            others = ALIASES.get(name, ()) if aliases is None else aliases
            for each in (name, *others):
                self.command(
                    each,
                    cls=QueryVerb if is_query else Verb,
                    help=help,
                    epilog=_("Example: {command}", command=example),
                    hidden=is_hidden or each != name,
                )(function)
            return function

        return register

    def include(self, *parts: Noun) -> None:
        """Take the verbs of other modules in, in this order."""
        for part in parts:
            self.registered_commands.extend(part.registered_commands)

    def nest(self, name: str, entry: Entry) -> None:
        """Put a noun into this one: ``sysmo mail template list``. It is imported when somebody means it."""
        self.nested[name] = entry

    def build(self) -> NounGroup:
        """The group of what was registered; nothing in it is built yet."""
        verbs, self.registered_commands = self.registered_commands, []
        try:
            group = typer.main.get_group(self)
        finally:
            self.registered_commands = verbs
        assert isinstance(group, NounGroup)
        group.registered = {str(info.name): info for info in verbs}
        group.nested = self.nested
        return group


def opened(ctx: Any, name: str, entry: Entry) -> TyperGroup | TyperCommand | None:
    """The noun or verb that is meant, from its module."""
    app: Noun = getattr(import_module(f"sysmo_tui.cli.{entry.module}"), entry.app)
    group = app.build()
    group.name = name
    return group.get_command(ctx, name) if entry.is_verb else group


def unknown(name: str, choices: Iterable[str], place: str) -> Invalid:
    """The refusal of a command that does not exist."""
    near = get_close_matches(name, list(choices), 1)
    if near:
        return Invalid(
            N_("There is no command “{name}” in {place}. Did you mean {near}?"),
            name=name,
            place=place,
            near=near[0],
        )
    return Invalid(N_("There is no command “{name}” in {place}. See: {place} --help"), name=name, place=place)


def first_sentence(text: str | None) -> str:
    """What a list of commands says about one."""
    return (text or "").split("\n", 1)[0]


def write_options(ctx: Any, formatter: Any, params: Iterable[Any]) -> None:
    """Write the arguments, the verb's own options, and those of every verb."""
    common = everywhere()
    arguments: Rows = []
    own: Rows = []
    shared: Rows = []
    for param in params:
        record = param.get_help_record(ctx)
        if record is None:
            continue
        if isinstance(param, TyperArgument):
            arguments.append((named(param), param.help or ""))
        else:
            (shared if param in common else own).append((record[0], param.help or ""))
    for title, rows in (
        (_("Arguments"), arguments),
        (_("Options"), own),
        (_("Options of every verb"), shared),
    ):
        if rows:
            write_section(formatter, title, rows)


def named(argument: TyperArgument) -> str:
    """What an argument is called in help."""
    return argument.metavar or argument.name.upper()


def write_section(formatter: Any, title: str, rows: Rows) -> None:
    """Write a titled list of terms and their meanings."""
    with formatter.section(title):
        formatter.write_dl(rows)
