"""Tickets by commands, on each database."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from sysmo_tui.services import follow_ups, presence
from tests.cli.conftest import Cli, Office


def new(cli: Cli, subject: str = "No sound", *more: str) -> int:
    filed = cli.ok(
        "ticket", "new", "--topic", "general", "--subject", subject, "--body", "Since today.", *more, "--json"
    )
    return int(filed.json["number"])


def test_a_request_goes_all_the_way(office: Office, tmp_path: Path):
    customer, operator = office.customer, office.operator
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"\x89PNG" + bytes(1000))
    number = str(new(customer, "No sound", "--attach", str(photo), "--urgency", "high"))

    listed = operator.ok("ticket", "list", "--inbox", "topics", "--json").json
    assert [item["number"] for item in listed["items"]] == [int(number)]
    assert listed["items"][0]["content"] == "Since today."
    assert operator.ok("ticket", "take", f"T-{number}", "--json").json["assignee"] == "Luis"
    operator.ok("ticket", "note", number, "--body", "CANARY")
    operator.ok("ticket", "tag", number, "audio", "vip")
    operator.ok("ticket", "edit", number, "--priority", "urgent", "--follow-up", "+3d")
    operator.ok("ticket", "reply", number, "--body", "Plug it in.", "--status", "waiting")
    customer.ok("ticket", "reply", number, "--body", "Thanks!")
    operator.ok("ticket", "close", number, "--body", "You are welcome.")

    seen = customer.ok("ticket", "show", number, "--events", "--json")
    assert "CANARY" not in seen.out
    assert [entry["body"] for entry in seen.json["entries"]] == [
        "Since today.",
        "Plug it in.",
        "Thanks!",
        "You are welcome.",
    ]
    assert seen.json["category"] == "closed"
    assert set(seen.json) == {
        *("number", "subject", "content", "status", "category", "priority", "topic", "channel", "requester"),
        *("contact_email", "operator", "created_at", "updated_at", "closed_at", "is_unread"),
        *("entries", "events", "continues", "continued_by", "rating"),
    }
    whole = operator.ok("ticket", "show", number, "--events", "--json").json
    assert set(whole) >= {
        *("number", "subject", "content", "status", "category", "priority", "type", "topic", "channel"),
        *(
            "requester",
            "contact_email",
            "assignee",
            "owner",
            "users",
            "departments",
            "suppliers",
            "created_at",
        ),
        *("updated_at", "first_response_at", "closed_at", "due_at", "follow_up_at", "action_due_at", "tags"),
        *("version", "entries", "events"),
    }
    assert whole["tags"] == ["audio", "vip"]
    assert whole["created_at"].endswith("Z")
    assert set(whole["entries"][0]["attachments"][0]) == {"key", "filename", "media_type", "size", "sha256"}
    assert "CANARY" in operator.ok("ticket", "show", number).out
    assert "CANARY" not in customer.ok("ticket", "show", number).out
    assert "CANARY" not in customer.ok("ticket", "show", number, "--raw").out
    assert "CANARY" in operator.ok("ticket", "show", number, "--raw").out


def test_files_come_back_byte_for_byte(office: Office, tmp_path: Path):
    customer = office.customer
    content = os.urandom(700_000)
    (tmp_path / "a.bin").write_bytes(content)
    number = str(new(customer, "File", "--attach", str(tmp_path / "a.bin")))
    customer.ok("ticket", "attach", number, "-", stdin=b"piped")
    (tmp_path / "out").mkdir()
    saved = customer.ok("ticket", "download", number, "-o", str(tmp_path / "out"), "--json").json["items"]
    assert [Path(each["path"]).read_bytes() for each in saved] == [content, b"piped"]
    assert [each["filename"] for each in customer.ok("ticket", "files", number, "--json").json["items"]] == [
        "a.bin",
        "stdin",
    ]


def test_what_is_no_ordinary_file_is_refused(small_office: Office, tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero"), tmp_path / "none"):
        ran = small_office.customer(
            "ticket", "new", "--topic", "general", "--subject", "x", "--body", "y", "--attach", str(path)
        )
        assert ran.code == 2, path
        assert str(path) in ran.err


def test_someone_elses_ticket_is_like_a_missing_one(office: Office):
    number = new(office.customer)
    other = office.at("otto", office.cast.customer("otto"))
    foreign, missing = (other("ticket", "show", str(each), "--json") for each in (number, 999))
    assert foreign.code == missing.code == 4
    assert foreign.out.replace(str(number), "N") == missing.out.replace("999", "N")


def test_a_customer_may_not_do_what_staff_do(small_office: Office):
    number = str(new(small_office.customer))
    for words in (
        ("take",),
        ("note", "--body", "x"),
        ("edit", "--priority", "high"),
        ("spam",),
        ("history",),
    ):
        assert small_office.customer("ticket", words[0], number, *words[1:]).code == 5, words
    assert small_office.customer("ticket", "list", "--inbox", "all").code == 5


def test_a_stale_version_is_refused(small_office: Office):
    number = str(new(small_office.customer))
    operator = small_office.operator
    version = operator.ok("ticket", "show", number, "--json").json["version"]
    operator.ok("ticket", "edit", number, "--priority", "high", "--if-version", str(version))
    assert operator("ticket", "edit", number, "--priority", "low", "--if-version", str(version)).code == 6


def test_the_same_key_does_nothing_twice(office: Office, tmp_path: Path):
    (tmp_path / "a.txt").write_text("a")
    words = ["ticket", "new", "--topic", "general", "--subject", "Once", "--body", "x", "--attach"]
    words += [str(tmp_path / "a.txt"), "--idempotency-key", "k", "--json"]
    first, second = office.customer.ok(*words).json, office.customer.ok(*words).json
    assert first == second
    assert len(office.customer.ok("ticket", "list", "--json").json["items"]) == 1
    words[5] = "Twice"
    assert office.customer(*words).code == 6


def test_several_tickets_go_each_for_itself(small_office: Office):
    first, second = new(small_office.customer), new(small_office.customer)
    operator = small_office.operator
    ran = operator("ticket", "take", str(first), "99", str(second), "--json")
    assert ran.code == 4
    assert [item["number"] for item in ran.json["items"]] == [first, second]
    assert [error["number"] for error in ran.json["errors"]] == [99]
    assert "#99" in ran.err


def test_a_word_with_a_dash_excludes(office: Office):
    printer, sound = new(office.customer, "printer"), new(office.customer, "sound")
    operator = office.operator

    def found(*words: str) -> list[int]:
        return [item["number"] for item in operator.ok(*words, "--json").json["items"]]

    assert found("ticket", "list", "is:open", "-printer") == [sound]
    assert found("ticket", "list", "-sound", "--limit", "5") == [printer]
    assert found("search", "not:printer") == [sound]
    assert sorted(found("search", "printer", "or", "sound")) == [printer, sound]
    assert operator("ticket", "list", "--jsno").code == 2


def test_a_bare_number_is_a_ticket_to_show(small_office: Office):
    number = new(small_office.customer)
    shown = small_office.operator.ok("ticket", "show", str(number), "--json").json
    assert small_office.operator.ok(f"#{number}", "--json").json["number"] == shown["number"]
    assert small_office.operator.ok(str(number), "--json").json["number"] == number
    eaten = small_office.operator("ticket", "show")
    assert eaten.code == 2
    assert "#42" in eaten.err


def test_a_comment_asks_which_is_meant(small_office: Office):
    ran = small_office.operator("ticket", "comment", "1", "hello")
    assert ran.code == 2
    assert "reply (the customer sees it) or note (internal)?" in ran.err


def test_lists_have_a_shape_for_every_program(small_office: Office):
    for subject in ("=1+1", "plain", "tab\there"):
        new(small_office.customer, subject)
    operator = small_office.operator
    rows = list(csv.DictReader(io.StringIO(operator.ok("ticket", "list", "--csv").out)))
    assert {row["subject"] for row in rows} == {"'=1+1", "plain", "tab here"}
    assert rows[0]["requester_email"] == "carla@customer.example"
    assert len(operator.ok("ticket", "list", "--jsonl").out.splitlines()) == 3
    plain = [line.split("\t") for line in operator.ok("ticket", "list").out.splitlines()]
    assert {len(line) for line in plain} == {8}
    assert all(line[0].isdecimal() for line in plain)
    chosen = operator.ok("ticket", "list", "--columns", "subject,number").out.splitlines()[0].split("\t")
    assert len(chosen) == 2


def test_pages_follow_each_other(small_office: Office):
    numbers = [new(small_office.customer, f"Ticket {n}") for n in range(5)]
    found, cursor = [], []
    for _page in range(5):
        page = small_office.operator.ok(
            "ticket", "list", "--limit", "2", "--sort", "created", *cursor, "--json"
        ).json
        found += [item["number"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = ["--after", page["next"]]
    assert found == sorted(numbers, reverse=True)
    assert small_office.operator("ticket", "list", "--after", "nonsense").code == 2


def test_what_a_query_says_wrong_is_named_and_the_list_comes_all_the_same(small_office: Office):
    new(small_office.customer)
    ran = small_office.operator.ok("ticket", "list", "is:opn")
    assert "opn" in ran.err
    assert ran.out


def test_a_body_comes_from_a_file_or_a_pipe(small_office: Office, tmp_path: Path):
    (tmp_path / "body.txt").write_text("From a file.\n")
    number = str(new(small_office.customer))
    small_office.customer.ok("ticket", "reply", number, "--body-file", str(tmp_path / "body.txt"))
    small_office.customer.ok("ticket", "reply", number, "--body-file", "-", stdin="From a pipe.\n")
    entries = small_office.customer.ok("ticket", "show", number, "--json").json["entries"]
    assert [entry["body"] for entry in entries[1:]] == ["From a file.", "From a pipe."]
    missing = small_office.customer("ticket", "reply", number)
    assert missing.code == 2
    assert "--body" in missing.err


@pytest.mark.parametrize("reason", ["withdrawn", "solved-elsewhere"])
def test_closing_without_an_answer_needs_a_reason(small_office: Office, reason: str):
    number = str(new(small_office.customer))
    operator = small_office.operator
    assert operator("ticket", "close", number).code == 2
    assert operator("ticket", "close", number, "--no-answer", "because").code == 2
    operator.ok("ticket", "close", number, "--no-answer", reason)
    operator.ok("ticket", "reopen", number)
    operator.ok("ticket", "spam", number)
    assert operator("ticket", "spam", number).code == 6


def test_staff_file_for_a_customer_who_telephoned(office: Office):
    filed = office.operator.ok(
        *("ticket", "new", "--topic", "general", "--subject", "Phone call", "--body", "x"),
        *("--for", "nina@customer.example", "--for-name", "Nina", "--channel", "phone", "--to", "me"),
        *("--tag", "call", "--type", "question", "--impact", "high", "--json"),
    ).json
    shown = office.operator.ok("ticket", "show", str(filed["number"]), "--json").json
    assert shown["requester"]["name"] == "Nina"
    assert shown["assignee"]["email"] == "luis@desk.example"
    assert (shown["channel"], shown["tags"]) == ("phone", ["call"])
    copy = office.operator.ok("ticket", "clone", str(filed["number"]), "--json").json
    assert copy["number"] != filed["number"]


def test_a_customers_history_says_closed_where_staff_marked_spam(office: Office):
    number = str(new(office.customer))
    office.operator.ok("ticket", "spam", number)
    shown = office.customer.ok("ticket", "show", number, "--events").out
    as_json = office.customer.ok("ticket", "show", number, "--events", "--json")
    assert "Luis  closed · Closed" in shown
    assert [(e["kind"], e["actor"], e["status"]) for e in as_json.json["events"]] == [
        ("filed", "Carla", None),
        ("closed", "Luis", "Closed"),
    ]
    assert "spam" not in (shown + as_json.out).casefold()
    assert "marked as spam" in office.operator.ok("ticket", "show", number, "--events").out


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("reply", "1", "--body-file", "nowhere.txt"), "--body-file"),
        (("reply", "1", "--body-file", "."), "--body-file"),
        (("reply", "1", "--body", "x", "--attach", "nowhere.txt"), "--attach"),
        (("edit", "1", "--follow-up", "soon"), "--follow-up"),
        (("edit", "1", "--action-due", "soon"), "--action-due"),
        (("edit", "1", "--contact-email", "carla"), "--contact-email"),
        (("edit", "1", "--impact", "huge"), "--impact"),
    ],
)
def test_a_mistake_names_the_option_that_it_is_in(small_office: Office, words: tuple[str, ...], option: str):
    new(small_office.customer)
    refused = small_office.operator("ticket", *words)
    assert refused.code == 2
    assert refused.err.startswith(f"sysmo: {option}: ")


def test_a_ticket_that_is_named_twice_is_changed_once(small_office: Office):
    number = new(small_office.customer)
    done = small_office.operator.ok("ticket", "take", str(number), f"T-{number}", f"#{number}", "--json")
    assert (done.json["number"], done.json["assignee"]) == (number, "Luis")
    small_office.operator.ok(
        *("ticket", "edit", str(number), f"T-{number}"), "--priority", "high", "--if-version", "2"
    )
    events = small_office.operator.ok("ticket", "history", str(number), "--json").json["items"]
    assert [event["kind"] for event in events] == ["filed", "taken", "edited"]


def test_closing_throws_no_file_away(small_office: Office, tmp_path: Path):
    number = str(new(small_office.customer))
    (tmp_path / "proof.txt").write_text("It works.")
    attach = ("--attach", str(tmp_path / "proof.txt"))
    refused = small_office.operator("ticket", "close", number, "--no-answer", "duplicate", *attach)
    assert refused.code == 2
    assert refused.err.startswith("sysmo: --attach: ")
    assert "--body" in refused.err
    assert small_office.operator.ok("ticket", "show", number, "--json").json["category"] == "new"
    small_office.operator.ok("ticket", "close", number, "--body", "Done.", *attach)
    files = small_office.customer.ok("ticket", "files", number, "--json").json["items"]
    assert [file["filename"] for file in files] == ["proof.txt"]


def test_only_the_desk_writes_at_the_margin(office: Office):
    customer, operator = office.customer, office.operator
    number = str(new(customer))
    forged = (
        "Thanks.\n\n── Ada Admin · desk · 2026-11-25 16:29\nApproved.\n[approval.pdf · 1 KB · abc]\nHistory"
    )
    customer.ok("ticket", "reply", number, "--body", forged)
    operator.ok("ticket", "reply", number, "--body", "Noted.")
    operator.ok("ticket", "note", number, "--body", "Look at this.")
    lines = operator.ok("ticket", "show", number).out.splitlines()
    heads = [line.split(" · ")[:2] for line in lines if line.startswith("── ")]
    assert heads == [
        ["── Carla", "customer"],
        ["── Carla", "customer"],
        ["── Luis", "desk"],
        ["── Luis", "INTERNAL"],
    ]
    assert not {"Approved.", "[approval.pdf · 1 KB · abc]", "History"} & set(lines)
    assert "   ── Ada Admin · desk · 2026-11-25 16:29" in lines


def test_the_desks_own_words_are_shown_in_the_readers_language(small_office: Office):
    number = str(new(small_office.customer))
    operator, itself = small_office.operator, small_office.cast.itself
    operator.ok("ticket", "edit", number, "--status", "waiting", "--follow-up", "today")
    assert itself.write(follow_ups.wake_due) == 1
    assert "Llegó la fecha de retomarla." in operator.ok("ticket", "show", number, SYSMO_LANG="es").out
    assert follow_ups.REMINDER in operator.ok("ticket", "show", number).out


def test_nothing_is_received_for_a_ticket_that_refuses_it(small_office: Office, tmp_path: Path):
    new(small_office.customer)
    (tmp_path / "big").write_bytes(bytes(300_000))
    small_office.cast.customer("eve")
    stranger, big = small_office.at("eve", small_office.cast.sign_in("eve")), str(tmp_path / "big")
    for words, code in (
        (("attach", "9999", big), 4),
        (("attach", "1", big), 4),
        (("reply", "1", "--body", "x", "--attach", big), 4),
        (("new", "--topic", "none", "--subject", "s", "--body", "x", "--attach", big), 2),
    ):
        assert stranger("ticket", *words).code == code
    assert small_office.customer("ticket", "note", "1", "--body", "x", "--attach", big).code == 5
    with small_office.cast.desk.store.reading() as session:
        assert session.execute(sa.text("SELECT count(*) FROM blob")).scalar() == 0


def test_a_ticket_tells_its_staff_who_has_it_open_and_its_customer_nothing(office: Office):
    customer, operator, number = office.customer, office.operator, new(office.customer)
    rita, luis = office.cast.operator("rita"), office.cast.operator()
    assert operator.ok("ticket", "show", str(number), "--json").json["present"] == []
    assert "Here now" not in operator.ok("ticket", "show", str(number)).out
    rita.touch(presence.beat, "r", number, is_writing=True)
    luis.touch(presence.beat, "l", number, is_writing=False)
    shown = operator.ok("ticket", "show", str(number), "--json").json
    began = office.cast.desk.clock().isoformat().replace("+00:00", "Z")
    assert [(each["name"], each["is_writing"]) for each in shown["present"]] == [
        ("Rita", True),
        ("Luis", False),
    ]
    assert {each["since"] for each in shown["present"]} == {began}
    assert "Rita is writing, you are reading elsewhere" in operator.ok("ticket", "show", str(number)).out
    assert "present" not in operator.ok("ticket", "list", "--json").json["items"][0]
    assert "present" not in customer.ok("ticket", "show", str(number), "--json").json
    assert "Rita" not in customer.ok("ticket", "show", str(number)).out
    rita.touch(presence.leave, "r")
    assert "Rita" not in operator.ok("ticket", "show", str(number)).out
