"""The desk's configuration as one document: written out, compared, and applied.

Applying adds and changes what the document names, by slug, and leaves alone what it does not name, so
that applying twice changes nothing more. Secrets are neither written out nor applied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import Category
from sysmo_tui.domain.errors import Conflict, Invalid
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.services import (
    catalogue,
    configuration_export,
    configuration_searches,
    desk_settings,
    mail_texts,
    mailboxes,
    response_upkeep,
    route_upkeep,
    topic_upkeep,
)
from sysmo_tui.services.catalogue import CatalogueEdits
from sysmo_tui.services.configuration_export import plain
from sysmo_tui.services.mailboxes import MailboxEdits
from sysmo_tui.services.response_upkeep import ResponseEdits
from sysmo_tui.services.route_upkeep import RouteEdits
from sysmo_tui.services.topic_upkeep import TopicEdits

FORMAT = 1
"""The form of the document that this version writes and reads."""

Document = Mapping[str, Any]

_FORMS: Mapping[str, type] = {
    "slug": str,
    "name": str,
    "category": str,
    "level": int,
    "customer_label": str,
    "description": str,
    "is_default": bool,
    "is_archived": bool,
    "is_public": bool,
    "default_priority": str,
    "default_type": str,
    "offers_waiting": bool,
    "reply_ends_hold": bool,
    "reopening": str,
    "reopening_days": int,
    "mail_address": str,
    "signature": str,
    "operators": list,
    "address": str,
    "url": str,
    "folder": str,
    "moves_to": str,
    "topic": str,
    "mailbox": str,
    "recipient": str,
    "sender_domain": str,
    "subject": str,
    "priority": str,
    "tags": list,
    "body": str,
    "locale": str,
}
"""What the fields of a row hold."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that applying changes: ``old`` is "" for what is new."""

    section: str
    name: SafeText
    field: str
    old: SafeText
    new: SafeText


@dataclass(frozen=True, slots=True)
class _Step:
    difference: Difference
    do: Callable[[], object]


def export(work: Work) -> dict[str, Any]:
    """The settings without secrets, the catalogue, topics, responses, all of mail, as plain JSON values."""
    require_right(work.actor, Right.CONFIGURE)
    return {"format": FORMAT, **{name: section(work) for name, section in _EXPORTS.items()}}


def apply(work: Work, document: Document) -> tuple[Difference, ...]:
    """Make the desk as ``document`` says, all of it or nothing; returns what changed."""
    steps = _plan(work, document)
    for step in steps:
        step.do()
    return tuple(step.difference for step in steps)


def _plan(work: Work, document: Document) -> list[_Step]:
    """What to do, in order: what is new, what differs, what is archived."""
    require_right(work.actor, Right.CONFIGURE)
    unknown = set(document) - {"format", *_EXPORTS}
    if document.get("format") != FORMAT or unknown:
        raise Invalid(
            N_("This is not a configuration of this version: it has format {format} and the parts {parts}."),
            field="format",
            format=str(document.get("format")),
            parts=", ".join(sorted(map(str, unknown))) or "-",
        )
    steps: list[_Step] = []
    for section, plan in _PLANS.items():
        if section in document:
            try:
                steps += plan(work, document[section])
            except (TypeError, AttributeError, KeyError, ValueError) as error:
                raise Invalid(
                    N_("The part “{section}” of the configuration is not in the form that export writes."),
                    field=section,
                    section=section,
                ) from error
    return steps


def _plan_settings(work: Work, wanted: Mapping[str, Any]) -> Iterable[_Step]:
    now = configuration_export.settings(work)
    for name, value in wanted.items():
        if name in desk_settings.SECRET:
            raise Conflict(N_("{name} holds a secret. Set it by itself."), field="settings", name=name)
        new = plain(desk_settings.read(name, value))
        if new != now[name]:
            yield _Step(_difference("settings", name, "value", now[name], new), _do_setting(work, name, new))


def _do_setting(work: Work, name: str, value: Any) -> Callable[[], object]:
    return lambda: desk_settings.change(work, name, value)


