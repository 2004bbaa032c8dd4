"""The desk's own words for its mail: looked up, written and taken back by administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import mail_places
from sysmo_tui.domain.enums import AuditKind, Template
from sysmo_tui.domain.errors import Invalid, NotFound
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import SafeText, clean, clean_line, storable, storable_line
from sysmo_tui.i18n import LANGUAGES, choose
from sysmo_tui.models import MailText, table
from sysmo_tui.services import audit, desk_settings

_TEXT = table(MailText)
_ALL = sa.select(
    _TEXT.c.template, _TEXT.c.locale, _TEXT.c.subject, _TEXT.c.body, _TEXT.c.changed_at
).order_by(_TEXT.c.template, _TEXT.c.locale)
_ONE = _ALL.where(_TEXT.c.template == sa.bindparam("which"), _TEXT.c.locale == sa.bindparam("language"))


@dataclass(frozen=True, slots=True)
class Wording:
    """Own words for a mail, as they were written; ``subject`` is "" for the desk's usual one."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class MailTextLine:
    """A kind of mail in one language; ``body`` is "" while the desk's usual words hold.

    ``places`` are the names that may stand in braces.
    """

    template: Template
    locale: str
    subject: SafeText
    body: SafeText
    changed_at: datetime | None
    places: tuple[str, ...]
    has_own_subject: bool

    @property
    def is_own(self) -> bool:
        """Whether an administrator wrote other words."""
        return self.changed_at is not None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a mail would say: its subject, and its plain text."""

    subject: SafeText
    text: SafeText


def wording(work: Work, template: Template, locale: str) -> Wording | None:
    """The own words for a mail in the language that its reader gets, if there are any."""
    row = work.session.execute(_ONE, {"which": template, "language": choose(locale)}).first()
    return None if row is None else Wording(row.subject, row.body)


def lines(work: Work, of: str = "") -> tuple[MailTextLine, ...]:
    """Every kind of mail in every language; ``of`` narrows it to one language, or to ``own`` words."""
    require_right(work.actor, Right.CONFIGURE)
    own = {(row.template, row.locale): row for row in work.session.execute(_ALL)}
    return tuple(
        _line(template, locale, own.get((template, locale)))
        for template in Template
        for locale in LANGUAGES
        if of in ("", locale) or (of == "own" and (template, locale) in own)
    )


def show(work: Work, template: str, locale: str) -> MailTextLine:
    """One kind of mail in one language."""
    require_right(work.actor, Right.CONFIGURE)
    which, language = kind(template), desk_settings.read("language", locale)
    return _line(which, language, work.session.execute(_ONE, {"which": which, "language": language}).first())


def save(work: Work, template: str, locale: str, body: str, subject: str = "") -> MailTextLine:
    """Let a mail say other words; Invalid names a place in braces that it does not have."""
    require_right(work.actor, Right.CONFIGURE)
    which, language = kind(template), desk_settings.read("language", locale)
    given = Wording(storable_line(subject), storable(body).strip("\n"))
    mail_places.check(which, given.subject, given.body)
    before = _locked(work, which, language)
    old = None if before is None else Wording(before.subject, before.body)
    if old != given:
        row = before or MailText(template=which, locale=language, body="", changed_at=work.now)
        row.subject, row.body, row.changed_at = given.subject, given.body, work.now
        work.session.add(row)
        work.session.flush()
        _note(work, which, language, old, given)
    return show(work, which, language)


def reset(work: Work, template: str, locale: str) -> MailTextLine:
    """Let a mail say the desk's usual words again; NotFound when it does."""
    require_right(work.actor, Right.CONFIGURE)
    which, language = kind(template), desk_settings.read("language", locale)
    row = _locked(work, which, language)
    if row is None:
        raise NotFound(N_("This mail says the desk's usual words already."), field="template")
    old = Wording(row.subject, row.body)
    work.session.delete(row)
    work.session.flush()
    _note(work, which, language, old, None)
    return show(work, which, language)


def kind(text: str) -> Template:
    """The kind of mail of this name; Invalid names the choices."""
    wanted = text.strip().lower().replace("-", "_")
    if wanted not in set(Template):
        raise Invalid(
            N_("There is no mail “{name}”. Choose one of: {choices}."),
            field="template",
            name=clean_line(text, 60),
            choices=", ".join(Template),
        )
    return Template(wanted)


def export(work: Work) -> list[dict[str, str]]:
    """The own words, as they were written."""
    return [
        {"template": row.template.value, "locale": row.locale, "subject": row.subject, "body": row.body}
        for row in work.session.execute(_ALL)
    ]


def _locked(work: Work, template: Template, locale: str) -> MailText | None:
    statement = sa.select(MailText).where(_TEXT.c.template == template, _TEXT.c.locale == locale)
    return work.session.execute(statement.with_for_update()).scalar_one_or_none()


def _line(template: Template, locale: str, row: Any) -> MailTextLine:
    return MailTextLine(
        template=template,
        locale=locale,
        subject=clean_line(row.subject if row else ""),
        body=clean(row.body if row else ""),
        changed_at=row.changed_at if row else None,
        places=mail_places.places(template),
        has_own_subject=mail_places.has_own_subject(template),
    )


def _note(work: Work, template: Template, locale: str, old: Wording | None, new: Wording | None) -> None:
    def plain(each: Wording | None) -> list[str] | None:
        return None if each is None else [each.subject, each.body]

    detail = {"mail_text": template.value, "language": locale, "old": plain(old), "new": plain(new)}
    audit.record(work, AuditKind.CONFIGURED, detail=detail)
