"""What holds of every mail, whatever its bytes: found by generating them."""

from __future__ import annotations

import importlib.util
import random
import sys
from email import policy
from email.message import EmailMessage
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sysmo_tui.domain.text import storable
from sysmo_tui.mail.parsing import parse
from sysmo_tui.mail.parsing.words import parameters, words

SCRIPT = Path(__file__).parents[3] / "scripts" / "fuzz_mail.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz_mail", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz_mail"] = module
    spec.loader.exec_module(module)
    return module


FUZZ = _load()

# No lone surrogates, and nothing that is a line break to anyone.
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=60)
NAMES = (
    st.text("abcxyzñüß日本 ._-()\"'", min_size=1, max_size=40)
    .map(str.strip)
    .filter(lambda name: name.strip(". "))
)
PIECES = st.sampled_from([*FUZZ.PIECES, *FUZZ.SAMPLES, b"From: a@b.example", b"Subject: x", b" ", b"a"])


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=20), max_size=25))
def test_no_bytes_break_a_rule(pieces: list[bytes]) -> None:
    assert FUZZ.broken_invariant(parse(b"".join(pieces))) == ""


@settings(max_examples=100, deadline=None)
@given(
    subject=WORDS,
    name=WORDS,
    body=WORDS,
    files=st.lists(st.tuples(NAMES, st.binary(max_size=100)), max_size=3),
)
@example(subject="", name="", body="", files=[("a.long-ending-without-sense", b"")])
def test_what_a_good_program_writes_is_read_as_it_was_meant(
    subject: str, name: str, body: str, files: list[tuple[str, bytes]]
) -> None:
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = subject.strip()
    message["From"] = "marta@acme.example"
    message.set_content(body)
    for filename, content in files:
        message.add_attachment(content, maintype="application", subtype="x-y", filename=filename)

    incoming = parse(message.as_bytes())

    assert incoming.subject == " ".join(subject.split())
    assert incoming.body == body.rstrip()
    assert [(file.name, file.content) for file in incoming.files] == [
        (filename.rstrip(". "), content) for filename, content in files
    ]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_decoding_words_and_parameters_takes_any_text(text: str) -> None:
    assert storable(words(text)) is not None
    assert all(isinstance(value, str) for value in parameters(f"a;{text};b*0*={text}").values())


@pytest.mark.parametrize("seed", range(2))
def test_a_short_run_of_the_fuzz_target_finds_nothing(seed: int) -> None:
    chance = random.Random(seed)
    mails = list(FUZZ.SAMPLES)

    for _count in range(300):
        raw = FUZZ.mutated(chance.choice(mails), chance, mails)
        assert FUZZ.broken_invariant(parse(raw)) == "", raw
