from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk, Door, Work
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import AuditKind, Channel
from sysmo_tui.domain.errors import DeskError, Forbidden, Invalid, NotFound, NotSignedIn
from sysmo_tui.models import Account, Audit, Batch, SignIn, Throttle, table
from sysmo_tui.services import audit, sessions, signing_in
from sysmo_tui.services.hashing import Hasher
from tests.cast import PASSWORD, Cast, Clock
from tests.cheap import cheap_hasher, using

EMAIL = "carla@customer.example"


def who(door: Door) -> str:
    return door.read(lambda work: work.actor.email)


def statements(act) -> list[str]:
    """What ``act`` asks the database, without values."""
    seen: list[str] = []

    def note(connection, cursor, statement, parameters, context, executemany):
        seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        act()
    except DeskError:
        pass
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    return seen


def spoil(cast: Cast, **values: object) -> None:
    """Set columns of carla's account, whatever the services think of it."""
    accounts = table(Account)

    def do(work: Work) -> None:
        work.session.execute(sa.update(accounts).where(accounts.c.id == cast.ids["carla"]).values(values))

    cast.desk.touch(cast.itself.caller, do)


def every_cell(desk: Desk) -> str:
    """All that is stored about commands, as one text."""
    with desk.store.reading() as session:
        return repr([session.execute(sa.select(table(t))).all() for t in (Audit, Batch, SignIn, Throttle)])


def test_a_password_opens_a_session(cast: Cast, customer: Door):
    door = cast.visitor()
    signed_in = signing_in.sign_in(door, "CARLA@Customer.example", PASSWORD)
    assert signed_in.email == EMAIL
    assert signed_in.secret is not None
    assert len(signed_in.secret) >= 32
    assert who(Door(cast.desk, door.caller.with_secret(signed_in.secret))) == EMAIL


def test_no_secret_is_stored_or_shown(cast: Cast, customer: Door):
    signed_in = signing_in.sign_in(cast.visitor(), EMAIL, PASSWORD)
    stored = every_cell(cast.desk)
    for secret in (signed_in.secret, PASSWORD):
        assert secret is not None
        assert secret not in stored
        assert secret not in repr(signed_in)


def test_signing_in_again_ends_the_session_that_the_door_had(cast: Cast, customer: Door):
    signed_in = signing_in.sign_in(customer, EMAIL, PASSWORD)
    with pytest.raises(NotSignedIn):
        who(customer)
    assert who(Door(cast.desk, customer.caller.with_secret(signed_in.secret))) == EMAIL


def test_an_unknown_address_is_like_a_wrong_password(cast: Cast, customer: Door, hasher: Hasher):
    seen = []
    for address, source in ((EMAIL, "a"), ("nobody@customer.example", "b")):
        before = (hasher.hashed, hasher.verified)
        guess = partial(signing_in.sign_in, cast.visitor(source), address, "not the password")
        asked = statements(guess)
        with pytest.raises(NotSignedIn) as refusal:
            guess()
        cost = (hasher.hashed - before[0], hasher.verified - before[1])
        seen.append((asked, cost, str(refusal.value), refusal.value.field))
    assert seen[0] == seen[1]
    assert seen[0][1] == (0, 2)


def test_the_impossible_hash_costs_what_a_real_one_costs(hasher: Hasher):
    strong = Hasher()
    real = strong.hash("x")
    assert real.rsplit("$", 2)[0] == strong._nobody.rsplit("$", 2)[0]
    assert len(real) == len(strong._nobody)
    assert not strong.verify(None, "x")
    assert strong.verify(real, "x")


def test_a_disabled_or_passwordless_account_is_like_a_wrong_password(cast: Cast, customer: Door):
    for values in ({"state": "disabled"}, {"state": "active", "password_hash": None}):
        spoil(cast, **values)
        with pytest.raises(NotSignedIn):
            signing_in.sign_in(cast.visitor(), EMAIL, PASSWORD)


def test_a_hash_of_weaker_parameters_is_made_anew(cast: Cast, customer: Door):
    with using(Hasher(memory_kib=16, passes=1)):
        signing_in.sign_in(cast.visitor(), EMAIL, PASSWORD)
        with cast.desk.store.reading() as session:
            stored = session.execute(
                sa.select(table(Account).c.password_hash).where(table(Account).c.id == cast.ids["carla"])
            ).scalar()
        assert "m=16,t=1" in stored
        assert signing_in.sign_in(cast.visitor(), EMAIL, PASSWORD)


