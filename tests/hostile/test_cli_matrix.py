"""Who may do what by commands: every verb by everyone, as the services decide it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sysmo_tui.cli.door_lines import OPEN
from sysmo_tui.cli.nouns import ENTRIES
from sysmo_tui.cli.root import build
from sysmo_tui.cli.verbs import ALIASES, NounGroup
from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Role
from tests.cast import Cast
from tests.cli.conftest import Cli, Office, capture, cli, small_office
from tests.door.visits import Visits, bind, door_of
from tests.kept import RAW, keep
from tests.services import requests as ask

__all__ = ["capture", "cli", "small_office"]

OK, UNKNOWN, NOT_SIGNED_IN, MISSING, FORBIDDEN = 0, 2, 3, 4, 5

WHO = ["requester", "stranger", "operator", "outsider", "manager", "admin", "visitor"]
EXPECTED: dict[str, tuple[int, ...]] = {
    # requester, stranger, operator of the topic, of another topic, manager, administrator, nobody
    "requester": (OK, MISSING, OK, MISSING, OK, OK, NOT_SIGNED_IN),
    "requester alone": (OK, MISSING, FORBIDDEN, MISSING, FORBIDDEN, FORBIDDEN, NOT_SIGNED_IN),
    "staff of it": (FORBIDDEN, MISSING, OK, MISSING, OK, OK, NOT_SIGNED_IN),
    "staff of a mail": (FORBIDDEN, FORBIDDEN, OK, MISSING, OK, OK, NOT_SIGNED_IN),
    "everyone": (OK, OK, OK, OK, OK, OK, NOT_SIGNED_IN),
    "staff": (FORBIDDEN, FORBIDDEN, OK, OK, OK, OK, NOT_SIGNED_IN),
    "staff that finds": (UNKNOWN, UNKNOWN, OK, OK, OK, OK, NOT_SIGNED_IN),
    "managers": (FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, OK, OK, NOT_SIGNED_IN),
    "administrators": (FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, OK, NOT_SIGNED_IN),
}

ROLES: dict[str, Role | None] = {
    "requester": Role.CUSTOMER,
    "stranger": Role.CUSTOMER,
    "operator": Role.OPERATOR,
    "outsider": Role.OPERATOR,
    "manager": Role.MANAGER,
    "admin": Role.ADMIN,
    "visitor": None,
}
RANKS = [None, *Role]
LEAST = {path: role for role, opened in OPEN.items() for path in opened}
LEAST["mail quarantine drop"] = LEAST["mail quarantine reject"]


@dataclass(frozen=True)
class Act:
    """A command line by who may run it; ``{n}`` is a ticket for it, ``{m}`` its mail, ``{x}`` a new word."""

    line: str
    allowed: str
    before: str = ""


ACTS = [
    Act("ticket show {n}", "requester"),
    Act("ticket show {n} --raw", "requester"),
    Act("ticket files {n}", "requester"),
    Act("ticket links {n}", "requester"),
    Act("ticket download {n} -o {d}", "requester"),
    Act("ticket reply {n} --body Words", "requester"),
    Act("ticket attach {n} {f}", "requester"),
    Act("ticket close {n} --body Done", "requester"),
    Act("ticket rate {n} 5", "requester alone", before="ticket close {n} --body Done"),
    Act("ticket reopen {n}", "requester", before="ticket close {n} --body Done"),
    Act("ticket history {n}", "staff of it"),
    Act("ticket customer {n}", "staff of it"),
    Act("ticket why {n}", "staff of it"),
    Act("ticket note {n} --body Words", "staff of it"),
    Act("ticket attach {n} {f} --internal", "staff of it"),
    Act("ticket take {n}", "staff of it"),
    Act("ticket release {n}", "staff of it", before="ticket assign {n} --to luis@desk.example"),
    Act("ticket assign {n} --to luis@desk.example", "staff of it"),
    Act("ticket spam {n}", "staff of it"),
    Act("ticket edit {n} --subject Other", "staff of it"),
    Act("ticket reply {n} --body Words --if-version 1", "staff of it"),
    Act("ticket snooze {n} --until +3d", "staff of it"),
    Act("ticket wake {n}", "staff of it", before="ticket snooze {n} --until +3d"),
    Act("ticket tag {n} vip", "staff of it"),
    Act("ticket untag {n} vip", "staff of it", before="ticket tag {n} vip"),
    Act("ticket watch {n}", "staff of it"),
    Act("ticket unwatch {n}", "staff of it"),
    Act("ticket clone {n}", "staff of it"),
    Act("ticket list", "everyone"),
    Act("profile email list", "everyone"),
    Act("ticket list --inbox created", "everyone"),
    Act("ticket list --inbox all", "staff"),
    Act("ticket list --inbox topics", "staff"),
    Act("search printer", "everyone"),
    Act("saved list", "staff"),
    Act("saved new {x} is:open -printer", "staff"),
    Act("saved new {x}s --shared", "managers"),
    Act("saved show {s}", "staff", before="saved new {s} is:open --shared"),
    Act("ticket list --saved {s}", "staff", before="saved new {s} is:open --shared"),
    Act("saved edit {s} --query is:new", "managers", before="saved new {s} is:open --shared"),
    Act("saved delete {s} --yes", "managers", before="saved new {s} is:open --shared"),
    Act("ticket new --topic general --subject S --body B", "everyone"),
    Act("ticket new --topic general --subject S --body B --for {x}@new.example", "staff"),
    Act("ticket new --topic general --subject S --body B --tag vip", "staff"),
    Act("whoami", "everyone"),
    Act("profile show", "everyone"),
    Act("profile edit --name Somebody", "everyone"),
    Act("profile edit --set theme=light", "everyone"),
    Act("profile keys list", "everyone"),
    Act("profile keys edit app.refresh f9", "everyone"),
    Act("profile keys reset", "everyone"),
    Act("session list", "everyone"),
    Act("session list --email luis@desk.example", "administrators"),
    Act("session revoke --all --email nora@desk.example", "administrators"),
    Act("key list", "everyone"),
    Act("key list --email luis@desk.example", "administrators"),
    Act("topic list", "everyone"),
    Act("topic show general", "everyone"),
    Act("topic show hidden", "staff that finds"),
    Act("topic new {x}", "administrators"),
    Act("topic edit spare --description Words", "administrators"),
    Act("topic operators spare --add nora@desk.example", "administrators"),
    Act("topic archive spare", "administrators"),
    Act("topic unarchive spare", "administrators", before="topic archive spare"),
    Act("account list", "staff"),
    Act("account show carla@customer.example", "staff"),
    Act("account new --email {x}@desk.example --name X", "administrators"),
    Act("account edit nora@desk.example --name N", "administrators"),
    Act("account role nora@desk.example manager", "administrators"),
    Act("account reset-password nora@desk.example --yes", "administrators"),
    Act("account disable nora@desk.example --yes --release", "administrators"),
    Act(
        "account enable nora@desk.example", "administrators", before="account disable nora@desk.example --yes"
    ),
    Act("company list", "staff"),
    Act("company show Acme", "staff"),
    Act("company new {x} --tax-id 30-50001091-2", "administrators"),
    Act("company edit Acme --notes Words", "administrators"),
    Act("company merge Zeta --into Acme --dry-run", "administrators"),
    Act("token list", "administrators"),
    Act("status list", "staff"),
    Act("status show new", "staff"),
    Act("status new {x} --category open", "administrators"),
    Act("status edit {s} --name {x}", "administrators", before="status new {s} --category open"),
    Act("status archive {s}", "administrators", before="status new {s} --category open"),
    Act("priority list", "staff"),
    Act("priority show high", "staff"),
    Act("priority new {x} --level 2", "administrators"),
    Act("priority edit {s} --name {x}", "administrators", before="priority new {s} --level 2"),
    Act("priority archive {s}", "administrators", before="priority new {s} --level 2"),
    Act("type list", "staff"),
    Act("type show request", "staff"),
    Act("type new {x}", "administrators"),
    Act("type edit {s} --name {x}", "administrators", before="type new {s}"),
    Act("type archive {s}", "administrators", before="type new {s}"),
    Act("canned list", "staff"),
    Act("canned show {s}", "staff", before="canned new {s} --body Words"),
    Act("canned preview {n} {s}", "staff of it", before="canned new {s} --body Words"),
    Act("ticket reply {n} --canned {s}", "staff of it", before="canned new {s} --body Words"),
    Act("canned new {x} --body Words", "administrators"),
    Act("canned new {x} --body Words --dry-run", "administrators"),
    Act("canned edit {s} --body Other", "administrators", before="canned new {s} --body Words"),
    Act("canned archive {s}", "administrators", before="canned new {s} --body Words"),
    Act("config show", "administrators"),
    Act("config edit name Desk", "administrators"),
    Act("config export", "administrators"),
    Act("config apply {c}", "administrators"),
    Act("config apply {c} --dry-run", "administrators"),
    Act("report summary", "staff"),
    Act("report team", "staff"),
    Act("report --tickets received", "staff"),
    Act("audit list", "administrators"),
    Act("mail queue", "managers"),
    Act("mail template list", "administrators"),
    Act("mail template show closed", "administrators"),
    Act("mail template edit closed --body Closed", "administrators"),
    Act("mail template preview closed", "administrators"),
    Act("mail template reset closed", "administrators", before="mail template edit closed --body Closed"),
    Act("mail list", "managers"),
    Act("mail explain {m}", "staff of a mail"),
    Act("mail explain #{n}", "staff of it"),
    Act("mail raw {m} -o {d}/{s}.eml", "staff of a mail"),
    Act("mail quarantine list", "staff"),
    Act("mail quarantine show {m}", "staff of a mail"),
    Act("mail quarantine accept {m} --join", "staff of a mail"),
    Act("mail quarantine accept {m} --as-new", "staff of a mail"),
    Act("mail quarantine reject {m}", "staff of a mail"),
    Act("mail quarantine reject {m} --block", "staff of a mail"),
    Act("mail quarantine drop {m}", "staff of a mail"),
    Act("mail sender list", "managers"),
    Act("mail sender block {x}@spam.example", "managers"),
    Act("mail sender allow {x}@vip.example", "managers"),
    Act("mail sender forget {s}@x.example", "managers", before="mail sender block {s}@x.example"),
    Act("mail mailbox list", "managers"),
    Act("mail mailbox new {x} --topic general", "managers"),
    Act("mail mailbox new {x} --address {x}@desk.example", "administrators"),
    Act("mail mailbox show {s}", "managers", before="mail mailbox new {s}"),
    Act("mail mailbox edit {s} --topic general", "managers", before="mail mailbox new {s}"),
    Act("mail mailbox archive {s}", "managers", before="mail mailbox new {s}"),
    Act("mail route list", "managers"),
    Act("mail route new {x} --topic general", "managers"),
    Act("mail route show {s}", "managers", before="mail route new {s} --topic general"),
    Act("mail route edit {s} --subject x", "managers", before="mail route new {s} --topic general"),
    Act("mail route move {s} 1", "managers", before="mail route new {s} --topic general"),
    Act("mail route delete {s} --yes", "managers", before="mail route new {s} --topic general"),
    Act("mail route test {e}", "managers"),
    Act("mail release --all", "managers"),
    Act("mail release --all --dry-run", "managers"),
    Act("mail discard --all --dry-run", "managers"),
    Act("account disable nora@desk.example --dry-run", "administrators"),
    Act("topic archive spare --dry-run", "administrators"),
    Act("mail discard --all", "managers"),
    Act("mail test ada@desk.example", "managers"),
    Act("mail test ada@desk.example --dry-run", "managers"),
    Act("account new --email {x}@desk.example --name X --dry-run", "administrators"),
    Act("account role nora@desk.example manager --dry-run", "administrators"),
    Act("ticket take {n} --dry-run", "staff of it"),
    Act("ticket edit {n} --subject Other --dry-run", "staff of it"),
    Act("ticket reply {n} --body Words --dry-run", "requester"),
    Act("ticket close {n} --body Done --dry-run", "requester"),
]

UNBOUND = {
    "for visitors": {
        "login",
        "logout",
        "register",
        "verify",
        "password forgot",
        "password reset",
        "init",
        "demo",
    },
    "for who is at the desk, or on one's own machine": {
        "door",
        "connect",
        "db",
        "doctor",
        "recover",
        "worker",
        "mail send",
        "mail receive",
        "mail fetch",
    },
    "with a server, tried where mail is fetched": {"mail mailbox test"},
    "for one's own password": {"password change"},
    "for one's own addresses, by a code that was mailed there": {
        f"profile email {verb}" for verb in ("add", "verify", "primary", "remove")
    },
    "by the number of a mail, an entry or a code, tried below": {"mail retry", "token reissue"},
    "by the key of a connection, tried where keys are": {"key new", "key revoke"},
    "a question": {"ticket comment"},
    "for who did it, tried where it is tested": {"ticket unsend", "undo"},
    "undone like they are done": {
        "status unarchive",
        "priority unarchive",
        "type unarchive",
        "canned unarchive",
        "mail mailbox unarchive",
    },
}
"""Verbs that no role decides, and why."""


def verbs() -> Iterator[str]:
    """Every verb there is, without its other names."""
    aliases = {alias for names in ALIASES.values() for alias in names}
    root = build()
    for name, entry in ENTRIES.items():
        if entry.is_verb:
            yield name
            continue
        group = root.get_command(None, name)  # type: ignore[arg-type]
        assert isinstance(group, NounGroup)
        yield from (f"{name} {verb}" for verb in group.registered if verb not in aliases)
        for noun in group.nested:
            inner = group.get_command(None, noun)
            assert isinstance(inner, NounGroup)
            yield from (f"{name} {noun} {verb}" for verb in inner.registered if verb not in aliases)


def test_no_verb_is_forgotten():
    known = {act.line for act in ACTS}
    unbound = set().union(*UNBOUND.values())
    for verb in verbs():
        if verb in unbound or verb.split()[0] in unbound:
            continue
        assert any(line == verb or line.startswith(f"{verb} ") for line in known), verb


def _somebody(cast: Cast, who: str) -> Door:
    match who:
        case "requester":
            return cast.customer()
        case "stranger":
            return cast.customer("otto")
        case "operator":
            return cast.operator()
        case "outsider":
            return cast.operator("rita", topics=[])
        case "manager":
            return cast.manager()
        case _:
            return cast.admin()


@pytest.fixture
def people(small_office: Office) -> Callable[[str], Cli]:
    """The command line of each of :data:`WHO`, and a desk for them to act on."""
    office, cast = small_office, small_office.cast
    cast.customer("carla", company="Acme")
    cast.customer("zoe", company="Zeta")
    cast.operator("nora", topics=[])
    cast.operator()
    office.admin.ok("topic", "new", "spare")
    office.admin.ok("topic", "new", "hidden", "--private")

    def at(who: str) -> Cli:
        return office if who == "visitor" else office.at(who, _somebody(cast, who))

    return at


@pytest.fixture
def visits(small_office: Office, people: Callable[[str], Cli], tmp_path: Path) -> Callable[[str], Cli]:
    """The same people through the SSH door: each has a key, the visitor one that is nobody's."""

    def at(who: str) -> Cli:
        if who != "visitor":
            people(who)
            bind(small_office, _somebody(small_office.cast, who), who)
        return door_of(small_office, tmp_path, who)

    return at


