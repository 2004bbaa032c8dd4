"""Public keys as OpenSSH writes them: read, checked and named by their fingerprint."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

LONGEST_LINE = 16_384
"""Characters of a public key's line; one of RSA with 16384 bits has 2800."""

LEAST_RSA_BITS = 2048
"""NIST SP 800-131A: shorter RSA keys sign nothing any more."""

MOST_RSA_BITS = 16_384
"""What OpenSSH takes."""

_CURVES = {
    "ecdsa-sha2-nistp256": (b"nistp256", 32),
    "ecdsa-sha2-nistp384": (b"nistp384", 48),
    "ecdsa-sha2-nistp521": (b"nistp521", 66),
    "sk-ecdsa-sha2-nistp256@openssh.com": (b"nistp256", 32),
}
"""The name that a blob repeats, and the bytes of a coordinate (RFC 5656, 3.1)."""

_EDWARDS = frozenset({"ssh-ed25519", "sk-ssh-ed25519@openssh.com"})
_RSA = "ssh-rsa"

ALGORITHMS = (*sorted(_EDWARDS), *_CURVES, _RSA)
"""The kinds of keys that the desk takes."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that somebody holds the other half of; ``fingerprint`` is ``SHA256:…`` as OpenSSH prints it."""

    algorithm: str
    fingerprint: str
    comment: str = ""


def read_public_key(line: str) -> PublicKey:
    """The key of one line of a ``.pub`` file, ``ssh-ed25519 AAAA… comment``; Invalid says what is wrong.

    Options before the key, certificates, several lines and kinds that OpenSSH gave up are refused.
    """
    if "PRIVATE KEY" in line:
        raise _refused(N_("This is a private key. Keep it, and give the one in the file that ends in .pub."))
    words = line.strip().split(None, 2)
    if len(line) > LONGEST_LINE or len(line.strip().splitlines()) != 1 or len(words) < 2:
        raise _refused(N_("Give one public key, on one line like: ssh-ed25519 AAAA… comment"))
    algorithm, encoded = words[:2]
    if algorithm not in ALGORITHMS:
        raise Invalid(
            N_("“{algorithm}” is not a kind of key that the desk takes. Choose one of: {choices}."),
            field="key",
            algorithm=algorithm[:64],
            choices=", ".join(ALGORITHMS),
        )
    blob = _decoded(encoded)
    _check(algorithm, tuple(_fields(blob)))
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode("ascii").rstrip("=")
    return PublicKey(algorithm, f"SHA256:{digest}", words[2] if len(words) > 2 else "")


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _broken() from error


def _fields(blob: bytes) -> Iterator[bytes]:
    """The strings of a key, each behind its length in four bytes (RFC 4251, 5)."""
    place = 0
    while place < len(blob):
        start = place + 4
        place = start + int.from_bytes(blob[place:start], "big")
        if start > len(blob) or place > len(blob):
            raise _broken()
        yield blob[start:place]


def _check(algorithm: str, fields: tuple[bytes, ...]) -> None:
    """Refuse with Invalid a key whose parts are not those of its kind."""
    if not fields or fields[0] != algorithm.encode("ascii"):
        raise _broken()
    parts = fields[1:]
    if algorithm.startswith("sk-"):
        # A security key's last part is the application that it was made for.
        parts = parts[:-1]
    if algorithm in _EDWARDS:
        is_whole = len(parts) == 1 and len(parts[0]) == 32
    elif algorithm == _RSA:
        is_whole = len(parts) == 2 and all(_is_positive(part) for part in parts)
    else:
        curve, size = _CURVES[algorithm]
        is_whole = (
            len(parts) == 2
            and parts[0] == curve
            and len(parts[1]) == 2 * size + 1
            # SEC 1, 2.3.3: a point that is not compressed.
            and parts[1][0] == 4
        )
    if not is_whole:
        raise _broken()
    if algorithm == _RSA:
        _check_length(int.from_bytes(parts[1], "big").bit_length())


def _is_positive(number: bytes) -> bool:
    """Whether an integer is written as RFC 4251 has it: at least one, and no longer than it must be."""
    if not number or number[0] > 0x7F:
        return False
    return number[0] > 0 or (len(number) > 1 and number[1] > 0x7F)


def _check_length(bits: int) -> None:
    if not LEAST_RSA_BITS <= bits <= MOST_RSA_BITS:
        raise Invalid(
            N_("An RSA key of {bits} bits is not taken: make one with ssh-keygen -t ed25519."),
            field="key",
            bits=bits,
        )


def _broken() -> Invalid:
    return _refused(N_("This public key is not whole. Copy all of its line."))


def _refused(sentence: str) -> Invalid:
    return Invalid(sentence, field="key")
