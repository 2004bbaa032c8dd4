from __future__ import annotations

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk, Door, Work
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import Category, Channel, Role
from sysmo_tui.domain.errors import Conflict, NoDesk, NotSignedIn
from sysmo_tui.models import Priority, Status, TicketType, Topic, table
from sysmo_tui.services import desk_settings, setup
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock

GIVEN = {
    "desk_name": "Acme  desk",
    "language": "es",
    "country": "ar",
    "time_zone": "America/Argentina/Buenos_Aires",
    "admin_email": "Root@ACME.com.ar",
    "admin_name": "Root",
    "password_hash": None,
}


def the_desk_itself(store: Store) -> Door:
    return Door(Desk(store, clock=Clock()), Caller(Channel.CLI, is_desk=True))


def test_a_new_desk_has_its_catalogue_and_the_topic_general_served_by_its_first_administrator(store: Store):
    door = the_desk_itself(store)
    founded = door.write(setup.found, **GIVEN, topics=["Ventas y Facturación", "GENERAL"])

    assert founded.topics == ("General", "Ventas y Facturación")
    assert founded.admin_email == "Root@acme.com.ar"

    def look(work: Work) -> tuple[list[str], dict[Category, bool], list[int], int]:
        run = work.session.execute
        return (
            list(run(sa.select(table(Topic).c.slug).order_by(table(Topic).c.position)).scalars()),
            {row.category: row.is_default for row in run(sa.select(table(Status)))},
            list(run(sa.select(table(Priority).c.level).order_by(table(Priority).c.level)).scalars()),
            len(run(sa.select(table(TicketType))).all()),
        )

    slugs, defaults, levels, types = door.read(look)
    assert slugs == ["general", "ventas-y-facturacion"]
    assert defaults == dict.fromkeys(Category, True)
    assert levels == [1, 2, 3, 4]
    assert types == 6
    settings = door.read(desk_settings.load)
    assert (settings.name, settings.country, settings.language) == ("Acme  desk", "AR", "es")
    assert settings.mail_key not in repr(settings)


def test_a_desk_is_set_up_once(store: Store):
    door = the_desk_itself(store)
    door.write(setup.found, **GIVEN)
    with pytest.raises(Conflict):
        door.write(setup.found, **GIVEN)


def test_only_the_desk_itself_sets_up(store: Store):
    visitor = Door(Desk(store), Caller(Channel.CLI))
    with pytest.raises(NotSignedIn):
        visitor.write(setup.found, **GIVEN)


def test_a_database_without_a_desk_says_so(store: Store):
    with pytest.raises(NoDesk):
        the_desk_itself(store).read(desk_settings.load)


def test_the_cast_can_act(cast: Cast, admin: Door, operator: Door, customer: Door):
    assert admin.read(lambda work: work.actor.role) is Role.ADMIN
    assert len(operator.read(lambda work: work.actor.topics)) == 1
    assert customer.read(lambda work: work.actor.email) == "carla@customer.example"
