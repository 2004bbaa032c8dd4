from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk, Door, Work, command_for
from sysmo_tui.domain.enums import AccountState, AuditKind, Role, Template
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from sysmo_tui.services import (
    account_list,
    accounts,
    audit,
    filing,
    history,
    passwords,
    registration,
    sessions,
    signing_in,
    tickets,
)
from sysmo_tui.services.accounts import AccountEdits, Invitation
from sysmo_tui.services.filing import Filing
from sysmo_tui.storage.engine import Store
from tests.cast import PASSWORD, Cast, Clock, code_in_mail, mails

NEW = "seventeen green bottles"
NORA = Invitation("nora@desk.example", "Nora", Role.OPERATOR, ("General",))


def who(door: Door) -> str:
    return door.read(lambda work: work.actor.email)


def a_ticket_of_luis(cast: Cast) -> int:
    operator = cast.operator()
    number = cast.customer().write(filing.file, Filing("general", "Printer", "It is on fire.")).number
    operator.write(tickets.take, number)
    return number


def test_invited_staff_choose_a_password_and_serve_their_topics(cast: Cast, admin: Door):
    issued = accounts.invite(admin, NORA)
    assert (issued.role, issued.email) == (Role.OPERATOR, NORA.email)
    assert code_in_mail(cast.desk, NORA.email) == issued.code
    assert issued.code is not None
    with pytest.raises(NotSignedIn):
        signing_in.sign_in(cast.visitor(), NORA.email, "")
    passwords.choose(cast.visitor(), issued.code, NEW)
    assert signing_in.sign_in(cast.visitor(), NORA.email, NEW).role is Role.OPERATOR
    line = admin.read(account_list.show, NORA.email).line
    assert (line.topics, line.state) == (("General",), "active")


def test_an_invitation_lasts_seven_days_and_the_last_one_counts(cast: Cast, clock: Clock, admin: Door):
    first = accounts.invite(admin, NORA).code or ""
    second = accounts.invite(admin, NORA).code or ""
    with pytest.raises(Invalid):
        passwords.choose(cast.visitor(), first, NEW)
    clock.advance(days=7)
    with pytest.raises(Invalid):
        passwords.choose(cast.visitor(), second, NEW)
    third = accounts.invite(cast.sign_in("ada"), NORA).code or ""
    clock.advance(days=6)
    assert passwords.choose(cast.visitor(), third, NEW).name == "Nora"


@pytest.mark.parametrize(
    ("invitation", "field"),
    [
        (Invitation("nonsense", "Nora", Role.OPERATOR), "email"),
        (Invitation("nora@desk.example", " ", Role.OPERATOR), "name"),
        (Invitation("nora@desk.example", "Nora", Role.OPERATOR, ("nothing",)), "topic"),
        (Invitation("nora@desk.example", "Nora", Role.CUSTOMER, ("general",)), "topics"),
        (Invitation("nora@desk.example", "Nora", Role.OPERATOR, (), "xx"), "language"),
    ],
)
def test_an_invitation_that_is_not_acceptable_makes_nothing(
    cast: Cast, admin: Door, invitation: Invitation, field: str
):
    with pytest.raises(Invalid) as refusal:
        accounts.invite(admin, invitation)
    assert refusal.value.field == field
    with pytest.raises(NotFound):
        admin.read(account_list.show, "nora@desk.example")


def test_an_address_in_use_is_not_invited(cast: Cast, admin: Door, customer: Door):
    with pytest.raises(Conflict):
        accounts.invite(admin, Invitation("carla@customer.example", "Carla", Role.ADMIN))


def test_an_invitation_that_is_retried_happens_once(cast: Cast, admin: Door):
    command = command_for(accounts.new, key="k")
    first, again = (accounts.invite(admin, NORA, command=command) for _ in range(2))
    assert first.code is not None
    assert again.code is None
    assert [mail.template for mail in mails(cast.desk)] == [Template.INVITE]


