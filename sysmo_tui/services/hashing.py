"""Passwords as argon2id: the one place that makes and checks them, for every door."""

from __future__ import annotations

import base64
import secrets
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 4
"""Hashes computed at the same time; more wait, so that guesses cannot fill the memory."""


class Hasher:
    """argon2id with OWASP's parameters: 19 MiB, two passes, one lane.

    Counts what it did, so that the cost of a refusal can be compared with that of a success.
    """

    def __init__(self, *, memory_kib: int = 19 * 1024, passes: int = 2, lanes: int = 1) -> None:
        self._argon = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = self._impossible(memory_kib, passes, lanes)
        self.hashed = 0
        self.verified = 0

    def hash(self, password: str) -> str:
        """The encoded hash of a password, with a new salt."""
        with self._slots:
            self.hashed += 1
            return self._argon.hash(_bytes(password))

    def verify(self, encoded: str | None, password: str) -> bool:
        """Whether ``password`` made ``encoded``; None costs the same time and is never right."""
        with self._slots:
            self.verified += 1
            try:
                return self._argon.verify(encoded or self._nobody, _bytes(password))
            except (VerificationError, InvalidHashError):
                return False

    def needs_rehash(self, encoded: str) -> bool:
        """Whether ``encoded`` was made with other parameters than today's."""
        return self._argon.check_needs_rehash(encoded)

    def _impossible(self, memory_kib: int, passes: int, lanes: int) -> str:
        """A well-formed hash that no known password has, made without the cost of hashing."""
        salt, digest = (
            base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
            for size in (self._argon.salt_len, self._argon.hash_len)
        )
        return f"$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${salt}${digest}"


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


_hasher = Hasher()


def hash_password(password: str) -> str:
    """The encoded argon2id hash of ``password`` (in NFC), with a new salt."""
    return _hasher.hash(password)


def verify(encoded: str | None, password: str) -> bool:
    """Whether ``password`` made ``encoded``; without a hash it takes the same time and is False."""
    return _hasher.verify(encoded, password)


def needs_rehash(encoded: str) -> bool:
    """Whether ``encoded`` was made with other parameters than today's."""
    return _hasher.needs_rehash(encoded)
