"""Mail that waits, senders and routes, on the screen."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Select, Static

from sysmo_tui import quarantined
from sysmo_tui.app import SysmoApp
from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import MailReason, SenderStanding, Verdict
from sysmo_tui.domain.text import cell_width
from sysmo_tui.screens import quarantine as quarantine_screen
from sysmo_tui.screens.administration import AdministrationScreen
from sysmo_tui.screens.came_in import CameInScreen
from sysmo_tui.screens.confirm import Prompt
from sysmo_tui.screens.mail_routes import RoutesScreen
from sysmo_tui.screens.mail_senders import SendersScreen
from sysmo_tui.screens.quarantine import QuarantineScreen
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.screens.whole_mail import WholeMailScreen
from sysmo_tui.services import kept_mail, quarantine, reading, routing, senders
from tests import mails
from tests.cast import Cast
from tests.kept import RAW, keep
from tests.screens.acting import arrived, settled
from tests.screens.conftest import Stage, fill, seen, until, until_seen
from tests.services import requests as ask

SIZES = [(80, 24), (120, 40)]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail is read as soon as the cursor is on it."""
    monkeypatch.setattr(quarantine_screen, "PREVIEW_SECONDS", 0.001)


def wait_for_luis(cast: Cast, **more: Any) -> tuple[int, int]:
    """A ticket that luis serves, and the mail of a stranger that waits there."""
    cast.operator()
    number = ask.file(cast.customer())
    steps = [
        {"rule": "blocked", "hit": False, "detail": "otto@stranger.example"},
        {"rule": "stranger", "hit": True, "detail": f"#{number}"},
    ]
    return number, keep(cast, **({"ticket_number": number, "decision": steps} | more))


async def opened(pilot: Pilot[Any], screen: Any) -> None:
    pilot.app.push_screen(screen)
    await settled(pilot)


@pytest.mark.parametrize("size", SIZES)
async def test_the_inbox_tells_how_much_waits_and_one_key_goes_there(
    stage: Stage, cast: Cast, size: tuple[int, int]
) -> None:
    number, _mail = wait_for_luis(cast)
    app = stage(cast.operator())
    async with app.run_test(size=size) as pilot:
        await until_seen(pilot, "1 mail waits for a decision · Q")
        await pilot.press("Q")
        await until_seen(pilot, "MAIL THAT WAITS FOR A DECISION", "otto@stranger.example", "It smokes again.")
        await until_seen(pilot, "Accept", "As new", "Reject", "Block", f"#{number}", "desk@desk.example")


async def test_who_may_decide_nothing_is_told_of_nothing(stage: Stage, cast: Cast) -> None:
    wait_for_luis(cast)
    for door in (cast.operator("rita", topics=[]), cast.customer()):
        app = stage(door)
        async with app.run_test(size=(120, 40)) as pilot:
            await arrived(pilot)
            await settled(pilot)
            assert "decision" not in seen(pilot)


async def test_a_stranger_is_let_in_by_one_question(stage: Stage, cast: Cast) -> None:
    number, mail = wait_for_luis(cast)
    keep(cast, ticket_number=number, subject="Another")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24)) as pilot:
        await arrived(pilot)
        await opened(pilot, QuarantineScreen())
        await pilot.press("a")
        await until_seen(pilot, f"Let otto@stranger.example take part in #{number}?")
        await pilot.press("y")
        await until_seen(pilot, f"Mail {mail} is in #{number}.")
    texts = [entry.body.strip() for entry in cast.operator().read(reading.show, number).entries]
    assert texts[-1] == "It smokes again."


async def test_a_mail_becomes_a_new_ticket(stage: Stage, cast: Cast) -> None:
    number, mail = wait_for_luis(cast)
    keep(cast, ticket_number=number, subject="Another")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24)) as pilot:
        await arrived(pilot)
        await opened(pilot, QuarantineScreen())
        await pilot.press("n")
        await until_seen(pilot, f"Mail {mail} is in #{number + 1}.")
    assert cast.operator().read(kept_mail.show, mail).line.verdict is Verdict.TICKET


async def test_a_mail_that_says_it_is_from_the_staff_is_vouched_for(stage: Stage, cast: Cast) -> None:
    mail = keep(
        cast,
        RAW.replace(b"otto@stranger.example", b"luis@desk.example"),
        sender="luis@desk.example",
        reason=MailReason.FROM_OPERATOR,
        topic_id=1,
    )
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24)) as pilot:
        await arrived(pilot)
        await opened(pilot, QuarantineScreen())
        await pilot.press("a")
        await until_seen(pilot, "Is this mail really from luis@desk.example?")
        await pilot.press("n")
        await settled(pilot)
        assert cast.operator().read(quarantine.count) == 1
        await pilot.press("a", "y")
        await until_seen(pilot, "No mail waits for a decision.")
    line = cast.operator().read(kept_mail.show, mail).line
    assert (line.verdict, line.reason) == (Verdict.TICKET, MailReason.ACCEPTED)


