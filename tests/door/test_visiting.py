"""A visit: who comes is asked each time, and nobody hears of the desk's machine."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui.door.slots import Caps, Slot
from sysmo_tui.models import Account, SignIn, table
from sysmo_tui.services import inboxes
from tests.cast import PASSWORD, mails
from tests.cli.conftest import Office, capture, cli, now_cast, office, small_office
from tests.door.visits import Visits, bind, door_of, revoke
from tests.keys_of_people import SOURCE
from tests.services import requests as ask

__all__ = ["capture", "cli", "now_cast", "office", "small_office"]

UNREACHABLE = "sysmo: The desk cannot be reached now. Try again.\n"


@pytest.fixture
def carla(small_office: Office, tmp_path: Path) -> Visits:
    """The customer "carla", who comes with a key of hers."""
    bind(small_office, small_office.cast.customer(), "carla")
    return door_of(small_office, tmp_path, "carla")


def test_a_key_is_asked_for_anew_by_each_command(office: Office, tmp_path: Path):
    bind(office, office.cast.customer(), "carla")
    carla = door_of(office, tmp_path, "carla")
    assert carla.ok("whoami", "--json").json["email"] == "carla@customer.example"
    _change(office, "carla", role="operator")
    assert carla.ok("whoami", "--json").json["role"] == "operator"
    assert carla("account", "list").code == 0
    _change(office, "carla", role="customer")
    assert carla("account", "list").code == 5
    _change(office, "carla", state="disabled")
    assert carla("whoami").code == 3
    _change(office, "carla", state="active")
    revoke(office, "carla")
    ran = carla("whoami")
    assert (ran.code, ran.out) == (3, "")
    assert "sysmo key new" in ran.err


def test_only_the_key_that_was_authenticated_counts(small_office: Office, carla: Visits, tmp_path: Path):
    nobody = door_of(small_office, tmp_path, "nobody")
    assert carla.ok("whoami").code == 0
    assert nobody("whoami").code == 3
    assert door_of(small_office, tmp_path)("whoami").code == 3
    gone = carla("whoami", SSH_USER_AUTH=str(tmp_path / "gone"))
    assert (gone.code, gone.out) == (7, "")
    assert str(tmp_path) not in gone.err


def test_a_visit_opens_no_session_and_keeps_none(small_office: Office, carla: Visits, tmp_path: Path):
    sessions = sa.select(sa.func.count()).select_from(table(SignIn)).where(table(SignIn).c.ended_at.is_(None))

    def count() -> int:
        with small_office.cast.desk.store.reading() as session:
            return int(session.execute(sessions).scalar_one())

    before = count()
    carla.ok("ticket", "list")
    new = "quite another pass phrase 7"
    carla.ok("password", "change", "--password-stdin", stdin=f"{PASSWORD}\n{new}\n")
    # Every session of hers has ended, and the one that changing opens is closed at once.
    assert count() == before - 1
    assert not (tmp_path / "door-state" / "sessions").exists()
    assert carla("login", "--email", "carla@customer.example").code == 2
    keyless = door_of(small_office, tmp_path)("login")
    assert keyless.code == 3
    assert "sign in on the screens" in keyless.err
    assert carla("logout").code == 2


def test_a_refusal_about_sessions_is_no_trouble_of_the_machine(carla: Visits):
    for words in (["session", "revoke"], ["session", "revoke", "nothing"]):
        ran = carla(*words)
        assert ran.code in {2, 4}, ran
        assert "session" in ran.err
        assert ran.err != UNREACHABLE


def test_who_chose_a_password_hears_how_that_connection_signs_in(small_office: Office, tmp_path: Path):
    small_office.cast.customer()
    for key, way in (("carla", "sysmo key new --email carla@customer.example"), (None, "sysmo")):
        reset = small_office.admin.ok(
            "account", "reset-password", "carla@customer.example", "--yes", "--json"
        ).json
        ran = door_of(small_office, tmp_path, key).ok(
            "password",
            "reset",
            "--password-stdin",
            stdin=f"{reset['invitation_code']}\nquite another pass phrase 7\n",
        )
        assert f"Sign in: {way}\n" in ran.out + ran.err


def test_what_is_filed_through_the_door_is_its_owner_s(small_office: Office, carla: Visits):
    subject = "A 'quoted' \"word\" \\"
    carla.ok("ticket", "new", "--topic", "general", "--subject", subject, "--body", "$HOME `id`")
    found = small_office.cast.customer().read(inboxes.page, inboxes.Inbox.CREATED).page.items
    assert [ticket.subject for ticket in found] == [subject]


def test_the_language_is_that_of_the_line_else_of_the_account(small_office: Office, carla: Visits):
    assert carla.line("lang=es whoami").out.splitlines()[0].startswith("Nombre")
    _change(small_office, "carla", locale="es")
    assert carla.line("whoami").out.splitlines()[0].startswith("Nombre")
    assert carla.line("lang=en whoami").out.splitlines()[0].startswith("Name")


@pytest.mark.parametrize(
    "config",
    [
        '[database]\nurl = "sqlite:////no/such/place/desk.db"\n',
        '[database]\nurl = "sqlite:///{folder}/other.db"\n',
        '[database]\nurl = "postgresql://someone:geheim@127.0.0.1:1/desk"\n',
        '[database]\nurl = "nonsense"\n',
        '[databse]\nurl = "x"\n',
        "[database\n",
    ],
)
def test_a_desk_that_cannot_be_reached_says_nothing_of_its_machine(
    small_office: Office, tmp_path: Path, config: str
):
    visit = door_of(small_office, tmp_path)
    (tmp_path / "other.db").write_bytes(b"no database" * 100)
    (tmp_path / "door.toml").write_text(
        f'{config.replace("{folder}", str(tmp_path))}\n[state]\ndir = "{tmp_path}/s"\n'
    )
    for words in (["ticket", "list"], ["register"], ["--help"]):
        ran = visit(*words)
        assert (ran.code, ran.out, ran.err) == (7, "", UNREACHABLE)
    assert visit("whoami", "--json").json["error"]["code"] == "unavailable"


def test_a_state_folder_that_the_account_cannot_use_is_no_bug(carla: Visits, tmp_path: Path):
    (tmp_path / "door-state").write_bytes(b"")
    ran = carla("whoami")
    assert (ran.code, ran.out, ran.err) == (7, "", UNREACHABLE)


def test_a_bug_is_told_by_a_reference_that_is_in_the_log(
    carla: Visits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_given: Any, **_named: Any) -> None:
        raise RuntimeError(f"a secret of {tmp_path}")

    monkeypatch.setattr("sysmo_tui.services.inboxes.page", broken)
    ran = carla("ticket", "list", "--json")
    assert ran.code == 1
    reference = ran.err.split()[-1]
    assert ran.json["error"]["message"].endswith(reference)
    assert "secret" not in ran.out + ran.err
    log = (tmp_path / "door-state" / "log" / "sysmo.log").read_text()
    assert f"reference {reference}" in log
    assert "a secret of" in log


def test_visitors_beyond_the_caps_are_told_so(small_office: Office, carla: Visits, tmp_path: Path):
    with (tmp_path / "door.toml").open("a") as config:
        config.write("[door]\nsource_sessions = 2\naccount_sessions = 1\nsessions = 3\n")
    places = [Slot(tmp_path / "door-state" / "door", Caps(3, 2, 1)) for _each in range(3)]
    places[0].enter("198.51.100.7")
    assert carla("whoami").code == 0
    with small_office.cast.desk.store.reading() as session:
        account = session.execute(
            sa.select(table(Account).c.id).where(table(Account).c.name == "Carla")
        ).scalar_one()
    places[0].take_for(account)
    assert "connections of your account" in _told(carla)
    places[1].enter(SOURCE)
    places[0].leave()
    assert carla("whoami").code == 0
    places[2].enter(SOURCE)
    assert "connections from your address" in _told(carla)
    places[0].enter("198.51.100.8")
    assert "too many visitors" in _told(carla)
    for place in places:
        place.leave()
    assert carla("whoami").code == 0


def test_mail_of_a_visit_is_left_to_the_worker(
    small_office: Office, carla: Visits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def never(*_given: Any, **_named: Any) -> None:
        raise AssertionError("a visit starts nothing and sends nothing")

    monkeypatch.setattr(os, "posix_spawn", never)
    monkeypatch.setattr("sysmo_tui.assembly.choose_transport", never)
    nobody = door_of(small_office, tmp_path)
    asked = nobody.ok("password", "forgot", "--email", "carla@customer.example")
    unknown = nobody.ok("password", "forgot", "--email", "nobody@customer.example")
    assert asked.err == unknown.err == ""
    carla.ok("ticket", "new", "--topic", "general", "--subject", "S", "--body", "B")
    waiting = mails(small_office.cast.desk)
    assert waiting
    assert all(mail.sent_at is None for mail in waiting)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "ticket reply 1 --body It works now.",
            "“works now.” is too much for sysmo ticket reply. Behind ssh",
        ),
        ("ticket attach 1 photo.jpg", "give - in its place, and < FILE behind"),
        ("ticket download 1 KEY -o folder", "give - in its place, and > FILE behind"),
    ],
)
def test_a_line_as_one_would_type_it_here_is_told_what_is_different(carla: Visits, line: str, said: str):
    carla.ok("ticket", "new", "--topic", "general", "--subject", "No sound", "--body", "Since today.")
    ran = carla.line(line)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert said in ran.err


def test_outside_of_sshd_the_door_says_what_it_is(small_office: Office):
    ran = small_office("door")
    assert (ran.code, ran.out) == (2, "")
    assert "SSH door" in ran.err


def test_without_a_terminal_there_are_no_screens(carla: Visits):
    ran = carla.line("")
    assert (ran.code, ran.out) == (2, "")
    assert "need a terminal" in ran.err


def test_a_file_of_the_largest_size_passes_the_limits_of_a_visit(small_office: Office, carla: Visits):
    number = ask.file(small_office.cast.customer())
    content = os.urandom(1_000_000) * 25
    environ = carla.environ | {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}

    def visit(line: str, given: bytes) -> bytes:
        program = [sys.executable, "-I", "-m", "sysmo_tui", "door"]
        ran = subprocess.run(
            program,
            input=given,
            capture_output=True,
            check=False,
            env=environ | {"SSH_ORIGINAL_COMMAND": line},
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    visit(f"ticket attach {number} - --name large.bin", content)
    came = visit(f"ticket download {number} large.bin -o -", b"")
    assert hashlib.sha256(came).digest() == hashlib.sha256(content).digest()
    state = Path(environ["SYSMO_CONFIG"]).parent / "door-state"
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (state, *state.rglob("*"))} == {0}


def test_a_process_is_bounded_before_it_does_anything():
    program = (
        "import os, resource, signal; from sysmo_tui.door import limits\n"
        "limits.secure_process(); limits.bound_computing(); limits.bound_files()\n"
        "print(os.umask(0), *(resource.getrlimit(getattr(resource, 'RLIMIT_' + name))[1]"
        " for name in ('CORE', 'NOFILE', 'AS', 'CPU', 'FSIZE')),"
        " all(signal.getsignal(s) is signal.SIG_IGN for s in (signal.SIGTSTP, signal.SIGQUIT)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["63", "0", "256", "3000000000", "120", "1100000000", "True"]


def _change(office: Office, name: str, **values: Any) -> None:
    account = table(Account)
    with office.cast.desk.store.writing() as session:
        session.execute(sa.update(account).where(account.c.id == office.cast.ids[name]).values(values))


def _told(visit: Visits) -> str:
    ran = visit("whoami")
    assert (ran.code, ran.out) == (7, "")
    return ran.err