@dataclass(frozen=True, slots=True)
class _List:
    """How the rows of one part of the document are made, changed and archived."""

    section: str
    rows: Callable[[Work], list[dict[str, Any]]]
    fixed: str | None
    make: Callable[[Work, dict[str, Any]], object]
    edit: Callable[[Work, str, dict[str, Any]], object]
    archive: Callable[[Work, str, bool], object]
    known: frozenset[str] = frozenset()
    """The fields, where the desk may have no row to tell them."""

    needs: frozenset[str] = frozenset({"slug", "name"})
    """What a new row must have."""

    def plan(self, work: Work, wanted: list[dict[str, Any]]) -> list[_Step]:
        """The steps for one part; a fixed column that differs is a conflict."""
        rows = self.rows(work)
        now = {row["slug"]: row for row in rows}
        for row in wanted:
            self._check(row, self.known or frozenset(rows[0]), is_new=row["slug"] not in now)
        self._check_defaults([{**now.get(row["slug"], {}), **row} for row in wanted])
        new = [self._new(work, row) for row in wanted if row["slug"] not in now]
        known = [(now[row["slug"]], row) for row in wanted if row["slug"] in now]
        edited = [step for old, row in known for step in self._edits(work, old, row)]
        last = [step for old, row in known for step in self._archiving(work, old, row)]
        last += [step for row in wanted if row["slug"] not in now for step in self._archiving(work, {}, row)]
        # The last default to be set wins, and nothing that is still the default can be archived.
        return new + edited + last

    def _check(self, row: dict[str, Any], known: frozenset[str], *, is_new: bool) -> None:
        """Refuse a row with a field that is unknown, missing, or of another form."""
        needed = {*self.needs, *([self.fixed] if self.fixed else [])} if is_new else {"slug"}
        wrong = [name for name, value in row.items() if name not in known or not _has_form(name, value)]
        if wrong or needed - set(row):
            raise Invalid(
                N_("In {section}, {name}: {fields} are missing, unknown or of the wrong form."),
                field=self.section,
                section=self.section,
                name=clean_line(str(row["slug"]), 80),
                fields=", ".join(sorted([*map(str, wrong), *(needed - set(row))])),
            )

    def _check_defaults(self, wanted: list[dict[str, Any]]) -> None:
        """Refuse two defaults where there can be one: in each category, in each other list."""
        defaults = [row.get("category") for row in wanted if row.get("is_default")]
        if len(defaults) != len(set(defaults)):
            raise Conflict(
                N_("The configuration has two defaults in {section}."),
                field=self.section,
                section=self.section,
            )

    def _new(self, work: Work, row: dict[str, Any]) -> _Step:
        difference = _difference(self.section, row["slug"], "new", "", row.get("name", row["slug"]))
        return _Step(difference, lambda: self.make(work, row))

    def _edits(self, work: Work, old: dict[str, Any], row: dict[str, Any]) -> Iterable[_Step]:
        for name, value in row.items():
            if name in {"slug", "is_archived"} or value == old[name]:
                continue
            if name == self.fixed:
                raise Conflict(
                    N_("The category or level of {name} cannot change. Archive it and make another."),
                    field=name,
                    name=clean_line(row["slug"]),
                )
            if name == "is_default" and not value:  # goes when another one becomes the default
                continue
            yield _Step(
                _difference(self.section, row["slug"], name, old[name], value),
                self._do_edit(work, row["slug"], name, value),
            )

    def _do_edit(self, work: Work, slug: str, name: str, value: Any) -> Callable[[], object]:
        return lambda: self.edit(work, slug, {name: value})

    def _archiving(self, work: Work, old: dict[str, Any], row: dict[str, Any]) -> Iterable[_Step]:
        was, is_archived = old.get("is_archived", False), bool(row.get("is_archived", False))
        if "is_archived" in row and is_archived != was:
            yield _Step(
                _difference(self.section, row["slug"], "is_archived", was, is_archived),
                lambda: self.archive(work, row["slug"], is_archived),
            )


def _catalogue_edits(row: dict[str, Any]) -> CatalogueEdits:
    return CatalogueEdits(
        **{name: row[name] for name in ("name", "customer_label", "is_default") if name in row}
    )


def _with_slug(row: dict[str, Any]) -> CatalogueEdits:
    return CatalogueEdits(
        slug=row["slug"], customer_label=row.get("customer_label"), is_default=row.get("is_default")
    )


