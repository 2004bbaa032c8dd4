"""Keep the translation catalogues in step with the source.

python scripts/messages.py extract    write sysmo_tui/locale/sysmo.pot from the source
python scripts/messages.py update     extract, then bring every .po up to date, keeping its translations
python scripts/messages.py compile    write the .mo of every .po
python scripts/messages.py check      change nothing; say what is out of step and exit 1

The same input always gives the same bytes: no dates, no places in the source, sorted by sentence.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "sysmo_tui"
LOCALE = SOURCE / "locale"
TEMPLATE = LOCALE / "sysmo.pot"

ERRORS = frozenset(
    {"DeskError", "Invalid", "NoDesk", "NotSignedIn", "NotFound", "Forbidden", "Conflict", "Unavailable"}
)
FIRST_IS_TEXT = frozenset({"_", "N_", "Message"}) | ERRORS
MACHINERY = frozenset({"sysmo_tui/i18n.py", "sysmo_tui/domain/message.py", "sysmo_tui/domain/errors.py"})
"""The modules that hand on the sentences of others and have none of their own."""

Key = tuple[str | None, str]


class SteadyCatalog(Catalog):
    """A catalogue whose header holds only what a program needs, so that it changes with nothing else.

    How many plurals it has is what ``stored`` says: of a language, releases of Babel know two, or three.
    """

    stored: Catalog | None = None

    @property
    def num_plurals(self) -> int:
        """How many forms a sentence with a number has."""
        return super().num_plurals if self.stored is None else self.stored.num_plurals

    @property
    def plural_expr(self) -> str:
        """Which of them a number takes."""
        return super().plural_expr if self.stored is None else self.stored.plural_expr

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The header's fields, without dates and names."""
        headers = [("Project-Id-Version", "Sysmo Tickets")]
        if self.locale is not None:
            headers += [("Language", str(self.locale_identifier)), ("Plural-Forms", self.plural_forms)]
        return [
            *headers,
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]


@dataclass(frozen=True)
class Sentence:
    """One text of the source that is to be translated, and where it stands."""

    text: str
    plural: str | None
    context: str | None
    place: str


class Unreadable(Exception):
    """A text that is marked for translation but cannot be read from the source."""


def texts(node: ast.expr) -> list[str]:
    """The texts that ``node`` may stand for; none when it names a text that is marked elsewhere."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=body, orelse=other):
            return texts(body) + texts(other)
        case ast.BoolOp(values=values):
            return [text for value in values for text in texts(value)]
        case ast.Call(func=ast.Attribute(value=ast.Constant() | ast.JoinedStr())):
            raise Unreadable("a text put together by a method")
        case ast.Name() | ast.Attribute() | ast.Subscript() | ast.Call():
            return []
        case ast.JoinedStr():
            raise Unreadable("an f-string")
        case _:
            raise Unreadable("not a literal text")


def called(node: ast.Call) -> str:
    """The last name of what ``node`` calls."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def argument(node: ast.Call, position: int, name: str) -> ast.expr | None:
    """The argument of a call given at ``position`` or as ``name``."""
    if len(node.args) > position:
        return node.args[position]
    return next((keyword.value for keyword in node.keywords if keyword.arg == name), None)


def marked(node: ast.expr) -> list[str]:
    """The texts of an argument that may be wrapped in ``N_``."""
    if isinstance(node, ast.Call) and called(node) == "N_" and node.args:
        return texts(node.args[0])
    return texts(node)


def spoken_by(node: ast.Call, place: str) -> Iterator[Sentence]:
    """What one call says, when it is a call that says something."""
    name = called(node)
    if name in ("ngettext", "pgettext") and len(node.args) >= 2:
        first, second = (marked(each) for each in node.args[:2])
        for one, other in zip(first, second, strict=True):
            yield (
                Sentence(one, other, None, place) if name == "ngettext" else Sentence(other, None, one, place)
            )
    elif name in FIRST_IS_TEXT:
        text = argument(node, 0, "text")
        plural = argument(node, 2, "plural") if name == "Message" else None
        singulars = marked(text) if text is not None else []
        if plural is None or (isinstance(plural, ast.Constant) and plural.value is None):
            yield from (Sentence(each, None, None, place) for each in singulars)
        else:
            pairs = zip(singulars, marked(plural), strict=True)
            yield from (Sentence(one, many, None, place) for one, many in pairs)


