"""The same program on somebody's own machine: verbs run at the desk, files stay where they are."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cast import PASSWORD, Cast
from tests.door.own_machine import OwnMachine, across, beside
from tests.door.sshd import Sshd
from tests.door.warm import Warm
from tests.keys_of_people import bind, public_line

REAL_SSH = {"PATH": os.environ["PATH"]}


@pytest.fixture
def config(people: Cast, sqlite_url: str, tmp_path: Path) -> Path:
    """The settings of the desk's machine, for its door."""
    path = tmp_path / "door.toml"
    path.write_text(f'[database]\nurl = "{sqlite_url}"\n[state]\ndir = "{tmp_path}/door-state"\n')
    return path


@pytest.fixture
def stranger(warm: Warm, config: Path, tmp_path: Path) -> OwnMachine:
    """The machine of somebody whom the desk does not know."""
    return beside(warm, tmp_path / "stranger", "stranger", config)


@pytest.fixture
def customer(warm: Warm, config: Path, tmp_path: Path, people: Cast) -> OwnMachine:
    """The machine of carla, whose key is bound."""
    machine = beside(warm, tmp_path / "carla", "carla", config)
    bind(people.customer(), machine.key)
    return machine


@pytest.fixture
def operator(warm: Warm, config: Path, tmp_path: Path, people: Cast) -> OwnMachine:
    """The machine of luis, whose key is bound."""
    machine = beside(warm, tmp_path / "luis", "luis", config)
    bind(people.operator(), machine.key)
    return machine


@pytest.fixture
def far_customer(sshd: Sshd, warm: Warm, people: Cast, tmp_path: Path) -> OwnMachine:
    """The machine of carla, with a real connection between it and the desk."""
    machine = across(warm, tmp_path / "far", sshd)
    bind(people.customer(), machine.key)
    return machine


def _filed(customer: OwnMachine, *words: str, stdin: bytes = b"") -> int:
    filed = customer.ok(
        "ticket", "new", "--topic", "general", "--subject", "No sound", "--json", *words, stdin=stdin
    )
    return int(filed.json["number"])


def test_who_one_is_over_there_and_where_that_is(customer: OwnMachine):
    shown = customer.ok("whoami").text
    assert "carla@customer.example" in shown
    assert customer.environ["SYSMO_DESK"] in shown
    assert "sqlite" not in shown
    assert customer.ok("whoami", "--json").json["address"] == customer.environ["SYSMO_DESK"]


def test_a_ticket_travels_with_its_files_and_comes_back_byte_for_byte(customer: OwnMachine):
    photo, log = os.urandom(700_000), b"\x00\xff not text \x1b[2J"
    (customer.folder / "my photo.png").write_bytes(photo)
    (customer.folder / "log").mkdir()
    (customer.folder / "log" / "-a.log").write_bytes(log)
    (customer.folder / "body.md").write_text("It's quiet.\nSince ¡today!\n")
    number = _filed(customer, "--body-file", "body.md", "--attach", "my photo.png", "--attach", "log/-a.log")
    entry = customer.ok("ticket", "show", str(number), "--json").json["entries"][0]
    assert entry["body"] == "It's quiet.\nSince ¡today!"
    files = customer.ok("ticket", "files", str(number), "--json").json["items"]
    assert [each["filename"] for each in files] == ["my photo.png", "-a.log"]

    customer.ok("ticket", "download", str(number), "-o", "got")
    saved = customer.folder / "got" / "my photo.png"
    assert saved.read_bytes() == photo
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert {path.name for path in saved.parent.iterdir()} == {"my photo.png", "_a.log"}
    again = customer.ok("ticket", "download", str(number), "-o", "got", "--json").json["items"]
    assert sorted(Path(each["path"]).name for each in again) == ["_a-2.log", "my photo-2.png"]
    piped = customer.ok("ticket", "download", str(number), files[1]["key"])
    assert piped.out == log


def test_a_file_on_standard_input_goes_as_it_is(customer: OwnMachine):
    number = _filed(customer, "--body-file", "-", stdin=b"From a pipe")
    content = os.urandom(300_000)
    customer.ok("ticket", "attach", str(number), "-", "--name", "p.bin", stdin=content)
    document = customer.ok("ticket", "show", str(number), "--json").json
    assert document["entries"][0]["body"] == "From a pipe"
    [file] = document["entries"][1]["attachments"]
    assert (file["filename"], file["sha256"]) == ("p.bin", hashlib.sha256(content).hexdigest())


