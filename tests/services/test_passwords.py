from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Role, Template
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from sysmo_tui.models import Audit, Batch, Token, table
from sysmo_tui.services import asking, audit, passwords, signing_in
from tests.cast import PASSWORD, Cast, Clock, code_in_mail, mails

EMAIL = "carla@customer.example"
NEW = "seventeen green bottles"
OTHER = "harbour lantern quilt 5"


def who(door: Door) -> str:
    return door.read(lambda work: work.actor.email)


def templates(cast: Cast) -> list[tuple[str, Template]]:
    return [(mail.address, mail.template) for mail in mails(cast.desk)]


def test_a_changed_password_ends_every_session_and_gives_the_door_a_new_one(cast: Cast, customer: Door):
    other = cast.sign_in("carla")
    signed_in = passwords.change(customer, PASSWORD, NEW)
    for door in (customer, other):
        with pytest.raises(NotSignedIn):
            who(door)
    assert who(Door(cast.desk, customer.caller.with_secret(signed_in.secret))) == EMAIL
    with pytest.raises(NotSignedIn):
        signing_in.sign_in(cast.visitor(), EMAIL, PASSWORD)
    assert signing_in.sign_in(cast.visitor(), EMAIL, NEW)
    assert templates(cast) == [(EMAIL, Template.PASSWORD_CHANGED)]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [("wrong", NEW, "old_password"), (PASSWORD, "short", "password"), (PASSWORD, PASSWORD, "password")],
)
def test_a_change_that_is_not_acceptable_changes_nothing(customer: Door, old: str, new: str, field: str):
    with pytest.raises(Invalid) as refusal:
        passwords.change(customer, old, new)
    assert refusal.value.field == field
    signing_in.confirm(customer, PASSWORD)


def test_a_password_is_not_made_of_its_owner(cast: Cast):
    with pytest.raises(Invalid):
        passwords.change(cast.customer("wilhelmina"), PASSWORD, "wilhelmina wilhelmina 1")


def test_a_forgotten_password_is_chosen_anew_with_a_code(cast: Cast, clock: Clock, customer: Door):
    passwords.forgot(cast.visitor(), EMAIL)
    first = code_in_mail(cast.desk, EMAIL)
    passwords.forgot(cast.visitor(), "CARLA@customer.example")
    code = code_in_mail(cast.desk, EMAIL)
    with pytest.raises(Invalid):
        passwords.choose(cast.visitor(), first, NEW)
    with pytest.raises(Invalid) as refusal:
        passwords.choose(cast.visitor(), code, "short")
    assert refusal.value.field == "password"
    with pytest.raises(Invalid) as refusal:
        passwords.choose(cast.visitor(), code, NEW, email="luis@desk.example")
    assert refusal.value.field == "code"
    clock.advance(minutes=29)
    assert passwords.choose(cast.visitor(), code, NEW, email=EMAIL).email == EMAIL
    with pytest.raises(NotSignedIn):
        who(customer)
    assert signing_in.sign_in(cast.visitor(), EMAIL, NEW)
    with pytest.raises(Invalid):
        passwords.choose(cast.visitor(), code, OTHER)
    assert templates(cast)[-1] == (EMAIL, Template.PASSWORD_CHANGED)


def test_a_code_for_a_forgotten_password_lasts_half_an_hour(cast: Cast, clock: Clock, customer: Door):
    passwords.forgot(cast.visitor(), EMAIL)
    clock.advance(minutes=30)
    with pytest.raises(Invalid):
        passwords.choose(cast.visitor(), code_in_mail(cast.desk, EMAIL), NEW)


def test_asking_answers_alike_and_mails_only_who_has_an_account(cast: Cast, customer: Door):
    for email in (EMAIL, "nobody@customer.example"):
        assert passwords.forgot(cast.visitor(), email).email == email
    assert templates(cast) == [(EMAIL, Template.RESET)]


def test_asking_over_and_over_does_not_flood_a_mailbox(cast: Cast, customer: Door):
    for bot in ("bot 1", "bot 2", "bot 3"):
        for _ in range(9):
            passwords.forgot(cast.visitor(bot), EMAIL)
    assert len(mails(cast.desk)) == asking.MAILS
    assert passwords.choose(cast.visitor(), code_in_mail(cast.desk, EMAIL), NEW)


def test_strangers_cannot_keep_a_code_from_the_owner(cast: Cast, clock: Clock, customer: Door):
    signing_in.sign_in(cast.visitor("home"), EMAIL, PASSWORD)
    for bot in ("bot 1", "bot 2", "bot 3"):
        for _ in range(3):
            passwords.forgot(cast.visitor(bot), EMAIL)
    sent = len(mails(cast.desk))
    passwords.forgot(cast.visitor("new laptop"), EMAIL)
    assert len(mails(cast.desk)) == sent
    passwords.forgot(cast.visitor("home"), EMAIL)
    assert len(mails(cast.desk)) == sent + 1
    # From a place that nobody knows: as long as mail is withheld, the last code that was mailed is good.
    clock.advance(minutes=29, seconds=59)
    passwords.forgot(cast.visitor("new laptop"), EMAIL)
    assert len(mails(cast.desk)) == sent + 1
    code = code_in_mail(cast.desk, EMAIL)
    assert cast.visitor("new laptop").read(passwords.holder_of, code, EMAIL).email == EMAIL
    clock.advance(seconds=1)
    passwords.forgot(cast.visitor("new laptop"), EMAIL)
    assert len(mails(cast.desk)) == sent + 2
    assert passwords.choose(cast.visitor("new laptop"), code_in_mail(cast.desk, EMAIL), NEW)


