"""Access tokens for mail servers that want OAuth 2.0 (RFC 6749): from a command, or from who grants them."""

from __future__ import annotations

import json
import shlex
import ssl
import subprocess
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from sysmo_tui.domain.mail_servers import is_loopback
from sysmo_tui.domain.text import clean_line
from sysmo_tui.mail.refresh_tokens import NotKept, turn
from sysmo_tui.settings import MailboxAccess

LONGEST_ANSWER = 100_000
"""Bytes of an answer with a token."""


class NoToken(Exception):
    """There is no access token; the text says why, without secrets."""


class _NoRedirects(HTTPRedirectHandler):
    """Who grants tokens answers itself: secrets go nowhere else."""

    def redirect_request(self, *_given: Any) -> None:
        """Follow nowhere."""
        return


def access_token(access: MailboxAccess, seconds: float) -> str:
    """A token that opens a mailbox now, waiting at most ``seconds`` for each answer; NoToken."""
    token = _printed(access, seconds) if access.token_command else _granted(access, seconds)
    if not token.isascii() or not token.isprintable() or not token.strip():
        raise NoToken("No access token was given.")
    return token.strip()


def _printed(access: MailboxAccess, seconds: float) -> str:
    """What the command prints first; what it complains of may hold secrets, and is not repeated."""
    try:
        ran = subprocess.run(
            shlex.split(access.token_command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoToken("The token_command took too long.") from None
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or "it is not understood"
        raise NoToken(f"The token_command could not be run: {reason}.") from None
    if ran.returncode != 0:
        raise NoToken(f"The token_command failed with exit code {ran.returncode}.")
    return ran.stdout.decode("ascii", "replace").strip().partition("\n")[0]


def _granted(access: MailboxAccess, seconds: float) -> str:
    """Ask for a token by the refresh grant (RFC 6749, 6), or as the program itself (4.4)."""
    where = urlsplit(access.token_url)
    if where.scheme != "https" and not (where.scheme == "http" and is_loopback(where.hostname or "")):
        raise NoToken("The token_url is not an https address.")
    try:
        with turn(access, seconds) as refreshing:
            said = _exchanged(access, refreshing.token, seconds)
            refreshing.keep(str(said.get("refresh_token") or ""))
    except NotKept as error:
        raise NoToken(str(error)) from None
    return str(said.get("access_token", ""))


def _exchanged(access: MailboxAccess, refresh_token: str, seconds: float) -> dict[str, Any]:
    """What the service at ``token_url`` gives; NoToken."""
    given = {
        "grant_type": "refresh_token" if refresh_token else "client_credentials",
        "refresh_token": refresh_token,
        "client_id": access.client_id,
        "client_secret": access.client_secret,
        "scope": access.scope,
    }
    body = urlencode({name: value for name, value in given.items() if value}).encode()
    asked = Request(access.token_url, body, {"Accept": "application/json"})
    opener = build_opener(_NoRedirects(), HTTPSHandler(context=ssl.create_default_context()))
    try:
        with opener.open(asked, timeout=seconds) as answer:
            return _document(answer.read(LONGEST_ANSWER))
    except HTTPError as error:
        with error:
            refusal = clean_line(str(_document(error.read(LONGEST_ANSWER)).get("error", error.code)), 60)
        raise NoToken(f"The server at token_url refused: {refusal}.") from None
    except (OSError, ValueError) as error:
        reason = clean_line(str(getattr(error, "reason", error)) or type(error).__name__, 120)
        raise NoToken(f"The server at token_url cannot be reached: {reason}.") from None


def _document(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