async def test_rejecting_asks_first_and_can_block_the_sender(stage: Stage, cast: Cast) -> None:
    _number, mail = wait_for_luis(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24)) as pilot:
        await arrived(pilot)
        await opened(pilot, QuarantineScreen())
        await pilot.press("X")
        await until_seen(pilot, "block otto@stranger.example?")
        await pilot.press("n")
        await settled(pilot)
        assert cast.operator().read(quarantine.count) == 1
        await pilot.press("X", "y")
        await until_seen(pilot, "No mail waits for a decision.")
    assert cast.operator().read(kept_mail.show, mail).line.reason is MailReason.REJECTED
    assert cast.itself.read(senders.standing, "otto@stranger.example") is SenderStanding.BLOCKED


async def test_a_mail_without_a_sender_can_only_be_rejected(stage: Stage, cast: Cast) -> None:
    wait_for_luis(cast, sender="", sender_name="", subject="", reason=MailReason.NO_SENDER)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24)) as pilot:
        await arrived(pilot)
        await opened(pilot, QuarantineScreen())
        await until_seen(pilot, "nobody", "(no subject)", "x Reject")
        assert not any(hint in seen(pilot) for hint in ("a Accept", "n As new", "X Block"))
        await pilot.press("x", "y")
        await until_seen(pilot, "No mail waits for a decision.")


async def test_the_inbox_counts_again_when_the_waiting_mail_is_left(stage: Stage, cast: Cast) -> None:
    wait_for_luis(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24)) as pilot:
        await until_seen(pilot, "1 mail waits for a decision · Q")
        await pilot.press("Q")
        await until_seen(pilot, "otto@stranger.example")
        await pilot.press("x", "y")
        await until_seen(pilot, "No mail waits for a decision.")
        await pilot.press("escape")
        await until(pilot, lambda: "waits for a decision" not in seen(pilot))


async def test_who_comes_second_is_told_and_sees_what_is_left(stage: Stage, cast: Cast) -> None:
    _number, mail = wait_for_luis(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24)) as pilot:
        await arrived(pilot)
        await opened(pilot, QuarantineScreen())
        await pilot.press("x")
        await until_seen(pilot, "Reject this mail")
        cast.manager().write(quarantine.reject, mail)
        await pilot.press("y")
        await until(pilot, lambda: not app.screen.query_one("DataList").items)  # type: ignore[attr-defined]
    assert cast.operator().read(kept_mail.show, mail).decided_by == "Mara"


@pytest.mark.parametrize("size", SIZES)
async def test_the_whole_mail_says_why_and_is_saved_as_it_came(
    stage: Stage, cast: Cast, tmp_path: Path, size: tuple[int, int]
) -> None:
    number, mail = wait_for_luis(cast)
    target = tmp_path / "mail.eml"
    app = stage(cast.operator())
    async with app.run_test(size=size) as pilot:
        await arrived(pilot)
        await opened(pilot, TicketScreen(number))
        await pilot.press("Z")
        await until_seen(
            pilot,
            f"✓ Its sender takes no part in #{number}.",
            "– Its sender is not blocked.",
            "It smokes again.",
        )
        await pilot.press("G")
        await until_seen(pilot, "Subject: About the printer")
        for expected in ("Saved as", "There is a file"):
            await pilot.press("s")
            await settled(pilot)
            assert isinstance(app.screen, Prompt)
            app.screen.dismiss(str(target))
            await until_seen(pilot, expected)
    assert b"It smokes again." in target.read_bytes()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert target.read_bytes() == b"".join(kept_mail.raw(cast.operator(), mail))


async def test_a_shared_account_saves_no_mail(cast: Cast) -> None:
    _number, mail = wait_for_luis(cast)
    app = kiosk(cast.operator())
    async with app.run_test(size=(80, 24)) as pilot:
        await arrived(pilot)
        await opened(pilot, WholeMailScreen(mail))
        await pilot.press("s")
        await settled(pilot)
        assert isinstance(app.screen, WholeMailScreen)
        assert "Save" not in seen(pilot)