def test_a_changed_password_ends_the_codes_that_were_out(cast: Cast, customer: Door):
    passwords.forgot(cast.visitor(), EMAIL)
    passwords.change(customer, PASSWORD, NEW)
    with pytest.raises(Invalid):
        passwords.choose(cast.visitor(), code_in_mail(cast.desk, EMAIL), OTHER)


def test_of_two_who_choose_with_one_code_at_once_one_wins(cast: Cast, customer: Door):
    passwords.forgot(cast.visitor(), EMAIL)
    code = code_in_mail(cast.desk, EMAIL)

    def choose(password: str) -> str | None:
        try:
            passwords.choose(cast.visitor(), code, password)
        except Invalid:
            return None
        return password

    with ThreadPoolExecutor(2) as threads:
        (won,) = [done for done in threads.map(choose, (NEW, OTHER)) if done]
    assert signing_in.sign_in(cast.visitor(), EMAIL, won)


def test_an_administrator_takes_a_password_away_and_passes_a_code_on(cast: Cast, admin: Door, customer: Door):
    issued = passwords.reset(admin, EMAIL)
    assert (issued.email, issued.role) == (EMAIL, Role.CUSTOMER)
    with pytest.raises(NotSignedIn):
        who(customer)
    with pytest.raises(NotSignedIn):
        signing_in.sign_in(cast.visitor(), EMAIL, PASSWORD)
    assert templates(cast) == [(EMAIL, Template.RESET)]
    assert issued.code is not None
    passwords.choose(cast.visitor(), issued.code, NEW)
    assert signing_in.sign_in(cast.visitor("home"), EMAIL, NEW)
    kinds = [line.kind.value for line in admin.read(audit.page, actor=EMAIL).items]
    assert kinds == ["signed_in", "password_changed", "sign_in_failed", "password_reset"]


def test_only_administrators_reset_and_only_accounts_in_use(cast: Cast, admin: Door, customer: Door):
    for door in (cast.manager(), cast.operator(), customer):
        with pytest.raises(Forbidden):
            passwords.reset(door, EMAIL)
    with pytest.raises(NotFound):
        passwords.reset(admin, "nobody@customer.example")


def test_who_holds_the_database_lets_an_administrator_back_in(cast: Cast, admin: Door, customer: Door):
    issued = passwords.recover(cast.itself, "ada@desk.example")
    assert issued.code is not None
    assert who(admin) == "ada@desk.example"
    passwords.choose(cast.visitor(), issued.code, NEW)
    assert signing_in.sign_in(cast.visitor(), "ada@desk.example", NEW).role is Role.ADMIN
    with pytest.raises(Forbidden):
        passwords.recover(cast.sign_in("ada"), "ada@desk.example")
    with pytest.raises(NotFound):
        passwords.recover(cast.itself, EMAIL)
    with cast.desk.store.reading() as session:
        assert "recovered" in session.execute(sa.select(table(Audit).c.kind)).scalars().all()


def test_codes_and_passwords_are_stored_nowhere(cast: Cast, admin: Door, customer: Door):
    codes = [passwords.reset(admin, EMAIL).code, passwords.recover(cast.itself, "ada@desk.example").code]
    passwords.choose(cast.visitor(), codes[0] or "", NEW)
    with cast.desk.store.reading() as session:
        stored = repr([session.execute(sa.select(table(t))).all() for t in (Audit, Batch, Token)])
    for secret in (NEW, *codes):
        assert secret
        assert secret not in stored
        assert secret.replace("-", "") not in stored


def test_a_retry_after_a_lost_answer_brings_no_code(cast: Cast, admin: Door, customer: Door):
    from sysmo_tui.desk import command_for

    command = command_for(passwords.take_away, key="k")
    first = passwords.reset(admin, EMAIL, command=command)
    second = passwords.reset(admin, EMAIL, command=command)
    assert first.code is not None
    assert second.code is None
    assert second.expires_at == first.expires_at
    with pytest.raises(Conflict):
        passwords.reset(admin, EMAIL, command=command_for(passwords.take_away, key="k", digest="other"))


def guessed(cast: Cast, clock: Clock, failures: int) -> None:
    """Let that many guesses fail, each from a place of its own."""
    failed = 0
    while failed < failures:
        try:
            signing_in.sign_in(cast.visitor(f"bot {failed}"), EMAIL, "wrong")
        except NotSignedIn:
            failed += 1
        except Forbidden as refusal:
            clock.advance(seconds=refusal.message.params["seconds"])


def test_a_mailed_code_opens_at_once_what_guesses_slowed_down(cast: Cast, clock: Clock, customer: Door):
    guessed(cast, clock, 100)
    laptop = cast.visitor("new laptop")
    with pytest.raises(Forbidden) as refusal:
        signing_in.sign_in(laptop, EMAIL, PASSWORD)
    assert refusal.value.message.params["seconds"] <= 3601
    assert "mailed code" in str(refusal.value)
    passwords.forgot(laptop, EMAIL)
    passwords.choose(laptop, code_in_mail(cast.desk, EMAIL), NEW)
    guessed(cast, clock, 60)
    assert signing_in.sign_in(laptop, EMAIL, NEW)


def test_no_flood_of_guesses_keeps_the_owner_out_for_more_than_an_hour(
    cast: Cast, clock: Clock, customer: Door
):
    guessed(cast, clock, 110)
    clock.advance(hours=1)
    assert signing_in.sign_in(cast.visitor("new laptop"), EMAIL, PASSWORD)
