from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import AccountState, Channel, Role, Template
from sysmo_tui.domain.errors import DeskError, Forbidden, Invalid, NotFound, NotSignedIn
from sysmo_tui.mail import sending
from sysmo_tui.models import Account, AccountEmail, Audit, Batch, Company, Token, table
from sysmo_tui.services import (
    accounts,
    asking,
    filing,
    news,
    outbox,
    passwords,
    reading,
    registration,
    signing_in,
    tokens,
)
from sysmo_tui.services.accounts import Invitation
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.hashing import Hasher
from sysmo_tui.services.registration_form import RegistrationForm
from tests.cast import PASSWORD, Cast, Clock, code_in_mail, mails

EMAIL = "sol@acme.example"
ADDRESS = "Sol@acme.example"
FORM = RegistrationForm(
    email="Sol@ACME.example",
    password=PASSWORD,
    name="  Sol   Rivas ",
    phone="011 4321-1234",
    company="Acme S.A.",
    tax_id="30-71234567-1",
)
EMPLOYEE = RegistrationForm(
    email="new@desk.example", password=PASSWORD, name="New One", phone="+541143211234"
)


def account(desk: Desk, email: str) -> sa.Row:
    with desk.store.reading() as session:
        accounts, emails = table(Account), table(AccountEmail)
        return session.execute(
            sa.select(accounts, emails.c.verified_at)
            .join(emails, emails.c.account_id == accounts.c.id)
            .where(emails.c.folded == email.casefold())
        ).one()


def companies(desk: Desk) -> list[sa.Row]:
    with desk.store.reading() as session:
        return list(session.execute(sa.select(table(Company)).order_by(table(Company).c.id)))


def code_for(cast: Cast, email: str) -> str:
    return code_in_mail(cast.desk, email)


def test_registering_is_complete_only_after_the_code_was_used(cast: Cast):
    door = cast.visitor()
    registration.register(door, FORM)
    assert account(cast.desk, EMAIL).state is AccountState.PENDING
    with pytest.raises(NotSignedIn):
        signing_in.sign_in(door, EMAIL, PASSWORD)

    code = code_for(cast, "Sol@acme.example").lower().replace("-", " ")
    verified = registration.verify(door, code, PASSWORD)

    assert (verified.email, verified.name) == ("Sol@acme.example", "Sol   Rivas")
    assert not verified.needs_password
    row = account(cast.desk, EMAIL)
    assert (row.state, row.role, row.phone) == (AccountState.ACTIVE, Role.CUSTOMER, "+541143211234")
    assert row.verified_at is not None
    assert signing_in.sign_in(door, EMAIL, PASSWORD).role is Role.CUSTOMER


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "not an address"),
        ("name", "  "),
        ("phone", "12"),
        ("phone", ""),
        ("company", ""),
        ("tax_id", ""),
        ("tax_id", "30-71234567-2"),
        ("country", "XX"),
        ("password", "short"),
        ("password", "sol rivas acme"),
    ],
)
def test_what_is_not_acceptable_is_named(cast: Cast, field: str, value: str):
    with pytest.raises(Invalid) as refusal:
        registration.register(cast.visitor(), replace(FORM, **{field: value}))
    assert refusal.value.field == field
    assert mails(cast.desk) == []


def test_employees_of_the_own_company_need_neither_company_nor_tax_id(cast: Cast):
    registration.register(cast.visitor(), EMPLOYEE)
    registration.verify(cast.visitor(), code_for(cast, EMPLOYEE.email))
    row = account(cast.desk, EMPLOYEE.email)
    assert row.role is Role.CUSTOMER
    (own,) = [company for company in companies(cast.desk) if company.is_own]
    assert row.company_id == own.id


def test_a_known_address_is_answered_like_an_unknown_one(cast: Cast, customer: Door, hasher: Hasher):
    answers = []
    for email in ("carla@customer.example", EMAIL):
        before = (hasher.hashed, hasher.verified)
        answer = registration.register(cast.visitor(), replace(FORM, email=email))
        cost = (hasher.hashed - before[0], hasher.verified - before[1])
        answers.append((answer.expires_at, type(answer), cost))
    assert answers[0] == answers[1]
    assert [(mail.address, mail.template) for mail in mails(cast.desk)] == [
        ("carla@customer.example", Template.ALREADY_REGISTERED),
        ("sol@acme.example", Template.VERIFY),
    ]
    assert signing_in.sign_in(cast.visitor(), "carla@customer.example", PASSWORD)
    assert account(cast.desk, "carla@customer.example").name == "Carla"