async def test_a_ticket_without_mail_says_so_and_one_with_several_asks_which(
    stage: Stage, cast: Cast
) -> None:
    number, _mail = wait_for_luis(cast)
    keep(cast, ticket_number=number, verdict=Verdict.REPLY, reason=MailReason.OWN_ID)
    other = ask.file(cast.customer())
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24)) as pilot:
        await arrived(pilot)
        await opened(pilot, TicketScreen(other))
        await pilot.press("Z")
        await until_seen(pilot, "Nothing in this ticket came by mail.")
        await opened(pilot, TicketScreen(number))
        await pilot.press("Z")
        await until_seen(pilot, "Which mail?", "waits for a decision", "reply: answers")


async def test_of_several_replies_in_one_minute_the_first_words_tell_which(stage: Stage, cast: Cast) -> None:
    number = mails.deliver(cast.desk, mails.understood()).ticket_number or 0
    for body in ("It burns\nstill.", "Now it is out."):
        mails.deliver(cast.desk, mails.understood(subject=f"[#{number}]", body=body))
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24)) as pilot:
        await arrived(pilot)
        await until_seen(pilot, f"{number}  ")
        await pilot.press("Z")
        await until_seen(pilot, "Which mail?", "Smoke comes out.", "It burns still.", "Now it is out.")


async def test_mail_that_comes_meanwhile_joins_the_open_list(
    stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine_screen, "MAIL_SECONDS", 0.05)
    wait_for_luis(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24)) as pilot:
        await arrived(pilot)
        await opened(pilot, QuarantineScreen())
        await until_seen(pilot, "About the printer")
        keep(cast, subject="It came later", topic_id=1)
        await until_seen(pilot, "About the printer", "It came later")


async def test_of_a_large_mail_the_list_reads_the_beginning_and_says_so(stage: Stage, cast: Cast) -> None:
    cast.operator()
    mail = keep(cast, RAW + b"Smoke.\r\n" * 140_000 + b"The end.\r\n", topic_id=1)
    door = cast.operator()
    glance, whole = (quarantined.look(door, mail, is_glance=is_glance) for is_glance in (True, False))
    assert (glance.is_glance, whole.is_glance) == (True, False)
    assert [each.files[0].size > quarantined.GLANCED_AT for each in (glance, whole)] == [False, True]
    assert glance.text == whole.text
    app = stage(door)
    async with app.run_test(size=(80, 24)) as pilot:
        await arrived(pilot)
        await opened(pilot, QuarantineScreen())
        await until_seen(pilot, "Only the first 1", "Z shows the whole mail.", "It smokes again.")


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_hostile_breaks_the_screens(stage: Stage, cast: Cast, size: tuple[int, int]) -> None:
    evil = "[bold]\x1b]0;own\x07\u202e[/] 😀" * 30
    raw = RAW.replace(b"About the printer", b"=?utf-8?q?=1b=5b31m?= [red]").replace(
        b"again", evil.encode() + b"\xff"
    )
    _number, mail = wait_for_luis(
        cast,
        raw=raw,
        sender_name=evil,
        subject=evil,
        error=evil,
        decision=[{"rule": "stranger", "hit": True, "detail": evil}],
    )
    app = stage(cast.manager())
    async with app.run_test(size=size) as pilot:
        await arrived(pilot)
        for screen in (QuarantineScreen(), CameInScreen(), WholeMailScreen(mail)):
            await opened(pilot, screen)
            await until_seen(pilot, "[bold]")
            assert not set(seen(pilot)) & {"\x1b", "\x07", "\u202e"}


QUOTING = RAW.rstrip() + (
    b" Please come.\r\n\r\nOn 3/3/26 10:00, Luis wrote:\r\n> Is it in?\r\n> Really?\r\n\r\n"
    b"-- \r\nOtto\r\nACME\r\n"
)


@pytest.mark.parametrize("size", SIZES)
async def test_who_decides_reads_the_text_with_quotes_folded_and_the_whole_by_one_key(
    stage: Stage, cast: Cast, size: tuple[int, int]
) -> None:
    wait_for_luis(cast, raw=QUOTING)
    app = stage(cast.operator())
    async with app.run_test(size=size) as pilot:
        await arrived(pilot)
        await opened(pilot, QuarantineScreen())
        await until_seen(pilot, "It smokes again. Please come.", "┄ 3 quoted lines · Z", "┄ signature · Z")
        assert "> Is it in?" not in seen(pilot)
        await pilot.press("Z")
        await settled(pilot)
        await pilot.press("G")
        await until_seen(pilot, "> Really?", "ACME")


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_what_goes_on_in_the_next_line_stands_beneath_its_first_at_every_width(
    stage: Stage, cast: Cast, width: int
) -> None:
    subject = "word " * 60
    _number, mail = wait_for_luis(cast, subject=subject)
    app = stage(cast.operator())
    async with app.run_test(size=(100, 40)) as pilot:
        await arrived(pilot)
        await opened(pilot, WholeMailScreen(mail))
        await until_seen(pilot, "Subject")
        await pilot.resize_terminal(width, 40)
        room = min(width, 76) - 7
        text = app.screen.query_one(Static)
        await until(pilot, lambda: str(text.content).count("word") == 60 and longest(text) <= room)
        assert longest(text) > room - len("word "), "the width is used"
        lines = str(text.content).split("\n")
        first = next(place for place, line in enumerate(lines) if line.startswith("Subject"))
        beneath = [line for line in lines[first + 1 :] if "word" in line]
        assert {line.index("word") for line in beneath} == {lines[first].index("word")}


