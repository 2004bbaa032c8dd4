"""What a mail brings along is kept as files, whole."""

from __future__ import annotations

import base64

from sysmo_tui.mail.parsing import parse
from sysmo_tui.mail.parsing.reading import MOST_FILES
from tests.mail.parsing.mails import inner, mail, multipart, part, read


def test_a_forwarded_message_is_one_file_named_after_its_subject() -> None:
    forwarded = mail("Its own text.", Subject="=?utf-8?q?A/C_in_n=C2=BA_3?=").replace(b"\r\n", b"\n")
    raw = multipart("mixed", part("See below."), part(forwarded, content_type="message/rfc822"))

    incoming = parse(raw)

    assert incoming.body == "See below."
    (file,) = incoming.files
    assert (file.name, file.media_type, file.content) == ("A-C in nº 3.eml", "message/rfc822", forwarded)


def test_parts_inside_of_a_forwarded_message_are_not_taken_out_of_it() -> None:
    forwarded = multipart("mixed", part("a"), part("b", content_disposition="attachment"), boundary="other")

    incoming = parse(multipart("mixed", part("Top."), part(forwarded, content_type="message/rfc822")))

    assert incoming.body == "Top."
    assert [file.content for file in incoming.files] == [forwarded]


def test_a_digest_is_a_file_a_message() -> None:
    raw = multipart("digest", b"\r\n" + mail("1", Subject="one"), b"\r\n" + mail("2", Subject="two"))

    assert [file.name for file in parse(raw).files] == ["one.eml", "two.eml"]


def test_files_are_exactly_what_was_sent() -> None:
    content = bytes(range(256)) * 40
    raw = multipart(
        "mixed",
        part(
            base64.encodebytes(content),
            content_type="application/octet-stream",
            content_transfer_encoding="base64",
        ),
        part(
            content.replace(b"\n", b""), content_type="application/x-raw", content_transfer_encoding="binary"
        ),
    )

    assert [file.content for file in parse(raw).files] == [content, content.replace(b"\n", b"")]


def test_pictures_in_a_page_are_inline_and_attached_ones_are_not() -> None:
    raw = multipart(
        "related",
        part("<img src='cid:a'>Hello", content_type="text/html"),
        part("1", content_type="image/png", content_id="<a>"),
        part(
            "2",
            content_type="image/png",
            content_disposition='attachment; filename="b.png"',
            content_id="<b>",
        ),
        part("3", content_type="application/pdf", content_disposition="inline; filename=c.pdf"),
    )

    incoming = parse(raw)

    assert incoming.body == "Hello"
    assert [(file.name, file.is_inline) for file in incoming.files] == [
        ("image.png", True),
        ("b.png", False),
        ("c.pdf", False),
    ]


def test_what_outlook_packs_and_invitations_are_files() -> None:
    raw = multipart(
        "mixed",
        part("Hello."),
        part("tnef", content_type="application/ms-tnef"),
        part("BEGIN:VCALENDAR", content_type="text/calendar"),
    )

    assert [file.name for file in parse(raw).files] == ["winmail.dat", "invite.ics"]


def test_a_signed_mail_is_read_and_its_signature_is_a_file() -> None:
    signature = part("-----BEGIN PGP SIGNATURE-----", content_type="application/pgp-signature")

    incoming = parse(multipart("signed", part("Signed."), signature))

    assert (incoming.body, incoming.remarks) == ("Signed.", ())
    assert [file.name for file in incoming.files] == ["signature.asc"]


def test_an_encrypted_mail_is_kept_as_files_with_a_remark() -> None:
    raw = multipart(
        "encrypted",
        part("Version: 1", content_type="application/pgp-encrypted"),
        part("-----BEGIN PGP MESSAGE-----", content_type='application/octet-stream; name="encrypted.asc"'),
    )

    incoming = parse(raw)

    assert [file.name for file in incoming.files] == ["pgp-version.txt", "encrypted.asc"]
    assert incoming.remarks == ("The mail is encrypted; its parts are kept as files.",)


def test_a_mail_that_is_encrypted_as_a_whole_is_one_file() -> None:
    incoming = read("TUlNRQ==", Content_Type="application/x-pkcs7-mime", Content_Transfer_Encoding="base64")

    assert [(file.name, file.content) for file in incoming.files] == [("smime.p7m", b"MIME")]
    assert len(incoming.remarks) == 1


def test_pieces_and_files_that_lie_elsewhere_are_remarked() -> None:
    partial = read("text", Content_Type="message/partial; id=a; number=1; total=2")
    external = read("Content-Type: image/gif", Content_Type="message/external-body; access-type=URL")

    assert ([file.name for file in partial.files], len(partial.remarks)) == (["piece.eml"], 1)
    assert ([file.name for file in external.files], len(external.remarks)) == (["external-body.txt"], 1)


def test_files_beyond_the_limit_are_remarked() -> None:
    one = part("x", content_disposition="attachment; filename=a.txt")

    incoming = parse(multipart("mixed", *[one] * (MOST_FILES + 1)))

    assert len(incoming.files) == MOST_FILES
    assert incoming.remarks == (
        "The mail has more files than are taken; the others are only in the mail as it came.",
    )


def test_a_text_that_was_sent_as_a_file_is_no_part_of_the_words() -> None:
    raw = multipart("mixed", part("Words."), part("log", content_type='text/plain; name="a.log"'))

    incoming = parse(raw)

    assert (incoming.body, [file.name for file in incoming.files]) == ("Words.", ["a.log"])


def test_the_usual_nesting_of_mail_programs_is_understood() -> None:
    alternative = inner(
        "alternative", part("Plain."), part("<p>Page</p>", content_type="text/html"), boundary="c"
    )
    related = inner(
        "related", alternative, part("p", content_type="image/png", content_id="<i>"), boundary="b"
    )
    raw = multipart("mixed", related, part("f", content_disposition="attachment; filename=f.pdf"))

    incoming = parse(raw)

    assert incoming.body == "Plain."
    assert [file.name for file in incoming.files] == ["image.png", "f.pdf"]
