from __future__ import annotations

import copy
import json

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import Conflict, DeskError, Forbidden, Invalid, NotFound
from sysmo_tui.models import Batch, table
from sysmo_tui.services import (
    audit,
    catalogue,
    configuration,
    desk_settings,
    mailboxes,
    topic_upkeep,
    topics,
)
from sysmo_tui.services.configuration import Difference
from sysmo_tui.services.mailboxes import MailboxEdits
from sysmo_tui.services.topic_upkeep import TopicEdits
from sysmo_tui.storage.engine import Store
from tests.cast import Cast


def test_a_setting_is_read_as_people_write_it(admin: Door):
    for name, written, meant in (
        ("name", "  Help  ", "Help"),
        ("language", "ES", "es"),
        ("country", "uy", "UY"),
        ("time_zone", "America/Montevideo", "America/Montevideo"),
        ("reply_address", "help@ACME.com", "help@acme.com"),
        ("mail_url", "smtp://user:secret@host:587", "smtp://user:secret@host:587"),
        ("file_limit", "1048576", 1_048_576),
        ("files_per_message", "3", 3),
        ("allows_reserved_addresses", "off", False),
        ("own_domains", "Acme.com, acme.com.ar,", ("acme.com", "acme.com.ar")),
    ):
        admin.write(desk_settings.change, name, written)
        assert getattr(admin.read(desk_settings.load), name) == meant


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", " "),
        ("language", "xx"),
        ("country", "ZZ"),
        ("time_zone", "Mars/Olympus"),
        ("reply_address", "a@b\r\nBcc: c@d"),
        ("mail_url", "http://x"),
        ("mail_url", "smtp://a b"),
        ("file_limit", "-1"),
        ("file_limit", "many"),
        ("files_per_message", True),
        ("allows_reserved_addresses", "perhaps"),
        ("own_domains", "a b"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_under_its_name(admin: Door, name: str, value: object):
    before = admin.read(desk_settings.load)
    with pytest.raises(Invalid) as refusal:
        admin.write(desk_settings.change, name, value)
    assert refusal.value.field == name
    assert admin.read(desk_settings.load) == before


def test_what_makes_a_desk_itself_cannot_be_set(admin: Door):
    for name in ("uuid", "mail_key", "is_demo", "nothing"):
        with pytest.raises(NotFound):
            admin.write(desk_settings.change, name, "x")


def test_only_administrators_configure(cast: Cast):
    for door in (cast.manager(), cast.operator(), cast.customer()):
        with pytest.raises(Forbidden):
            door.write(desk_settings.change, "name", "Mine")
        with pytest.raises(Forbidden):
            door.read(configuration.export)
        with pytest.raises(Forbidden):
            door.write(configuration.apply, {"format": 1})


def test_changes_are_audited_without_secrets(admin: Door):
    admin.write(desk_settings.change, "name", "Help")
    admin.write(desk_settings.change, "name", "Help")
    admin.write(desk_settings.change, "mail_url", "smtp://user:secret@host")
    lines = admin.read(audit.page).items[:2]
    assert [line.detail for line in lines] == [
        {"setting": "mail_url"},
        {"setting": "name", "old": "Desk of the tests", "new": "Help"},
    ]


def test_results_of_commands_keep_no_secret(admin: Door, store: Store):
    admin.write(desk_settings.change, "mail_url", "smtp://user:secret@host")
    admin.write(desk_settings.change, "name", "Help")
    key = admin.read(desk_settings.load).mail_key
    with store.reading() as session:
        kept = json.dumps([list(row) for row in session.execute(sa.select(table(Batch)))], default=str)
    assert "desk_settings.change" in kept
    assert "secret@host" not in kept
    assert key not in kept


def test_an_exported_configuration_has_no_secret_and_applies_without_a_change(admin: Door):
    admin.write(desk_settings.change, "mail_url", "smtp://user:secret@host")
    document = json.loads(json.dumps(admin.read(configuration.export)))
    assert "secret" not in json.dumps(document)
    assert admin.rehearse(configuration.apply, document) == ()
    assert admin.write(configuration.apply, document) == ()


def test_a_configuration_is_compared_applied_and_then_in_force(admin: Door):
    document = copy.deepcopy(admin.read(configuration.export))
    document["settings"]["name"] = "Mesa de ayuda"
    document["statuses"][2]["name"] = "With the customer"
    document["statuses"][3]["is_default"] = False
    document["statuses"].append(
        {"slug": "parts", "name": "Waiting for parts", "category": "hold", "is_default": True}
    )
    document["priorities"][1]["is_default"] = False
    document["priorities"][2]["is_default"] = True
    document["priorities"][1]["is_archived"] = True
    document["types"].append({"slug": "audit", "name": "Audit"})
    document["topics"].append(
        {"slug": "servers", "name": "Servers", "default_type": "audit", "default_priority": "high"}
    )
    before = admin.read(configuration.export)

    planned = admin.rehearse(configuration.apply, document)
    assert admin.read(configuration.export) == before
    assert admin.write(configuration.apply, document) == planned

    assert Difference("settings", "name", "value", "Desk of the tests", "Mesa de ayuda") in planned
    assert admin.rehearse(configuration.apply, document) == ()
    assert admin.read(topics.show, "servers").default_type == "audit"
    defaults = {line.slug for line in admin.read(catalogue.statuses) if line.is_default}
    assert defaults == {"new", "in-progress", "waiting", "parts", "closed"}
    assert [line.slug for line in admin.read(catalogue.priorities)] == ["low", "high", "urgent"]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"format": 2},
        {"format": 1, "people": []},
        {"format": 1, "settings": []},
        {"format": 1, "settings": {"uuid": "x"}},
        {"format": 1, "settings": {"mail_url": "smtp://x"}},
        {"format": 1, "settings": {"own_domains": 5}},
        {"format": 1, "statuses": [{}]},
        {"format": 1, "statuses": [{"slug": "x"}]},
        {"format": 1, "statuses": [{"slug": "x", "name": "X", "category": "y"}]},
        {"format": 1, "statuses": [{"slug": "new", "category": "open"}]},
        {"format": 1, "statuses": [{"slug": "new", "name": 5}]},
        {"format": 1, "statuses": [{"slug": "new", "is_archived": True}]},
        {"format": 1, "priorities": [{"slug": "low", "level": 7}]},
        {"format": 1, "priorities": [{"slug": "huge", "name": "Huge", "level": 99}]},
        {
            "format": 1,
            "types": [{"slug": "request", "is_default": True}, {"slug": "claim", "is_default": True}],
        },
        {"format": 1, "types": "request"},
        {"format": 1, "types": [["slug"]]},
        {"format": 1, "topics": [{"slug": "general", "is_archived": True}]},
        {"format": 1, "topics": [{"slug": "general", "default_type": "nothing"}]},
        {"format": 1, "topics": [{"slug": "general", "surprise": "x"}]},
    ],
)
def test_a_document_that_is_wrong_changes_nothing(admin: Door, document: dict):
    before = admin.read(configuration.export)
    with pytest.raises(DeskError):
        admin.write(configuration.apply, {"settings": {"name": "Changed"}, **document})
    assert admin.read(configuration.export) == before


