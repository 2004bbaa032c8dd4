"""Public keys are read as OpenSSH reads them, and named as it names them."""

import base64
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.ssh_keys import PublicKey, read_public_key
from tests.keys_of_people import packed, public_line

MADE_BY_SSH_KEYGEN = {
    "SHA256:OUNiUbdc3Dv0r8uSxfhfd6juTx9wxyVbYKL91oQTEUk": (
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILwdvMJK3x9xG8sMm/1BCvjmJXy86429kylkEtbtJa03"
    ),
    "SHA256:3lDUrCKy51hhzk5+LJaAifAhH6qOCa/4gL3UfGIoiKQ": (
        "ecdsa-sha2-nistp256 "
        "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBLWT7RaAoPiallUBZ/Qp850QVTUSXT7/8YSvQG"
        "GS3WjZrppA0csdhWHVwJODKcGTJ+lBInnz7p5s6P9/jJDGfVM="
    ),
    "SHA256:LENMIXJRfSXnY2E8dOjTOBYGosMN/xm6Mn8aMuu+ktg": (
        "ecdsa-sha2-nistp384 "
        "AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBGQOhbuOnGKACb48P5oTl9k3qJFO5UaMxLc29H"
        "ib+gFmUYvDBfIVMt1WSBtyf8tqCgzI1RXB0NqWKDAvs9GURvY8+lbz2kkmxxXyvyd8qUZTxJbWpaOUA3PvYy9Bf+SD"
        "BQ=="
    ),
    "SHA256:IAfnxcyp4Lxprm8NelGAtzKKduyBejCDA0+mzRM7iCw": (
        "ecdsa-sha2-nistp521 "
        "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAFK1cpwjOf1o2GbDdvpjupAhkjR5Ts8XvwaB/"
        "ej3RhPdwJctUzQIIzBIJVhV8nVJ6F7TuBC9+PfIPoyGoMiQwy7KAD5k/beDKDsNmbupqABqD4Yw06V3hsfSfeQE4nj"
        "Yve9XLpRZesCePIBIGxGcTXkiY42JN0BrOg5CXhcxZMrGfyOIQ=="
    ),
    "SHA256:qrVvZJHzjg55bLRypmZaHdB43Us1zWpXTyWAOYnbg2c": (
        "ssh-rsa "
        "AAAAB3NzaC1yc2EAAAADAQABAAABAQC4EaE1vMklHMTNaAr5dyz4puPTOPT+7TEZg6KLTS4YoVQv2W/veKQbEXcyh7"
        "NVXH32ZLB78KiEQIAtSh2a3uwAUeIJ6oPIvHSitR5Khr1jbUVhsnfMzgRdJYeXEp0S9ueFqG7IfVNXC+w5uZGt2wf8"
        "BzK+rvq7WIsArmpgqAgCKGCYyzQZIObSFY/XZXW6QwgTBN+304ZzFNsgnOpWJDOTpGry4jHlYOAHU0725+4NGFHGOp"
        "EfmmRcnCG4SsoUNFGq1LM0/jjFfQxn2S+ZQekuEWNnXp3UiJhE2m9gKn9SpCcbTUpg5WIKdKlD0YbuP0IX23MlK89C"
        "pMaerCrdapi1"
    ),
}
SHORT = (
    "ssh-rsa "
    "AAAAB3NzaC1yc2EAAAADAQABAAAAgQC9OZSx04IjKq+duLW9ziKe+i7JNMMaw8UXU12E5jKholADT8jx1hvny++b11"
    "tHsbM5ndHcFt6DmD7bMhQkf6tjB+fh4ToPL0YpZbCvBIRLZmVld7uNVOBmbrWQL47IY38RRPNXb3m1R3SLmPjIC9sn"
    "VBPJ3X/sFGlQBggOxRzrjw=="
)
POINT = b"\x04" + b"\x01" * 64
APPLICATION = b"ssh:"


def _rsa(exponent: bytes, modulus: bytes) -> str:
    return f"ssh-rsa {packed(b'ssh-rsa', exponent, modulus)}"


