"""Mail in an administrator's own words."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import mail_places
from sysmo_tui.domain.actor import desk_caller
from sysmo_tui.domain.enums import Template
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.i18n import LANGUAGES
from sysmo_tui.mail import usual_words
from sysmo_tui.mail.facts import NotToBeSent
from sysmo_tui.mail.letters import TICKET_LETTERS
from sysmo_tui.mail.previewing import preview
from sysmo_tui.mail.sending import write
from sysmo_tui.models import Account, MailText, table
from sysmo_tui.services import closing, desk_settings, mail_texts, outbox, thread
from sysmo_tui.services.mail_texts import Wording
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Store
from tests.cast import Cast
from tests.mail.conftest import file
from tests.mail.test_compose import Mails, Tags, mails, page, plain

__all__ = ["mails"]


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """A desk in a file: what is tested here is the same on every database."""
    return sqlite_store


OWN = """Dear {name},

your request #{number} is done. {{Thank you}}

{quotes}

{how_to_reopen}

{how_to_rate}

    sysmo ticket show {number}"""


def test_a_mail_says_the_own_words_around_what_people_wrote(cast: Cast, mails: Mails) -> None:
    cast.admin().write(mail_texts.save, "closed", "en", OWN)
    cast.admin().write(desk_settings.change, "mail_comes_in", "on")
    luis, number = cast.operator(), file(cast.customer(), subject="Printer {name} {{x}}")
    mails()
    luis.write(closing.close, number, message=Outgoing("Solved {number}."))
    message = mails()["carla"]
    text = plain(message)
    order = [
        "Dear Carla,",
        "is done. {Thank you}",
        "> Solved {number}.",
        "just answer",
        "one digit",
        "    sysmo",
    ]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)
    assert "is closed" not in text
    assert "You get this because you take part in the request #1." in text
    assert message["Subject"] == "Re: Printer {name} {{x}} [#1]"
    assert "Dear Carla," in page(message)


def test_what_has_no_place_for_quotes_ends_with_them(cast: Cast, mails: Mails) -> None:
    cast.admin().write(mail_texts.save, "replied", "en", "News about {subject}.\n\n\n{how_to_answer}")
    luis, number = cast.operator(), file(cast.customer(), subject="<b>{desk}</b> %s")
    mails()
    luis.write(thread.reply, number, Outgoing("Is it plugged in?"))
    message = mails()["carla"]
    text = plain(message)
    assert "News about <b>{desk}</b> %s." in text
    assert text.index("sysmo ticket reply") < text.index("> Is it plugged in?")
    assert "b" not in Tags.of(page(message))


def test_each_reader_gets_the_words_of_their_language(cast: Cast, store: Store, mails: Mails) -> None:
    cast.admin().write(mail_texts.save, "acknowledged", "es", "Hola {name}: recibimos #{number}.")
    cast.customer()
    with store.writing() as session:
        accounts = table(Account)
        session.execute(sa.update(accounts).where(accounts.c.id == cast.ids["carla"]).values(locale="es"))
    file(cast.customer())
    file(cast.customer("cora"))
    told = mails()
    assert "Hola Carla: recibimos #1." in plain(told["carla"])
    assert "We received your request #2." in plain(told["cora"])


HOSTILE = [
    "x\r\nBcc: thief@evil.example",
    "x\x85\u2028Bcc: thief@evil.example",
    "=?utf-8?q?=0ABcc:_thief=40evil.example?=",
    "ñ" * 100,
]


@pytest.mark.parametrize("subject", HOSTILE)
def test_an_own_subject_starts_no_header(cast: Cast, store: Store, mails: Mails, subject: str) -> None:
    cast.operator()
    with store.writing() as session:
        session.add(
            MailText(
                template=Template.TEST,
                locale="en",
                subject=f"{subject}{{desk}}",
                body=f"{subject}\n\n<script>x</script>",
                changed_at=sa.func.now(),
            )
        )

    def owe(work: Work) -> None:
        outbox.owe(work, template=Template.TEST, address="x@desk.example", locale="en", subject_key="test")

    cast.itself.write(owe)
    message = mails()["x"]
    assert message["Bcc"] is None
    assert "script" not in Tags.of(page(message))
    assert len(str(message["Subject"])) <= 220


def test_words_that_do_not_fit_any_more_fail_their_mail_alone(cast: Cast, store: Store) -> None:
    with store.writing() as session:
        session.add(
            MailText(template=Template.ACKNOWLEDGED, locale="en", body="{gone}", changed_at=sa.func.now())
        )
    cast.operator()
    file(cast.customer())
    outcomes = {}
    for mail in cast.desk.touch(desk_caller(), outbox.claim, "me", 100):
        try:
            outcomes[mail.template] = bool(write(cast.desk, mail))
        except NotToBeSent as refusal:
            outcomes[mail.template] = refusal.reason
    assert outcomes[Template.NEW_IN_TOPIC] is True
    assert "gone" in outcomes[Template.ACKNOWLEDGED]


def test_every_mail_is_listed_in_every_language(cast: Cast) -> None:
    admin = cast.admin()
    admin.write(mail_texts.save, "reset", "es", "Código: {code}", "Clave de {desk}")
    lines = admin.read(mail_texts.lines)
    assert {(line.template, line.locale) for line in lines} == {
        (template, locale) for template in Template for locale in LANGUAGES
    }
    assert [(line.template, line.locale) for line in lines if line.is_own] == [(Template.RESET, "es")]
    with pytest.raises(Invalid, match="Choose one of: watched_news"):
        admin.read(mail_texts.show, "nothing", "en")
    with pytest.raises(Invalid):
        admin.read(mail_texts.show, "reset", "fr")


def test_every_place_of_every_mail_has_something_to_stand_there(cast: Cast) -> None:
    admin = cast.admin()
    for template in Template:
        places = mail_places.places(template)
        body = "\n\n".join(f"{{{name}}}" for name in places)
        subject = "{desk}" if mail_places.has_own_subject(template) else ""
        assert "{" not in admin.read(preview, template.value, "en", body, subject).text
        assert mail_places.has_own_subject(template) is (template not in TICKET_LETTERS)
        assert ("code" in places) is (template in outbox.SECRET_BEARERS)


def test_a_preview_shows_every_mail_and_changes_nothing(cast: Cast) -> None:
    admin = cast.admin()
    for template in Template:
        for language in LANGUAGES:
            found = admin.read(preview, template.value, language)
            assert found.subject
            assert "{" not in found.text, (template, found.text)
    own = admin.read(preview, "closed", "en", OWN)
    assert "Dear Ana Example," in own.text
    assert not admin.read(mail_texts.show, "closed", "en").is_own
    with pytest.raises(Invalid):
        admin.read(preview, "closed", "en", "{x}")


@pytest.mark.parametrize("comes_in", ["on", "off"])
def test_the_usual_words_written_down_say_what_the_mail_says(cast: Cast, comes_in: str) -> None:
    admin = cast.admin()
    admin.write(desk_settings.change, "mail_comes_in", comes_in)
    for template in Template:
        for language in LANGUAGES:
            words = admin.read(usual_words.in_use, template, language)
            mail_places.check(template, words.subject, words.body)
            said = admin.read(preview, template, language, words.body)
            assert said == admin.read(preview, template, language)
    admin.write(mail_texts.save, "reset", "en", "{code}", "Key")
    assert admin.read(usual_words.in_use, "reset", "en") == Wording("Key", "{code}")
