"""Mail that came in, from the command line: what waits, why, who may write, and where it goes."""

from __future__ import annotations

import stat
from pathlib import Path
from types import SimpleNamespace

import typer

from sysmo_tui.cli import completing
from sysmo_tui.domain.enums import MailReason, Verdict
from sysmo_tui.services import mailboxes, reading
from sysmo_tui.services.mailboxes import MailboxEdits
from tests.cli.conftest import Cli, Office
from tests.kept import RAW, keep
from tests.services import requests as ask

EVIL = "\x1b[31m\u202eevil\nline"


def manager(office: Office) -> Cli:
    return office.at("mara", office.cast.manager())


def waiting(office: Office) -> tuple[int, int]:
    """A ticket, and the mail of a stranger that waits there."""
    number = ask.file(office.cast.customer())
    steps = [
        {"rule": "blocked", "hit": False, "detail": "otto@stranger.example"},
        {"rule": "stranger", "hit": True, "detail": f"#{number}"},
    ]
    return number, keep(office.cast, ticket_number=number, decision=steps)


def test_a_waiting_mail_is_shown_and_accepted_once(small_office: Office) -> None:
    number, mail = waiting(small_office)
    luis = small_office.operator
    listed = luis.ok("mail", "quarantine", "ls", "--json").json
    assert [(item["id"], item["reason"], item["ticket"]) for item in listed["items"]] == [
        (mail, "stranger", number)
    ]
    assert listed["total"] == 1
    shown = luis.ok("mail", "quarantine", "show", str(mail))
    for text in ("otto@stranger.example", "It smokes again.", "desk@desk.example", f"part in #{number}"):
        assert text in shown.out
    refused = luis("mail", "quarantine", "accept", str(mail), "--json")
    assert (refused.code, refused.json["error"]["field"]) == (2, "joins")
    done = luis.ok("mail", "quarantine", "accept", str(mail), "--join", "--json").json
    assert done == {"id": mail, "verdict": "reply", "ticket": number}
    assert luis("mail", "quarantine", "accept", str(mail), "--join").code == 6
    assert luis("mail", "quarantine", "reject", str(mail)).code == 6
    entries = small_office.cast.operator().read(reading.show, number).entries
    assert [entry.body.strip() for entry in entries][-1] == "It smokes again."
    explained = luis.ok("mail", "explain", str(mail), "--json").json["items"]
    assert (explained[0]["reason"], explained[0]["decided_by"]) == ("accepted", "Luis")


def test_a_mail_in_the_name_of_the_staff_waits_and_becomes_no_more_than_a_request(
    small_office: Office,
) -> None:
    luis = small_office.operator
    forged = RAW.replace(b"otto@stranger.example", b"luis@desk.example")
    small_office.ok("mail", "receive", stdin=forged)
    (item,) = luis.ok("mail", "quarantine", "list", "--json").json["items"]
    assert (item["reason"], item["topic"]) == ("from_operator", "General")
    assert "✓ It says it is from luis@desk.example" in luis.ok("mail", "explain", str(item["id"])).out
    done = luis.ok("mail", "quarantine", "accept", str(item["id"]), "--json").json
    view = small_office.cast.admin().read(reading.show, done["ticket"])
    assert view.row.requester.email == "luis@desk.example"
    found = manager(small_office).ok("mail", "list", "--json").json
    assert found["counts"]["ticket"] == len(found["items"]) == 1


def test_a_waiting_mail_becomes_a_ticket_of_its_own(small_office: Office) -> None:
    number, mail = waiting(small_office)
    done = small_office.operator.ok("mail", "quarantine", "accept", str(mail), "--as-new", "--json").json
    assert done["verdict"] == "ticket"
    assert done["ticket"] != number


def test_several_mails_are_rejected_all_or_none(small_office: Office) -> None:
    first, second = waiting(small_office)[1], waiting(small_office)[1]
    luis = small_office.operator
    tried = luis.ok("mail", "quarantine", "reject", str(first), str(second), "--dry-run")
    assert "2 mails would be rejected." in tried.out
    assert luis("mail", "quarantine", "reject", str(first), "99999").code == 4
    assert len(luis.ok("mail", "quarantine", "list", "--jsonl").out.splitlines()) == 2
    luis.ok("mail", "quarantine", "drop", str(first), str(second), "--block")
    assert "No mail waits" in luis.ok("mail", "quarantine", "list").err
    blocked = manager(small_office).ok("mail", "sender", "list", "--json").json["items"]
    assert [(line["pattern"], line["standing"]) for line in blocked] == [("otto@stranger.example", "blocked")]


def test_what_came_in_is_listed_and_the_counts_add_up(small_office: Office) -> None:
    waiting(small_office)
    keep(small_office.cast, verdict=Verdict.DROPPED, reason=MailReason.OWN_LOOP)
    mara = manager(small_office)
    found = mara.ok("mail", "list", "--json").json
    assert sum(found["counts"].values()) == len(found["items"]) == 2
    dropped = mara.ok("mail", "list", "--verdict", "dropped", "--csv").out.splitlines()
    assert len(dropped) == 2
    assert ",own_loop," in dropped[1]
    assert "Came in: 2" in mara.ok("mail", "list").err


