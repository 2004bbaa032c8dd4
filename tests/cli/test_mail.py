"""Mail and the worker from the command line."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Desk
from sysmo_tui.domain.enums import Template
from sysmo_tui.services import outbox
from tests.cast import hold_all_mail
from tests.cli.conftest import Cli, Office


def owe(office: Office, *addresses: str) -> None:
    """Mail from the desk itself that nobody has sent."""

    def owe_it(work: Any) -> None:
        for address in addresses:
            outbox.owe(work, template=Template.TEST, address=address, locale="en", subject_key="x")

    desk = Desk(office.cast.desk.store, consequences=(outbox.write,), clock=office.cast.desk.clock)
    desk.write(office.cast.itself.caller, _command(), owe_it)


def _command() -> Any:
    from sysmo_tui.desk import Command

    return Command("test.owe")


def manager(office: Office) -> Cli:
    return office.at("mara", office.cast.manager())


def test_the_queue_shows_what_waits_and_is_emptied_by_sending(office: Office, tmp_path: Path) -> None:
    owe(office, "a@x.example", "b@x.example")
    mara = manager(office)
    listed = mara.ok("mail", "queue", "--json").json
    assert [(item["address"], item["state"]) for item in listed["items"]] == [
        ("a@x.example", "waiting"),
        ("b@x.example", "waiting"),
    ]
    folder = tmp_path / "out"
    sent = mara.ok("mail", "send", "--json", SYSMO_MAIL_URL=folder.as_uri())
    assert sent.json == {"sent": 2, "failed": 0, "waiting": 0}
    assert str(folder) in sent.err
    assert len(list(folder.glob("*.eml"))) == 2
    emptied = mara.ok("mail", "queue")
    assert "No mail waits" in emptied.out + emptied.err


def test_a_trial_mail_says_what_became_of_it(small_office: Office, tmp_path: Path) -> None:
    mara = manager(small_office)
    folder = tmp_path / "out"
    ran = mara.ok("mail", "test", "someone@else.example", SYSMO_MAIL_URL=folder.as_uri())
    assert "accepted" in ran.out
    assert len(list(folder.glob("*.eml"))) == 1
    refused = mara("mail", "test", "someone@else.example", SYSMO_MAIL_URL="smtp://127.0.0.1:1")
    assert refused.code == 7
    assert "not accepted" in refused.err
    assert small_office.operator("mail", "test", "someone@else.example").code == 5


def test_a_server_without_its_password_is_said_before_anything_is_tried(small_office: Office) -> None:
    ran = manager(small_office)("mail", "send", SYSMO_MAIL_URL="smtp://desk@mail.example")
    assert ran.code == 7
    assert "SYSMO_MAIL_PASSWORD" in ran.err


def test_held_mail_is_released_or_discarded(small_office: Office) -> None:
    owe(small_office, "a@x.example", "b@x.example")
    hold_all_mail(small_office.cast)
    mara = manager(small_office)
    first, _second = mara.ok("mail", "queue", "--held", "--json").json["items"]
    assert mara("mail", "release").code == 2
    assert mara.ok("mail", "discard", str(first["id"]), "--json").json == {"discarded": 1}
    assert mara.ok("mail", "release", "--all", "--json").json == {"released": 1}
    assert mara("mail", "retry", "999").code == 4


def test_the_worker_does_once_what_is_due(small_office: Office, tmp_path: Path) -> None:
    owe(small_office, "a@x.example")
    folder = tmp_path / "out"
    small_office.ok("worker", "--once", SYSMO_MAIL_URL=folder.as_uri())
    assert len(list(folder.glob("*.eml"))) == 1
    with small_office.cast.desk.store.reading() as session:
        assert session.execute(sa.text("SELECT count(*) FROM lease")).scalar_one() == 0


def test_the_worker_ends_on_a_signal(small_office: Office, tmp_path: Path) -> None:
    import os
    import signal

    owe(small_office, "a@x.example")
    folder = tmp_path / "out"

    def stop_when_sent() -> None:
        for _ in range(500):
            if list(folder.glob("*.eml")):
                break
            threading.Event().wait(0.02)
        os.kill(os.getpid(), signal.SIGTERM)

    stopper = threading.Thread(target=stop_when_sent)
    stopper.start()
    ran = small_office.ok("worker", SYSMO_MAIL_URL=folder.as_uri())
    stopper.join()
    assert "The worker runs" in ran.err
    assert len(list(folder.glob("*.eml"))) == 1


def test_the_printed_unit_names_the_desk_and_holds_no_password(small_office: Office) -> None:
    url = small_office.environ["SYSMO_DATABASE_URL"]
    assert f'Environment="SYSMO_DATABASE_URL={url}"' in small_office.ok("worker", "--print-unit").out
    ran = small_office.ok(
        "worker", "--print-unit", SYSMO_DATABASE_URL="postgresql://sysmo:s3cret@db.example/desk"
    )
    assert "s3cret" not in ran.out + ran.err
    assert "/etc/sysmo/worker.env" in ran.err
    assert "EnvironmentFile=-/etc/sysmo/worker.env\n" in ran.out


def test_the_unit_of_another_desk_finds_its_passwords_beside_its_settings(
    small_office: Office, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.touch()
    ran = small_office.ok("worker", "--print-unit", SYSMO_CONFIG=str(config))
    assert f"EnvironmentFile=-{tmp_path}/worker.env\n" in ran.out


def test_a_unit_leaves_to_its_settings_what_they_say(small_office: Office, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    url = small_office.environ.pop("SYSMO_DATABASE_URL")
    config.write_text(f'[database]\nurl = "{url}"\n')
    unit = small_office.ok("worker", "--print-unit", SYSMO_CONFIG=str(config)).out
    assert f'Environment="SYSMO_CONFIG={config}"' in unit
    assert "SYSMO_DATABASE_URL" not in unit


def test_a_dry_run_counts_mail_and_sends_forgets_and_releases_none(office: Office, tmp_path: Path) -> None:
    owe(office, "a@x.example", "b@x.example")
    mara = manager(office)
    mara.environ["SYSMO_MAIL_URL"] = f"file://{tmp_path}/out"
    assert mara.ok("mail", "send", "--dry-run", "--json").json == {"due": 2, "dry_run": True}
    assert not (tmp_path / "out").exists()
    hold_all_mail(office.cast)
    assert mara.ok("mail", "release", "--all", "--dry-run").out == "2 mails would be sent.\n"
    assert mara.ok("mail", "discard", "--all", "--dry-run").out == "2 mails would be forgotten.\n"
    assert len(mara.ok("mail", "queue", "--held", "--json").json["items"]) == 2
    assert mara("mail", "release", "99", "--dry-run").code == 4


def test_own_words_are_written_shown_looked_at_and_taken_back(small_office: Office, tmp_path: Path) -> None:
    admin = small_office.admin
    words = tmp_path / "closed.txt"
    words.write_text("Bye {name}.\n\n{quotes}\n")
    looked = admin.ok("mail", "template", "preview", "closed", "--lang", "es", "--body-file", str(words))
    assert "Bye Ana Example." in looked.out
    wrong = admin("mail", "template", "edit", "closed", "--body", "{nam}")
    assert wrong.code == 2
    assert "There is no place “nam”" in wrong.err
    asked = admin("mail", "template", "edit", "closed", "--lang", "es", "--subject", "x")
    assert asked.code == 2
    admin.ok("mail", "template", "edit", "closed", "--lang", "es", "--body-file", str(words))
    shown = admin.ok("mail", "template", "show", "closed", "--lang", "es", "--json").json
    assert (shown["is_own"], shown["body"]) == (True, "Bye {name}.\n\n{quotes}")
    listed = admin.ok("mail", "template", "list", "--json").json["items"]
    assert [(row["template"], row["language"]) for row in listed if row["is_own"]] == [("closed", "es")]
    admin.ok("mail", "template", "reset", "closed", "--lang", "es", "--dry-run")
    admin.ok("mail", "template", "reset", "closed", "--lang", "es")
    assert admin("mail", "template", "reset", "closed", "--lang", "es").code == 4
    assert admin("mail", "template").code == 2
    assert "Did you mean list" in admin("mail", "template", "lst").err


def test_how_often_mail_comes_and_what_stands_below_it_is_ones_own(small_office: Office) -> None:
    admin, customer = small_office.admin, small_office.customer
    mine = customer.ok("profile", "edit", "--mail", "digest", "--json").json
    assert mine["mail"] == "digest"
    assert customer("profile", "edit", "--mail", "daily").code == 2
    assert customer("profile", "edit", "--signature", "Carla").code == 5
    assert admin.ok("profile", "edit", "--signature", "Ada\nDesk", "--json").json["signature"] == "Ada\nDesk"
    topic = admin.ok(
        "topic", "edit", "general", "--signature", "The team", "--mail-address", "team@desk.example", "--json"
    ).json
    assert (topic["signature"], topic["mail_address"]) == ("The team", "team@desk.example")
    refused = admin("topic", "edit", "general", "--mail-address", "team\r\nBcc: x@desk.example")
    assert refused.code == 2
    assert "--mail-address" in refused.err
    assert admin.ok("topic", "show", "general", "--json").json["mail_address"] == "team@desk.example"
