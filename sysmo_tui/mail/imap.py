"""A folder of a mail server, open for fetching: IMAP (RFC 3501) with IDLE, MOVE, UIDPLUS and XOAUTH2."""

from __future__ import annotations

import hashlib
import imaplib
import json
import re
import socket
import ssl
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from imap_tools import BaseMailBox
from imap_tools.errors import ImapToolsError
from imap_tools.utils import encode_folder

from sysmo_tui.domain.kept import Raw
from sysmo_tui.domain.mail_servers import ImapAddress
from sysmo_tui.domain.text import clean_line
from sysmo_tui.mail.access_tokens import NoToken, access_token
from sysmo_tui.mail.imap_client import LONGEST_ANSWER, BoundedClient, BoundedTlsClient
from sysmo_tui.mail.transport import NETWORK_SECONDS
from sysmo_tui.services.inbound import KEPT_OF_LARGE
from sysmo_tui.settings import MailboxAccess

ERROR_LIMIT = 200

_LARGEST_NUMBER = 2**32 - 1
"""RFC 3501, 9: numbers have 32 bits."""

_PUT_AWAY = "$SysmoPutAway"
"""What tells messages that we marked as deleted from those of others."""

_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_QUOTED = re.compile(rb'BODY\[\](?:<\d+>)? "((?:[^"\\]|\\.)*)"', re.DOTALL)
_COMMAND = re.compile(r"^(command: \w+ => |\w+ command error: )")
_BROKEN = (imaplib.IMAP4.error, ImapToolsError, OSError, UnicodeError)
"""What the libraries raise when a server cannot be spoken to."""


class Unreachable(Exception):
    """Nothing can be fetched now; the text says why in one line, without secrets."""


class Refused(Exception):
    """The server does not do what was asked with one message; others may fare better."""


@contextmanager
def _understood() -> Iterator[None]:
    """What the libraries stumble over in an answer, for they check none, ends the connection."""
    try:
        yield
    except (OSError, UnicodeError):
        raise
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise imaplib.IMAP4.abort("The server's answer makes no sense.") from error


class _Connection(BaseMailBox):
    """A connection that is encrypted where it must be."""

    client: BoundedClient

    def __init__(self, address: ImapAddress, seconds: float) -> None:
        self._address = address
        self._seconds = seconds
        super().__init__()

    def _get_mailbox_client(self) -> BoundedClient:
        where = self._address
        trust = ssl.create_default_context(cafile=where.authority or None)
        if where.is_tls_first:
            return BoundedTlsClient(where.host, where.port, trust, self._seconds)
        with ExitStack() as undoing:
            client = BoundedClient(where.host, where.port, self._seconds)
            undoing.callback(_let_go, client)
            if where.is_tls_required:
                client.starttls(trust)
            undoing.pop_all()
        return client


@contextmanager
def open_folder(
    address: ImapAddress, access: MailboxAccess, folder: str, seconds: float = NETWORK_SECONDS
) -> Iterator[Folder]:
    """The folder, selected; Unreachable. The server may take ``seconds`` for each answer.

    What goes wrong inside and is not about one message is raised as Unreachable, too.
    """
    connection: _Connection | None = None
    token = ""
    try:
        token = access_token(access, seconds) if access.is_token else ""
        with _understood():
            connection = _Connection(address, seconds)
            _sign_in(connection, address.user, access.password, token)
            connection.folder.set(folder)
            opened = Folder(connection)
        yield opened
    except NoToken as error:
        raise Unreachable(str(error)) from None
    except _BROKEN as error:
        secrets = (access.password, access.refresh_token, access.client_secret, token)
        raise Unreachable(_said(error, secrets)) from None
    finally:
        if connection is not None:
            _leave(connection)


