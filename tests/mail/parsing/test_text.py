"""What a mail says, made readable as plain text."""

from __future__ import annotations

import base64

import pytest

from sysmo_tui.mail.parsing import parse
from sysmo_tui.services.thread import BODY_LIMIT
from tests.mail.parsing.mails import inner, mail, multipart, part, read

HTML = "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        ("año €".encode(), "utf-8", "año €"),
        ("año €".encode("cp1252"), "windows-1252", "año €"),
        ("año €".encode("cp1252"), "iso-8859-1", "año €"),
        ("año".encode("cp1252"), "utf-8", "año"),
        ("año".encode(), "", "año"),
        ("año".encode("cp1252"), "", "año"),
        ("año".encode(), "us-ascii", "año"),
        ("año".encode(), "x-none", "año"),
        ("año".encode(), "punycode", "año"),
        (b"61", "hex", "61"),
        (b"\x81\x8d\xf1", "", "\x81\x8dñ"),
        ("日本語".encode("iso-2022-jp"), "iso-2022-jp", "日本語"),
        ("日本語①".encode("cp932"), "shift_jis", "日本語①"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        ("año".encode("utf-16"), "utf-16", "año"),
        ("ñ".encode() * 50 + b"\xc3", "utf-8", "ñ" * 50 + "\ufffd"),
        (b"\xef\xbb\xbfa", "utf-8", "a"),
        (b"a\0b", "utf-8", "a\ufffdb"),
        (b"\xed\xa0\x80x", "utf-8", "í\xa0€x"),
    ],
)
def test_a_wrong_or_missing_charset_costs_no_letter(content: bytes, charset: str, text: str) -> None:
    assert read(content, Content_Type=f"text/plain; charset={charset}" if charset else "").body == text


@pytest.mark.parametrize(
    ("encoding", "content", "text"),
    [
        ("quoted-printable", "a=C3=B1o =\r\nnext=", "año next"),
        ("Quoted-Printable", "broken =ZZ =4", "broken =ZZ =4"),
        ("base64", base64.b64encode("año".encode()).decode(), "año"),
        ("BASE64 (so)", "YcO*!xb28", "añoo"),
        ("base64", "YcOxbw=", "año"),
        ("base64", "YcOxb28", "añoo"),
        ("x-uuencode", "begin 644 a\n#0V%T\n`\nend\n", "Cat"),
        ("8bit", "año", "año"),
        ("x-odd", "año", "año"),
    ],
)
def test_transfer_encodings_are_taken_off_and_damage_is_tolerated(
    encoding: str, content: str, text: str
) -> None:
    assert read(content, Content_Transfer_Encoding=encoding).body == text


def test_flowed_text_is_paragraphs_again() -> None:
    text = "One \r\nline.\r\n\r\n"
    text += "> quoted \r\n> words\r\n>> deep \r\n> not joined\r\n  stuffed\r\n-- \r\nMarta \r\nG"

    body = read(text, Content_Type="text/plain; format=Flowed").body

    assert body == "One line.\n\n> quoted words\n>> deep \n> not joined\n stuffed\n-- \nMarta G"


def test_flowed_text_may_give_up_its_spaces() -> None:
    assert (
        read("日本 \r\n語", Content_Type="text/plain; format=flowed; delsp=yes; charset=utf-8").body
        == "日本語"
    )


def test_of_alternatives_the_plain_one_is_read_wherever_it_stands() -> None:
    plain, page = part("Plain.", content_type="text/plain"), part("<b>Page</b>", content_type=HTML)

    assert parse(multipart("alternative", plain, page)).body == "Plain."
    assert parse(multipart("alternative", page, plain)).body == "Plain."


def test_an_empty_plain_alternative_gives_way_to_the_page() -> None:
    raw = multipart("alternative", part(" \r\n"), part("<p>Page</p>", content_type=HTML))

    assert parse(raw).body == "Page"


def test_files_in_an_alternative_that_is_not_read_are_kept() -> None:
    page = inner(
        "related",
        part("<b>Page</b>", content_type=HTML),
        part("png", content_type="image/png", content_id="<a>"),
    )
    calendar = part("BEGIN:VCALENDAR", content_type="text/calendar; method=REQUEST")

    incoming = parse(multipart("alternative", part("Plain."), page, calendar))

    assert incoming.body == "Plain."
    assert [(file.name, file.is_inline) for file in incoming.files] == [
        ("image.png", True),
        ("invite.ics", False),
    ]


