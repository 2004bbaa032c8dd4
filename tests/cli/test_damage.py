"""What is damaged, or was put back, is told by those who look after the database."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cli.conftest import Office
from tests.services import requests as ask


def _tamper(office: Office, statement: str) -> None:
    with office.cast.desk.store.writing() as session:
        session.execute(sa.text(statement))


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE setting SET value = 'junk' WHERE name = 'time_zone'", "time_zone"),
        ("UPDATE setting SET value = '42' WHERE name = 'time_zone'", "time_zone"),
        ("UPDATE setting SET value = '\"Mars\"' WHERE name = 'time_zone'", "time_zone"),
        ("UPDATE setting SET value = '{}' WHERE name = 'own_domains'", "own_domains"),
        ("DELETE FROM setting WHERE name = 'mail_key'", "mail_key"),
        ("UPDATE event SET changes = '[]'", "changes"),
        ("UPDATE event SET changes = 'junk'", "changes"),
        ("UPDATE event SET changes = '{\"subject\": 5}'", "changes"),
        (
            "INSERT INTO sealed_period (since, until)"
            " VALUES ('2020-01-01 03:00:00.000000', '2020-01-02 03:00:00.000000')",
            "received 2020-01-01T03:00Z",
        ),
    ],
)
def test_what_is_damaged_is_named(small_office: Office, statement: str, named: str):
    ask.file(small_office.cast.customer())
    _tamper(small_office, statement)
    for words in (("db", "check"), ("doctor",)):
        told = small_office(*words)
        if words == ("doctor",) and ('{"subject' in statement or "sealed" in statement):
            continue  # Only the history's proof reads into it.
        assert told.code == 2, told
        assert named in told.out
        assert "bug" not in told.err


def test_the_audit_log_says_who_copied_the_desk_and_who_put_it_back(small_office: Office, tmp_path: Path):
    admin = small_office.admin
    admin.ok("db", "backup", str(tmp_path / "copy"))
    small_office.cast.desk.close()
    back = admin.ok("db", "restore", str(tmp_path / "copy"), "--overwrite", "--yes")
    assert "sessions and codes from before have ended" in back.err
    assert admin("whoami").code == 3
    email, secret = "ada@desk.example", "umbrella copper vinegar 71\n"
    admin.ok("login", "--email", email, "--password-stdin", stdin=secret)
    lines = admin.ok("audit", "list", "--json").json["items"]
    assert {line["kind"]: line["actor"] for line in lines if line["kind"] == "restored"} == {
        "restored": email
    }


def test_a_backup_names_who_made_it(office: Office, tmp_path: Path):
    from sysmo_tui.domain.enums import AuditKind
    from sysmo_tui.services import audit, whole_desk

    office.cast.itself.write(whole_desk.note, AuditKind.BACKED_UP, "ADA@desk.example")
    office.cast.itself.write(whole_desk.note, AuditKind.BACKED_UP, "other@else.example")
    other, ada = office.cast.admin().read(audit.page, kind=AuditKind.BACKED_UP).items
    assert (ada.actor, other.actor, other.detail) == ("ada@desk.example", None, {"by": "other@else.example"})