def _has_form(name: str, value: object) -> bool:
    """Whether a row's field holds what it must; a list holds texts."""
    texts = value if isinstance(value, list) else []
    return type(value) is _FORMS[name] and all(isinstance(each, str) for each in texts)


def _new_topic(work: Work, row: dict[str, Any]) -> object:
    given = {name: value for name, value in row.items() if name not in {"is_archived", "name", "operators"}}
    return topic_upkeep.new(work, row["name"], TopicEdits(**given), row.get("operators", []))


def _edit_topic(work: Work, slug: str, change: dict[str, Any]) -> object:
    """Change one field of a topic; its operators become exactly those that are named."""
    if "operators" not in change:
        return topic_upkeep.edit(work, slug, TopicEdits(**change))
    wanted = {addresses.folded(each): each for each in change["operators"]}
    [serving] = [row["operators"] for row in configuration_export.topics(work) if row["slug"] == slug]
    now = {addresses.folded(each): each for each in serving}
    topic_upkeep.add_operators(work, slug, [wanted[each] for each in wanted if each not in now])
    return topic_upkeep.remove_operators(work, slug, [now[each] for each in now if each not in wanted])


def _archive_topic(work: Work, slug: str, archived: bool) -> object:
    return topic_upkeep.archive(work, slug) if archived else topic_upkeep.unarchive(work, slug)


def _mailbox_edits(row: dict[str, Any]) -> MailboxEdits:
    return MailboxEdits(**{name: value for name, value in row.items() if name not in {"slug", "is_archived"}})


def _response_edits(row: dict[str, Any]) -> ResponseEdits:
    return ResponseEdits(**{name: value for name, value in row.items() if name != "is_archived"})


def _category(text: str) -> Category:
    if text not in set(Category):
        raise Invalid(
            N_("“{category}” is not a category. Choose one of: {choices}."),
            field="statuses",
            category=clean_line(text),
            choices=", ".join(Category),
        )
    return Category(text)


_LISTS = (
    _List(
        "statuses",
        configuration_export.statuses,
        "category",
        lambda work, row: catalogue.new_status(
            work, row["name"], _category(row["category"]), _with_slug(row)
        ),
        lambda work, slug, change: catalogue.edit_status(work, slug, _catalogue_edits(change)),
        lambda work, slug, archived: catalogue.archive_status(work, slug, archived=archived),
    ),
    _List(
        "priorities",
        configuration_export.priorities,
        "level",
        lambda work, row: catalogue.new_priority(work, row["name"], row["level"], _with_slug(row)),
        lambda work, slug, change: catalogue.edit_priority(work, slug, _catalogue_edits(change)),
        lambda work, slug, archived: catalogue.archive_priority(work, slug, archived=archived),
    ),
    _List(
        "types",
        configuration_export.types,
        None,
        lambda work, row: catalogue.new_type(work, row["name"], _with_slug(row)),
        lambda work, slug, change: catalogue.edit_type(work, slug, _catalogue_edits(change)),
        lambda work, slug, archived: catalogue.archive_type(work, slug, archived=archived),
    ),
    _List(
        "topics",
        configuration_export.topics,
        None,
        _new_topic,
        _edit_topic,
        _archive_topic,
    ),
    _List(
        "mailboxes",
        configuration_export.mailboxes,
        None,
        lambda work, row: mailboxes.new(work, row["slug"], _mailbox_edits(row)),
        lambda work, slug, change: mailboxes.edit(work, slug, _mailbox_edits(change)),
        lambda work, slug, archived: mailboxes.archive(work, slug, archived=archived),
        known=frozenset({"slug", "address", "url", "folder", "moves_to", "topic", "is_archived"}),
        needs=frozenset({"slug"}),
    ),
    _List(
        "responses",
        configuration_export.responses,
        None,
        lambda work, row: response_upkeep.new(work, row["name"], row["body"], _response_edits(row)),
        lambda work, slug, change: response_upkeep.edit(work, slug, _response_edits(change)),
        lambda work, slug, archived: response_upkeep.archive(work, slug, archived=archived),
        known=frozenset({"slug", "name", "body", "locale", "topic", "is_archived"}),
        needs=frozenset({"slug", "name", "body"}),
    ),
)