def longest(text: Static) -> int:
    return max(cell_width(line.rstrip()) for line in str(text.content).split("\n") if "word" in line)


async def test_what_came_in_is_listed_and_narrowed(stage: Stage, cast: Cast) -> None:
    wait_for_luis(cast)
    keep(cast, verdict=Verdict.DROPPED, reason=MailReason.BLOCKED, sender="spam@spam.example")
    app = stage(cast.manager())
    async with app.run_test(size=(80, 24)) as pilot:
        await arrived(pilot)
        await opened(pilot, CameInScreen())
        await until_seen(pilot, "kept, not filed: the sender is blocked", "waits for a decision")
        await until_seen(pilot, "From Otto <spam@spam.example>   Subject About the printer")
        await pilot.press("f", *["down"] * 6, "enter")
        await until(pilot, lambda: "otto" not in seen(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WholeMailScreen))


async def test_senders_are_blocked_allowed_and_forgotten(stage: Stage, cast: Cast) -> None:
    app = stage(cast.manager())
    async with app.run_test(size=(80, 24)) as pilot:
        await arrived(pilot)
        await opened(pilot, SendersScreen())
        await until_seen(pilot, "No sender is blocked or allowed.")
        await pilot.press("b", *"nonsense", "enter")
        await until_seen(pilot, "is not an e-mail address")
        await pilot.press("escape", "b", *"@.spam.example", "enter")
        await until_seen(pilot, "@.spam.example", "spam.example and all domains below it")
        await pilot.press("x", "y")
        await until_seen(pilot, "No sender is blocked or allowed.")
    assert cast.manager().read(senders.page).items == ()


async def test_a_route_is_made_moved_and_deleted(stage: Stage, cast: Cast) -> None:
    cast.topic("Sales")
    app = stage(cast.manager())
    async with app.run_test(size=(80, 24)) as pilot:
        await arrived(pilot)
        await opened(pilot, RoutesScreen())
        for name, words in (("Orders", "order*"), ("Urgent", "urgent")):
            await pilot.press("n")
            await settled(pilot)
            fill(pilot, name=name, subject=words, sender_domain=".acme.example", tag="vip now")
            topic = app.screen.query_one("#field-topic Select", Select)
            topic.value = "sales"
            await pilot.press("ctrl+s")
            await until_seen(pilot, f"“{name}” is tried as number", "Sales", "+vip")
        await pilot.press("u")
        await until_seen(pilot, "“Urgent” is tried as number 1.")
        assert [line.name for line in cast.manager().read(routing.lines)] == ["Urgent", "Orders"]
        await pilot.press("x", "y")
        await until_seen(pilot, "The route “Urgent” is deleted.")


async def test_administration_leads_there_by_role(stage: Stage, cast: Cast) -> None:
    wait_for_luis(cast)
    incoming = ("Incoming mail", "Senders of mail", "Routes of mail")
    for door, sees in ((cast.operator(), False), (cast.manager(), True)):
        app = stage(door)
        async with app.run_test(size=(120, 40)) as pilot:
            await arrived(pilot)
            await opened(pilot, AdministrationScreen())
            await until_seen(pilot, "Mail to decide", "1 waits")
            assert [name in seen(pilot) for name in incoming] == [sees] * 3


def kiosk(door: Door) -> SysmoApp:
    """The program in an account of the machine that people share."""
    app = SysmoApp(door.desk, session=_Kept(door), environ={})
    app.is_kiosk = True
    return app


class _Kept:
    """A session that is there already."""

    def __init__(self, door: Door) -> None:
        self._secret = door.caller.secret

    def load(self) -> str | None:
        return self._secret

    def save(self, secret: str) -> None:
        self._secret = secret

    def forget(self) -> None:
        self._secret = None
