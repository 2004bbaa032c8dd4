"""Draws the screens of the program as pictures, from the demo desk.

``python -m scripts.pictures`` draws those of the documentation anew, into ``docs/pictures``.
``python -m scripts.pictures --all FOLDER`` draws every screen in every language at three sizes, to look at;
names, sizes and languages after it narrow that down: ``--all FOLDER report-team 80x24 es``.
"""

from __future__ import annotations

import asyncio
import html
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any, Final

from rich.cells import cell_len
from textual.pilot import Pilot

from scripts.scenes import DOCUMENTED, SCENES, Scene, Step
from sysmo_tui import i18n
from sysmo_tui.app import SysmoApp
from sysmo_tui.assembly import open_desk
from sysmo_tui.demo import DemoDesk, build
from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import Channel, Role, Theme
from sysmo_tui.mail import previewing, usual_words
from sysmo_tui.services import profile, signing_in

TARGET: Final = Path(__file__).parents[1] / "docs" / "pictures"
NOW: Final = datetime(2026, 3, 18, 17, 30, tzinfo=UTC)
TICKETS: Final = 300
SIZES: Final = ((80, 24), (100, 30), (120, 40))
DOCUMENTED_SIZE: Final = (100, 30)
LANGUAGES: Final = tuple(i18n.LANGUAGES)
PATIENCE: Final = 20.0
"""Seconds that a screen may take to come to rest."""