class Folder:
    """An open folder. Every method may raise what :func:`open_folder` makes Unreachable of."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._client = connection.client
        self._can = _capabilities(self._client)
        answer = self._client.response("UIDVALIDITY")[1]
        self.uid_validity = _number(answer[0]) if answer and answer[0] else 0

    @property
    def can_idle(self) -> bool:
        """Whether the server tells of new mail by itself (RFC 2177)."""
        return "IDLE" in self._can

    @_understood()
    def uids(self, after: int = 0, also: Collection[int] = ()) -> list[int]:
        """The messages above ``after``, and ``also`` these, that nobody marked as deleted, oldest first."""
        self._client.noop()
        wanted = ",".join((*map(str, also), f"{after + 1}:*"))
        criteria = f"UID {wanted} UNDELETED" if after else "UNDELETED"
        found = (_number(uid) for uid in self._connection.uids(criteria, charset=None))
        return sorted(uid for uid in found if uid > after or uid in also)

    @_understood()
    def fetch(self, uid: int, limit: int) -> Raw | None:
        """A message as it is, of one over ``limit`` the beginning; None when it is no longer there. Refused.

        The size that a server tells is believed only where the beginning is not all there is.
        """
        self._client.most = LONGEST_ANSWER + max(limit, KEPT_OF_LARGE)
        size, content = self._piece(uid, 0, KEPT_OF_LARGE)
        if content is None:
            return None
        if len(content) < KEPT_OF_LARGE:
            return Raw.whole(content)
        most = max(limit, KEPT_OF_LARGE)
        rest = (self._piece(uid, KEPT_OF_LARGE, most)[1] or b"") if size <= limit else b""
        if size <= limit and len(rest) < most:
            return Raw.whole(content + rest)
        return Raw(content, max(size, len(content + rest)), hashlib.sha256(content).hexdigest(), is_cut=True)

    @_understood()
    def remove(self, uid: int, moves_to: str) -> None:
        """Move a message into another folder, made when it is missing, or delete it for ""; Refused."""
        if moves_to and "MOVE" in self._can:
            self._into("MOVE", uid, moves_to)
            return
        if moves_to:
            self._into("COPY", uid, moves_to)
        try:
            self._told("STORE", str(uid), "+FLAGS.SILENT", rf"(\Deleted {_PUT_AWAY})")
        except Refused:  # a server without keywords (RFC 3501, 2.3.2)
            self._told("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        self._expunge(uid)

    @_understood()
    def finish_removing(self) -> None:
        """Remove what was kept and marked by who died meanwhile, and nothing that others marked; Refused."""
        for uid in self._connection.uids(f"DELETED KEYWORD {_PUT_AWAY}", charset=None):
            self._expunge(_number(uid))

    @_understood()
    def mark_read(self, uid: int) -> None:
        """Mark a message as read; Refused."""
        self._told("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    @_understood()
    def listen(self, seconds: float, goes_on: Callable[[], bool], slice_seconds: float = 1.0) -> None:
        """Wait until the server tells of something, at most ``seconds``, or until ``goes_on`` says no."""
        self._connection.idle.start()  # type: ignore[no-untyped-call]  # imap-tools leaves it untyped
        left = seconds
        while left > 0 and goes_on() and not self._connection.idle.poll(min(slice_seconds, left)):
            left -= slice_seconds
        self._connection.idle.stop()  # type: ignore[no-untyped-call]  # imap-tools leaves it untyped

    def abandon(self) -> None:
        """Cut the connection from another thread, so that nobody waits for its next answer."""
        with suppress(OSError):
            self._client.sock.shutdown(socket.SHUT_RDWR)

    def _expunge(self, uid: int) -> None:
        if "UIDPLUS" in self._can:
            self._told("EXPUNGE", str(uid))
        else:
            # Without UIDPLUS (RFC 4315) only everything that is marked can be expunged.
            self._client.expunge()

    def _into(self, command: str, uid: int, folder: str) -> None:
        name = encode_folder(folder).decode("ascii")
        try:
            self._told(command, str(uid), name)
        except Refused:
            if self._client.create(name)[0] != "OK":
                raise
            self._told(command, str(uid), name)

    def _piece(self, uid: int, start: int, length: int) -> tuple[int, bytes | None]:
        """The message's size, as far as the server tells, and some of its bytes; None when it is gone."""
        self._client.response("FETCH")  # forget what the server told of other messages meanwhile
        told = self._told("FETCH", str(uid), f"(UID RFC822.SIZE BODY.PEEK[]<{start}.{length}>)")
        lines = [row[0] if isinstance(row, tuple) else row for row in told if row is not None]
        size = next((_number(found[1]) for line in lines if (found := _SIZE.search(line))), 0)
        for row in told:
            if isinstance(row, tuple) and b"BODY[" in row[0]:
                return size, bytes(row[1])
        for line in lines:
            if quoted := _QUOTED.search(line):
                return size, re.sub(rb"\\(.)", rb"\1", quoted[1], flags=re.DOTALL)
        if any(b"BODY[" in line for line in lines):
            raise Refused("The server gives no content for it.")
        return size, None

    def _told(self, command: str, *words: str) -> list[Any]:
        """The answer to a UID command; Refused unless it is OK."""
        try:
            answer, data = self._client.uid(command, *words)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise Refused(clean_line(str(error), ERROR_LIMIT)) from None
        if answer != "OK":
            said = b" ".join(row for row in data if isinstance(row, bytes)).decode("utf-8", "replace")
            raise Refused(clean_line(f"{answer} {said}", ERROR_LIMIT))
        return data


