"""What people wrote never becomes markup: a widget gets ready content, a literal, or markup=False."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sysmo_tui

ROOT = Path(sysmo_tui.__file__).parent
FILES = [*sorted((ROOT / "widgets").glob("*.py")), *sorted((ROOT / "screens").glob("*.py")), ROOT / "app.py"]
SINKS = frozenset(
    {
        "Static",
        "Label",
        "Button",
        "Checkbox",
        "RadioButton",
        "Collapsible",
        "Option",
        "notify",
        "add_row",
        "add_option",
    }
)
TITLES = frozenset({"border_title", "border_subtitle", "tooltip", "label"})


def called(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def is_text(node: ast.expr) -> bool:
    """Whether an expression is a string put together from something, or said by the catalogue."""
    return isinstance(node, ast.JoinedStr | ast.BinOp) or (
        isinstance(node, ast.Call) and called(node) in ("_", "str", "format", "render", "shown", "ngettext")
    )


def has_no_markup(call: ast.Call) -> bool:
    return any(
        word.arg == "markup" and isinstance(word.value, ast.Constant) and word.value.value is False
        for word in call.keywords
    )


def breaches(tree: ast.AST) -> list[int]:
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in SINKS and not has_no_markup(node):
            unsafe = [
                each
                for each in node.args
                if is_text(each) or (called(node) == "notify" and isinstance(each, ast.Name))
            ]
            lines += [each.lineno for each in unsafe]
        if isinstance(node, ast.Call) and called(node) == "set_options":
            lines += [each.lineno for each in node.args if called(each) != "selectable"]
        if isinstance(node, ast.Assign) and is_text(node.value):
            lines += [t.lineno for t in node.targets if isinstance(t, ast.Attribute) and t.attr in TITLES]
        if isinstance(node, ast.Call) and called(node) == "from_markup" and node.args:
            template = node.args[0]
            parts = template.values if isinstance(template, ast.JoinedStr) else []
            lines += [part.lineno for part in parts if isinstance(part, ast.Call)]
    return sorted(lines)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_text_reaches_a_widget_as_markup(path: Path) -> None:
    assert breaches(ast.parse(path.read_text(encoding="utf-8"))) == []


def test_the_watch_sees_what_it_watches_for() -> None:
    source = 'Static(f"{x}")\nself.notify(text)\nbox.border_title = _("x")\nStatic(Content(f"{x}"))\n'
    source += "select.set_options([(name, value)])\nselect.set_options(selectable(known))\n"
    assert breaches(ast.parse(source)) == [1, 2, 3, 5]