def test_a_text_that_fits_no_line_follows_like_a_file(customer: OwnMachine):
    text = "\n".join(f"{number}. 'quoted' \"twice\" $HOME `id` \\" for number in range(400))
    number = _filed(customer, "--body", text)
    assert customer.ok("ticket", "show", str(number), "--json").json["entries"][0]["body"] == text


def test_what_is_typed_arrives_as_it_was_typed(operator: OwnMachine, customer: OwnMachine):
    subject = 'a\'b "c" $(id) `id` \\ ; | & > x * ? ~ ¡ñ! 日本'
    filed = customer.ok("ticket", "new", "--topic", "general", "--subject", subject, "--body", "-x", "--json")
    found = operator.ok("ticket", "list", "a'b", "-nothing", "--json").json["items"]
    assert [each["subject"] for each in found if each["number"] == filed.json["number"]] == [subject]


def test_a_file_that_is_none_is_refused_before_anything_is_sent(customer: OwnMachine):
    os.mkfifo(customer.folder / "pipe")
    for path, reason in (
        ("missing.png", "No such file"),
        ("pipe", "not an ordinary file"),
        (".", "ordinary"),
    ):
        ran = customer("ticket", "attach", "1", path, SYSMO_DESK="ssh://nobody@127.0.0.1:1")
        assert ran.code == 2
        assert reason in ran.err


def test_refusals_and_exit_codes_are_those_of_the_desk(customer: OwnMachine, stranger: OwnMachine):
    missing = customer("ticket", "show", "9999", "--json")
    assert (missing.code, missing.json["error"]["code"]) == (4, "not_found")
    assert missing.err.count("\n") == 1
    assert stranger("ticket", "list").code == 3
    assert customer("account", "list").code == 5
    assert customer("ticket", "download", "9999", "-o", "got").code == 4
    assert not (customer.folder / "got").exists()
    assert customer("ticket", "lst").code == 2


def test_a_desk_that_cannot_be_reached_is_one_line(customer: OwnMachine):
    for address in ("ssh://sysmo@127.0.0.1:1", "ssh://sysmo@does-not-exist.invalid"):
        ran = customer("ticket", "list", "--json", SYSMO_DESK=address, **REAL_SSH)
        assert (ran.code, ran.json["error"]["code"]) == (7, "unavailable")
        assert ran.err.count("\n") == 1
        assert address in ran.err


def test_a_host_that_is_not_known_is_told_nothing(far_customer: OwnMachine):
    known = far_customer.folder / "ssh_config"
    known.write_text(known.read_text().replace("UserKnownHostsFile", "UserKnownHostsFile /dev/null\n#"))
    ran = far_customer("ticket", "list")
    assert (ran.code, ran.err.count("\n")) == (7, 1)
    assert "Host key verification failed" in ran.err
    assert f"sysmo connect {far_customer.environ['SYSMO_DESK']}" in ran.err


def test_a_host_that_has_another_key_than_before_is_told_apart(far_customer: OwnMachine):
    settings, known = far_customer.folder / "ssh_config", far_customer.folder / "known_hosts"
    name = far_customer.environ["SYSMO_DESK"].partition("@")[2].replace("127.0.0.1", "[127.0.0.1]")
    known.write_text(f"{name} {' '.join(public_line('another').split()[:2])}\n")
    settings.write_text(f"UserKnownHostsFile {known}\n{settings.read_text()}")
    ran = far_customer("ticket", "list")
    assert (ran.code, ran.err.count("\n")) == (7, 1)
    assert f"ssh-keygen -R '{name}'" in ran.err


def test_who_has_no_key_to_show_hears_how_to_get_one(far_customer: OwnMachine):
    settings = far_customer.folder / "ssh_config"
    settings.write_text(settings.read_text().replace("IdentityFile ", "IdentityFile none\n#"))
    ran = far_customer("ticket", "list")
    assert (ran.code, ran.err.count("\n")) == (7, 1)
    assert "Permission denied" in ran.err
    assert f"sysmo connect {far_customer.environ['SYSMO_DESK']}" in ran.err