def test_what_a_document_does_not_name_stays(admin: Door):
    before = admin.read(configuration.export)
    admin.write(configuration.apply, {"format": 1, "types": [{"slug": "request", "name": "Wish"}]})
    after = admin.read(configuration.export)
    assert after["types"][0].pop("name") == "Wish"
    assert before["types"][0].pop("name") == "Request"
    assert after == before


def test_a_default_cannot_be_taken_away_only_given(admin: Door):
    with pytest.raises(Conflict):
        admin.write(catalogue.edit_type, "request", catalogue.CatalogueEdits(is_default=False))


def test_a_copy_holds_what_was_written_and_who_serves_a_topic(cast: Cast, admin: Door):
    cast.operator("luis")
    cast.operator("rita", topics=[])
    odd = "Left\u200eright \u200dand tab"
    admin.write(topic_upkeep.edit, "general", TopicEdits(description=odd))
    document = json.loads(json.dumps(admin.read(configuration.export)))
    [general] = document["topics"]
    assert general["description"] == odd
    assert general["operators"] == ["ada@desk.example", "luis@desk.example"]
    assert admin.rehearse(configuration.apply, document) == ()


def test_the_operators_of_a_topic_become_those_that_the_document_names(cast: Cast, admin: Door):
    cast.operator("luis")
    cast.operator("rita", topics=[])
    document = admin.read(configuration.export)
    document["topics"][0]["operators"] = ["RITA@desk.example", "ada@desk.example"]
    document["topics"].append({"slug": "new", "name": "New", "operators": ["luis@desk.example"]})
    admin.write(configuration.apply, document)
    served = {row["slug"]: row["operators"] for row in admin.read(configuration.export)["topics"]}
    assert served == {"general": ["ada@desk.example", "rita@desk.example"], "new": ["luis@desk.example"]}
    document["topics"][0]["operators"] = ["nobody@desk.example"]
    with pytest.raises(DeskError):
        admin.write(configuration.apply, document)
    document["topics"][0]["operators"] = [7]
    with pytest.raises(Invalid):
        admin.write(configuration.apply, document)


