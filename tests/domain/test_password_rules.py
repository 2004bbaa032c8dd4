"""A password is long and hard to guess, and may be anything."""

import time
import unicodedata

import pytest

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.password_rules import check

ANA = ("Ana García López", "ana.garcia@aceros-andinos.pe", "Aceros Andinos S.A.")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "  spaces around are kept  ok ",
        "жёлтый слон танцует вальс",
        "tortuga verde camina lenta",
        "Xk9#mQ2$vL7pRt",
        "🐘 quiet marble lantern 🌧",
        "tranquil anagram umbrella " * 9,
    ],
)
def test_a_good_password_is_kept_as_it_is(password):
    assert check(password, ANA) == password


def test_a_password_is_kept_in_one_normal_form():
    decomposed = unicodedata.normalize("NFD", "caña mágica número siete")
    assert check(decomposed, ANA) == unicodedata.normalize("NFC", decomposed)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "Short1!",
        "x" * 257,
        "x" * 2_000_000,
        "password1234",
        "aaaaaaaaaaaaaaaa",
        "qwertyuiop123",
        "Password123!",
        "AnaGarcia2024!",
        "ana.garcia@aceros-andinos.pe",
        "AcerosAndinos2026",
        "aceros andinos",
        "correct horse\x00 battery staple",
        "correct horse\n battery staple",
        "correct horse\ud800 battery staple",
    ],
)
def test_a_poor_password_is_refused_under_its_field(password):
    with pytest.raises(Invalid) as refusal:
        check(password, ANA)
    assert refusal.value.field == "password"
    assert password not in str(refusal.value) or not password


def test_the_refusal_says_what_is_wrong():
    with pytest.raises(Invalid) as refusal:
        check("AnaGarcia2024!", ANA)
    assert "your name" in str(refusal.value)


def test_one_persons_words_do_not_count_against_another():
    with pytest.raises(Invalid):
        check("zyxquvolanter7", ("Zyxquvolanter",))
    assert check("zyxquvolanter7", ("Leo",)) == "zyxquvolanter7"


@pytest.mark.parametrize("weak", ["", "a" * 16])
def test_judging_a_hostile_password_takes_bounded_time(weak):
    check("words are loaded once, at first", ANA)
    start = time.process_time()
    check(weak + "4@8({[<3690!|17$5+7%2" * 10, ANA * 100)
    assert time.process_time() - start < 0.7