def test_explaining_names_the_rule_that_decided_and_why_the_others_did_not(small_office: Office) -> None:
    number, mail = waiting(small_office)
    luis = small_office.operator
    for named in (str(mail), "<one@stranger.example>", f"#{number}"):
        said = luis.ok("mail", "explain", named).out
        assert f"✓ Its sender takes no part in #{number}." in said
        assert "– Its sender is not blocked." in said
    spoken = luis.ok("mail", "explain", f"T-{number}", "--json").json
    assert [step["rule"] for step in spoken["items"][0]["rules"]] == ["blocked", "stranger"]
    assert luis("mail", "explain", "<none@x.example>").code == 4
    quiet = luis.ok("mail", "explain", f"#{ask.file(small_office.cast.customer())}")
    assert (quiet.out, "No mail came in" in quiet.err) == ("", True)


def test_a_sender_without_a_name_is_an_address_alone(small_office: Office) -> None:
    number, _mail = waiting(small_office)
    mail = keep(small_office.cast, ticket_number=number, sender_name="")
    said = small_office.operator.ok("mail", "explain", str(mail)).out
    assert "From     otto@stranger.example" in said


def test_the_raw_mail_is_saved_over_nothing_and_for_its_owner_alone(
    small_office: Office, tmp_path: Path
) -> None:
    raw = RAW.replace(b"again", b"\x1b[31m\xff again")
    number = ask.file(small_office.cast.customer())
    mail, target = keep(small_office.cast, raw, ticket_number=number), tmp_path / "mail.eml"
    luis = small_office.operator
    luis.ok("mail", "raw", str(mail), "-o", str(target))
    assert target.read_bytes() == raw
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert luis("mail", "raw", str(mail), "-o", str(target)).code == 6
    assert target.read_bytes() == raw


def test_senders_are_blocked_allowed_and_forgotten(small_office: Office) -> None:
    mara = manager(small_office)
    mara.ok("mail", "sender", "block", "@.Spam.example", "--note", "every day")
    mara.ok("mail", "sender", "allow", "good@spam.example")
    assert mara("mail", "sender", "block", "nonsense").code == 2
    listed = mara.ok("mail", "sender", "list", "--standing", "blocked", "--jsonl").out.splitlines()
    assert len(listed) == 1
    assert '"note": "every day"' in listed[0]
    mara.ok("mail", "sender", "forget", "@.spam.example")
    assert mara("mail", "sender", "forget", "@.spam.example").code == 4


def test_a_route_is_made_tried_moved_and_deleted(small_office: Office, tmp_path: Path) -> None:
    mara = manager(small_office)
    mara.ok("mail", "route", "new", "All", "--topic", "general")
    made = mara.ok(
        *(
            "mail",
            "route",
            "new",
            "Printers",
            "--subject",
            "printer*",
            "--sender-domain",
            ".stranger.example",
        ),
        *("--priority", "high", "--tag", "hardware", "--json"),
    ).json
    assert (made["position"], made["topic"], made["tags"]) == (2, None, ["hardware"])
    letter = tmp_path / "mail.eml"
    letter.write_bytes(RAW)
    tried = mara.ok("mail", "route", "test", str(letter), "--json").json
    assert (tried["route"], [each["is_hit"] for each in tried["items"]]) == ("All", [True, False])
    mara.ok("mail", "route", "move", "printers", "1")
    by_pipe = mara.ok("mail", "route", "test", "-", "--json", stdin=RAW).json
    assert by_pipe["route"] == "Printers"
    mara.ok("mail", "route", "edit", "Printers", "--subject", "scanner")
    said = mara.ok("mail", "route", "test", str(letter)).out
    assert "another subject" in said
    assert mara("mail", "route", "edit", "Printers").code == 2
    assert mara("mail", "route", "delete", "Printers", "--no-input").code == 2
    mara.ok("mail", "route", "delete", "Printers", "--yes")
    assert [line["name"] for line in mara.ok("mail", "route", "list", "--json").json["items"]] == ["All"]


def test_nothing_that_mail_says_reaches_the_terminal_unsafe(small_office: Office) -> None:
    number = ask.file(small_office.cast.customer())
    evil = EVIL.replace("\n", " ").encode()
    raw = b"From: \x1b[31m <otto@stranger.example>\r\nSubject: " + evil + b"\r\n\r\n" + EVIL.encode()
    mail = keep(
        small_office.cast,
        raw,
        ticket_number=number,
        sender_name=EVIL,
        subject=EVIL,
        mailbox=EVIL,
        error=EVIL,
        decision=[{"rule": EVIL, "hit": True, "detail": EVIL}],
    )
    mara = manager(small_office)
    for words in (
        ("quarantine", "list"),
        ("quarantine", "show", str(mail)),
        ("quarantine", "show", str(mail), "--json"),
        ("explain", str(mail)),
        ("list",),
        ("list", "--csv"),
    ):
        ran = mara.ok("mail", *words)
        assert not set(ran.out + ran.err) & {"\x1b", "\u202e"}, words


def test_routes_senders_and_mailboxes_are_completed_for_who_may_know_them(small_office: Office) -> None:
    mara = manager(small_office)
    mara.ok("mail", "route", "new", "Printers", "--topic", "general")
    mara.ok("mail", "sender", "block", "@spam.example")
    small_office.cast.admin().write(mailboxes.new, "sales", MailboxEdits())
    for door, routes, senders, boxes in (
        (small_office.cast.manager(), ["Printers"], ["@spam.example"], ["sales"]),
        (small_office.cast.operator(), [], [], []),
    ):
        here = SimpleNamespace(read=door.read, far_desk=None)
        context = typer.Context(typer.main.get_command(typer.Typer(callback=lambda: None)), obj=here)
        assert completing.routes(context, "Pri") == routes
        assert completing.senders(context, "@") == senders
        assert completing.mailboxes(context, "s") == boxes
        assert completing.routes(context, "none") == []
