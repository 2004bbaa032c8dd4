from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from sysmo_tui import settings
from sysmo_tui.domain.enums import Theme
from sysmo_tui.domain.errors import Invalid


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_the_environment_wins_over_the_users_file_and_that_over_the_systems(tmp_path: Path):
    system = write(
        tmp_path / "system.toml",
        '[database]\nurl = "sqlite:////a"\n[mail]\nurl = "null:"\n[ui]\ntheme = "dark"\n',
    )
    own = write(tmp_path / "own.toml", '[database]\nurl = "sqlite:////b"\n[mail]\nurl = "file:///m"\n')
    environ = {"SYSMO_CONFIG": str(own), "SYSMO_DATABASE_URL": "sqlite:////c"}
    loaded = settings.load(environ, system_file=system)
    assert (loaded.database_url, loaded.mail_url, loaded.theme) == ("sqlite:////c", "file:///m", Theme.DARK)


def test_settings_of_the_machine_that_are_not_for_this_user_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    system = write(tmp_path / "system.toml", '[database]\nurl = "sqlite:////a"\n[ui]\nkiosk = true\n')
    assert settings.load({}, system_file=system).is_kiosk
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != system and allowed(path, mode))
    monkeypatch.setattr(Path, "read_bytes", _refuses)
    loaded = settings.load({"SYSMO_DESK": "ssh://sysmo@desk.example"}, system_file=system)
    assert (str(loaded.desk), loaded.is_kiosk) == ("ssh://sysmo@desk.example", False)


def _refuses(path: Path) -> bytes:
    raise PermissionError(13, "Permission denied", str(path))


def test_without_anything_the_desk_lies_in_the_users_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    loaded = settings.load({}, system_file=tmp_path / "none.toml")
    assert loaded.database_url.endswith("/sysmo/desk.db")
    assert loaded.demo_url.endswith("/sysmo/demo.db")
    assert loaded.log_path.is_relative_to(loaded.state_dir)


def test_any_setting_can_be_given_as_section_and_key(tmp_path: Path):
    environ = {"SYSMO_UI__THEME": "light", "SYSMO_KEYS__CLOSE": "ctrl+x", "SYSMO_STATE__DIR": str(tmp_path)}
    loaded = settings.load(environ, system_file=tmp_path / "none.toml")
    assert (loaded.theme, dict(loaded.keys), loaded.state_dir) == (
        Theme.LIGHT,
        {"close": "ctrl+x"},
        tmp_path,
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[database]\nulr = "x"\n', "database.url"),
        ('[databse]\nurl = "x"\n', "database.url"),
        ('theme = "dark"\n', "no setting theme"),
        ("[ui]\ntheme = 3\n", "must be a text"),
        (
            '[ui]\ntheme = "solarized"\n',
            "cannot be “solarized”. Choose one of: dark, light, contrast, colour-blind, terminal.",
        ),
        ('[ui]\nkiosk = "perhaps"\n', "true or false"),
        ("[ui\n", "not TOML"),
        ("[door]\nsessions = 0\n", "door.sessions must be a number from 1 to 10000"),
        ("[door]\nsource_sessions = true\n", "door.source_sessions must be a number"),
        ('[door]\naccount_sessions = "many"\n', "door.account_sessions must be a number"),
    ],
)
def test_a_mistake_in_a_file_is_one_clear_line(tmp_path: Path, text: str, said: str):
    own = write(tmp_path / "own.toml", text)
    with pytest.raises(Invalid) as refusal:
        settings.load({"SYSMO_CONFIG": str(own)}, system_file=tmp_path / "none.toml")
    assert said in str(refusal.value)


def test_how_many_come_through_the_door_is_set_by_numbers(tmp_path: Path):
    own = write(tmp_path / "own.toml", "[door]\nsessions = 300\nsource_sessions = 50\n")
    loaded = settings.load(
        {"SYSMO_CONFIG": str(own), "SYSMO_DOOR__ACCOUNT_SESSIONS": "3"}, system_file=tmp_path / "none.toml"
    )
    counts = (loaded.door_sessions, loaded.door_sessions_of_source, loaded.door_sessions_of_account)
    assert counts == (300, 50, 3)


