"""The migrations give exactly the models, and only what is a desk of this version is opened."""

import pytest
import sqlalchemy as sa
from alembic import command

from sysmo_tui.domain.errors import Conflict, Invalid, NoDesk
from sysmo_tui.storage import schema
from sysmo_tui.storage.engine import Store, parse


def test_the_migrations_give_exactly_the_models(store_url: str):
    with schema.migrating(parse(store_url)) as connection:
        command.check(schema.alembic_config(connection))


def test_a_new_desk_is_of_this_version(store: Store):
    schema.check(store)


@pytest.mark.parametrize(("found", "told"), [("0000", "sysmo db upgrade"), ("9999", "newer version")])
def test_a_desk_of_another_version_is_refused_with_what_to_do(store: Store, found: str, told: str):
    with store.writing() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = :found"), {"found": found})
    with pytest.raises(Invalid, match=told):
        schema.check(store)


def test_a_database_without_our_tables_is_no_desk(store: Store):
    with store.writing() as session:
        session.execute(sa.text("DROP TABLE alembic_version"))
    with pytest.raises(NoDesk):
        schema.check(store)


def test_a_desk_is_never_made_over_another(store: Store):
    with pytest.raises(Conflict):
        schema.create(store.url)