def test_a_registration_that_is_never_verified_changes_nothing(cast: Cast):
    registration.register(cast.visitor(), FORM)
    registration.register(
        cast.visitor(), replace(FORM, name="Mallory", company="Other", tax_id="30-50001091-2")
    )
    row = account(cast.desk, EMAIL)
    assert (row.name, row.company_id, row.typed_company, row.password_hash) == (
        "Sol@acme.example",
        None,
        "",
        None,
    )
    assert [company for company in companies(cast.desk) if not company.is_own] == []


def test_registering_again_ends_the_older_code(cast: Cast):
    registration.register(cast.visitor(), FORM)
    first = code_for(cast, "Sol@acme.example")
    registration.register(cast.visitor(), replace(FORM, name="Sol R."))
    with pytest.raises(Invalid):
        registration.verify(cast.visitor(), first)
    code = code_for(cast, "Sol@acme.example")
    assert registration.verify(cast.visitor(), code, PASSWORD).name == "Sol R."
    assert signing_in.sign_in(cast.visitor(), EMAIL, PASSWORD)


ATTACK = replace(FORM, password="attacker knows this one 9", name="BUY http://evil.example")


@pytest.mark.parametrize("attacker_is_first", [True, False])
@pytest.mark.parametrize("typed", [None, "", PASSWORD, "something else 55"])
def test_nobody_can_fix_the_password_of_someone_elses_account(
    cast: Cast, attacker_is_first: bool, typed: str | None
):
    for form in (ATTACK, FORM) if attacker_is_first else (FORM, ATTACK, ATTACK):
        registration.register(cast.visitor(), form)
    verified = registration.verify(cast.visitor(), code_for(cast, "Sol@acme.example"), typed)
    is_proven = attacker_is_first and typed == PASSWORD
    assert verified.needs_password is not is_proven
    with pytest.raises(NotSignedIn):
        signing_in.sign_in(cast.visitor("bot"), EMAIL, ATTACK.password)
    if verified.choose_code is not None:
        with pytest.raises(NotSignedIn):
            signing_in.sign_in(cast.visitor(), EMAIL, PASSWORD)
        passwords.choose(cast.visitor(), verified.choose_code, "seventeen green bottles")
        assert signing_in.sign_in(cast.visitor("home"), EMAIL, "seventeen green bottles")
    else:
        assert signing_in.sign_in(cast.visitor("home"), EMAIL, PASSWORD)


def test_who_types_the_code_of_a_strangers_registration_keeps_the_stranger_out(cast: Cast, operator: Door):
    number = operator.write(
        filing.file,
        Filing("general", "Salary", "private", requester=EMAIL, requester_name="Sol", channel=Channel.PHONE),
    ).number
    registration.register(cast.visitor("bot"), ATTACK)
    verified = registration.verify(cast.visitor("sol"), code_for(cast, EMAIL))
    assert verified.needs_password
    with pytest.raises(NotSignedIn):
        signing_in.sign_in(cast.visitor("bot"), EMAIL, ATTACK.password)
    passwords.choose(cast.visitor("sol"), verified.choose_code or "", PASSWORD)
    signed_in = signing_in.sign_in(cast.visitor("sol"), EMAIL, PASSWORD)
    sol = Door(cast.desk, Caller(Channel.CLI, "sol", signed_in.secret))
    assert sol.read(reading.show, number).row.number == number


def test_a_flood_of_registrations_neither_floods_the_mailbox_nor_loses_the_owners_form(cast: Cast):
    for bot in ("bot 1", "bot 2"):
        for _ in range(8):
            registration.register(cast.visitor(bot), ATTACK)
    assert len(mails(cast.desk)) == asking.MAILS
    registration.register(cast.visitor("home"), FORM)
    assert len(mails(cast.desk)) == asking.MAILS
    verified = registration.verify(cast.visitor("home"), code_for(cast, "Sol@acme.example"), PASSWORD)
    assert (verified.name, verified.needs_password) == ("Sol   Rivas", False)
    assert signing_in.sign_in(cast.visitor("home"), EMAIL, PASSWORD)


def test_asking_for_codes_in_vain_costs_a_newcomer_nothing(cast: Cast):
    for bot in ("bot 1", "bot 2", "bot 3"):
        for _ in range(5):
            passwords.forgot(cast.visitor(bot), EMAIL)
            registration.resend(cast.visitor(bot), EMAIL)
    assert mails(cast.desk) == []
    registration.register(cast.visitor("home"), FORM)
    assert registration.verify(cast.visitor("home"), code_for(cast, "Sol@acme.example"), PASSWORD)


