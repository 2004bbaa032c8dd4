"""Accounts, sessions, topics and settings by commands."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cast import PASSWORD
from tests.cli.conftest import Cli, Office

CUIT = "30-71659554-0"
NEW_PASSWORD = "gravel lantern 88 otter mosaic"


def init(cli: Cli, *more: str) -> None:
    cli.ok(
        *("init", "--email", "ada@desk.example", "--name", "Ada", "--password-stdin", "--country", "AR"),
        *("--allow-reserved-addresses", *more),
        stdin=PASSWORD + "\n",
    )


def login(cli: Cli, email: str, password: str = PASSWORD) -> None:
    cli.ok("login", "--email", email, "--password-stdin", stdin=password + "\n")


def code_in(folder: Path, address: str) -> str:
    """The one-time code of the newest mail to an address."""
    mails = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    ours = [
        text for path in mails if f"To: {address}" in (text := path.read_text()) or f"<{address}>" in text
    ]
    found = re.search(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){6}\b", ours[-1])
    assert found is not None
    return found[0]


def at(cli: Cli, tmp_path: Path, name: str) -> Cli:
    return Cli(cli.environ | {"SYSMO_STATE_DIR": str(tmp_path / name)}, cli._capture)


def test_a_desk_is_made_and_people_come_to_it(cli: Cli, tmp_path: Path):
    cli.environ["SYSMO_DATABASE_URL"] = f"sqlite:///{tmp_path}/new/desk.db"
    init(cli, "--topic", "Ventas", "--lang", "es")
    assert (tmp_path / "new" / "desk.db").stat().st_mode & 0o777 == 0o600
    login(cli, "ada@desk.example")
    assert [topic["slug"] for topic in cli.ok("topic", "list", "--json").json["items"]] == [
        "general",
        "ventas",
    ]

    eva = at(cli, tmp_path, "eva")
    registered = eva.ok(
        *("register", "--email", "eva@acme.example", "--name", "Eva", "--company", "Acme", "--tax-id", CUIT),
        *("--phone", "011 4321 1234", "--password-stdin"),
        stdin=NEW_PASSWORD + "\n",
    )
    assert str(tmp_path / "new" / "desk.db.mail") in registered.err
    assert eva("login", "--email", "eva@acme.example", "--password-stdin", stdin=NEW_PASSWORD).code == 3
    code = code_in(tmp_path / "new" / "desk.db.mail", "eva@acme.example")
    eva.ok("verify", code, "--password-stdin", stdin=NEW_PASSWORD + "\n")
    login(eva, "eva@acme.example", NEW_PASSWORD)
    assert eva.ok("whoami", "--json").json["role"] == "customer"
    eva.ok("profile", "edit", "--time-zone", "Europe/Madrid", "--name", "Eva Paz")
    assert eva.ok("profile", "show", "--json").json["time_zone"] == "Europe/Madrid"

    invited = cli.ok(
        *("account", "new", "--email", "luis@desk.example", "--name", "Luis", "--topic", "ventas", "--json")
    ).json
    assert set(invited) == {"email", "role", "invitation_code", "expires_at"}
    luis = at(cli, tmp_path, "luis")
    luis.ok("password", "reset", "--password-stdin", stdin=f"{invited['invitation_code']}\n{NEW_PASSWORD}\n")
    login(luis, "luis@desk.example", NEW_PASSWORD)
    assert luis.ok("whoami", "--json").json["role"] == "operator"


def test_a_desk_is_made_once(cli: Cli, tmp_path: Path):
    cli.environ["SYSMO_DATABASE_URL"] = f"sqlite:///{tmp_path}/desk.db"
    init(cli)
    again = cli("init", "--email", "x@desk.example", "--no-input")
    assert again.code == 6
    assert "login" in again.err


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("--email", "nonsense"), "--email"),
        (("--country", "Narnia"), "--country"),
        (("--lang", "xx"), "--lang"),
        (("--time-zone", "Mars"), "--time-zone"),
        (("--desk-name", "x" * 999), "--desk-name"),
        (("--name", ""), "--name"),
    ],
)
def test_a_mistake_leaves_no_half_a_desk(cli: Cli, tmp_path: Path, words: tuple[str, ...], option: str):
    cli.environ["SYSMO_DATABASE_URL"] = f"sqlite:///{tmp_path}/desk.db"
    usual = {"--email": "ada@desk.example", "--name": "Ada", "--country": "AR"} | dict([words])  # type: ignore[list-item]
    given = [word for pair in usual.items() for word in pair]
    ran = cli("init", *given, "--password-stdin", "--allow-reserved-addresses", stdin=PASSWORD)
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert option in ran.err
    assert not (tmp_path / "desk.db").exists()


def test_a_weak_password_is_refused_before_there_is_a_desk(cli: Cli, tmp_path: Path):
    cli.environ["SYSMO_DATABASE_URL"] = f"sqlite:///{tmp_path}/desk.db"
    ran = cli(
        *("init", "--email", "ada@desk.example", "--name", "Ada", "--password-stdin", "--country", "AR"),
        "--allow-reserved-addresses",
        stdin="short\n",
    )
    assert ran.code == 2
    assert not (tmp_path / "desk.db").exists()


def test_a_shared_desk_is_for_its_group(cli: Cli, tmp_path: Path):
    init(cli, "--shared", str(tmp_path / "shared"))
    assert (tmp_path / "shared" / "desk.db").stat().st_mode & 0o777 == 0o660
    assert (tmp_path / "shared").stat().st_mode & 0o7777 == 0o2770


def test_no_secret_is_asked_for_in_a_pipe(cli: Cli, small_office: Office):
    for words in (("login", "--email", "ada@desk.example"), ("password", "change"), ("password", "reset")):
        ran = small_office.admin(*words)
        assert ran.code == 2, words
        assert "--password-stdin" in ran.err


def test_signing_out_is_at_once(office: Office):
    operator = office.operator
    operator.ok("whoami")
    operator.ok("logout")
    assert operator("whoami").code == 3
    operator.ok("logout")


def test_sessions_are_listed_and_ended(office: Office):
    operator = office.operator
    office.cast.sign_in("luis")
    sessions = operator.ok("session", "list", "--json").json["items"]
    assert [each["is_current"] for each in sessions].count(True) == 1
    other = next(each["id"] for each in sessions if not each["is_current"])
    operator.ok("session", "revoke", str(other))
    assert len(operator.ok("session", "list", "--json").json["items"]) == 1
    assert operator("session", "revoke").code == 2
    assert office.customer("session", "revoke", str(sessions[0]["id"])).code == 4


def test_a_password_is_changed(small_office: Office):
    operator = small_office.operator
    operator.ok("password", "change", "--password-stdin", stdin=f"{PASSWORD}\n{NEW_PASSWORD}\n")
    operator.ok("whoami")
    assert operator("login", "--email", "luis@desk.example", "--password-stdin", stdin=PASSWORD).code == 3
    login(operator, "luis@desk.example", NEW_PASSWORD)


def test_what_a_stranger_is_told_does_not_depend_on_the_address(small_office: Office):
    visitor = Cli(small_office.environ, small_office._capture)
    answers = [
        visitor("password", "forgot", "--email", address)
        for address in ("carla@customer.example", "nobody@customer.example")
    ]
    said = [ran.out.replace("carla", "nobody") for ran in answers]
    assert said[0] == said[1]
    assert [ran.code for ran in answers] == [0, 0]


def test_the_locked_out_administrator_comes_back(office: Office):
    code = office.ok("recover", "--email", "ada@desk.example", "--json").json["code"]
    office.ok("password", "reset", "--password-stdin", stdin=f"{code}\n{NEW_PASSWORD}\n")
    login(office, "ada@desk.example", NEW_PASSWORD)
    assert office("recover", "--email", "carla@customer.example").code != 0


def test_administrators_keep_the_people(office: Office):
    admin = office.admin
    office.cast.operator()
    admin.ok("account", "role", "luis@desk.example", "manager")
    assert admin.ok("account", "show", "luis@desk.example", "--json").json["role"] == "manager"
    assert [a["email"] for a in admin.ok("account", "list", "lui", "--json").json["items"]] == [
        "luis@desk.example"
    ]
    reset = admin.ok("account", "reset-password", "luis@desk.example", "--yes", "--json").json
    assert reset["invitation_code"]
    assert admin("account", "disable", "luis@desk.example").code == 2
    admin.ok("account", "disable", "luis@desk.example", "--yes", "--release")
    admin.ok("account", "enable", "luis@desk.example")
    assert admin("account", "role", "ada@desk.example", "operator").code == 6
    assert office.customer("account", "list").code == 5
    kinds = [line["kind"] for line in admin.ok("audit", "list", "--json").json["items"]]
    assert {"role_changed", "account_disabled", "account_enabled"} <= set(kinds)
    assert all("code" not in line["detail"] for line in admin.ok("audit", "list", "--json").json["items"])
    assert admin.ok("audit", "list", "--since", "+1d", "--json").json["items"] == []


def test_what_leaves_the_desk_as_a_file_is_in_the_audit_log(office: Office):
    admin = office.admin
    admin.ok("account", "list")
    admin.ok("report", "team", "--json")
    assert admin.ok("audit", "list", "--kind", "exported", "--json").json["items"] == []
    admin.ok("account", "list", "--csv")
    office.operator.ok("report", "team", "--csv")
    admin.ok("config", "export")
    lines = admin.ok("audit", "list", "--kind", "exported", "--json").json["items"]
    assert [(line["actor"], line["detail"]["what"]) for line in lines] == [
        ("ada@desk.example", "configuration"),
        ("luis@desk.example", "report team"),
        ("ada@desk.example", "accounts"),
    ]


def test_topics_and_the_catalogue_are_kept(office: Office):
    admin = office.admin
    office.cast.operator()
    admin.ok("topic", "new", "Sales", "--operator", "luis@desk.example", "--private")
    admin.ok("topic", "edit", "sales", "--name", "Ventas", "--public")
    people = admin.ok("topic", "operators", "ventas", "--add", "ada@desk.example", "--json").json["items"]
    assert {each["email"] for each in people} == {"ada@desk.example", "luis@desk.example"}
    admin.ok("topic", "archive", "ventas")
    assert [t["slug"] for t in admin.ok("topic", "list", "--json").json["items"]] == ["general"]
    admin.ok("topic", "unarchive", "ventas")
    shown = office.customer.ok("topic", "show", "general", "--json").json
    assert set(shown) == {"slug", "name", "description"}

    admin.ok("status", "new", "At the supplier", "--category", "hold", "--label", "In progress")
    admin.ok("priority", "edit", "urgent", "--name", "Critical")
    admin.ok("type", "archive", "claim")
    assert "at-the-supplier" in admin.ok("status", "list").out
    assert "claim" not in admin.ok("type", "list").out
    assert office.operator("status", "new", "X", "--category", "hold").code == 5


def test_the_configuration_goes_out_and_comes_back(office: Office, tmp_path: Path):
    admin = office.admin
    admin.ok("config", "edit", "name", "Our desk")
    admin.ok("config", "edit", "mail_url", "-", stdin="smtp://u:hush@mail.example:587\n")
    shown = admin.ok("config", "show", "--json")
    assert shown.json["name"] == "Our desk"
    assert "hush" not in shown.out
    document = json.loads(admin.ok("config", "export").out)
    assert "hush" not in json.dumps(document)
    document["settings"]["name"] = "Another name"
    (tmp_path / "desk.json").write_text(json.dumps(document))
    planned = admin.ok("config", "apply", str(tmp_path / "desk.json"), "--dry-run", "--json").json["items"]
    assert [each["new"] for each in planned] == ["Another name"]
    admin.ok("config", "apply", str(tmp_path / "desk.json"))
    assert admin.ok("config", "show", "--json").json["name"] == "Another name"
    assert admin.ok("config", "apply", "-", "--json", stdin=json.dumps(document)).json["items"] == []
    assert admin("config", "apply", "-", stdin="[" * 100_000).code == 2
    assert office.operator("config", "show").code == 5


def test_companies_are_for_staff(small_office: Office):
    small_office.cast.customer("karl", company="Acme")
    listed = small_office.operator.ok("company", "list", "--json").json["items"]
    acme = next(each for each in listed if each["name"] == "Acme")
    small_office.admin.ok("company", "edit", str(acme["id"]), "--notes", "Pays late")
    assert small_office.operator.ok("company", "show", "Acme", "--json").json["notes"] == "Pays late"
    assert small_office.customer("company", "list").code == 5


def test_a_desk_is_copied_and_comes_back(cli: Cli, tmp_path: Path):
    cli.environ["SYSMO_DATABASE_URL"] = f"sqlite:///{tmp_path}/desk.db"
    init(cli)
    assert cli.ok("db", "status", "--json").json["tickets"] == 0
    cli.ok("db", "check")
    cli.ok("db", "check", "--rebuild")
    cli.ok("db", "upgrade", "--check")
    cli.ok("db", "upgrade")
    cli.ok("db", "backup", str(tmp_path / "copy"))
    assert cli("db", "backup", str(tmp_path / "copy")).code in (2, 6)
    assert cli("db", "restore", str(tmp_path / "copy")).code in (2, 6)
    cli.ok("db", "restore", str(tmp_path / "copy"), "--overwrite", "--yes")
    login(cli, "ada@desk.example")
    kinds = [line["kind"] for line in cli.ok("audit", "list", "--json").json["items"]]
    assert "restored" in kinds


def test_the_doctor_names_what_is_wrong(cli: Cli, tmp_path: Path):
    nothing = cli("doctor", "--json")
    assert nothing.code != 0
    cli.environ["SYSMO_DATABASE_URL"] = f"sqlite:///{tmp_path}/desk.db"
    init(cli)
    cli.ok("doctor")
    (tmp_path / "desk.db").chmod(0o666)
    unwell = cli("doctor", "--json")
    assert unwell.code != 0
    assert any("chmod" in each["advice"] for each in unwell.json["items"])


@pytest.mark.parametrize("chosen", [NEW_PASSWORD, "another lantern harbour 5"])
def test_a_script_verifies_with_the_password_of_the_form_or_a_new_one(office: Office, chosen: str):
    visitor = Cli(office.environ, office._capture)
    visitor.ok(
        *("register", "--email", "eva@acme.example", "--name", "Eva", "--company", "Acme", "--tax-id", CUIT),
        *("--phone", "011 4321 1234", "--password-stdin"),
        stdin=NEW_PASSWORD + "\n",
    )
    code = office.admin.ok("token", "reissue", "eva@acme.example", "--json").json["code"]
    verified = visitor.ok("verify", code, "--password-stdin", "--json", stdin=chosen + "\n")
    assert not verified.json["needs_password"]
    login(visitor, "eva@acme.example", chosen)


def test_pending_codes_are_made_anew(office: Office):
    visitor = Cli(office.environ, office._capture)
    visitor.ok(
        *("register", "--email", "eva@acme.example", "--name", "Eva", "--company", "Acme", "--tax-id", CUIT),
        *("--phone", "011 4321 1234", "--password-stdin"),
        stdin=NEW_PASSWORD + "\n",
    )
    admin = office.admin
    assert [each["email"] for each in admin.ok("token", "list", "--json").json["items"]] == [
        "eva@acme.example"
    ]
    code = admin.ok("token", "reissue", "eva@acme.example", "--json").json["code"]
    verified = visitor.ok("verify", code.lower(), "--json")
    assert verified.json["needs_password"]
    choose_code = re.findall(r"code: ([0-9A-Z-]{34})", verified.err)[0]
    assert visitor("login", "--email", "eva@acme.example", "--password-stdin", stdin=NEW_PASSWORD).code == 3
    visitor.ok("password", "reset", "--password-stdin", stdin=f"{choose_code}\n{NEW_PASSWORD}\n")
    login(visitor, "eva@acme.example", NEW_PASSWORD)
    assert visitor("verify", code).code == 2
    assert office.operator("token", "list").code == 5


def test_a_code_that_is_none_names_the_way_to_another(small_office: Office):
    wrong = small_office("verify", "0000-0000")
    assert (wrong.code, wrong.out, wrong.err.count("\n")) == (2, "", 1)
    assert "sysmo verify --resend --email EMAIL" in wrong.err
    given = f"0000-0000\n{PASSWORD}\n"
    ran = small_office("password", "reset", "--email", "eva@x.example", "--password-stdin", stdin=given)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "sysmo password forgot --email eva@x.example" in ran.err
