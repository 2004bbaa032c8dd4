"""Names, subjects and parameters, in the encodings of RFC 2047 and 2231 and in what is sent instead."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sysmo_tui.mail.parsing import parse
from tests.mail.parsing.mails import mail, multipart, part, read


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        ("plain  words", "plain words"),
        ("=?iso-8859-1?q?a=F1o?=", "año"),
        ("=?utf-8?b?YcOxbw==?=", "año"),
        ("=?utf-8?b?YcOx?= =?utf-8?b?bw==?=", "año"),
        ("=?utf-8?q?a=C3?=\r\n =?utf-8?q?=B1o?=", "año"),
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("Re: =?UTF-8*es?Q?a=C3=B1o?=", "Re: año"),
        ("=?utf-8?q?not closed", "=?utf-8?q?not closed"),
        ("=?x-unknown?q?a=C3=B1o?=", "año"),
        ("=?x-unknown?q?a=F1o?=", "año"),
        ("=?punycode?q?abc-?=", "abc-"),
        ("=?utf-8?b?YcOxbw?=", "año"),
        ("=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x"),
        ("=?utf-8?q?a=00b?=", "a\ufffdb"),
        ("=?utf-7?q?+2AA-?=", "\ufffd"),
        ("raw año", "raw año"),
        ("=?gb2312?b?xOO6ww==?=", "你好"),
    ],
)
def test_a_subject_is_one_decoded_line(written: str, subject: str) -> None:
    assert read(Subject=written).subject == subject


def test_a_raw_header_in_an_old_charset_is_read_as_windows_1252() -> None:
    assert parse(b"Subject: a\xf1o \x93x\x94\r\n\r\n").subject == "año “x”"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("attachment; filename=plan.pdf", "plan.pdf"),
        ('attachment; filename="a \\"b\\".pdf"', 'a "b".pdf'),
        ("attachment; filename*=utf-8'es'a%C3%B1o.pdf", "año.pdf"),
        ("attachment; filename=ano.pdf; filename*=utf-8''a%C3%B1o.pdf", "año.pdf"),
        ("attachment; filename*1*=%C3%B1o; filename*0*=utf-8''a; filename*2=.pdf", "año.pdf"),
        ('attachment; filename*0="long "; filename*1="name.pdf"', "long name.pdf"),
        ("attachment; filename*0*=utf-8''a%C3; filename*1*=%B1o.pdf", "año.pdf"),
        ("attachment; filename*=x-odd''a%F1o.pdf", "año.pdf"),
        ("attachment; filename*=a%2", "a%2"),
        ("attachment; filename==?utf-8?q?a=C3=B1o.pdf?=", "año.pdf"),
        ('attachment; filename="=?utf-8?b?YcOxby5wZGY=?="', "año.pdf"),
        ('attachment; filename="C:\\folder\\plan.pdf"', "plan.pdf"),
        ("attachment; filename=../../etc/passwd", "passwd"),
        ("attachment; filename*=utf-8''..%2F..%2Fa%00b%0Ac.pdf", "a\ufffdb c.pdf"),
        ('attachment; filename=".."', "file"),
        ('attachment; filename="/"', "file"),
        ('attachment; filename="unclosed.pdf', "unclosed.pdf"),
        ("attachment; filename=a b.pdf", "a b.pdf"),
        (f'attachment; filename="{"a" * 300}.pdf"', f"{'a' * 196}.pdf"),
        ("attachment", "file.pdf"),
        ('attachment; filename=""', "file.pdf"),
    ],
)
def test_a_file_has_its_own_name_without_folders(disposition: str, name: str) -> None:
    raw = mail("x", content_type="application/pdf", content_disposition=disposition)

    assert [file.name for file in parse(raw).files] == [name]


def test_the_name_of_a_file_may_be_in_its_content_type() -> None:
    raw = multipart("mixed", part("x", content_type='image/png; name="=?utf-8?q?a=C3=B1o.png?="'))

    assert parse(raw).files[0].name == "año.png"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Tue, 17 Dec 2019 02:53:09 +0300", datetime(2019, 12, 16, 23, 53, 9, tzinfo=UTC)),
        ("17 Dec 2019 02:53 -0000", datetime(2019, 12, 17, 2, 53, tzinfo=UTC)),
        ("yesterday", None),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("1 Jan 0001 00:00:00 +2300", datetime(2000, 12, 31, 1, tzinfo=UTC)),
        ("Tue, 99 Dec 2019 02:53:09 +9999999", None),
        ("", None),
    ],
)
def test_when_it_was_written_is_a_moment_or_nothing(written: str, moment: datetime | None) -> None:
    assert read(Date=written).sent_at == moment


def test_message_ids_keep_their_form_and_order() -> None:
    incoming = read(
        Message_ID="<Own.1@acme.example>",
        In_Reply_To='"Your mail of Monday" <one@desk.example>',
        References="<root@desk.example>\r\n <one@desk.example>(c)<two@desk.example>",
    )

    assert incoming.message_id == "<Own.1@acme.example>"
    assert incoming.in_reply_to == ("<one@desk.example>",)
    assert incoming.references == ("<root@desk.example>", "<one@desk.example>", "<two@desk.example>")


def test_a_message_id_without_brackets_gets_them() -> None:
    assert read(Message_ID="own@acme.example").message_id == "<own@acme.example>"
    assert read(Message_ID="two words").message_id == ""


def test_of_endless_references_the_newest_are_kept() -> None:
    incoming = read(References=" ".join(f"<{number}@d.example>" for number in range(1000)))

    assert len(incoming.references) == 200
    assert incoming.references[-1] == "<999@d.example>"
