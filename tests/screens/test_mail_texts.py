"""The words of mail, written on the screens."""

from __future__ import annotations

from sysmo_tui.app import SysmoApp
from sysmo_tui.domain.enums import Template
from sysmo_tui.mail import usual_words
from sysmo_tui.mail.previewing import preview
from sysmo_tui.screens.mail_texts import MailPreview, MailTextsScreen
from sysmo_tui.services import mail_texts
from tests.cast import Cast
from tests.screens.conftest import Kept, Stage
from tests.screens.test_administration import SIZE, choose, fill, go, until, until_seen


def staged(cast: Cast) -> SysmoApp:
    return SysmoApp(
        cast.desk,
        session=Kept(cast.admin().caller.secret),
        environ={},
        mail_preview=preview,
        mail_words=usual_words.in_use,
    )


async def test_own_words_are_written_looked_at_and_taken_back(cast: Cast) -> None:
    admin = cast.admin()
    app = staged(cast)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, MailTextsScreen(), "WORDS OF THE MAIL", "the usual ones")
        await choose(pilot, "closed en")
        assert app.screen.check_action("reset", ()) is False
        await pilot.press("v")
        await until_seen(pilot, "Re: The printer does not print. [#42]", "Your request #42 is closed.")
        await pilot.press("escape", "enter")
        await until_seen(pilot, "Your request #{number} is closed.", "{how_to_reopen}")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "The mail goes on saying its usual words.")
        assert not admin.read(mail_texts.show, "closed", "en").is_own
        await pilot.press("enter")
        await until_seen(pilot, "Your request #{number} is closed.")
        fill(pilot, body="Bye {nam}")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "! There is no place “nam” in this mail.")
        fill(pilot, body="Bye {name} [b]{{x}}[/b]")
        await app.run_action("screen.preview")
        await until(pilot, lambda: isinstance(app.screen, MailPreview))
        await until_seen(pilot, "Bye Ana Example [b]{x}[/b]")
        await pilot.press("escape", "ctrl+s")
        await until_seen(pilot, "The mail says your words from now on.")
        assert admin.read(mail_texts.show, "closed", "en").body == "Bye {name} [b]{{x}}[/b]"
        await until(pilot, lambda: app.screen.row is not None and app.screen.row.is_own)
        await pilot.press("x", "y")
        await until_seen(pilot, "The mail says its usual words again.")
        assert not admin.read(mail_texts.show, "closed", "en").is_own


async def test_the_list_is_narrowed_to_one_language_and_to_own_words(cast: Cast) -> None:
    cast.admin().write(mail_texts.save, "reset", "es", "{code}", "Clave")
    app = staged(cast)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, MailTextsScreen(), "WORDS OF THE MAIL")
        await pilot.press("f", "down", "down", "down", "enter")
        await until(pilot, lambda: {line.locale for line in app.screen.table.items} == {"es"})
        await pilot.press("f", "up", "up", "enter")
        await until(pilot, lambda: [line.template for line in app.screen.table.items] == [Template.RESET])
        await pilot.press("enter")
        await until_seen(pilot, "Clave")


async def test_only_administrators_see_the_words(cast: Cast, stage: Stage) -> None:
    app = stage(cast.manager())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await go(pilot, MailTextsScreen(), "! Only administrators can do this")