@pytest.mark.parametrize("who", WHO)
def test_what_each_may_do_by_commands(
    people: Callable[[str], Cli], small_office: Office, tmp_path: Path, who: str
):
    assert _differences(small_office, people(who), who, tmp_path) == {}


@pytest.mark.parametrize("who", WHO)
def test_what_each_may_do_through_the_ssh_door(
    visits: Callable[[str], Cli], small_office: Office, tmp_path: Path, who: str
):
    assert _differences(small_office, visits(who), who, tmp_path) == {}


def _expected(act: Act, who: str, *, is_far: bool) -> int:
    """What a line ends with. Through the door, no closed verb is known, and no role reaches another's."""
    at_desk = EXPECTED[act.allowed][WHO.index(who)]
    if not is_far:
        return at_desk
    words = act.line.split()
    within = " ".join(words[: next((at for at in (2, 1) if _opened(" ".join(words[:at]))), 0)])
    meant = [path for path in LEAST if f"{act.line} ".startswith(f"{path} ")]
    least = LEAST[max(meant, key=len)] if meant else min(_opened(within), key=RANKS.index, default=None)
    if RANKS.index(ROLES[who]) < RANKS.index(least):
        return NOT_SIGNED_IN if who == "visitor" else FORBIDDEN
    return at_desk if meant else UNKNOWN


