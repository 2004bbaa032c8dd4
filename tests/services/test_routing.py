"""Where new requests by mail go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Door, Work
from sysmo_tui.domain.errors import Conflict, DeskError, Forbidden, Invalid, NotFound
from sysmo_tui.domain.incoming import Incoming, MailAddress
from sysmo_tui.models import Mailbox, Priority, table
from sysmo_tui.services import configuration, route_upkeep, routing, topic_upkeep
from sysmo_tui.services.route_upkeep import RouteEdits
from sysmo_tui.services.routing import Routed
from tests.cast import Cast
from tests.mails import understood


def mail(**given: Any) -> Incoming:
    values = {"recipients": ("Ventas@desk.example",), "subject": "Pedido 12: muy urgente"}
    return replace(understood("otto@mx.acme.example", "Otto", **values), **given)


@pytest.fixture
def sales(cast: Cast) -> int:
    def mailbox(work: Work) -> None:
        work.session.add(Mailbox(name="sales", created_at=work.now))

    cast.itself.write(mailbox)
    return cast.topic("Sales")


def routed(cast: Cast, mailbox: str = "", **given: Any) -> str:
    return cast.itself.read(routing.route, mailbox, mail(**given)).rule


def test_the_first_route_that_matches_gives_topic_priority_and_tags(cast: Cast, sales: int) -> None:
    manager = cast.manager()
    edits = RouteEdits(subject="pedido*", topic="sales", priority="high", tags=("vip", "Vip", "venta"))
    manager.write(route_upkeep.new, "Orders", edits)
    manager.write(route_upkeep.new, "All else", RouteEdits(tags=("mail",)))
    with cast.desk.store.reading() as session:
        high = session.execute(
            sa.select(table(Priority).c.id).where(table(Priority).c.slug == "high")
        ).scalar()
    assert cast.itself.read(routing.route, "", mail()) == Routed("Orders", sales, high, ("vip", "venta"))
    assert cast.itself.read(routing.route, "", mail(subject="Hi")) == Routed(
        "All else", None, None, ("mail",)
    )
    manager.write(route_upkeep.delete, "all ELSE")
    assert cast.itself.read(routing.route, "", mail(subject="Hi")) == Routed()


def test_every_condition_must_match(cast: Cast, sales: int) -> None:
    manager = cast.manager()
    conditions: list[tuple[RouteEdits, str, dict[str, Any]]] = [
        (RouteEdits(mailbox="sales"), "support", {}),
        (RouteEdits(recipient="VENTAS@desk.example"), "sales", {"recipients": ("soporte@desk.example",)}),
        (RouteEdits(sender_domain=".acme.example"), "sales", {"sender": MailAddress("otto@notacme.example")}),
        (RouteEdits(sender_domain="mx.acme.example"), "sales", {"sender": None}),
        (RouteEdits(subject="urgente"), "sales", {"subject": "Sin apuro"}),
    ]
    for condition, mailbox, other in conditions:
        manager.write(route_upkeep.new, "Rule", replace(condition, topic="sales"))
        assert routed(cast, "sales") == "Rule", condition
        assert routed(cast, mailbox, **other) == "", condition
        manager.write(route_upkeep.delete, "Rule")


def test_trying_out_says_which_route_would_match_and_why_the_others_do_not(cast: Cast, sales: int) -> None:
    manager = cast.manager()
    manager.write(route_upkeep.new, "Mailbox", RouteEdits(mailbox="sales", topic="sales"))
    manager.write(route_upkeep.new, "Subject", RouteEdits(subject="nothing", topic="sales"))
    manager.write(route_upkeep.new, "This", RouteEdits(sender_domain=".acme.example", topic="sales"))
    manager.write(route_upkeep.new, "Later", RouteEdits(topic="sales"))
    tried = manager.read(routing.try_out, "", mail())
    assert [(each.route.name, each.is_hit, each.condition) for each in tried] == [
        ("Mailbox", False, "mailbox"),
        ("Subject", False, "subject"),
        ("This", True, ""),
        ("Later", False, ""),
    ]


def test_routes_are_tried_in_the_order_that_managers_give(cast: Cast, sales: int) -> None:
    manager = cast.manager()
    for name in ("One", "Two", "Three"):
        manager.write(route_upkeep.new, name, RouteEdits(topic="sales"))
    manager.write(route_upkeep.move, "three", 1)
    assert [(line.name, line.position) for line in manager.read(routing.lines)] == [
        ("Three", 1),
        ("One", 2),
        ("Two", 3),
    ]
    assert routed(cast) == "Three"
    manager.write(route_upkeep.delete, "Three")
    assert [line.position for line in manager.read(routing.lines)] == [1, 2]
    for place in (0, 3):
        with pytest.raises(Invalid):
            manager.write(route_upkeep.move, "One", place)


def test_a_route_to_an_archived_topic_is_passed_over(cast: Cast, sales: int) -> None:
    manager = cast.manager()
    manager.write(route_upkeep.new, "Sales", RouteEdits(topic="sales"))
    cast.admin().write(topic_upkeep.archive, "sales")
    assert routed(cast) == ""
    assert [line.is_broken for line in manager.read(routing.lines)] == [True]
    assert [each.condition for each in manager.read(routing.try_out, "", mail())] == ["topic"]


def test_what_is_no_condition_is_refused(cast: Cast, sales: int) -> None:
    manager = cast.manager()
    for edits, field in (
        (RouteEdits(), "topic"),
        (RouteEdits(topic="nowhere"), "topic"),
        (RouteEdits(topic="sales", mailbox="nothing"), "mailbox"),
        (RouteEdits(topic="sales", recipient="no address"), "recipient"),
        (RouteEdits(topic="sales", sender_domain="a b"), "sender_domain"),
        (RouteEdits(topic="sales", subject="**"), "subject"),
        (RouteEdits(topic="sales", priority="enormous"), "priority"),
        (RouteEdits(tags=("two words",)), "tag"),
    ):
        with pytest.raises(Invalid) as refusal:
            manager.write(route_upkeep.new, "Rule", edits)
        assert refusal.value.field == field
    assert manager.read(routing.lines) == ()


def test_names_of_routes_are_their_own(cast: Cast, sales: int) -> None:
    manager = cast.manager()
    manager.write(route_upkeep.new, "Órdenes", RouteEdits(topic="sales"))
    with pytest.raises(Conflict):
        manager.write(route_upkeep.new, "ordenes", RouteEdits(topic="sales"))
    assert manager.read(route_upkeep.show, "ORDENES").name == "Órdenes"
    with pytest.raises(NotFound):
        manager.write(route_upkeep.edit, "Nothing", RouteEdits(subject="x"))
    with pytest.raises(Invalid):
        manager.write(route_upkeep.edit, "ordenes", RouteEdits(topic=""))


def test_only_managers_know_of_routes(cast: Cast, sales: int) -> None:
    acts: dict[str, Callable[[Door], object]] = {
        "list": lambda door: door.read(routing.lines),
        "try": lambda door: door.read(routing.try_out, "", mail()),
        "form": lambda door: door.read(route_upkeep.form),
        "new": lambda door: door.write(route_upkeep.new, "R", RouteEdits(topic="sales")),
        "edit": lambda door: door.write(route_upkeep.edit, "R", RouteEdits(topic="sales")),
        "move": lambda door: door.write(route_upkeep.move, "R", 1),
        "delete": lambda door: door.write(route_upkeep.delete, "R"),
    }
    for door in (cast.operator(), cast.customer()):
        for act in acts.values():
            with pytest.raises(Forbidden):
                act(door)


def test_the_configuration_carries_the_routes_and_their_order(admin: Door):
    for name, edits in (
        ("Orders", RouteEdits(subject="order*", priority="high", tags=("shop",))),
        ("Partners", RouteEdits(sender_domain=".acme.example", topic="general")),
        ("Own", RouteEdits(recipient="own@desk.example", tags=("own",))),
    ):
        admin.write(route_upkeep.new, name, edits)
    document = admin.read(configuration.export)
    assert document["mail_routes"][0] == {
        "name": "Orders",
        "mailbox": "",
        "recipient": "",
        "sender_domain": "",
        "subject": "order*",
        "topic": "",
        "priority": "high",
        "tags": ["shop"],
    }
    assert admin.write(configuration.apply, document) == ()

    orders, partners, own = document["mail_routes"]
    new = {"name": "New", "mailbox": "", "topic": "general"}
    wanted = [own, {**orders, "priority": "", "tags": ["a", "b"]}, new]
    changes = admin.write(configuration.apply, {"format": 1, "mail_routes": wanted})
    assert {(change.name, change.field) for change in changes} >= {
        ("New", "new"),
        ("Orders", "priority"),
        ("Orders", "tags"),
        ("Own", "position"),
    }
    after = admin.read(configuration.export)["mail_routes"]
    assert [row["name"] for row in after] == ["Own", "Partners", "Orders", "New"]
    assert (after[2]["priority"], after[2]["tags"], after[1]) == ("", ["a", "b"], partners)
    assert admin.write(configuration.apply, {"format": 1, "mail_routes": wanted}) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        [{"topic": "general"}],
        [{"name": "A", "colour": "red"}],
        [{"name": "A", "tags": "x"}],
        [{"name": "A", "topic": "general", "tags": [1]}],
        [{"name": "A"}],
        [{"name": "A", "topic": "nowhere"}],
        [{"name": "A", "topic": "general"}, {"name": "a", "topic": "general"}],
        ["A"],
    ],
)
def test_routes_that_make_no_sense_are_not_applied(admin: Door, wrong: list[Any]):
    with pytest.raises(DeskError):
        admin.write(configuration.apply, {"format": 1, "mail_routes": wrong})
    assert admin.read(routing.lines) == ()
