"""What kind of mail it is, and which header said so."""

from __future__ import annotations

import pytest

from sysmo_tui.domain.enums import MailClass
from sysmo_tui.domain.incoming import DeliveryReport
from sysmo_tui.mail.parsing import parse
from tests.mail.parsing.mails import mail, multipart, part, read

SENT_BACK = mail(
    "Hi", **{"from": "desk@desk.example"}, To="marta@acme.example", Message_ID="<orig@desk.example>"
)


def bounce(status: str, *more: bytes, **headers: str) -> bytes:
    """A delivery status notification (RFC 3464) with these fields."""
    return multipart(
        "report",
        part("It was not delivered."),
        part(status, content_type="message/delivery-status"),
        *(more or (part(SENT_BACK, content_type="message/rfc822"),)),
        parameters="; report-type=delivery-status",
        **{
            "from": "Mail Delivery System <MAILER-DAEMON@mx.example>",
            "Auto_Submitted": "auto-replied",
            **headers,
        },
    )


def fields(
    action: str = "failed", status: str = "5.1.1", diagnostic: str = "smtp; 550 5.1.1 No such user"
) -> str:
    return (
        "Reporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; marta@acme.example\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: {diagnostic}\r\n"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "auto-generated"),
        ("Auto-Submitted", "Auto-Replied (vacation; no)"),
        ("Auto-Submitted", "(no) auto-notified; owner=x"),
        ("X-Auto-Response-Suppress", "DR, RN, oof"),
        ("X-Auto-Response-Suppress", "ALL"),
        ("X-Auto-Response-Suppress", "AutoReply"),
        ("Precedence", "Bulk"),
        ("Precedence", "junk"),
        ("Precedence", "list"),
        ("X-Precedence", "auto_reply"),
        ("Precedence", "Auto-Reply"),
        ("X-Autoreply", "yes"),
        ("X-Autorespond", "x"),
        ("X-Autoresponder", "x"),
        ("X-Autoresponse", "x"),
        ("X-Mail-Autoreply", "x"),
        ("X-Autoreply-From", "a@b.example"),
        ("X-Fc-Machinegenerated", "TRUE"),
        ("X-Apple-Action", "VACATION"),
        ("List-Id", "<news.acme.example>"),
        ("List-Unsubscribe", "<mailto:a@b.example>"),
        ("X-Loop", "a@b.example"),
    ],
)
def test_a_program_wrote_it(name: str, value: str) -> None:
    incoming = read(**{name: value})

    assert incoming.mail_class is MailClass.AUTOMATIC
    assert incoming.reason.casefold() == f"{name}: {value}".casefold()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "No"),
        ("Auto-Submitted", "(a comment) no (auto-replied)"),
        ("X-Auto-Response-Suppress", "RN, NRN"),
        ("X-Auto-Response-Suppress", "none"),
        ("Precedence", "first-class"),
        ("X-Fc-Machinegenerated", "false"),
        ("Return-Path", "<marta@acme.example>"),
        ("Subject", "Out of office"),
    ],
)
def test_a_person_wrote_it(name: str, value: str) -> None:
    incoming = read(**{name: value})

    assert (incoming.mail_class, incoming.reason) == (MailClass.HUMAN, "")


@pytest.mark.parametrize(
    "headers",
    [
        {"Return_Path": "< >"},
        {"X_Failed_Recipients": "a@b.example"},
        {"from": "MAILER-DAEMON@mx.example", "Auto_Submitted": "auto-replied"},
        {"from": "Mail Delivery System <Mailer-Daemon>"},
        {"from": "MAILER-DAEMON <>"},
        {"from": "<>"},
        {"from": "postmaster@mx.example"},
        {"from": "postmaster@mx.example", "Return_Path": "<>"},
        {"from": "MAILER-DAEMON@mx.example", "Return_Path": "<MAILER-DAEMON@mx.example>"},
    ],
)
def test_a_server_sent_it_back(headers: dict[str, str]) -> None:
    incoming = read(**headers)

    assert incoming.mail_class is MailClass.BOUNCE
    assert incoming.reason


def test_a_postmaster_whom_an_answer_reaches_is_a_person() -> None:
    written = {"from": "Ana <postmaster@acme.example>", "Return_Path": "<postmaster@acme.example>"}

    assert read(**written).mail_class is MailClass.HUMAN
    assert read(**written, X_Failed_Recipients="a@b.example").mail_class is MailClass.BOUNCE


@pytest.mark.parametrize("local", ["no-mailer-daemon", "postmaster.x", "thepostmaster"])
def test_an_address_that_only_resembles_a_server_is_a_person(local: str) -> None:
    assert read(**{"from": f"MAILER-DAEMON <{local}@acme.example>"}).mail_class is MailClass.HUMAN


def test_an_automatic_answer_without_a_return_path_is_no_bounce() -> None:
    incoming = read(Return_Path="<>", Auto_Submitted="auto-replied")

    assert (incoming.mail_class, incoming.reports) == (MailClass.AUTOMATIC, ())


