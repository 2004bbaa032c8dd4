"""How the program looks: five sets of colours, each told apart by more than red and green."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from textual.theme import BUILTIN_THEMES
from textual.theme import Theme as Colours

from sysmo_tui.domain import closed_sets
from sysmo_tui.domain.enums import Theme

NAMES: Final[Mapping[Theme, str]] = closed_sets.THEMES

DEFAULTS: Final[Mapping[str, str]] = {
    "internal": "ansi_yellow",
    "internal-background": "ansi_default",
    "public": "ansi_cyan",
    "unread": "ansi_bright_blue",
    "overdue": "ansi_bright_red",
    "urgent": "ansi_bright_red",
    "quiet": "ansi_bright_black",
    "rule": "ansi_bright_black",
}
"""Our own colour variables where a theme does not say; each repeats what a word or glyph says."""


def _theme(name: Theme, *, dark: bool, colours: dict[str, str], ours: dict[str, str]) -> Colours:
    shared = {
        "footer-key-foreground": colours["accent"],
        "input-selection-background": f"{colours['primary']} 40%",
        "block-cursor-text-style": "none",
        "block-cursor-foreground": ours.pop("cursor-text"),
        "block-cursor-background": ours.pop("cursor"),
        "block-cursor-blurred-foreground": colours["foreground"],
        "block-cursor-blurred-background": ours.pop("cursor-blurred"),
    }
    return Colours(
        name=name.value,
        primary=colours["primary"],
        secondary=colours["secondary"],
        accent=colours["accent"],
        warning=colours["warning"],
        error=colours["error"],
        success=colours["success"],
        foreground=colours["foreground"],
        background=colours["background"],
        surface=colours["surface"],
        panel=colours["panel"],
        dark=dark,
        variables={**shared, **ours},
    )


THEMES: Final = (
    _theme(
        Theme.DARK,
        dark=True,
        colours={
            "primary": "#5aa9e6",
            "secondary": "#7d8fa9",
            "accent": "#7cc4ff",
            "warning": "#e5b567",
            "error": "#f07a7a",
            "success": "#84c991",
            "foreground": "#d8dee6",
            "background": "#14181d",
            "surface": "#1b2128",
            "panel": "#232b34",
        },
        ours={
            "cursor": "#2c4a66",
            "cursor-text": "#ffffff",
            "cursor-blurred": "#26323e",
            "internal": "#e5b567",
            "internal-background": "#262216",
            "public": "#5aa9e6",
            "unread": "#7cc4ff",
            "overdue": "#f5a26b",
            "urgent": "#f5a26b",
            "quiet": "#8b96a5",
            "rule": "#323c47",
        },
    ),
    _theme(
        Theme.LIGHT,
        dark=False,
        colours={
            "primary": "#1f5f99",
            "secondary": "#5c6b7e",
            "accent": "#14568f",
            "warning": "#8a5a00",
            "error": "#b0232b",
            "success": "#22703a",
            "foreground": "#1d242c",
            "background": "#fbfbf9",
            "surface": "#f0f1ef",
            "panel": "#e4e7e8",
        },
        ours={
            "cursor": "#cfe1f2",
            "cursor-text": "#0d1722",
            "cursor-blurred": "#e2e8ee",
            "internal": "#8a5a00",
            "internal-background": "#faf1dc",
            "public": "#1f5f99",
            "unread": "#14568f",
            "overdue": "#a8430f",
            "urgent": "#a8430f",
            "quiet": "#56616d",
            "rule": "#c9cfd4",
        },
    ),
    _theme(
        Theme.CONTRAST,
        dark=True,
        colours={
            "primary": "#8fd0ff",
            "secondary": "#d0d0d0",
            "accent": "#ffffff",
            "warning": "#ffd75f",
            "error": "#ffb4b4",
            "success": "#9cf0a8",
            "foreground": "#ffffff",
            "background": "#000000",
            "surface": "#262626",
            "panel": "#333333",
        },
        ours={
            "cursor": "#ffffff",
            "cursor-text": "#000000",
            "cursor-blurred": "#3a3a3a",
            "internal": "#ffd75f",
            "internal-background": "#000000",
            "public": "#8fd0ff",
            "unread": "#8fd0ff",
            "overdue": "#ffd75f",
            "urgent": "#ffd75f",
            "quiet": "#c8c8c8",
            "rule": "#8a8a8a",
        },
    ),
    _theme(
        Theme.COLOUR_BLIND,
        dark=True,
        colours={
            "primary": "#56b4e9",
            "secondary": "#9aa5b1",
            "accent": "#56b4e9",
            "warning": "#e69f00",
            "error": "#e69f00",
            "success": "#56b4e9",
            "foreground": "#e2e6ea",
            "background": "#12161b",
            "surface": "#1a2027",
            "panel": "#232b34",
        },
        ours={
            "cursor": "#0b4f80",
            "cursor-text": "#ffffff",
            "cursor-blurred": "#26323e",
            "internal": "#e69f00",
            "internal-background": "#241d10",
            "public": "#56b4e9",
            "unread": "#56b4e9",
            "overdue": "#e69f00",
            "urgent": "#e69f00",
            "quiet": "#95a0ac",
            "rule": "#38424d",
        },
    ),
    replace(BUILTIN_THEMES["ansi-dark"], name=Theme.TERMINAL.value),
)


_SIXTEEN_COLOURS = frozenset({"xterm", "xterm-color", "xterm-16color", "linux", "screen", "rxvt", "ansi"})


def chosen(wish: Theme | None, environ: Mapping[str, str]) -> str:
    """The theme to start with; without colour, never the terminal's own, which would be black on black."""
    if environ.get("NO_COLOR") and wish in (None, Theme.TERMINAL):
        return Theme.DARK.value
    if wish is None:
        return (Theme.TERMINAL if has_few_colours(environ) else Theme.DARK).value
    return wish.value


def has_few_colours(environ: Mapping[str, str]) -> bool:
    """Whether the terminal says that it has only sixteen colours, where ours would be hard to read."""
    has_many = environ.get("COLORTERM", "") in {"truecolor", "24bit"}
    return not has_many and environ.get("TERM", "") in _SIXTEEN_COLOURS