@pytest.mark.parametrize("change", ["twice", "slug", "archived"])
def test_a_rehearsal_refuses_what_applying_refuses(admin: Door, change: str):
    document = copy.deepcopy(admin.read(configuration.export))
    if change == "twice":
        document["topics"] += [{"slug": "a", "name": "A"}, {"slug": "a", "name": "B"}]
    elif change == "slug":
        document["topics"].append({"slug": "../../x", "name": "X"})
    else:
        document["priorities"] = [
            row | {"is_archived": True, "is_default": False} for row in document["priorities"]
        ]
    for do in (admin.rehearse, admin.write):
        with pytest.raises(DeskError):
            do(configuration.apply, document)


def test_administrators_are_shown_what_is_set_but_no_secret(admin: Door, operator: Door):
    admin.write(desk_settings.change, "mail_url", "smtp://user:hunter2@host:587")
    listed = {each.name: each for each in admin.read(desk_settings.listed)}
    assert "hunter2" not in repr(listed)
    assert (listed["mail_url"].value, listed["mail_url"].is_secret) == (True, True)
    assert "mail_key" not in listed
    assert listed["own_domains"].value == ("desk.example",)
    assert [name for name, each in listed.items() if not each.can_change] == ["uuid", "is_demo"]
    with pytest.raises(Forbidden):
        operator.read(desk_settings.listed)


def test_mailboxes_are_written_out_and_applied_without_secrets(admin: Door):
    url = "imaps://support@mail.example?keep=yes"
    admin.write(mailboxes.new, "support", MailboxEdits("support@desk.example", url, topic="general"))
    document = json.loads(json.dumps(admin.read(configuration.export)))
    assert document["mailboxes"] == [
        {
            "slug": "support",
            "address": "support@desk.example",
            "url": url,
            "folder": "INBOX",
            "moves_to": "",
            "topic": "general",
            "is_archived": False,
        }
    ]
    assert admin.write(configuration.apply, document) == ()
    document["mailboxes"][0] |= {"topic": "", "is_archived": True}
    document["mailboxes"].append({"slug": "sales", "url": "imaps://sales@mail.example"})
    changed = admin.write(configuration.apply, document)
    assert [(each.name, each.field) for each in changed] == [
        ("sales", "new"),
        ("support", "topic"),
        ("support", "is_archived"),
    ]
    assert admin.write(configuration.apply, document) == ()
    assert admin.read(mailboxes.show, "sales").url == "imaps://sales@mail.example"
    for wrong in ({"slug": "x", "uid_validity": 7}, {"slug": "x", "url": 7}, {"url": "imaps://a@b.example"}):
        with pytest.raises(Invalid):
            admin.write(configuration.apply, {"format": 1, "mailboxes": [wrong]})
    bad = {"slug": "x", "url": "imaps://a:secret@b.example"}
    with pytest.raises(Invalid):
        admin.write(configuration.apply, {"format": 1, "mailboxes": [bad]})
    assert [line.name for line in admin.read(mailboxes.lines, archived=True)] == ["sales", "support"]