_RESTING_LOOKS: Final = 3
_BLANK: Final = "&#160;"
_CELL: Final = 12.2
"""How wide the toolkit draws a cell."""
_TAG: Final = re.compile(r"<[^>]+>")
_DECIMALS: Final = re.compile(r"(\d+\.\d)\d+")
_TEXT: Final = re.compile(
    r'(<text class="t-r\d+") x="([\d.]+)"( y="[\d.]+") textLength="[\d.]+">([^<]*)</text>'
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A scene as it is to be drawn."""

    scene: Scene
    language: str
    size: tuple[int, int]

    @property
    def name(self) -> str:
        """What its file is called."""
        return f"{self.scene.name}.{self.language}.{self.size[0]}x{self.size[1]}.svg"


class Kept:
    """A session that lives as long as the picture takes."""

    def __init__(self, secret: str | None) -> None:
        self._secret = secret

    def load(self) -> str | None:
        """The session."""
        return self._secret

    def save(self, secret: str) -> None:
        """Take another."""
        self._secret = secret

    def forget(self) -> None:
        """End it."""
        self._secret = None


async def drawn(desk: Desk, made: DemoDesk, picture: Picture) -> str:
    """The screen of a scene as SVG, without fonts from elsewhere."""
    secret = None
    if picture.scene.who is not None:
        visitor = Door(desk, Caller(Channel.TUI, "picture"))
        email = _email(made, picture.scene.who)
        secret = signing_in.sign_in(visitor, email, made.password).secret
        if not picture.scene.is_first:
            Door(desk, visitor.caller.with_secret(secret)).write(profile.prefer, {"toured": True})
    i18n.use(picture.language)
    environ = {"SYSMO_LANG": picture.language}
    app = SysmoApp(
        desk,
        session=Kept(secret),
        mail_preview=previewing.preview,
        mail_words=usual_words.in_use,
        theme=Theme.DARK,
        environ=environ,
    )
    async with app.run_test(size=picture.size, notifications=True) as pilot:
        await _rested(pilot)
        for step in picture.scene.steps:
            await _take(pilot, step)
            await _rested(pilot)
        if not picture.scene.is_toasted:
            app.clear_notifications()
            await _rested(pilot)
        return small(app.export_screenshot(title="sysmo"))


def drawn_all(pictures: Iterable[Picture]) -> Iterator[tuple[Picture, str]]:
    """Draw pictures, each on the demo desk as it was made."""
    with tempfile.TemporaryDirectory() as folder:
        master = Path(folder, "master.db")
        made = build(f"sqlite:///{master}", tickets=TICKETS, now=NOW)
        for number, picture in enumerate(pictures):
            path = Path(folder, f"{number}.db")
            shutil.copy(master, path)
            desk = open_desk(f"sqlite:///{path}", clock=lambda: NOW)
            try:
                yield picture, asyncio.run(drawn(desk, made, picture))
            finally:
                desk.close()
                path.unlink()


def documented() -> list[Picture]:
    """The pictures of the documentation."""
    return [
        Picture(scene, language, DOCUMENTED_SIZE)
        for scene in SCENES
        if scene.name in DOCUMENTED
        for language in LANGUAGES
    ]


def narrowed(words: Iterable[str]) -> list[Picture]:
    """Every screen, or those that ``words`` name by scene, size or language."""
    given = set(words)
    sizes = {f"{width}x{height}": (width, height) for width, height in SIZES}
    scenes = [scene for scene in SCENES if scene.name in given] or SCENES
    chosen_sizes = [size for name, size in sizes.items() if name in given] or SIZES
    languages = [language for language in LANGUAGES if language in given] or LANGUAGES
    unknown = given - {scene.name for scene in SCENES} - set(sizes) - set(LANGUAGES)
    if unknown:
        raise SystemExit(f"Neither a scene, a size nor a language: {', '.join(sorted(unknown))}")
    return [Picture(*each) for each in product(scenes, languages, chosen_sizes)]


def main(words: list[str]) -> None:
    """Draw what ``words`` ask for, and say what could not be reached."""
    if words[:1] == ["--all"] and len(words) > 1:
        target, pictures = Path(words[1]), narrowed(words[2:])
    elif not words:
        target, pictures = TARGET, documented()
    else:
        raise SystemExit(__doc__)
    target.mkdir(parents=True, exist_ok=True)
    for picture, svg in drawn_all(pictures):
        name = picture.name if words else f"{picture.scene.name}.{picture.language}.svg"
        (target / name).write_text(svg, encoding="utf-8")


async def _take(pilot: Pilot[Any], step: Step) -> None:
    if isinstance(step, str):
        await pilot.press(step)
    else:
        await step(pilot)


async def _rested(pilot: Pilot[Any]) -> None:
    """Let all arrive that was asked for."""
    quiet = 0
    end = asyncio.get_running_loop().time() + PATIENCE
    while quiet < _RESTING_LOOKS:
        await pilot.pause(0.05)
        is_quiet = pilot.app.screen.is_attached and not any(w.is_running for w in pilot.app.workers)
        quiet = quiet + 1 if is_quiet else 0
        if asyncio.get_running_loop().time() > end:
            raise SystemExit(f"It never came to rest: {pilot.app.screen!r}")


def _email(made: DemoDesk, who: Role) -> str:
    if who is Role.OPERATOR:
        return made.operator.email
    return next(account.email for account in made.accounts if account.role is who)


def small(svg: str) -> str:
    """Leave out fonts, and what is said of each word that nobody sees."""
    svg = re.sub(r"(?s)@font-face \{.*?\}\s*", "", svg)
    svg = re.sub(r"terminal-\d+-", "t-", svg)
    svg = re.sub(r' clip-path="url\(#t-line-\d+\)"', "", svg)
    svg = re.sub(r'(?s)<clipPath id="t-line-\d+">.*?</clipPath>\s*', "", svg)
    # Only what places and measures: a number that somebody reads stays as it is.
    return _TAG.sub(lambda tag: _DECIMALS.sub(r"\1", tag[0]), _TEXT.sub(_without_edges, svg))


def _without_edges(found: re.Match[str]) -> str:
    """A piece of text without the blanks around it, which some programs take for nothing."""
    start, place, middle, text = found[1], float(found[2]), found[3], found[4]
    bare = text.removeprefix(_BLANK)
    while bare != text:
        place += _CELL
        text, bare = bare, bare.removeprefix(_BLANK)
    while text.endswith(_BLANK):
        text = text.removesuffix(_BLANK)
    if not text:
        return ""
    length = cell_len(html.unescape(text)) * _CELL
    return f'{start} x="{place:.1f}"{middle} textLength="{length:.1f}">{text}</text>'


if __name__ == "__main__":
    main(sys.argv[1:])