def _number(written: str | bytes) -> int:
    number = int(written)
    if number > _LARGEST_NUMBER:
        raise ValueError(written)
    return number


def _sign_in(connection: BaseMailBox, user: str, password: str, token: str) -> None:
    if token:
        _by_token(connection.client, user, token)
    elif (
        (user + password).isascii()
        and password.isprintable()
        and "LOGINDISABLED" not in connection.client.capabilities
    ):
        connection.login(user, password, initial_folder=None)
    else:
        connection.login_utf8(user, password, initial_folder=None)


def _by_token(client: imaplib.IMAP4, user: str, token: str) -> None:
    """Sign in by XOAUTH2; a refusal comes as a challenge, answered by nothing before the server says no."""
    refusals: list[bytes] = []

    def answer(challenge: bytes) -> bytes:
        if challenge:
            refusals.append(challenge)
            return b""
        return f"user={user}\1auth=Bearer {token}\1\1".encode()

    try:
        client.authenticate("XOAUTH2", answer)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise imaplib.IMAP4.error(f"The access token was refused{_status(refusals)}: {error}") from None


def _status(refusals: list[bytes]) -> str:
    with suppress(ValueError, AttributeError, IndexError):
        return f" ({json.loads(refusals[0])['status']})"
    return ""


def _capabilities(client: imaplib.IMAP4) -> frozenset[str]:
    """What the server can do for who is signed in: more than it said before."""
    answer = client.capability()[1]
    return frozenset(b" ".join(row for row in answer if row).decode("ascii", "replace").upper().split())


def _leave(connection: BaseMailBox) -> None:
    """Say goodbye, if anyone still listens, and let go of the socket."""
    client = connection.client
    with suppress(*_BROKEN):
        client.sock.settimeout(2.0)
        client.logout()
    _let_go(client)


def _let_go(client: imaplib.IMAP4) -> None:
    with suppress(OSError):
        client.shutdown()


def _said(error: Exception, secrets: Sequence[str]) -> str:
    """What went wrong in one line, without what opens the mailbox, should the server repeat it."""
    if isinstance(error, OSError) and error.strerror:
        text = error.strerror
    elif isinstance(error, ImapToolsError) and hasattr(error, "command_result"):
        answer, data = error.command_result[:2]
        words = b" ".join(row for row in data if isinstance(row, bytes)) if isinstance(data, list) else b""
        text = f"{answer} {words.decode('utf-8', 'replace')}"
    else:
        text = _COMMAND.sub("", str(error)) or type(error).__name__
    for secret in secrets:
        text = text.replace(secret, "…") if secret else text
    return clean_line(text, ERROR_LIMIT)
