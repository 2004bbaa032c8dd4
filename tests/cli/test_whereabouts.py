from __future__ import annotations

from pathlib import Path

import pytest

from sysmo_tui.cli import whereabouts
from tests.cast import PASSWORD
from tests.cli.conftest import Cli

TABLE = "# comment\nAR\t-3436-05827\tAmerica/Argentina/Buenos_Aires\tBuenos Aires\nES\t+4024\tEurope/Madrid\n"


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that says nothing of where it is."""
    for name in ("LOCAL_TIME", "ZONE_NAME", "COUNTRIES_OF_ZONES"):
        monkeypatch.setattr(whereabouts, name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    ("environ", "country"),
    [
        ({"LANG": "es_AR.UTF-8"}, "AR"),
        ({"LC_ALL": "pt_BR", "LANG": "es_AR"}, "BR"),
        ({"LANG": "ca_ES@valencia"}, "ES"),
        ({"LANG": "es"}, ""),
        ({"LANG": "C.UTF-8"}, ""),
        ({"TZ": "Europe/Madrid"}, "ES"),
        ({"LANG": "C", "TZ": "UTC"}, ""),
    ],
)
def test_the_country_is_the_locales_else_the_time_zones(machine: Path, environ: dict[str, str], country: str):
    (machine / "COUNTRIES_OF_ZONES").write_text(TABLE)
    assert whereabouts.country_of(environ) == country


def test_the_time_zone_is_the_processs_else_the_machines_else_utc(machine: Path):
    assert whereabouts.time_zone_of({"TZ": "America/Lima"}) == "America/Lima"
    assert whereabouts.time_zone_of({"TZ": ":America/Lima"}) == "America/Lima"
    for nonsense in ("", "Mars/Phobos", "../../etc/passwd", "/etc/passwd", "<-03>3", "x\0y"):
        assert whereabouts.time_zone_of({"TZ": nonsense}) == "UTC"
    (machine / "ZONE_NAME").write_text("Europe/Madrid\n")
    assert whereabouts.time_zone_of({}) == "Europe/Madrid"
    (machine / "LOCAL_TIME").symlink_to("/usr/share/zoneinfo/America/Lima")
    assert whereabouts.time_zone_of({}) == "America/Lima"


@pytest.mark.parametrize(
    ("environ", "country"), [({"LANG": "es_AR.UTF-8"}, "AR"), ({"SYSMO_LANG": "es"}, "ES"), ({}, "US")]
)
def test_a_desk_is_made_without_asking_where_it_is(
    cli: Cli, tmp_path: Path, environ: dict[str, str], country: str
):
    cli.environ |= {"SYSMO_DATABASE_URL": f"sqlite:///{tmp_path}/desk.db"} | environ
    ran = cli.ok(
        *("init", "--no-input", "--email", "ada@desk.example", "--name", "Ada", "--password-stdin"),
        "--allow-reserved-addresses",
        stdin=PASSWORD,
    )
    assert f"config edit country {country}" in ran.err
    assert "UTC" in ran.err
    assert "config edit time_zone" in ran.err