def test_texts_before_and_after_a_file_are_both_read() -> None:
    raw = multipart(
        "mixed", part("Before."), part("x", content_disposition="attachment; filename=a.txt"), part("After.")
    )

    incoming = parse(raw)

    assert incoming.body == "Before.\n\nAfter."
    assert [file.content for file in incoming.files] == [b"x"]


def test_a_page_is_readable_and_says_where_its_links_lead() -> None:
    page = (
        "<style>p{}</style><title>T</title><p>Hello <b>you</b>,</p><p>see <a href='https://x.example/a'>here</a>"
        "<br>or <a href='https://y.example/'>y.example</a>&nbsp;&lt;3</p><ul><li>one<li>two</ul>"
        "<script>alert(1)</script><span style='display:none'>hidden</span>"
    )

    assert read(page, Content_Type=HTML).body == (
        "Hello you,\n\nsee here <https://x.example/a>\nor y.example <3\n\n  * one\n  * two"
    )


def test_a_small_table_of_values_stays_one_and_a_page_of_tables_flows() -> None:
    small = "<table><tr><td>Name</td><td>Age</td></tr><tr><td>Marta</td><td>7</td></tr></table>"

    assert [line.split() for line in read(small, Content_Type=HTML).body.split("\n")] == [
        ["Name", "Age"],
        ["Marta", "7"],
    ]
    layout = f"<table><tr><td>{'word ' * 100}</td><td><table><tr><td>x</td></tr></table></td></tr></table>"
    assert max(map(len, read(layout, Content_Type=HTML).body.split("\n"))) < 520


def test_what_is_inside_of_a_very_deep_page_is_read() -> None:
    assert read("<div>" * 5000 + "inside &amp; deep", Content_Type=HTML).body == "inside & deep"


def test_a_page_names_its_charset_itself() -> None:
    page = "<meta charset='koi8-r'><p>Привет</p>".encode("koi8-r")

    assert read(page, Content_Type="text/html").body == "Привет"


def test_nothing_that_a_page_declares_is_expanded_or_read_from_disk() -> None:
    page = (
        '<!DOCTYPE x [<!ENTITY a "'
        + "A" * 1000
        + '"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
        "<p>before &b;&f; after</p>"
    )

    body = read(page, Content_Type=HTML).body

    assert "before" in body
    assert "AAAA" not in body.replace("A" * 1000, "", 1)
    assert "root:" not in body


def test_uuencoded_files_leave_the_text_that_surrounds_them() -> None:
    incoming = read("Before.\r\nbegin 644 ../cat.txt\r\n#0V%T\r\n`\r\nend\r\nAfter: begin 644 x\r\n")

    assert incoming.body == "Before.\nAfter: begin 644 x"
    assert [(file.name, file.content) for file in incoming.files] == [("cat.txt", b"Cat")]


def test_words_that_only_look_uuencoded_stay() -> None:
    text = "begin 644 words\nThat is no code: ñ\nend"

    assert read(text).body == text


def test_a_text_beyond_the_limit_is_cut_and_kept_whole_as_a_file() -> None:
    incoming = read("x" * (BODY_LIMIT + 1))

    assert incoming.body == "x" * BODY_LIMIT
    assert [(file.name, len(file.content)) for file in incoming.files] == [("message.txt", BODY_LIMIT + 1)]
    assert incoming.remarks == ("The text is too long; the whole of it is kept as a file.",)


def test_a_mail_whose_lines_end_in_carriage_returns_alone_is_read() -> None:
    assert parse(mail("One.\r\nTwo.").replace(b"\r\n", b"\r")).body == "One.\nTwo."


def test_a_boundary_that_was_declared_wrongly_is_guessed() -> None:
    raw = multipart("mixed", part("One."), part("Two.")).replace(b"boundary=edge", b"boundary=other")

    assert parse(raw).body == "One.\n\nTwo."


def test_a_cut_mail_is_read_as_far_as_it_goes() -> None:
    assert parse(multipart("mixed", part("One."), part("Two."))[:-12]).body.startswith("One.\n\nTwo")


def test_a_multipart_without_parts_is_read_as_it_is() -> None:
    assert read("Hello.", Content_Type="multipart/mixed; boundary=none").body == "Hello."


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"\0", b"no header at all", b"From: \xff\xfe\n", b"\r\n\r\nbody"]
)
def test_what_is_hardly_a_mail_is_a_mail_from_nobody(raw: bytes) -> None:
    assert parse(raw).sender is None