def test_a_revoked_key_opens_nothing_from_then_on(customer: OwnMachine):
    customer.ok("ticket", "list")
    customer.ok("key", "revoke", customer.key.fingerprint, "--yes")
    assert customer("ticket", "list").code == 3


def test_what_is_of_this_machine_stays_here(customer: OwnMachine):
    for words in (("db", "status"), ("worker", "--once"), ("recover", "--email", "x@y.example")):
        ran = customer(*words)
        assert ran.code == 2
        assert customer.environ["SYSMO_DESK"] in ran.err
    assert customer("whoami", "--demo").code == 2
    assert customer("ticket", "new", "--help").text.startswith("Usage: sysmo ticket new")


def test_the_doctor_looks_at_the_way_to_the_desk(customer: OwnMachine, stranger: OwnMachine):
    names = {each["name"]: each for each in customer("doctor", "--json").json["items"]}
    assert names["Desk"]["health"] == "good"
    assert "carla@customer.example" in names["Session"]["text"]
    found = {each["name"]: each for each in stranger("doctor", "--json").json["items"]}
    assert "sysmo connect" in found["Session"]["advice"]
    lost = customer("doctor", SYSMO_DESK="ssh://sysmo@127.0.0.1:1", **REAL_SSH)
    assert lost.code == 2
    assert "127.0.0.1:1" in lost.text


def test_connecting_binds_the_key_and_remembers_the_desk(stranger: OwnMachine, people: Cast):
    address = stranger.environ.pop("SYSMO_DESK")
    people.customer("dora")
    config = stranger.folder / "config.toml"
    config.write_text('# mine\n[ui]\ntheme = "contrast"\n')
    around = {"SYSMO_CONFIG": str(config)}
    done = stranger.ok(
        "connect",
        address,
        "--email",
        "dora@customer.example",
        "--password-stdin",
        "--json",
        stdin=PASSWORD.encode() + b"\n",
        **around,
    )
    assert done.json["email"] == "dora@customer.example"
    assert config.read_text().startswith('# mine\n[ui]\ntheme = "contrast"\n')
    assert stranger.ok("whoami", "--json", **around).json["email"] == "dora@customer.example"


def test_completion_asks_over_there_and_is_silent_otherwise(customer: OwnMachine, stranger: OwnMachine):
    asks = {"_SYSMO_COMPLETE": "complete_bash", "COMP_WORDS": "sysmo ticket new --topic g", "COMP_CWORD": "4"}
    assert customer("", **asks).text.split() == ["general"]
    lost = asks | {"SYSMO_DESK": "ssh://sysmo@127.0.0.1:1"} | REAL_SSH
    for silent in (stranger("", **asks), customer("", **lost)):
        assert (silent.text.strip(), silent.err) == ("", "")


def test_files_go_over_a_real_connection_and_come_back(far_customer: OwnMachine):
    content = os.urandom(1_500_000)
    (far_customer.folder / "photo.png").write_bytes(content)
    number = _filed(far_customer, "--body", "It\nis quiet.", "--attach", "photo.png")
    assert far_customer.ok("ticket", "download", str(number), "photo.png").out == content
    assert far_customer("ticket", "show", "9999").code == 4


def test_two_verbs_share_a_connection_when_they_may(far_customer: OwnMachine, sshd: Sshd):
    with _runtime_folder() as folder:
        shared = {"XDG_RUNTIME_DIR": folder, "SYSMO_DESK__SHARE_CONNECTION": "true"}
        far_customer.ok("whoami", **shared)
        far_customer.ok("whoami", **shared)
        [socket] = Path(folder, "sysmo").iterdir()
        assert stat.S_ISSOCK(socket.lstat().st_mode)
        assert sshd.log.count("Accepted publickey") == 1
        subprocess.run(["ssh", "-O", "exit", "-S", str(socket), "x"], capture_output=True, check=True)


@contextmanager
def _runtime_folder() -> Iterator[str]:
    # The path of a socket is short, and pytest's folders are not.
    with tempfile.TemporaryDirectory(prefix="sysmo-") as folder:
        yield folder
