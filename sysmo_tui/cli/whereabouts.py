"""Where this machine says that it is: its country and its time zone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

LOCAL_TIME = Path("/etc/localtime")
ZONE_NAME = Path("/etc/timezone")
COUNTRIES_OF_ZONES = Path("/usr/share/zoneinfo/zone.tab")
"""The time zone database's own list: country, coordinates and zone, a line each."""

LIKELY = {"en": "US", "es": "ES"}
"""The country of a language that comes without one, as the Unicode CLDR's likely subtags say."""


def country_of(environ: Mapping[str, str]) -> str:
    """The country of the locale, as in ``es_AR.UTF-8``, else of the time zone; "" when neither tells."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        territory = environ.get(name, "").partition(".")[0].partition("@")[0].partition("_")[2]
        if len(territory) == 2 and territory.isalpha():
            return territory.upper()
    zone = time_zone_of(environ)
    return next((country for country, theirs in _zones() if theirs == zone), "")


def time_zone_of(environ: Mapping[str, str]) -> str:
    """The time zone of this process, by name; UTC when the system names none."""
    target = os.path.realpath(LOCAL_TIME).partition("/zoneinfo/")[2]
    wishes = (environ.get("TZ", "").removeprefix(":"), target, _first_line(ZONE_NAME))
    return next((name for name in wishes if _is_zone(name)), "UTC")


def _is_zone(name: str) -> bool:
    try:
        return bool(name) and ZoneInfo(name).key == name
    except (LookupError, ValueError, OSError):
        return False


def _zones() -> Iterator[tuple[str, str]]:
    for line in _text(COUNTRIES_OF_ZONES).splitlines():
        fields = line.split("\t")
        if len(fields) >= 3 and not line.startswith("#"):
            yield fields[0], fields[2]


def _first_line(path: Path) -> str:
    return _text(path).partition("\n")[0].strip()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
