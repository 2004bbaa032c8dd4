"""Where the addresses in a text lead, whatever they look like."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.domain.links import MOST, Doubt, links
from sysmo_tui.domain.text import clean_line

LEADS = [
    ("See https://example.com/a(b).", "https://example.com/a(b)", "example.com", ()),
    ("(http://www.example.org/)", "http://www.example.org/", "www.example.org", ()),
    ("www.example.org, for one", "http://www.example.org", "www.example.org", ()),
    (
        "https://EXAMPLE.com:8080/ñ?q=ü#z",
        "https://example.com:8080/%C3%B1?q=%C3%BC#z",
        "example.com:8080",
        (),
    ),
    ("https://bank.example@evil.example/x", "https://bank.example@evil.example/x", "evil.example", ("user",)),
    # A browser takes the backslash for a slash, and would arrive at the first host.
    ("https://bank.example\\@evil.example/", "https://bank.example/@evil.example/", "bank.example", ()),
    ("https://%65vil.example/", "https://evil.example/", "evil.example", ()),
    ("https://evil。example/", "https://evil.example/", "evil.example", ()),
    ("https://faß.de", "https://xn--fa-hia.de", "xn--fa-hia.de", ("letters",)),
    ("https://аррӏе.com/", "https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com", ("letters",)),
    ("https://xn--80ak6aa92e.com/", "https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com", ("letters",)),
    ("https://pаypal.com", "https://xn--pypal-4ve.com", "xn--pypal-4ve.com", ("mixed",)),
    ("https://exam\u200bple.com/", "https://example.com/", "example.com", ("hidden",)),
    ("https://example.com/\u202egnp.exe", "https://example.com/%E2%80%AEgnp.exe", "example.com", ("hidden",)),
    ("http://3232235777/", "http://192.168.1.1/", "192.168.1.1", ("number",)),
    ("http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1", ("number",)),
    ("http://[::1]:80/x", "http://[::1]:80/x", "[::1]:80", ("number",)),
    ("[bank.example](https://evil.example/)", "https://evil.example/", "evil.example", ("other",)),
]


@pytest.mark.parametrize(("text", "url", "host", "doubts"), LEADS)
def test_the_host_is_the_one_where_a_browser_would_arrive(text, url, host, doubts):
    (link,) = links(text)
    assert (link.url, link.host, link.doubts) == (url, host, tuple(map(Doubt, doubts)))


def test_a_link_of_a_page_whose_words_name_another_host_is_doubtful():
    shown, behind = links("https://www.bank.example/login <https://evil.example/x>")
    assert shown.doubts == ()
    assert behind.doubts == (Doubt.OTHER,)
    (same,) = links("bank.example <https://www.bank.example/>")
    assert same.doubts == ()


def test_letters_of_other_alphabets_are_told_beside_the_host():
    (link,) = links("https://bücher.example/")
    assert (link.host, link.letters) == ("xn--bcher-kva.example", "bücher.example")


@pytest.mark.parametrize("text", ["https://", "http://.../", "www.", "mailto:a@b.example", "https:// x"])
def test_what_has_no_host_is_no_link(text):
    assert links(text) == ()


def test_many_and_endless_addresses_are_told_up_to_a_limit():
    assert len(links(" ".join(f"https://h{n}.example/" for n in range(2_000)))) == MOST
    assert links("www." * 300_000) == ()
    assert len(links("http://a.example/" + ")" * 1_000_000)) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"http://a.example/{')' * 3_900} " * 500,
        f"{'x' * 309} http://a.example " * 1_000,
    ],
)
def test_what_was_written_to_take_long_takes_no_time(text):
    begun = time.process_time()
    assert links(text)
    assert time.process_time() - begun < 1.5


@given(st.text(alphabet=st.sampled_from("htps:/\\@.[]()<>%xn-e1ß\u202e\u200b\ud800а。 \n#?"), max_size=60))
@settings(max_examples=300, deadline=None)
def test_whatever_stands_there_an_address_is_ascii_and_safe_to_show(text):
    for link in links(f"http://a{text} www.{text}"):
        assert link.url.isascii()
        assert link.host.isascii()
        assert {clean_line(each) for each in (link.url, link.host, link.letters)} == {
            link.url,
            link.host,
            link.letters,
        }
        assert f"//{link.host}" in link.url or f"@{link.host}" in link.url