def test_a_password_that_changed_while_it_was_verified_opens_nothing(cast: Cast, customer: Door):
    door = cast.visitor()
    proof = signing_in.prove(door, EMAIL, PASSWORD)
    other = cheap_hasher().hash("another one")

    spoil(cast, password_hash=other)
    with pytest.raises(NotSignedIn):
        door.write(signing_in.complete, proof, sessions.new_secret())


def fail(door: Door, email: str = EMAIL) -> None:
    with pytest.raises(NotSignedIn):
        signing_in.sign_in(door, email, "wrong")


def test_the_delay_grows_from_the_fifth_failure_and_costs_no_hash(
    cast: Cast, clock: Clock, customer: Door, hasher: Hasher
):
    door = cast.visitor("elsewhere")
    waited = []
    for _ in range(5):
        fail(door)
    for _ in range(4):
        before = hasher.verified
        with pytest.raises(Forbidden) as refusal:
            signing_in.sign_in(door, EMAIL, PASSWORD)
        assert hasher.verified == before
        waited.append(refusal.value.message.params["seconds"])
        clock.advance(seconds=waited[-1])
        fail(door)
    assert waited == sorted(set(waited))
    clock.advance(hours=1)
    assert signing_in.sign_in(door, EMAIL, PASSWORD)
    fail(door)
    fail(door)


def test_an_unknown_address_is_slowed_down_in_the_same_words(cast: Cast, customer: Door):
    words = []
    for address, source in ((EMAIL, "a"), ("nobody@customer.example", "b")):
        door = cast.visitor(source)
        for _ in range(5):
            fail(door, address)
        with pytest.raises(Forbidden) as refusal:
            signing_in.sign_in(door, address, "wrong")
        words.append(str(refusal.value))
    assert words[0] == words[1]


def test_nobody_locks_the_owner_out_of_a_known_place(cast: Cast, clock: Clock, customer: Door):
    home = cast.visitor("home")
    signing_in.sign_in(home, EMAIL, PASSWORD)
    refused = failed = 0
    for number in range(140):
        try:
            fail(cast.visitor(f"bot {number}"))
            failed += 1
        except Forbidden:
            refused += 1
        clock.advance(minutes=11)
    assert failed <= 110
    assert refused > 0
    assert signing_in.sign_in(home, EMAIL, PASSWORD)


def test_guessing_goes_no_faster_from_a_place_that_the_owner_shares(cast: Cast, clock: Clock, customer: Door):
    shared = cast.visitor("shared machine")
    signing_in.sign_in(shared, EMAIL, PASSWORD)
    guesses, end = 0, clock.now + timedelta(days=3)
    while clock.now < end:
        try:
            signing_in.sign_in(shared, EMAIL, "wrong")
        except NotSignedIn:
            guesses += 1
        except Forbidden as refusal:
            clock.advance(seconds=refusal.message.params["seconds"])
    assert guesses < 100 + 3 * 24


def test_a_few_mistakes_leave_a_place_known(cast: Cast, clock: Clock, customer: Door):
    home = cast.visitor("home")
    signing_in.sign_in(home, EMAIL, PASSWORD)
    for number in range(40):
        try:
            fail(cast.visitor(f"bot {number}"))
        except Forbidden:
            clock.advance(minutes=11)
    for _ in range(4):
        fail(home)
    assert signing_in.sign_in(home, EMAIL, PASSWORD)


def test_one_source_is_slowed_down_over_all_accounts(cast: Cast):
    door = cast.visitor("one machine")
    for number in range(30):
        fail(door, f"person{number}@customer.example")
    with pytest.raises(Forbidden):
        signing_in.sign_in(door, "fresh@customer.example", "wrong")


def test_a_locked_screen_opens_with_the_own_password_alone(customer: Door, cast: Cast):
    signing_in.confirm(customer, PASSWORD)
    with pytest.raises(Invalid):
        signing_in.confirm(customer, "wrong")
    with pytest.raises(NotSignedIn):
        signing_in.confirm(cast.visitor(), PASSWORD)


