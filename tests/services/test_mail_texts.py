"""Own words for mail, kept on each database."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from sysmo_tui.domain.errors import Forbidden, Invalid, NotFound
from sysmo_tui.models import Audit, table
from sysmo_tui.services import configuration, mail_texts
from sysmo_tui.storage.engine import Store
from tests.cast import Cast

OWN = "Dear {name},\n\n{quotes}\n\n    sysmo ticket show {number}"


def test_only_administrators_write_the_words_and_the_log_keeps_both(cast: Cast, store: Store) -> None:
    for door in (cast.manager(), cast.operator(), cast.customer()):
        for use_case, args in (
            (mail_texts.lines, ()),
            (mail_texts.show, ("closed", "en")),
            (mail_texts.save, ("closed", "en", "x")),
            (mail_texts.reset, ("closed", "en")),
        ):
            with pytest.raises(Forbidden):
                door.write(use_case, *args)
    admin = cast.admin()
    admin.write(mail_texts.save, "closed", "en", "One.")
    admin.write(mail_texts.save, "closed", "en", "Two.")
    admin.write(mail_texts.save, "closed", "en", "Two.")
    admin.write(mail_texts.reset, "closed", "en")
    with pytest.raises(NotFound):
        admin.write(mail_texts.reset, "closed", "en")
    with store.reading() as session:
        rows = table(Audit)
        details = session.execute(sa.select(rows.c.detail).order_by(rows.c.id)).scalars()
        noted = [(each["old"], each["new"]) for each in details if each.get("mail_text") == "closed"]
    assert noted == [(None, ["", "One."]), (["", "One."], ["", "Two."]), (["", "Two."], None)]


def test_the_configuration_carries_the_words_to_another_desk(cast: Cast) -> None:
    admin = cast.admin()
    admin.write(mail_texts.save, "closed", "en", OWN)
    document = admin.read(configuration.export)
    assert document["mail_texts"] == [{"template": "closed", "locale": "en", "subject": "", "body": OWN}]
    assert admin.write(configuration.apply, document) == ()
    admin.write(mail_texts.reset, "closed", "en")
    assert len(admin.write(configuration.apply, document)) == 1
    assert admin.read(mail_texts.show, "closed", "en").body == OWN
    document["mail_texts"][0]["body"] = ""
    assert len(admin.write(configuration.apply, document)) == 1
    assert not admin.read(mail_texts.show, "closed", "en").is_own
    for wrong in ({"template": "closed"}, {**document["mail_texts"][0], "body": "{x}"}, {"template": 1}):
        with pytest.raises(Invalid):
            admin.write(configuration.apply, {**document, "mail_texts": [wrong]})