def test_a_typo_in_a_variable_names_the_right_one(tmp_path: Path):
    with pytest.raises(Invalid) as refusal:
        settings.load({"SYSMO_MAIL__ULR": "null:"}, system_file=tmp_path / "none.toml")
    assert str(refusal.value).startswith(
        "SYSMO_MAIL__ULR: there is no setting mail.ulr. Did you mean mail.url?"
    )


def test_a_settings_file_that_is_named_must_exist(tmp_path: Path):
    with pytest.raises(Invalid) as refusal:
        settings.load({"SYSMO_CONFIG": str(tmp_path / "none")}, system_file=tmp_path / "none.toml")
    assert str(tmp_path / "none") in str(refusal.value)


def test_secrets_are_not_in_the_repr(tmp_path: Path):
    environ = {"SYSMO_DATABASE_URL": "postgresql://u:hush@h/d", "SYSMO_MAIL_PASSWORD": "hush"}
    assert "hush" not in repr(settings.load(environ, system_file=tmp_path / "none.toml"))


@pytest.mark.parametrize(("value", "is_slow"), [("true", True), ("1", True), ("False", False)])
def test_slow_connections_are_a_yes_or_no(tmp_path: Path, value: str, is_slow: bool):
    assert settings.load({"SYSMO_UI__SLOW": value}, system_file=tmp_path / "none.toml").is_slow is is_slow
    own = write(tmp_path / "own.toml", f"[ui]\nslow = {str(is_slow).lower()}\n")
    assert settings.load({"SYSMO_CONFIG": str(own)}, system_file=tmp_path / "none.toml").is_slow is is_slow
    with pytest.raises(Invalid, match="true or false"):
        settings.load({"SYSMO_UI__SLOW": "perhaps"}, system_file=tmp_path / "none.toml")


def test_a_mailboxs_secrets_come_from_the_file_and_the_environment(tmp_path: Path):
    own = write(
        tmp_path / "own.toml",
        '[mailbox.sales-eu]\npassword = "from-the-file"\ntoken_command = "token-of sales"\n'
        '[mailbox.support]\ntoken_url = "https://login.example/token"\nrefresh_token = "r-77"\n',
    )
    environ = {
        "SYSMO_CONFIG": str(own),
        "SYSMO_STATE_DIR": str(tmp_path / "state"),
        "SYSMO_MAILBOX_PASSWORD": "for-the-only-one",
        "SYSMO_MAILBOX__SALES_EU__PASSWORD": "from-the-environment",
    }
    loaded = settings.load(environ, system_file=tmp_path / "none.toml")
    made = partial(settings.MailboxAccess, kept_in=tmp_path / "state" / "mailboxes")
    assert loaded.mailboxes == {
        "": made(password="for-the-only-one"),
        "sales-eu": made(password="from-the-environment", token_command="token-of sales"),
        "support": made(token_url="https://login.example/token", refresh_token="r-77"),
    }
    assert all(each.is_ready for each in loaded.mailboxes.values())
    for secret in ("for-the-only-one", "from-the", "token-of", "r-77"):
        assert secret not in repr(loaded) + repr(loaded.mailboxes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[mailbox.support]\npasswrod = "hunter2"\n', "Did you mean mailbox.support.password?"),
        ("[mailbox.support]\npassword = 7\n", "mailbox.support.password must be a text"),
        ('[mailbox.support.more]\nhost = "x"\n', "there is no setting mailbox.support.more"),
    ],
)
def test_a_mistake_about_a_mailbox_is_one_clear_line(tmp_path: Path, text: str, said: str):
    own = write(tmp_path / "own.toml", text)
    with pytest.raises(Invalid) as refusal:
        settings.load({"SYSMO_CONFIG": str(own)}, system_file=tmp_path / "none.toml")
    assert said in str(refusal.value)
    assert "hunter2" not in str(refusal.value)
