from __future__ import annotations

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Category
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid
from sysmo_tui.services import catalogue, states
from sysmo_tui.services.catalogue import CatalogueEdits
from tests.cast import Cast


def test_staff_read_the_catalogue_and_administrators_change_it(cast: Cast):
    assert [line.slug for line in cast.operator().read(catalogue.statuses)] == [
        "new",
        "in-progress",
        "waiting",
        "on-hold",
        "closed",
    ]
    for read in (catalogue.statuses, catalogue.priorities, catalogue.types):
        with pytest.raises(Forbidden):
            cast.customer().read(read)
    for door in (cast.manager(), cast.operator()):
        with pytest.raises(Forbidden):
            door.write(catalogue.new_type, "Mine")


def test_each_category_keeps_exactly_one_default(admin: Door):
    made = admin.write(catalogue.new_status, "Waiting for parts", Category.HOLD)
    assert (made.slug, made.customer_label, made.is_default) == (
        "waiting-for-parts",
        "Waiting for parts",
        False,
    )
    admin.write(catalogue.edit_status, "waiting for PARTS", CatalogueEdits(is_default=True))
    by_category: dict[Category, list[str]] = {}
    for line in admin.read(catalogue.statuses):
        if line.is_default:
            by_category.setdefault(line.category, []).append(line.slug)
    assert by_category[Category.HOLD] == ["waiting-for-parts"]
    assert [len(found) for found in by_category.values()] == [1] * 5
    assert admin.read(states.default_state, Category.HOLD).slug == "waiting-for-parts"


def test_a_default_is_not_archived_and_an_archived_one_is_no_default(admin: Door):
    for archive, text in (
        (catalogue.archive_status, "on-hold"),
        (catalogue.archive_priority, "normal"),
        (catalogue.archive_type, "request"),
    ):
        with pytest.raises(Conflict):
            admin.write(archive, text)
    assert admin.write(catalogue.archive_type, "Change").is_archived
    assert "change" not in [line.slug for line in admin.read(catalogue.types)]
    assert "change" in [line.slug for line in admin.read(catalogue.types, archived=True)]
    with pytest.raises(Conflict):
        admin.write(catalogue.edit_type, "change", CatalogueEdits(is_default=True))
    assert not admin.write(catalogue.archive_type, "change", archived=False).is_archived


def test_names_are_told_apart_without_case_and_accents(admin: Door):
    admin.write(catalogue.new_type, "Petición")
    for name in ("peticion", "PETICIÓN", "Request"):
        with pytest.raises(Conflict):
            admin.write(catalogue.new_type, name)
    for name in ("", "   ", "x" * 61):
        with pytest.raises(Invalid):
            admin.write(catalogue.new_type, name)
    with pytest.raises(Invalid) as refusal:
        admin.write(catalogue.edit_priority, "huge", CatalogueEdits(name="x"))
    assert refusal.value.message.params["choices"] == "low, normal, high, urgent"


def test_a_priority_has_a_level_from_1_to_9(admin: Door):
    assert admin.write(catalogue.new_priority, "Critical", 9).level == 9
    for level in (0, 10):
        with pytest.raises(Invalid):
            admin.write(catalogue.new_priority, "Other", level)
    assert [line.level for line in admin.read(catalogue.priorities)] == [1, 2, 3, 4, 9]