def test_a_form_whose_mail_was_withheld_is_there_when_a_code_is_sent_again(cast: Cast, clock: Clock):
    registration.register(cast.visitor("bot"), ATTACK)
    clock.advance(hours=24)
    for number in range(asking.MAILS):
        registration.register(cast.visitor(f"bot {number}"), ATTACK)
    clock.advance(minutes=59)
    with cast.desk.store.writing() as session:
        session.execute(sa.update(table(Token)).values(expires_at=clock.now))
    sent = len(mails(cast.desk))
    registration.register(cast.visitor("home"), FORM)
    assert len(mails(cast.desk)) == sent
    registration.resend(cast.visitor("home"), EMAIL)
    assert len(mails(cast.desk)) == sent + 1
    assert registration.verify(cast.visitor("home"), code_for(cast, ADDRESS), PASSWORD).name == "Sol   Rivas"


def test_a_stranger_puts_no_words_into_mail_to_an_address_that_nobody_proved(cast: Cast, operator: Door):
    attack = replace(ATTACK, company="http://evil.example S.A.")
    registration.register(cast.visitor("bot"), attack)
    operator.write(filing.file, Filing("general", "Call", "back", requester=EMAIL, channel=Channel.PHONE))
    told = [mail for mail in mails(cast.desk) if mail.address.casefold() == EMAIL]
    assert {mail.template for mail in told} == {Template.VERIFY, Template.ACKNOWLEDGED}
    for mail in cast.desk.touch(cast.itself.caller, outbox.claim, "test", 50):
        _found, message = sending.write(cast.desk, mail)
        assert "evil" not in message.as_string()


def test_too_many_registrations_are_refused_before_their_password_costs_anything(cast: Cast, hasher: Hasher):
    bot = cast.visitor("bot")
    for number in range(asking.FORMS_OF_SOURCE):
        registration.register(bot, replace(FORM, email=f"a{number}@acme.example"))
    before = hasher.hashed
    with pytest.raises(Forbidden):
        registration.register(bot, replace(FORM, password="short"))
    assert hasher.hashed == before


@pytest.mark.parametrize("ask", [passwords.forgot, registration.resend])
def test_one_source_cannot_ask_for_codes_without_end(cast: Cast, ask: Callable[[Door, str], object]):
    for number in range(asking.CODES_OF_SOURCE):
        ask(cast.visitor("bot"), f"a{number}@acme.example")
    for other in (passwords.forgot, registration.resend):
        with pytest.raises(Forbidden):
            other(cast.visitor("bot"), "b@acme.example")
    ask(cast.visitor("home"), "b@acme.example")


def test_one_source_cannot_register_without_end(cast: Cast):
    for number in range(asking.FORMS_OF_SOURCE):
        registration.register(cast.visitor("bot"), replace(FORM, email=f"a{number}@acme.example"))
    with pytest.raises(Forbidden):
        registration.register(cast.visitor("bot"), replace(FORM, email="b@acme.example"))
    registration.register(cast.visitor("home"), replace(FORM, email="b@acme.example"))


def test_people_of_one_company_share_its_row_but_never_learn_its_stored_name(cast: Cast):
    registration.register(cast.visitor(), FORM)
    registration.verify(cast.visitor(), code_for(cast, "Sol@acme.example"))
    spy = replace(FORM, email="spy@other.example", company="Whoever", tax_id="30712345671")
    answer = registration.register(cast.visitor(), spy)
    verified = registration.verify(cast.visitor(), code_for(cast, "spy@other.example"))
    assert "Acme" not in repr(answer) + repr(verified) + repr([mail.payload for mail in mails(cast.desk)][1:])
    first, second = account(cast.desk, EMAIL), account(cast.desk, "spy@other.example")
    assert first.company_id == second.company_id
    assert second.typed_company == "Whoever"
    assert [c.name for c in companies(cast.desk) if not c.is_own] == ["Acme S.A."]


@pytest.mark.parametrize(
    "code", ["", "   ", "-", "0000-0000-0000-0000-0000-0000-0000", "\x00", "\ud800", "x" * 10_000]
)
def test_codes_that_open_nothing_fail_alike(cast: Cast, code: str):
    registration.register(cast.visitor(), FORM)
    good = code_for(cast, "Sol@acme.example")
    said = set()
    for wrong in (code, good[:-1], good + "0", good[::-1]):
        with pytest.raises(Invalid) as refusal:
            registration.verify(cast.visitor(), wrong)
        said.add((str(refusal.value), refusal.value.field))
    with pytest.raises(Invalid) as refusal:
        passwords.choose(cast.visitor(), good, "seventeen green bottles")
    said.add((str(refusal.value), refusal.value.field))
    assert len(said) == 1


def test_a_code_works_once_and_for_a_day(cast: Cast, clock: Clock):
    registration.register(cast.visitor(), FORM)
    code = code_for(cast, "Sol@acme.example")
    clock.advance(hours=24)
    with pytest.raises(Invalid):
        registration.verify(cast.visitor(), code)
    registration.resend(cast.visitor(), EMAIL)
    fresh = code_for(cast, "Sol@acme.example")
    assert registration.verify(cast.visitor(), fresh).name == "Sol   Rivas"
    with pytest.raises(Invalid):
        registration.verify(cast.visitor(), fresh)