@pytest.mark.parametrize("fingerprint", MADE_BY_SSH_KEYGEN)
def test_a_key_has_the_fingerprint_that_ssh_keygen_prints(fingerprint):
    line = MADE_BY_SSH_KEYGEN[fingerprint]
    assert read_public_key(f"{line} carla@laptop\n") == PublicKey(
        line.split()[0], fingerprint, "carla@laptop"
    )
    assert read_public_key(line).fingerprint == fingerprint
    assert read_public_key(f" {line} two words ").comment == "two words"


@pytest.mark.parametrize(
    ("algorithm", "parts"),
    [
        ("sk-ssh-ed25519@openssh.com", (b"\x01" * 32, APPLICATION)),
        ("sk-ecdsa-sha2-nistp256@openssh.com", (b"nistp256", POINT, APPLICATION)),
    ],
)
def test_keys_of_security_keys_are_taken(algorithm, parts):
    line = f"{algorithm} {packed(algorithm.encode(), *parts)}"
    assert read_public_key(line).algorithm == algorithm
    for fewer in (parts[:-1], parts[:1], ()):
        if fewer != parts:
            assert _refusal(f"{algorithm} {packed(algorithm.encode(), *fewer)}")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "one public key"),
        ("ssh-ed25519", "one public key"),
        ("\x00", "one public key"),
        (f"{public_line('a')}\n{public_line('b')}", "one public key"),
        (f'command="sh" {public_line("a")}', "kind of key"),
        ("ssh-dss AAAA", "kind of key"),
        ("ssh-ed25519-cert-v01@openssh.com AAAA", "kind of key"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\n", "private key"),
        ("ssh-ed25519 AAAA", "not whole"),
        ("ssh-ed25519 ====", "not whole"),
        ("ssh-ed25519 äöü", "not whole"),
        (f"ssh-ed25519 {packed(b'ssh-ed25519', b'x' * 31)}", "not whole"),
        (f"ssh-ed25519 {packed(b'ssh-ed25519', b'x' * 32, b'more')}", "not whole"),
        (f"ssh-rsa {public_line('a').split()[1]}", "not whole"),
        (f"ecdsa-sha2-nistp256 {packed(b'ecdsa-sha2-nistp256', b'nistp384', POINT)}", "not whole"),
        (f"ecdsa-sha2-nistp256 {packed(b'ecdsa-sha2-nistp256', b'nistp256', POINT[1:])}", "not whole"),
        (_rsa(b"", b""), "not whole"),
        (_rsa(b"\x03", b"\xff" * 256), "not whole"),
        (_rsa(b"\x03", b"\x00" * 300), "not whole"),
        (_rsa(b"\x03", b"\x7f" + b"\xff" * 2048), "16391 bits"),
        (SHORT, "1024 bits"),
        ("ssh-ed25519 " + "A" * 20_000, "one public key"),
    ],
)
def test_what_is_no_key_is_refused_with_what_to_do(line, why):
    assert why in _refusal(line)


@given(st.binary(max_size=80), st.sampled_from(["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256"]))
def test_no_blob_is_a_bug(blob, algorithm):
    _refusal(f"{algorithm} {base64.b64encode(blob).decode()}")


@given(st.text(max_size=60))
def test_no_text_is_a_bug(text):
    _refusal(text)


def test_a_key_that_lost_or_changed_a_character_is_refused_or_another_key():
    line = public_line("carla")
    encoded = line.split()[1]
    whole = read_public_key(line).fingerprint
    for place in range(len(encoded)):
        cut = f"ssh-ed25519 {encoded[:place]}"
        assert _refusal(cut)
        other = f"ssh-ed25519 {encoded[:place]}{'A' if encoded[place] != 'A' else 'B'}{encoded[place + 1 :]}"
        try:
            assert read_public_key(other).fingerprint != whole
        except Invalid:
            continue


def test_reading_keys_needs_nothing_but_the_standard_library():
    program = "import sys, sysmo_tui.domain.ssh_keys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"sqlalchemy", "textual", "typer", "cryptography"} & set(loaded.stdout.split())


def _refusal(line: str) -> str:
    with pytest.raises(Invalid) as refusal:
        read_public_key(line)
    assert refusal.value.field == "key"
    return str(refusal.value)
