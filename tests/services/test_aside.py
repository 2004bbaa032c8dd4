"""Reports on a real hot standby, and on the desk when that is no good."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui.app import SysmoApp
from sysmo_tui.cli.main import run
from sysmo_tui.cli.session_file import SessionFile
from sysmo_tui.desk import Desk, Door, Work
from sysmo_tui.domain.errors import Forbidden, Invalid, NotSignedIn, Unavailable
from sysmo_tui.domain.measures import Report, Summary
from sysmo_tui.services import desk_settings, reports, sessions
from sysmo_tui.services.aside import aside
from sysmo_tui.services.reports import Ask
from sysmo_tui.storage import standby
from sysmo_tui.storage.engine import Store, open_store
from sysmo_tui.storage.failures import explained
from tests.cast import Cast
from tests.databases import PostgresqlServer
from tests.screens.conftest import Kept
from tests.screens.test_report import open_report
from tests.services import requests as ask
from tests.standbys import HotStandby, hot_standby
from tests.waiting import until

TODAY = Ask(range="today")
IN_RECOVERY = sa.text("SELECT pg_is_in_recovery()")


@pytest.fixture(scope="module")
def there(postgres_server: PostgresqlServer) -> Iterator[HotStandby]:
    with hot_standby(postgres_server) as running:
        yield running


@pytest.fixture
def store(postgresql_url: str, there: HotStandby) -> Iterator[Store]:
    """A desk on the server, whose reports are read on the standby."""
    opened = open_store(postgresql_url)
    opened.standby = standby.Standby(standby.address(there.url(postgresql_url)))
    yield opened
    opened.close()


@pytest.fixture
def cast(store: Store) -> Cast:
    """People of the desk, whose clock is that of the servers."""
    people = Cast(Desk(store))
    people.found()
    return people


def is_read_there(work: Work) -> bool:
    return bool(work.session.scalar(IN_RECOVERY))


def summary(cast: Cast, door: Any = None) -> Report[Summary]:
    return (door or cast.admin()).read(aside(cast.desk, reports.summary), TODAY)


def test_reports_are_read_on_the_standby_as_whoever_asks(cast: Cast, store: Store, there: HotStandby):
    ask.file(cast.customer())
    operator = cast.operator()
    there.catch_up(store.url)
    assert operator.read(aside(cast.desk, is_read_there))
    assert not operator.read(is_read_there)
    for use_case in (reports.summary, reports.team, reports.volume, reports.topics, reports.satisfaction):
        beside = operator.read(aside(cast.desk, use_case), TODAY)
        here = operator.read(use_case, TODAY)
        assert (beside.now, beside.scope) == (here.now, here.scope)
    assert summary(cast).now.received == 1


def test_who_may_ask_is_decided_on_the_desk_itself(cast: Cast, store: Store, there: HotStandby):
    operator, customer = cast.operator(), cast.customer()
    there.catch_up(store.url)
    with there.held_back(store.url):
        operator.write(sessions.sign_out)
        with pytest.raises(NotSignedIn):
            summary(cast, operator)
        new = cast.sign_in("luis")
        assert summary(cast, new).now.received == 0
    with pytest.raises(Forbidden):
        summary(cast, customer)
    with pytest.raises(Invalid):
        cast.admin().read(aside(cast.desk, reports.summary), Ask(range="whenever"))


def test_what_is_behind_says_of_when_it_is(cast: Cast, store: Store, there: HotStandby):
    customer, admin = cast.customer(), cast.admin()
    there.catch_up(store.url)
    before = datetime.now(UTC)
    with there.held_back(store.url):
        ask.file(customer)
        report = summary(cast, admin)
        assert report.now.received == 0
        assert report.at < before
        assert admin.read(reports.summary, TODAY).now.received == 1
    there.catch_up(store.url)
    assert summary(cast, admin).now.received == 1


def test_what_is_far_behind_is_not_asked(
    cast: Cast, store: Store, there: HotStandby, monkeypatch: pytest.MonkeyPatch
):
    customer, admin = cast.customer(), cast.admin()
    there.catch_up(store.url)
    monkeypatch.setattr(standby, "LONGEST_LAG", timedelta(0))
    with there.held_back(store.url):
        ask.file(customer)
        assert summary(cast, admin).now.received == 1


def test_without_the_standby_the_desk_answers_and_it_is_left_alone_for_a_while(
    cast: Cast, store: Store, there: HotStandby, monkeypatch: pytest.MonkeyPatch
):
    admin, customer = cast.admin(), cast.customer()
    there.catch_up(store.url)
    assert admin.read(aside(cast.desk, is_read_there))
    with there.away():
        ask.file(customer)
        assert summary(cast, admin).now.received == 1
    assert not admin.read(aside(cast.desk, is_read_there))
    there.catch_up(store.url)
    monkeypatch.setattr(store.standby, "_away_until", 0.0)
    assert admin.read(aside(cast.desk, is_read_there))


def test_a_query_that_the_standby_cancels_is_answered_by_the_desk(
    cast: Cast, store: Store, there: HotStandby
):
    admin = cast.admin()
    there.catch_up(store.url)
    tried = []

    def disturbed(work: Work) -> bool:
        here = is_read_there(work)
        tried.append(here)
        if here:
            work.session.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return here

    assert admin.read(aside(cast.desk, disturbed)) is False
    assert tried == [True, False]


def test_what_nobody_waits_for_is_asked_nowhere_else(cast: Cast, store: Store, there: HotStandby):
    admin = cast.admin()
    there.catch_up(store.url)
    tried, is_over = [], threading.Event()

    def slow(work: Work) -> None:
        tried.append(is_read_there(work))
        work.session.execute(sa.text("SELECT pg_sleep(20)"))

    def stop() -> None:
        while not is_over.wait(0.05):
            store.interrupt_all()

    stopper = threading.Thread(target=stop)
    stopper.start()
    try:
        with pytest.raises(Unavailable, match="stopped"):
            admin.read(aside(cast.desk, slow))
    finally:
        is_over.set()
        stopper.join()
    assert tried == [True]


def test_another_desks_standby_is_not_asked(
    cast: Cast, store: Store, there: HotStandby, postgres_server: PostgresqlServer
):
    with postgres_server.fresh() as other:
        there.catch_up(other)
        store.standby = standby.Standby(standby.address(there.url(other)))
        assert not cast.admin().read(aside(cast.desk, is_read_there))
        store.standby.close()


def test_a_copy_of_the_desk_that_went_on_by_itself_is_not_asked(
    postgresql_url: str, there: HotStandby, postgres_server: PostgresqlServer
):
    with closing(open_store(postgresql_url)) as store:
        cast = Cast(Desk(store))
        cast.found()
        admin, customer = cast.admin().caller, cast.customer().caller
    with (
        postgres_server.fresh(template=sa.make_url(postgresql_url).database or "") as other,
        closing(open_store(postgresql_url)) as store,
        closing(open_store(other)) as copied,
    ):
        desk = Desk(store)
        store.standby = standby.Standby(standby.address(there.url(other)))
        there.catch_up(other)
        assert Door(desk, admin).read(aside(desk, is_read_there))
        for each in (desk, Desk(copied)):
            ask.file(Door(each, customer))
        there.catch_up(other)
        assert not Door(desk, admin).read(aside(desk, is_read_there))


def test_the_desk_itself_is_no_standby(cast: Cast, store: Store):
    store.standby = standby.Standby(standby.address(store.url))
    with (
        pytest.raises(standby.Unfit, match="follows none"),
        explained(),
        store.reading() as session,
        store.standby.reading(session),
    ):
        pass
    assert not cast.admin().read(aside(cast.desk, is_read_there))


def test_only_a_server_can_have_a_standby():
    with pytest.raises(Invalid) as refused:
        standby.address("sqlite:////somewhere/desk.db")
    assert refused.value.field == "report_url"


def test_commands_and_screens_show_what_the_standby_has(
    cast: Cast, store: Store, there: HotStandby, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    admin, customer = cast.admin(), cast.customer()
    environ = {
        "SYSMO_DATABASE_URL": store.url,
        "SYSMO_REPORT_DATABASE_URL": there.url(store.url),
        "SYSMO_CONFIG": str(tmp_path / "config.toml"),
        "SYSMO_STATE_DIR": str(tmp_path),
        "SYSMO_LANG": "en",
    }
    (tmp_path / "config.toml").touch()
    assert admin.caller.secret is not None
    SessionFile(tmp_path, admin.read(desk_settings.load).uuid).save(admin.caller.secret)

    def received(**more: str) -> tuple[int, str]:
        assert run(["report", "volume", "--range", "today", "--json"], environ | more) == 0
        said = capsys.readouterr()
        return json.loads(said.out)["received"], said.err

    there.catch_up(store.url)
    with there.held_back(store.url):
        ask.file(customer)
        assert received() == (0, "")
        assert received(SYSMO_REPORT_DATABASE_URL="") == (1, "")
        app = SysmoApp(cast.desk, session=Kept(admin.caller.secret), environ={})
        asyncio.run(_see_report(app, "0"))
    there.catch_up(store.url)
    assert received() == (1, "")
    # The server writes something of its own now and then.
    level = ("good", "Reports are read on the standby, which is level.")
    until(lambda: _standby_found(environ, capsys) == level)
    nowhere = {"SYSMO_REPORT_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/desk"}
    assert received(**nowhere) == (1, "")
    health, text = _standby_found(environ | nowhere, capsys)
    assert health == "warning"
    assert text.startswith(
        "Reports are read on the desk itself, not on the standby. The database server cannot"
    )
    assert run(["report"], environ | {"SYSMO_REPORT_DATABASE_URL": "sqlite:////x/desk.db"}) == 2
    assert "standby" in capsys.readouterr().err


def _standby_found(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """What the doctor says of it."""
    run(["doctor", "--json"], environ)
    found = {each["name"]: each for each in json.loads(capsys.readouterr().out)["items"]}
    return found["Standby"]["health"], found["Standby"]["text"]


async def _see_report(app: SysmoApp, received: str) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_report(pilot, "as of")
        report = screen._report
        assert report is not None
        assert str(report.now.received) == received