def sentences(path: Path) -> Iterator[Sentence]:
    """Every sentence of one module; an unreadable one is a ``SystemExit`` that says where."""
    relative = path.relative_to(ROOT).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"), relative)
    plurals = {id(part) for call in ast.walk(tree) for part in plural_marks(call)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or id(node) in plurals:
            continue
        place = f"{relative}:{node.lineno}"
        try:
            yield from (each for each in spoken_by(node, place) if each.text)
        except (Unreadable, ValueError) as error:
            raise SystemExit(f"{place}: {called(node)}() needs literal texts: {error}") from error


def plural_marks(node: ast.AST) -> list[ast.expr]:
    """The ``N_`` calls inside a plural sentence, whose texts belong to the pair and not to themselves."""
    if not isinstance(node, ast.Call):
        return []
    name, parts = called(node), [*node.args, *(keyword.value for keyword in node.keywords)]
    if name == "Message" and argument(node, 2, "plural") is None:
        return []
    if name not in ("Message", "ngettext", "pgettext"):
        return []
    return [part for part in parts if isinstance(part, ast.Call) and called(part) == "N_"]


def modules() -> list[Path]:
    """The modules whose sentences are translated."""
    return [
        path
        for path in sorted(SOURCE.rglob("*.py"))
        if path.relative_to(ROOT).as_posix() not in MACHINERY and "migrations" not in path.parts
    ]


def places(text: str) -> set[str]:
    """The names in braces in ``text``; a text with loose braces has the one place ``?``."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return {"?"}


def add(catalog: Catalog, one: Key, plural: str | None, string: str | tuple[str, ...] = "") -> Message:
    """Put a sentence into ``catalog``, with only the flag that its places call for."""
    context, text = one
    message = Message((text, plural) if plural is not None else text, string, context=context)
    message.flags = {"python-brace-format"} if places(text) or places(plural or "") else set()
    catalog[message.id] = message
    return message


def extract() -> SteadyCatalog:
    """The template: every sentence in the source."""
    found: dict[Key, str | None] = {}
    for path in modules():
        for each in sentences(path):
            key = (each.context, each.text)
            known = found.get(key)
            if known and each.plural and known != each.plural:
                raise SystemExit(f"{each.place}: {each.text!r} has another plural elsewhere: {known!r}")
            found[key] = known or each.plural
    catalog = SteadyCatalog(charset="utf-8", header_comment="# Sysmo Tickets", fuzzy=False)
    for key, plural in sorted(found.items(), key=lambda item: (item[0][1], item[0][0] or "")):
        add(catalog, key, plural)
    return catalog


def english(message: Message) -> tuple[str, ...]:
    """The English text of an entry, followed by its plural if it has one."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def translated(message: Message) -> tuple[str, ...]:
    """The translation of an entry, in all the forms that it has; empty texts where there is none."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def done(message: Message) -> bool:
    """Every form of ``message`` has a translation."""
    return all(translated(message))


def keys(catalog: Catalog) -> dict[Key, Message]:
    """The sentences of a catalogue by context and English text."""
    return {(message.context, english(message)[0]): message for message in catalog if message.id}


def catalogues() -> dict[str, Path]:
    """The .po file of every language that has one."""
    return {path.parts[-3]: path for path in sorted(LOCALE.glob("*/LC_MESSAGES/sysmo.po"))}


def steady(language: str, *, wanted: Catalog | None = None) -> SteadyCatalog:
    """The catalogue of ``language`` as stored, or reduced and extended to the sentences of ``wanted``."""
    with catalogues()[language].open("rb") as file:
        stored = read_po(file, locale=language, ignore_obsolete=True, abort_invalid=True)
    known = keys(stored)
    catalog = SteadyCatalog(
        locale=language, charset="utf-8", header_comment=stored.header_comment, fuzzy=False
    )
    catalog.stored = stored
    for key, message in keys(wanted if wanted is not None else stored).items():
        plural = (*english(message), None)[1]
        old = known.get(key)
        string = _carried(old, plural, catalog.num_plurals)
        new = add(catalog, key, plural, string)
        if old is not None:
            new.user_comments = old.user_comments
            new.flags |= old.flags & {"fuzzy"}
    return catalog


def _carried(old: Message | None, plural: str | None, forms: int) -> str | tuple[str, ...]:
    """The translation that ``old`` brings along; empty where it lacks a form."""
    had = () if old is None else translated(old)
    if plural is None:
        return had[0] if had else ""
    return (*had, *[""] * forms)[:forms]


def po_bytes(catalog: Catalog) -> bytes:
    """``catalog`` as the text of a .po or .pot file."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=0, no_location=True, sort_output=True, ignore_obsolete=True)
    return buffer.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """``catalog`` in the binary form that programs read."""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def write(path: Path, content: bytes) -> None:
    """Write ``content`` where it differs from what is there, and say so."""
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)
        print(f"wrote {path.relative_to(ROOT)}")


def complaints() -> list[str]:
    """What is out of step between source, .pot, .po and .mo, one line each."""
    template = extract()
    wanted = keys(template)
    found = []
    if not TEMPLATE.exists() or TEMPLATE.read_bytes() != po_bytes(template):
        found.append("sysmo.pot is not what the source says; run `update`")
    for language, path in catalogues().items():
        stored = steady(language)
        known = keys(stored)
        found += [f"{language}: missing: {text!r}" for _, text in wanted.keys() - known.keys()]
        found += [f"{language}: no longer said: {text!r}" for _, text in known.keys() - wanted.keys()]
        found += [f"{language}: fuzzy: {text!r}" for (_, text), each in known.items() if each.fuzzy]
        found += [
            f"{language}: untranslated: {text!r}" for (_, text), each in known.items() if not done(each)
        ]
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.read_bytes() != mo_bytes(stored):
            found.append(f"{language}: sysmo.mo is not what the .po says; run `compile`")
    return sorted(found)


def main(arguments: list[str] | None = None) -> int:
    """Do one of the four things; the exit code is 1 when ``check`` finds something."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("command", choices=("extract", "update", "compile", "check"))
    command = parser.parse_args(arguments).command
    if command == "check":
        found = complaints()
        print("\n".join(found) if found else "The catalogues are complete.")
        return 1 if found else 0
    if command in ("extract", "update"):
        template = extract()
        write(TEMPLATE, po_bytes(template))
        if command == "update":
            for language, path in catalogues().items():
                catalog = steady(language, wanted=template)
                write(path, po_bytes(catalog))
                left = sum(not done(message) for message in keys(catalog).values())
                print(f"{language}: {len(catalog)} sentences, {left} to translate")
    else:
        for language, path in catalogues().items():
            write(path.with_suffix(".mo"), mo_bytes(steady(language)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