def test_sessions_are_listed_and_ended(cast: Cast, customer: Door, operator: Door, admin: Door):
    other = cast.sign_in("carla", Channel.TUI, "office\x1b[2J")
    lines = customer.read(sessions.mine)
    assert len(lines) == 2
    assert [line.is_current for line in lines].count(True) == 1
    assert all("\x1b" not in line.source for line in lines)
    (second,) = [line for line in lines if not line.is_current]
    with pytest.raises(NotFound):
        operator.write(sessions.revoke, second.id)
    customer.write(sessions.revoke, second.id)
    with pytest.raises(NotSignedIn):
        who(other)
    with pytest.raises(Forbidden):
        operator.read(sessions.of_account, EMAIL)
    assert len(admin.read(sessions.of_account, EMAIL)) == 1
    with pytest.raises(Forbidden):
        operator.write(sessions.revoke_all, EMAIL)
    assert admin.write(sessions.revoke_all, EMAIL).sessions == 1
    with pytest.raises(NotSignedIn):
        who(customer)


def test_all_sessions_but_the_own_end_at_once(cast: Cast, customer: Door, operator: Door, admin: Door):
    second, third = cast.sign_in("carla"), cast.sign_in("carla", Channel.TUI)
    assert customer.write(sessions.revoke_others).sessions == 2
    for ended in (second, third):
        with pytest.raises(NotSignedIn):
            who(ended)
    assert (who(customer), who(operator)) == (EMAIL, "luis@desk.example")
    assert customer.write(sessions.revoke_others).sessions == 0
    lines = admin.read(audit.page, kind=AuditKind.SESSION_REVOKED).items
    assert [line.detail for line in lines] == [{"sessions": "2"}]


def test_signing_out_ends_this_session_or_all_of_them(cast: Cast, customer: Door):
    second, third = cast.sign_in("carla"), cast.sign_in("carla")
    assert second.write(sessions.sign_out).sessions == 1
    assert who(third) == EMAIL
    assert third.write(sessions.sign_out, everywhere=True).sessions == 2
    for door in (customer, second, third):
        with pytest.raises(NotSignedIn):
            who(door)
    assert cast.visitor().write(sessions.sign_out).sessions == 0


def test_a_session_ends_when_idle_for_twelve_hours_and_after_thirty_days(
    cast: Cast, clock: Clock, customer: Door
):
    for _ in range(71):
        clock.advance(hours=10)
        assert who(customer) == EMAIL
    clock.advance(hours=11)
    with pytest.raises(NotSignedIn):
        who(customer)
    idle = cast.sign_in("carla")
    clock.advance(hours=12, minutes=1)
    with pytest.raises(NotSignedIn):
        who(idle)


def test_sign_ins_and_failures_are_in_the_audit_log(cast: Cast, customer: Door):
    door = Door(cast.desk, Caller(Channel.CLI, "kitchen"))
    fail(door)
    fail(door, "nobody@customer.example")
    signing_in.sign_in(door, EMAIL, PASSWORD)
    with cast.desk.store.reading() as session:
        rows = session.execute(sa.select(table(Audit)).order_by(table(Audit).c.id)).all()[-3:]
    assert [(row.kind, row.account_id, row.source) for row in rows] == [
        (AuditKind.SIGN_IN_FAILED, cast.ids["carla"], "kitchen"),
        (AuditKind.SIGN_IN_FAILED, None, "kitchen"),
        (AuditKind.SIGNED_IN, cast.ids["carla"], "kitchen"),
    ]


def test_the_names_of_sessions_do_not_count_those_of_others(cast: Cast, customer: Door, operator: Door):
    for _ in range(3):
        cast.sign_in("luis")
    cast.sign_in("carla")
    names = [line.id for door in (customer, operator) for line in door.read(sessions.mine)]
    assert len(set(names)) == len(names) >= 6
    assert all(len(name) == 12 and int(name, 16) > 10_000 for name in names)
    with pytest.raises(NotFound):
        customer.write(sessions.revoke, names[-1])
    assert cast.admin().write(sessions.revoke, names[-1]).sessions == 1


def test_opening_a_lock_is_no_failure(cast: Cast, clock: Clock):
    operator = cast.operator()
    with using(cheap_hasher()):
        for _ in range(30):
            signing_in.confirm(operator, PASSWORD)
            clock.advance(minutes=35)
        with pytest.raises(Invalid):
            signing_in.confirm(operator, "a typo")
        signing_in.confirm(operator, PASSWORD)
