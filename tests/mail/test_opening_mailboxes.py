"""Opening a mailbox: tokens, certificates and secrets, and what is said where it stays closed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sysmo_tui.mail.access_tokens import NoToken, access_token
from sysmo_tui.mail.fetching import access_for, fetch_once, open_mailbox
from sysmo_tui.mail.imap import Unreachable
from sysmo_tui.services.mailboxes import Fetched
from sysmo_tui.settings import MailboxAccess
from tests.cast import Cast
from tests.mail.dovecot import PASSWORD, REFRESH_TOKEN, TOKEN, Dovecot
from tests.mail.fetches import (
    SECRET,
    cast,
    letter,
    line,
    made,
    shown,
    user,
)

__all__ = ["cast", "user"]


@pytest.mark.parametrize("way", ["refresh", "command"])
def test_a_token_opens_a_mailbox(cast: Cast, dovecot: Dovecot, way: str) -> None:
    access = {
        "refresh": MailboxAccess(
            token_url=dovecot.tokens.url, client_id="desk", client_secret="s3", refresh_token=REFRESH_TOKEN
        ),
        "command": MailboxAccess(token_command=f"printf '{TOKEN}\\n'"),
    }[way]
    dovecot.deliver("olga", letter(1))
    haul = fetch_once(cast.desk, made(cast, dovecot.url("olga")), access)
    assert (len(haul.new), haul.error) == (1, "")
    if way == "refresh":
        assert dovecot.tokens.asked[-1] == {
            "grant_type": "refresh_token",
            "refresh_token": REFRESH_TOKEN,
            "client_id": "desk",
            "client_secret": "s3",
        }


def rotating(dovecot: Dovecot, kept_in: Path, first: str = "first") -> MailboxAccess:
    """What opens a mailbox whose service takes each refresh token once."""
    dovecot.tokens.single_use = {first}
    dovecot.tokens.asked.clear()
    return MailboxAccess(token_url=dovecot.tokens.url, refresh_token=first, kept_in=kept_in)


def used(dovecot: Dovecot) -> list[str]:
    return [given["refresh_token"] for given in dovecot.tokens.asked]


def test_a_refresh_token_that_is_replaced_is_kept_and_its_successor_used(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    folder = tmp_path / "state" / "mailboxes"
    access = rotating(dovecot, folder)
    fetched = Fetched("support", dovecot.url("olga"), "INBOX", "", None, 0)
    for _ in range(3):
        with open_mailbox(fetched, access):
            pass
    assert used(dovecot) == ["first", "first+", "first++"]
    [kept] = [path for path in folder.iterdir() if path.suffix != ".lock"]
    assert kept.read_text() == "first+++\n"
    assert kept.stat().st_mode & 0o777 == 0o600
    with open_mailbox(fetched, rotating(dovecot, folder, "another")):
        pass
    assert used(dovecot) == ["another"]


def test_a_refresh_token_is_used_by_one_at_a_time(dovecot: Dovecot, tmp_path: Path) -> None:
    access = rotating(dovecot, tmp_path / "mailboxes")
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: access_token(access, 15.0), range(8))) == [TOKEN] * 8
    assert used(dovecot) == ["first" + "+" * uses for uses in range(8)]


def test_a_refresh_token_is_not_used_where_its_successor_could_not_be_kept(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder = tmp_path / "mailboxes"
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NoToken, match="The refresh token cannot be kept on this machine: "):
        access_token(rotating(dovecot, folder), 15.0)
    assert used(dovecot) == []
    folder.unlink()
    assert access_token(rotating(dovecot, folder), 15.0) == TOKEN


def test_a_service_that_refuses_leaves_the_kept_refresh_token(dovecot: Dovecot, tmp_path: Path) -> None:
    access = rotating(dovecot, tmp_path / "mailboxes")
    access_token(access, 15.0)
    dovecot.tokens.single_use = set()
    with pytest.raises(NoToken, match="invalid_grant"):
        access_token(access, 15.0)
    dovecot.tokens.single_use = {"first+"}
    assert access_token(access, 15.0) == TOKEN


@pytest.mark.parametrize(
    ("access", "said"),
    [
        (MailboxAccess(token_command="echo no-such-token"), "The access token was refused (401)"),
        (MailboxAccess(token_command="false"), "The token_command failed with exit code 1."),
        (MailboxAccess(token_command="/no/such/program"), "could not be run: No such file or directory"),
        (MailboxAccess(token_command="sleep 9"), "The token_command took too long."),
        (MailboxAccess(token_command="printf 'a\\001b'"), "No access token was given."),
        (MailboxAccess(token_url="TOKENS", refresh_token="stale-77"), "refused: invalid_grant"),
        (MailboxAccess(token_url="http://mail.example/", refresh_token="stale-77"), "not an https address"),
        (MailboxAccess(token_url="file:///etc/passwd", refresh_token="stale-77"), "not an https address"),
    ],
)
def test_without_a_token_one_line_says_why(dovecot: Dovecot, access: MailboxAccess, said: str) -> None:
    if access.token_url == "TOKENS":
        access = MailboxAccess(token_url=dovecot.tokens.url, refresh_token=access.refresh_token)
    fetched = Fetched("support", dovecot.url("olga"), "INBOX", "", None, 0)
    seconds = 0.2 if "sleep" in access.token_command else 15.0
    with pytest.raises(Unreachable) as refusal, open_mailbox(fetched, access, seconds):
        pass
    assert said in str(refusal.value)
    assert "stale-77" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_unknown_certificate_and_a_line_without_encryption_get_no_password(
    cast: Cast, dovecot: Dovecot, user: str
) -> None:
    with line(dovecot.port) as way, line(dovecot.tls_port) as tls:
        way.rewrite = lambda said: said.replace(b" STARTTLS", b" XTARTTLS")
        for url, answer in (
            (f"imaps://{user}@127.0.0.1:{tls.port}", "certificate verify failed"),
            (dovecot.url(user, port=way.port, options="?tls=required"), "TLS not supported"),
            (dovecot.url(user, options="?tls=required"), "certificate verify failed"),
        ):
            fetched = Fetched("support", url, "INBOX", "", None, 0)
            with pytest.raises(Unreachable, match=answer), open_mailbox(fetched, SECRET):
                pass
        assert PASSWORD.encode() not in b"".join(way.heard + tls.heard)
    good = dovecot.url(user, options=f"?tls=required&ca={dovecot.certificate}")
    assert fetch_once(cast.desk, made(cast, good), SECRET).is_reached


def test_a_server_that_repeats_the_password_finds_no_ear(cast: Cast, dovecot: Dovecot, user: str) -> None:
    with line(dovecot.port) as way:
        way.rewrite = lambda said: said.replace(b"Authentication failed", b"You said wrong-pass-9")
        mailbox = made(cast, dovecot.url(user, port=way.port))
        haul = fetch_once(cast.desk, mailbox, MailboxAccess(password="wrong-pass-9"))
    assert "You said …" in haul.error
    assert "wrong-pass-9" not in haul.error + shown(cast).error + repr(mailbox) + repr(SECRET)
    assert not haul.is_reached


@pytest.mark.parametrize("port", [1, 0])
def test_a_server_that_is_not_there_is_told_in_a_line(cast: Cast, port: int, user: str) -> None:
    with line(port or 9) as nobody:
        way = nobody.port if port == 0 else port
        haul = fetch_once(cast.desk, made(cast, f"imap://{user}@127.0.0.1:{way}"), SECRET)
    assert not haul.is_reached
    assert shown(cast).error == haul.error != ""
    assert shown(cast).failing_since == cast.desk.clock()


def test_the_secret_without_a_name_is_shown_to_one_server_only() -> None:
    one, two = (Fetched(name, "", "INBOX", "", None, 0) for name in ("one", "two"))
    known = {"": MailboxAccess(password="a"), "two": MailboxAccess(password="b")}
    assert access_for("one", [one], known) == known[""]
    assert access_for("one", [one, two], known) is None
    assert access_for("two", [one, two], known) == known["two"]
    assert access_for("two", [two], {"two": MailboxAccess(client_id="x"), "": known[""]}) is None
    assert not MailboxAccess(token_url="https://x").is_ready