def test_of_two_who_use_one_code_at_once_one_wins(cast: Cast):
    registration.register(cast.visitor(), FORM)
    code = code_for(cast, "Sol@acme.example")

    def use(source: str) -> bool:
        try:
            return bool(registration.verify(cast.visitor(source), code))
        except Invalid:
            return False

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(use, "abcd")) == [False, False, False, True]


def test_two_registrations_of_one_address_at_once_make_one_account(cast: Cast):
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda source: registration.register(cast.visitor(source), FORM), "abcd"))
    assert len(set(done)) == 1
    assert account(cast.desk, EMAIL).state is AccountState.PENDING
    assert not registration.verify(
        cast.visitor(), code_for(cast, "Sol@acme.example"), PASSWORD
    ).needs_password


def test_resending_answers_alike_for_every_address(cast: Cast, customer: Door):
    registration.register(cast.visitor(), FORM)
    answers = {
        registration.resend(cast.visitor(), email).expires_at
        for email in (EMAIL, "carla@customer.example", "nobody@acme.example")
    }
    assert len(answers) == 1
    assert [mail.address for mail in mails(cast.desk)] == ["Sol@acme.example"] * 2


def test_administrators_see_what_waits_and_pass_a_code_on(cast: Cast, admin: Door, operator: Door):
    registration.register(cast.visitor(), FORM)
    (line,) = admin.read(registration.pending).items
    assert (line.email, line.company) == ("Sol@acme.example", "Acme S.A.")
    for refused in (
        lambda: operator.read(registration.pending),
        lambda: operator.read(registration.count_pending),
        lambda: registration.reissue(operator, EMAIL),
    ):
        with pytest.raises(Forbidden):
            refused()
    issued = registration.reissue(admin, EMAIL)
    assert issued.code is not None
    assert registration.verify(cast.visitor(), issued.code).name == "Sol   Rivas"
    assert admin.read(registration.pending).items == ()
    with pytest.raises(NotFound):
        registration.reissue(admin, EMAIL)


def test_who_waits_is_listed_a_page_at_a_time_and_counted_whole(cast: Cast, admin: Door):
    names = [f"guest{n}" for n in range(5)]
    for name in names:
        accounts.invite(admin, Invitation(f"{name}@desk.example", name, Role.OPERATOR))
    first = admin.read(registration.pending, limit=3)
    rest = admin.read(registration.pending, limit=3, after=first.next)
    assert [line.name for line in (*first.items, *rest.items)] == names[::-1]
    assert (len(first.items), rest.next) == (3, None)
    assert admin.read(registration.count_pending) == admin.read(news.read).codes == 5
    with pytest.raises(Invalid, match="page"):
        admin.read(registration.pending, after="x")


def test_no_code_and_no_password_is_left_behind(cast: Cast, admin: Door):
    registration.register(cast.visitor(), FORM)
    codes = [code_for(cast, "Sol@acme.example")]
    codes.append(registration.reissue(admin, EMAIL).code or "")
    registration.verify(cast.visitor(), codes[-1])
    with cast.desk.store.reading() as session:
        stored = repr([session.execute(sa.select(table(t))).all() for t in (Audit, Batch, Token, Account)])
    for secret in (PASSWORD, *codes, *(code.replace("-", "") for code in codes)):
        assert secret not in stored
    with cast.desk.store.reading() as session:
        assert set(map(repr, session.execute(sa.select(table(Token).c.payload)).scalars())) == {"{}"}


def test_codes_have_140_bits_and_read_what_people_mistake():
    code = tokens.new_code()
    assert len(code.replace("-", "")) * 5 == 140
    assert tokens._plain("oil-" + code) == "011" + code.replace("-", "")


def test_nobody_registers_an_address_that_was_invited_as_staff(cast: Cast, admin: Door):
    from sysmo_tui.services import accounts
    from sysmo_tui.services.accounts import Invitation

    accounts.invite(admin, Invitation("sol@acme.example", "Sol", Role.OPERATOR, ("general",)))
    registration.register(cast.visitor(), FORM)
    assert [mail.template for mail in mails(cast.desk)] == [Template.INVITE, Template.ALREADY_REGISTERED]


def test_a_random_registration_is_refused_as_a_person_can_understand(cast: Cast):
    for text in ("\x00", "\ud800", "a" * 100_000, "\u202e", "ñ@ñ.ñ", "=cmd()"):
        form = RegistrationForm(text, text, text, text, text, text, text, text, text)
        with pytest.raises(DeskError):
            registration.register(cast.visitor(), form)
