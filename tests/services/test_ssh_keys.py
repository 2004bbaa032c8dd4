"""SSH keys of accounts: who binds them, what they open, and what ends them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import AuditKind, Role, Template
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from sysmo_tui.domain.ssh_keys import read_public_key
from sysmo_tui.models import Audit, SshKey, table
from sysmo_tui.services import accounts, audit, cleaning, outbox, passwords, sessions, ssh_keys
from tests.cast import PASSWORD, Cast, Clock, mails
from tests.keys_of_people import SOURCE, bound, connected, public_key, public_line
from tests.services import requests as ask

EMAIL = "carla@customer.example"


def who(door: Door) -> str:
    return door.read(lambda work: work.actor.email)


def fingerprint(name: str) -> str:
    return public_key(name).fingerprint


def audited(cast: Cast, *kinds: AuditKind) -> list[sa.Row[object]]:
    found = table(Audit)
    with cast.desk.store.reading() as session:
        return list(session.execute(sa.select(found).where(found.c.kind.in_(kinds)).order_by(found.c.id)))


def test_a_bound_key_is_its_owner_and_no_other_key_is(cast: Cast, customer: Door):
    with pytest.raises(NotSignedIn):
        who(connected(cast.desk, "laptop"))
    mine = bound(customer, "laptop", "my laptop")
    assert who(mine) == EMAIL
    with pytest.raises(NotSignedIn):
        who(connected(cast.desk, "another"))
    [line] = mine.read(ssh_keys.mine)
    assert (line.fingerprint, line.label, line.is_current) == (fingerprint("laptop"), "my laptop", True)
    assert (line.algorithm, line.last_used_at, line.last_source) == ("ssh-ed25519", None, "")
    assert not customer.read(ssh_keys.mine)[0].is_current


def test_only_the_key_of_this_connection_is_bound(cast: Cast, customer: Door):
    with pytest.raises(Forbidden):
        customer.write(ssh_keys.bind, public_key("pasted"))
    offered = Door(cast.desk, replace(customer.caller, key=fingerprint("mine")))
    with pytest.raises(Forbidden):
        offered.write(ssh_keys.bind, public_key("pasted"))
    with pytest.raises(Forbidden):
        ssh_keys.bind_after_password(connected(cast.desk, "mine"), EMAIL, PASSWORD, public_key("pasted"))
    assert customer.read(ssh_keys.mine) == ()


def test_a_visitor_binds_the_key_of_the_connection_with_the_password(cast: Cast, customer: Door):
    visitor = connected(cast.desk, "new laptop")
    line = ssh_keys.bind_after_password(visitor, EMAIL.upper(), PASSWORD, public_key("new laptop"), "work")
    assert (line.label, line.is_current) == ("work", True)
    assert who(visitor) == EMAIL
    [added] = audited(cast, AuditKind.KEY_ADDED)
    assert (added.account_id, added.actor_id, added.source) == (
        cast.ids["carla"],
        cast.ids["carla"],
        SOURCE,
    )


@pytest.mark.parametrize("email", [EMAIL, "nobody@customer.example"])
def test_a_wrong_password_binds_nothing_and_is_counted_like_a_sign_in(cast: Cast, customer: Door, email: str):
    visitor, key = connected(cast.desk, "guess"), public_key("guess")
    for _try in range(5):
        with pytest.raises(NotSignedIn) as refusal:
            ssh_keys.bind_after_password(visitor, email, "wrong", key)
        assert refusal.value.message.text.startswith("The e-mail address or the password is wrong.")
    with pytest.raises(Forbidden, match="Too many attempts"):
        ssh_keys.bind_after_password(visitor, email, PASSWORD, key)
    with pytest.raises(NotSignedIn):
        who(visitor)
    assert len(audited(cast, AuditKind.SIGN_IN_FAILED)) == 5


def test_a_live_key_belongs_to_one_account_and_nobody_is_told_whose(cast: Cast, customer: Door):
    bound(customer, "shared")
    with pytest.raises(Conflict) as refusal:
        bound(cast.operator(), "shared")
    assert refusal.value.message.params == {}
    with pytest.raises(Conflict):
        cast.admin().write(ssh_keys.bind_for, "luis@desk.example", read_public_key(public_line("shared")))
    assert who(connected(cast.desk, "shared")) == EMAIL
    customer.write(ssh_keys.revoke, fingerprint("shared"))
    assert who(bound(cast.operator(), "shared")) == "luis@desk.example"


def test_binding_the_same_key_again_changes_at_most_its_label(cast: Cast, customer: Door):
    bound(customer, "laptop", "old")
    bound(customer, "laptop")
    bound(customer, "laptop", "new")
    [line] = customer.read(ssh_keys.mine)
    assert line.label == "new"
    assert len(audited(cast, AuditKind.KEY_ADDED)) == 1


def test_labels_and_the_number_of_keys_have_limits(cast: Cast, customer: Door):
    with pytest.raises(Invalid) as refusal:
        bound(customer, "laptop", "x" * (ssh_keys.LONGEST_LABEL + 1))
    assert refusal.value.field == "label"
    for number in range(ssh_keys.MOST):
        bound(customer, f"laptop {number}", "l\na\x1bb")
    assert {line.label for line in customer.read(ssh_keys.mine)} == {"l a�b"}
    with pytest.raises(Conflict):
        bound(customer, "one too many")


def test_an_administrator_binds_a_key_for_somebody_who_is_told(cast: Cast, admin: Door, customer: Door):
    line = admin.write(ssh_keys.bind_for, EMAIL, read_public_key(public_line("field")))
    assert (line.label, line.is_current) == ("field@laptop", False)
    assert who(connected(cast.desk, "field")) == EMAIL
    [mail] = [mail for mail in mails(cast.desk) if mail.template is Template.KEY_ADDED]
    assert (mail.address, mail.payload) == (EMAIL, {"key": fingerprint("field"), "label": "field@laptop"})
    [added] = audited(cast, AuditKind.KEY_ADDED)
    assert (added.actor_id, added.account_id) == (cast.ids["ada"], cast.ids["carla"])
    assert admin.read(ssh_keys.of_account, EMAIL)[0].fingerprint == fingerprint("field")


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.OPERATOR, Role.MANAGER])
def test_nobody_but_administrators_has_to_do_with_others_keys(cast: Cast, role: Role):
    door = {
        Role.CUSTOMER: cast.customer,
        Role.OPERATOR: cast.operator,
        Role.MANAGER: cast.manager,
    }[role]()
    bound(cast.customer("cora"), "cora")
    with pytest.raises(Forbidden):
        door.write(ssh_keys.bind_for, "cora@customer.example", public_key("x"))
    with pytest.raises(Forbidden):
        door.read(ssh_keys.of_account, "cora@customer.example")
    missing = refusal_of(door, fingerprint("nobody's"))
    foreign = refusal_of(door, fingerprint("cora"))
    assert missing == foreign.replace(fingerprint("cora"), fingerprint("nobody's"))
    assert who(connected(cast.desk, "cora")) == "cora@customer.example"


def refusal_of(door: Door, name: str) -> str:
    with pytest.raises(NotFound) as refusal:
        door.write(ssh_keys.revoke, name)
    return str(refusal.value)


def test_a_revoked_key_opens_nothing_from_the_next_moment_on(cast: Cast, customer: Door):
    mine = bound(customer, "laptop")
    kept = bound(customer, "desktop")
    assert mine.write(ssh_keys.revoke, fingerprint("laptop").removeprefix("SHA256:")[:6]).keys == 1
    with pytest.raises(NotSignedIn):
        who(mine)
    assert who(kept) == EMAIL
    assert [line.fingerprint for line in customer.read(ssh_keys.mine)] == [fingerprint("desktop")]
    [revoked] = audited(cast, AuditKind.KEY_REVOKED)
    assert revoked.detail == {"key": fingerprint("laptop")}


@pytest.mark.parametrize("name", ["", "SHA256:", "abc", "SHA256:abcde"])
def test_a_key_is_not_named_by_too_little(customer: Door, name: str):
    bound(customer, "laptop")
    with pytest.raises(Invalid):
        customer.write(ssh_keys.revoke, name)


def test_an_administrator_revokes_anybodys_key(cast: Cast, admin: Door, customer: Door):
    mine = bound(customer, "laptop")
    admin.write(ssh_keys.revoke, fingerprint("laptop"))
    with pytest.raises(NotSignedIn):
        who(mine)


def test_disabling_an_account_revokes_its_keys_for_good(cast: Cast, admin: Door, customer: Door):
    mine = bound(customer, "laptop")
    admin.write(accounts.disable, EMAIL)
    with pytest.raises(NotSignedIn):
        who(mine)
    with pytest.raises(Conflict):
        admin.write(ssh_keys.bind_for, EMAIL, public_key("other"))
    admin.write(accounts.enable, EMAIL)
    with pytest.raises(NotSignedIn):
        who(mine)
    assert who(bound(cast.sign_in("carla"), "laptop")) == EMAIL


def test_a_password_that_is_taken_away_takes_the_keys_along(cast: Cast, admin: Door, customer: Door):
    mine = bound(customer, "laptop")
    passwords.reset(admin, EMAIL)
    with pytest.raises(NotSignedIn):
        who(mine)


def test_a_changed_password_leaves_the_keys(cast: Cast, customer: Door):
    mine = bound(customer, "laptop")
    passwords.change(mine, PASSWORD, "seventeen green bottles")
    assert who(mine) == EMAIL


def test_a_changed_role_counts_at_once(cast: Cast, admin: Door):
    luis = bound(cast.operator(), "laptop")
    admin.write(accounts.set_role, "luis@desk.example", Role.CUSTOMER, release=True)
    assert luis.read(lambda work: work.actor.role) is Role.CUSTOMER


def test_a_last_administrator_by_key_is_judged_again_when_the_turn_comes(cast: Cast, admin: Door):
    ada = bound(admin, "laptop")
    cast.admin("zoe").write(accounts.set_role, "ada@desk.example", Role.MANAGER)
    with pytest.raises(Forbidden):
        ada.write(ssh_keys.bind_for, "zoe@desk.example", public_key("x"))


def test_use_is_noted_with_its_source_and_in_the_audit_log_as_a_sign_in(
    cast: Cast, clock: Clock, customer: Door
):
    mine = bound(customer, "laptop")

    def use(door: Door) -> tuple[object, str, int]:
        door.touch(ssh_keys.note_used)
        [line] = mine.read(ssh_keys.mine)
        return line.last_used_at, line.last_source, len(audited(cast, AuditKind.SIGNED_IN))

    began = clock.now
    assert use(mine) == (began, SOURCE, 1)
    clock.advance(minutes=4)
    assert use(mine) == (began, SOURCE, 1)
    clock.advance(minutes=4)
    assert use(mine) == (clock.now, SOURCE, 1)
    elsewhere = connected(cast.desk, "laptop", source="2001:db8::7")
    assert use(elsewhere) == (clock.now, "2001:db8::7", 2)
    clock.advance(hours=13)
    assert use(elsewhere) == (clock.now, "2001:db8::7", 3)
    connected(cast.desk, "unbound").touch(ssh_keys.note_used)
    assert audited(cast, AuditKind.SIGNED_IN)[-1].detail == {"key": fingerprint("laptop")}


def test_who_comes_by_key_sees_and_ends_sessions(cast: Cast, customer: Door):
    mine = bound(customer, "laptop")
    assert [line.is_current for line in mine.read(sessions.mine)] == [False]
    assert mine.write(sessions.revoke_others).sessions == 1
    with pytest.raises(NotSignedIn):
        who(customer)
    assert mine.write(sessions.sign_out, everywhere=True).sessions == 0
    assert who(mine) == EMAIL


def test_mail_of_who_leaves_by_key_waits_no_more(cast: Cast, clock: Clock, operator: Door):
    by_key = bound(operator, "laptop")
    number = ask.file(cast.customer())
    ask.reply(by_key, number, "By key.", delay=timedelta(seconds=10))
    ask.reply(operator, number, "By password.", delay=timedelta(seconds=10))

    def waiting() -> int:
        return sum(
            mail.next_attempt_at > clock.now for mail in mails(cast.desk) if mail.template is Template.REPLIED
        )

    assert waiting() == 2
    connected(cast.desk, "laptop").touch(outbox.hurry)
    assert waiting() == 2
    by_key.touch(outbox.hurry, by_key.batches)
    assert waiting() == 1
    operator.touch(outbox.hurry)
    assert waiting() == 0


def test_revoked_keys_are_forgotten_in_time(cast: Cast, clock: Clock, customer: Door):
    bound(customer, "laptop")
    bound(customer, "desktop")
    customer.write(ssh_keys.revoke, fingerprint("laptop"))
    clock.advance(days=31)
    cast.itself.write(cleaning.drop_dead_secrets)
    with cast.desk.store.reading() as session:
        kept = session.execute(sa.select(table(SshKey).c.fingerprint)).scalars().all()
    assert kept == [fingerprint("desktop")]


def test_the_desk_itself_has_no_keys(cast: Cast):
    with pytest.raises(Forbidden):
        cast.itself.write(ssh_keys.bind, public_key("x"))


def test_the_audit_log_shows_keys_in_words(cast: Cast, admin: Door, customer: Door):
    bound(customer, "laptop")
    [line] = admin.read(audit.page, kind=AuditKind.KEY_ADDED).items
    assert line.detail["key"] == fingerprint("laptop")