def test_only_administrators_manage_accounts(cast: Cast):
    cast.customer()
    for door in (cast.manager(), cast.operator(), cast.customer()):
        for attempt in (
            lambda door=door: accounts.invite(door, NORA),
            lambda door=door: door.write(accounts.set_role, "carla@customer.example", Role.ADMIN),
            lambda door=door: door.write(accounts.disable, "ada@desk.example"),
            lambda door=door: door.write(accounts.enable, "ada@desk.example"),
            lambda door=door: door.write(accounts.edit, "ada@desk.example", AccountEdits(name="x")),
        ):
            with pytest.raises(Forbidden):
                attempt()
    with pytest.raises(Forbidden):
        cast.customer().read(account_list.page)
    with pytest.raises(Forbidden):
        cast.customer().read(account_list.show, "ada@desk.example")


def test_a_new_role_counts_at_once_and_ends_the_sessions(cast: Cast, admin: Door, operator: Door):
    changed = admin.write(accounts.set_role, "luis@desk.example", Role.MANAGER)
    assert (changed.role, changed.topics_without_operators) == (Role.MANAGER, ())
    with pytest.raises(NotSignedIn):
        who(operator)
    assert cast.sign_in("luis").read(lambda work: work.actor.role) is Role.MANAGER


def test_the_last_administrator_stays(cast: Cast, admin: Door):
    for attempt in (
        lambda: admin.write(accounts.disable, "ada@desk.example"),
        lambda: admin.write(accounts.set_role, "ada@desk.example", Role.OPERATOR),
        lambda: cast.itself.write(accounts.disable, "ada@desk.example"),
    ):
        with pytest.raises(Conflict):
            attempt()
    cast.admin("ines")
    assert admin.write(accounts.set_role, "ada@desk.example", Role.MANAGER).role is Role.MANAGER


def test_two_administrators_cannot_remove_each_other_at_once(cast: Cast, admin: Door):
    other = cast.admin("ines")
    pairs = [(admin, "ines@desk.example"), (other, "ada@desk.example")]

    def remove(pair: tuple[Door, str]) -> bool:
        try:
            pair[0].write(accounts.disable, pair[1])
        except (Conflict, NotSignedIn):
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(remove, pairs)) == [False, True]
    (left,) = cast.itself.read(account_list.page, role=Role.ADMIN, state=AccountState.ACTIVE).items
    with pytest.raises(Conflict):
        cast.itself.write(accounts.disable, left.email)