_ROUTE_FIELDS = frozenset(
    {"name", "mailbox", "recipient", "sender_domain", "subject", "topic", "priority", "tags"}
)


def _plan_routes(work: Work, wanted: list[dict[str, Any]]) -> Iterable[_Step]:
    """The routes that are new or differ, then their order: those of the document as it lists them."""
    now = {same_name(row["name"]): row for row in configuration_export.routes(work)}
    order = list(now)
    for row in wanted:
        if not (set(row) <= _ROUTE_FIELDS and all(_has_form(name, value) for name, value in row.items())):
            raise ValueError(sorted(row))
        key, edits = same_name(row["name"]), {name: row[name] for name in row if name != "name"}
        if key not in now:
            order.append(key)
            yield _Step(_difference("mail_routes", row["name"], "new", "", row["name"]), _do_route(work, row))
            continue
        for name, value in edits.items():
            if value != now[key][name]:
                difference = _difference("mail_routes", row["name"], name, now[key][name], value)
                yield _Step(difference, _do_route(work, {"name": row["name"], name: value}, is_new=False))
    names = [same_name(row["name"]) for row in wanted]
    for place, row in zip(sorted(map(order.index, names)), wanted, strict=True):
        before = order.index(same_name(row["name"]))
        if before != place:
            order.insert(place, order.pop(before))
            difference = _difference("mail_routes", row["name"], "position", before + 1, place + 1)
            yield _Step(difference, _do_move(work, row["name"], place + 1))


def _do_route(work: Work, row: dict[str, Any], *, is_new: bool = True) -> Callable[[], object]:
    given: dict[str, Any] = {name: value for name, value in row.items() if name != "name"}
    if "tags" in given:
        given["tags"] = tuple(given["tags"])
    do = route_upkeep.new if is_new else route_upkeep.edit
    return lambda: do(work, row["name"], RouteEdits(**given))


def _do_move(work: Work, name: str, place: int) -> Callable[[], object]:
    return lambda: route_upkeep.move(work, name, place)


def _plan_mail_texts(work: Work, wanted: list[dict[str, Any]]) -> Iterable[_Step]:
    """The own words for mail that differ; an empty text gives the desk's usual words back."""
    now = {(row["template"], row["locale"]): row for row in mail_texts.export(work)}
    for row in wanted:
        if set(row) != {"template", "locale", "subject", "body"} or not all(
            isinstance(value, str) for value in row.values()
        ):
            raise ValueError(sorted(row))
        old = now.get((row["template"], row["locale"]))
        if row == old or (old is None and not row["body"]):
            continue
        said = f"{row['template']} {row['locale']}"
        yield _Step(
            _difference("mail_texts", said, "body", old["body"] if old else "", row["body"]),
            _do_mail_text(work, row),
        )


def _plan_searches(work: Work, wanted: list[dict[str, Any]]) -> Iterable[_Step]:
    for name, field, old, new, do in configuration_searches.plan(work, wanted):
        yield _Step(_difference("searches", name, field, old, new), do)


def _do_mail_text(work: Work, row: dict[str, str]) -> Callable[[], object]:
    if not row["body"]:
        return lambda: mail_texts.reset(work, row["template"], row["locale"])
    return lambda: mail_texts.save(work, row["template"], row["locale"], row["body"], row["subject"])


_EXPORTS: dict[str, Callable[[Work], Any]] = {"settings": configuration_export.settings} | {
    each.section: each.rows for each in _LISTS
}
_EXPORTS |= {"mail_routes": configuration_export.routes, "mail_texts": mail_texts.export}
_EXPORTS |= {"searches": configuration_searches.rows}
_PLANS: dict[str, Callable[[Work, Any], Iterable[_Step]]] = {"settings": _plan_settings} | {
    each.section: each.plan for each in _LISTS
}
_PLANS |= {"mail_routes": _plan_routes, "mail_texts": _plan_mail_texts, "searches": _plan_searches}


def _difference(section: str, name: str, field: str, old: object, new: object) -> Difference:
    return Difference(section, clean_line(name), field, clean_line(_said(old)), clean_line(_said(new)))


def _said(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