def _opened(noun: str) -> list[Role | None]:
    """The least roles of what the door opens of a noun."""
    return [least for path, least in LEAST.items() if path.startswith(f"{noun} ")]


def _streamed(line: str) -> str:
    """A line that names no file: what it reads comes by standard input, what it writes goes to the output."""
    for named in ("{d}/{s}.eml", "{d}", "{f}", "{c}", "{e}"):
        line = line.replace(named, "-")
    return line


def _differences(office: Office, person: Cli, who: str, tmp_path: Path) -> dict[str, tuple[int, int, str]]:
    """The command lines that end in another way than expected: how, the code that was, what was said."""
    cast, admin, is_far = office.cast, office.admin, isinstance(person, Visits)
    file, folder = tmp_path / "file.txt", tmp_path / "downloads"
    letter = tmp_path / "mail.eml"
    letter.write_bytes(RAW)
    file.write_text("content")
    folder.mkdir()
    document = tmp_path / "desk.json"
    document.write_text(admin.ok("config", "export").out)
    contents = {"{f}": file.read_bytes(), "{c}": document.read_bytes(), "{e}": RAW}
    customer = cast.customer()
    found = {}
    for at, act in enumerate(ACTS):
        uploads = (ask.upload(customer),) if "download" in act.line else ()
        number = ask.file(customer, files=uploads) if "{n}" in act.line or "{m}" in act.line else 0
        mail = keep(cast, ticket_number=number, sender=f"a{at}@{who}.example") if "{m}" in act.line else 0
        places = {"n": number, "f": file, "d": folder, "c": document, "x": f"x{at}{who}", "s": f"s{at}{who}"}
        places |= {"m": mail, "e": letter}
        if act.before:
            admin(*act.before.format(**places).split())
        line = _streamed(act.line) if is_far else act.line
        stdin = next((held for name, held in contents.items() if is_far and name in act.line), b"")
        ran = person(*line.format(**places).split(), stdin=stdin)
        expected = _expected(act, who, is_far=is_far)
        if ran.code != expected:
            found[act.line] = (ran.code, expected, ran.err)
        if who in {"stranger", "outsider"} and expected == MISSING:
            said = person(*line.format(**places | {"n": 987_654, "m": 987_654}).split(), stdin=stdin)
            assert said.code == ran.code
            assert said.err.replace("987654", str(mail or number)) == ran.err, (
                "foreign is told apart from missing"
            )
            assert said.out == ran.out
    return found


@pytest.mark.parametrize("who", WHO[:4])
def test_numbers_of_mails_and_waiting_codes_say_nothing_to_others(people: Callable[[str], Cli], who: str):
    for words in (["mail", "retry"], ["token", "reissue"]):
        known = people(who)(*words, "1" if words[0] == "mail" else "carla@customer.example")
        unknown = people(who)(*words, "99999" if words[0] == "mail" else "none@customer.example")
        assert (known.code, known.out, known.err) == (FORBIDDEN, unknown.out, unknown.err)