def waits_for_a_lock(store: Store) -> bool:
    with store.reading() as session:
        return bool(session.execute(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar())


def eve_acts(eve: Door) -> list[tuple[str, Callable[[], object]]]:
    """Every command of an administrator on somebody else's account."""
    carla = "carla@customer.example"
    return [
        ("set_role", lambda: eve.write(accounts.set_role, carla, Role.ADMIN)),
        ("disable", lambda: eve.write(accounts.disable, carla)),
        ("enable", lambda: eve.write(accounts.enable, carla)),
        ("edit", lambda: eve.write(accounts.edit, carla, AccountEdits(name="Owned"))),
        ("invite", lambda: accounts.invite(eve, NORA)),
        ("reset", lambda: passwords.reset(eve, carla)),
        ("reissue", lambda: registration.reissue(eve, carla)),
        ("revoke_all", lambda: eve.write(sessions.revoke_all, carla)),
    ]


@pytest.mark.parametrize("which", range(8))
def test_a_command_that_waited_while_its_administrator_was_demoted_is_refused(
    postgresql_store: Store, which: int
):
    cast = Cast(Desk(postgresql_store, clock=Clock()))
    cast.found()
    admin, eve = cast.admin(), cast.admin("eve")
    cast.customer()
    demoted, waited = threading.Event(), threading.Event()

    def demote(work: Work) -> None:
        accounts.set_role(work, "eve@desk.example", Role.CUSTOMER)
        demoted.set()
        assert waited.wait(30)

    name, act = eve_acts(eve)[which]
    with ThreadPoolExecutor(2) as threads:
        by_ada = threads.submit(admin.write, demote)
        assert demoted.wait(30)
        by_eve = threads.submit(act)
        end = time.monotonic() + 30
        while not waits_for_a_lock(postgresql_store) and not by_eve.done() and time.monotonic() < end:
            threading.Event().wait(0.01)
        waited.set()
        by_ada.result()
        with pytest.raises((Forbidden, NotSignedIn)):
            by_eve.result()
    line = cast.itself.read(account_list.show, "carla@customer.example").line
    assert (line.role, line.state, line.name) == (Role.CUSTOMER, AccountState.ACTIVE, "Carla"), name
    assert signing_in.sign_in(cast.visitor(), "carla@customer.example", PASSWORD)


def test_who_never_proved_anything_waits_for_it_also_after_being_disabled(cast: Cast, admin: Door):
    accounts.invite(admin, Invitation("boss@desk.example", "Boss", Role.ADMIN))
    admin.write(accounts.disable, "boss@desk.example")
    enabled = admin.write(accounts.enable, "boss@desk.example")
    assert enabled.state is AccountState.PENDING
    with pytest.raises(Conflict):
        admin.write(accounts.disable, "ada@desk.example")
    code = accounts.invite(admin, Invitation("boss@desk.example", "Boss", Role.ADMIN)).code or ""
    passwords.choose(cast.visitor(), code, NEW)
    assert admin.write(accounts.disable, "ada@desk.example").state is AccountState.DISABLED


def test_an_administrator_without_a_password_does_not_count(cast: Cast, admin: Door):
    cast.admin("ines")
    passwords.reset(admin, "ines@desk.example")
    for email in ("ada@desk.example", "ines@desk.example"):
        code = passwords.reset(cast.itself, email).code or ""
        with pytest.raises(Conflict):
            cast.itself.write(accounts.disable, email)
    passwords.choose(cast.visitor(), code, NEW)
    assert cast.itself.write(accounts.disable, "ada@desk.example").state is AccountState.DISABLED


def test_a_verified_account_without_a_password_comes_back_active(cast: Cast, admin: Door, customer: Door):
    passwords.reset(admin, "carla@customer.example")
    admin.write(accounts.disable, "carla@customer.example")
    assert admin.write(accounts.enable, "carla@customer.example").state is AccountState.ACTIVE


def test_one_new_address_invited_by_many_at_once_has_one_account(cast: Cast, admin: Door):
    with ThreadPoolExecutor(6) as threads:
        codes = [issued.code for issued in threads.map(lambda _: accounts.invite(admin, NORA), range(6))]
    assert len(set(codes)) == 6
    good = 0
    for code in codes:
        try:
            passwords.choose(cast.visitor(), code or "", NEW)
            good += 1
        except Invalid:
            pass
    assert good == 1


def test_disabling_wants_to_know_where_the_open_tickets_go(cast: Cast, admin: Door):
    number = a_ticket_of_luis(cast)
    with pytest.raises(Conflict) as refusal:
        admin.write(accounts.disable, "luis@desk.example")
    assert refusal.value.field == "hand_over_to"
    assert who(cast.operator()) == "luis@desk.example"
    for wrong in ("carla@customer.example", "luis@desk.example", "nobody@desk.example"):
        with pytest.raises(Invalid):
            admin.write(accounts.disable, "luis@desk.example", hand_over_to=wrong)
    done = admin.write(accounts.disable, "luis@desk.example", hand_over_to="ada@desk.example")
    assert (done.state, done.tickets) == (AccountState.DISABLED, 1)
    assert number
    with pytest.raises(NotSignedIn):
        who(cast.operator())
    with pytest.raises(NotSignedIn):
        signing_in.sign_in(cast.visitor(), "luis@desk.example", PASSWORD)


def test_disabling_can_release_the_tickets_and_names_topics_left_alone(cast: Cast, admin: Door):
    cast.topic("Servers")
    cast.operator("luis", topics=("general", "servers"))
    a_ticket_of_luis(cast)
    done = admin.write(accounts.disable, "luis@desk.example", release=True)
    assert (done.tickets, done.topics_without_operators) == (1, ("Servers",))
    assert admin.read(account_list.show, "luis@desk.example").line.open_tickets == 0


def test_a_disabled_account_comes_back_with_its_password(cast: Cast, admin: Door, customer: Door):
    admin.write(accounts.disable, "carla@customer.example")
    passwords.forgot(cast.visitor(), "carla@customer.example")
    assert mails(cast.desk) == []
    with pytest.raises(NotSignedIn):
        who(customer)
    assert admin.write(accounts.enable, "carla@customer.example").state is AccountState.ACTIVE
    with pytest.raises(NotSignedIn):
        who(customer)
    assert signing_in.sign_in(cast.visitor(), "carla@customer.example", PASSWORD)
    with pytest.raises(Conflict):
        admin.write(accounts.enable, "carla@customer.example")


def test_a_code_of_a_disabled_account_opens_nothing(cast: Cast, admin: Door, customer: Door):
    code = passwords.reset(admin, "carla@customer.example").code or ""
    admin.write(accounts.disable, "carla@customer.example")
    with pytest.raises(Invalid):
        passwords.choose(cast.visitor(), code, NEW)


def test_staff_find_accounts_page_by_page(cast: Cast, operator: Door):
    cast.manager()
    cast.customer("carla", company="Acme")
    cast.customer("carlos")
    found = operator.read(account_list.page, "CARL", limit=1)
    assert [line.name for line in found.items] == ["Carla"]
    assert found.items[0].company == "Acme"
    rest = operator.read(account_list.page, "carl", after=found.next)
    assert [line.name for line in rest.items] == ["Carlos"]
    assert rest.next is None
    assert [line.name for line in operator.read(account_list.page, "acme").items] == ["Carla"]
    assert operator.read(account_list.page, "%").items == ()
    assert len(operator.read(account_list.page, is_staff=True).items) == 3
    assert [line.role for line in operator.read(account_list.page, role=Role.MANAGER).items] == [Role.MANAGER]
    with pytest.raises(Invalid):
        operator.read(account_list.page, after="x")


def test_an_account_is_edited_and_audited_without_its_values(cast: Cast, admin: Door):
    cast.customer("carla", company="Acme")
    edits = AccountEdits(
        name="Carla Díaz", phone="011 4321 1234", company="", locale="es", time_zone="Europe/Madrid"
    )
    assert admin.write(accounts.edit, "carla@customer.example", edits).name == "Carla Díaz"
    view = admin.read(account_list.show, "carla@customer.example")
    assert (view.phone, view.line.company, view.locale, view.time_zone) == (
        "+54 11 4321-1234",
        None,
        "es",
        "Europe/Madrid",
    )
    line = admin.read(audit.page, kind=AuditKind.ACCOUNT_EDITED).items[0]
    assert line.account == "carla@customer.example"
    assert line.detail == {"fields": "name, company_id, locale, time_zone"}


def test_the_audit_log_is_for_administrators_and_goes_page_by_page(cast: Cast, admin: Door, clock: Clock):
    for door in (cast.manager(), cast.operator(), cast.customer()):
        with pytest.raises(Forbidden):
            door.read(audit.page)
    accounts.invite(admin, NORA)
    later = clock.advance(hours=1)
    accounts.invite(admin, NORA)
    assert [line.kind for line in admin.read(audit.page, since=later).items] == [AuditKind.INVITED]
    first = admin.read(audit.page, limit=2)
    assert first.next is not None
    assert len(admin.read(audit.page, limit=50, after=first.next).items) == 1


@pytest.mark.parametrize(
    ("how", "kind"), [({"release": True}, "released"), ({"hand_over_to": "me"}, "assigned")]
)
def test_the_history_says_why_tickets_moved(cast: Cast, admin: Door, how: dict[str, Any], kind: str):
    first = a_ticket_of_luis(cast)
    admin.write(accounts.set_role, "luis@desk.example", Role.CUSTOMER, **how)
    second = cast.customer().write(filing.file, Filing("general", "Printer", "It is on fire.")).number
    cast.operator("rita").write(tickets.take, second)
    admin.write(accounts.disable, "rita@desk.example", **how)
    for number, cause in ((first, "role_changed"), (second, "account_disabled")):
        caused = [line for line in admin.read(history.show, number) if line.cause]
        assert [(str(line.kind), str(line.cause)) for line in caused] == [("edited", cause), (kind, cause)]


def test_people_are_found_by_name_address_and_company_whatever_their_case_and_accents(
    cast: Cast, operator: Door
):
    cast.customer("álvaro ñandú")
    cast.customer("ünal", company="Ærø")
    for query in ("Álvaro ÑANDÚ", "alvaro", "RO NAN"):
        assert [line.name for line in operator.read(account_list.page, query).items] == ["Álvaro Ñandú"]
    for query in ("ÜNAL@CUSTOMER", "unal", "AERO"):
        assert [line.name for line in operator.read(account_list.page, query).items] == ["Ünal"]