def test_a_bounce_says_who_was_not_reached_and_why() -> None:
    incoming = parse(bounce(fields()))

    assert incoming.mail_class is MailClass.BOUNCE
    assert incoming.reason == "Content-Type: multipart/report; report-type=delivery-status"
    (report,) = incoming.reports
    assert report == DeliveryReport(
        "marta@acme.example", "5.1.1", "<orig@desk.example>", "550 5.1.1 No such user"
    )
    assert report.is_nobody_there


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "expected"),
    [
        ("failed", "5.0.0 (gone)", "smtp; x", "5.0.0"),
        ("failed", "4.4.7", "smtp; x", "4.4.7"),
        ("failed", "", "smtp; 550 5.7.1 no", "5.7.1"),
        ("failed", "", "smtp; 550 no such user", "5.0.0"),
        ("failed", "", "smtp; 451 later", "4.0.0"),
        ("failed", "", "x; no idea at 192.0.5.1.1", ""),
        ("Delayed", "4.2.2", "smtp; x", "4.2.2"),
        ("delayed (so far)", "5.1.1", "smtp; x", "4.1.1"),
        ("delivered", "5.1.1", "smtp; x", "2.1.1"),
        ("relayed", "", "smtp; 250 ok", "2.0.0"),
    ],
)
def test_only_a_failure_has_the_status_of_one(
    action: str, status: str, diagnostic: str, expected: str
) -> None:
    (report,) = parse(bounce(fields(action, status, diagnostic))).reports

    assert report.status == expected
    assert report.is_nobody_there is (expected == "5.0.0")


def test_the_recipient_is_the_one_that_was_written_to() -> None:
    status = fields().replace(
        "Final-Recipient", "Original-Recipient: rfc822;first@acme.example\r\nFinal-Recipient"
    )

    assert parse(bounce(status)).reports[0].recipient == "first@acme.example"


def test_several_recipients_are_several_reports_up_to_a_limit() -> None:
    group = fields().partition("\r\n\r\n")[2] + "\r\n"

    reports = parse(bounce("Reporting-MTA: dns; x\r\n\r\n" + group * 2)).reports
    many = parse(bounce("Reporting-MTA: dns; x\r\n\r\n" + group * 5000)).reports

    assert (len(reports), len(many)) == (2, 100)


def test_the_original_may_have_come_back_as_headers_alone() -> None:
    headers = part(
        "Subject: Hi\r\nMessage-ID:\r\n <orig@desk.example>\r\n", content_type="text/rfc822-headers"
    )

    assert parse(bounce(fields(), headers)).reports[0].original_id == "<orig@desk.example>"


def test_an_original_that_did_not_come_back_is_named_by_the_reference() -> None:
    raw = bounce(fields(), part("Bye."), In_Reply_To="<orig@desk.example>")

    assert parse(raw).reports[0].original_id == "<orig@desk.example>"


@pytest.mark.parametrize(
    "text",
    [
        "Hi. This is the qmail-send program at mx.example.\r\n\r\n<marta@acme.example>:\r\n"
        "192.0.2.1 does not like recipient.\r\nRemote host said: 550 5.1.1 User unknown\r\n\r\n"
        "--- Below this line is a copy of the message.\r\n\r\n"
        "Message-ID: <orig@desk.example>\r\n<x@y.example>:\r\n",
        "A message that you sent could not be delivered:\r\n\r\n  marta@acme.example\r\n"
        "    SMTP error from remote mail server after RCPT TO:<marta@acme.example>:\r\n"
        "    host mx.example [192.0.2.1]: 550 5.1.1 User unknown\r\n\r\n"
        "------ This is a copy of the message, including all the headers. ------\r\n\r\n"
        "Message-Id: <orig@desk.example>\r\n",
    ],
)
def test_a_bounce_that_is_meant_for_people_is_understood_too(text: str) -> None:
    incoming = read(text, **{"from": "MAILER-DAEMON@mx.example"})

    (report,) = incoming.reports
    assert (report.recipient, report.status, report.original_id) == (
        "marta@acme.example",
        "5.1.1",
        "<orig@desk.example>",
    )


def test_a_read_receipt_is_automatic_and_no_failure() -> None:
    receipt = part(
        "Disposition: manual-action; displayed",
        content_type="message/disposition-notification",
    )
    raw = multipart(
        "report",
        part("Your mail was read."),
        receipt,
        parameters="; report-type=disposition-notification",
        Return_Path="<>",
    )

    incoming = parse(raw)

    assert (incoming.mail_class, incoming.reports) == (MailClass.AUTOMATIC, ())


def test_a_person_who_forwards_a_bounce_is_a_person() -> None:
    raw = multipart("mixed", part("What is this?"), part(bounce(fields()), content_type="message/rfc822"))

    incoming = parse(raw)

    assert (incoming.mail_class, incoming.reports) == (MailClass.HUMAN, ())


def test_marks_of_desks_are_collected_and_judge_nothing() -> None:
    incoming = parse(b"X-Sysmo-Loop: one\r\nX-Sysmo-Loop:  two\r\n" + mail())

    assert (incoming.loop_marks, incoming.mail_class) == (("one", "two"), MailClass.HUMAN)


def test_a_reason_is_one_short_line() -> None:
    incoming = read(Auto_Submitted="x" * 5000 + "\r\n folded")

    assert len(incoming.reason) == 200
    assert "\n" not in incoming.reason
