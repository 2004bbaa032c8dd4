from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Cli, Office

FILING = ("ticket", "new", "--topic", "general", "--subject", "x", "--body", "y")


def mails_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml"))


def test_without_a_mail_server_mail_is_written_beside_the_desk_and_the_command_says_so(
    small_office: Office, tmp_path: Path
):
    small_office.cast.operator()
    ran = small_office.customer.ok(*FILING)
    assert str(tmp_path / "desk.db.mail") in ran.err
    assert mails_in(tmp_path / "desk.db.mail")


def test_this_process_can_send_its_mail_elsewhere(small_office: Office, tmp_path: Path):
    customer = small_office.customer
    customer.environ["SYSMO_MAIL_URL"] = f"file://{tmp_path}/elsewhere"
    customer.ok(*FILING)
    assert mails_in(tmp_path / "elsewhere")
    assert not (tmp_path / "desk.db.mail").exists()


def test_trouble_with_mail_does_not_undo_what_was_done(small_office: Office):
    customer: Cli = small_office.customer
    for url in ("gopher://x", "smtp://127.0.0.1:1?tls=off"):
        customer.environ["SYSMO_MAIL_URL"] = url
        ran = customer.ok(*FILING, "--json")
        assert ran.json["number"]
        assert "mail" in ran.err.lower()


def test_a_command_that_only_reads_says_nothing_about_mail(small_office: Office):
    assert small_office.customer.ok("ticket", "list").err == "No tickets here.\n"
