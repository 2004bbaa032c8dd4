"""Why a mail went where it did, in words: each rule that was looked at, and what it saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.services.kept_mail import MailLine, Step
    from sysmo_tui.services.mailboxes import Trial
    from sysmo_tui.services.routing import RouteLine, Tried


class _Words(NamedTuple):
    """What is said of a rule that hit, and of one that did not."""

    hit: str
    miss: str


_RULES: Final[Mapping[str, _Words]] = {
    "too_large": _Words(N_("It is larger than the desk takes: {detail} bytes."), N_("It is not too large.")),
    "unreadable": _Words(N_("It could not be read. {detail}"), N_("It can be read.")),
    "own_loop": _Words(
        N_("It bears the desk's own mark: it went in a circle."), N_("It does not bear the desk's own mark.")
    ),
    "own_address": _Words(
        N_("It says it is from {detail}, an address of the desk itself."),
        N_("It is not from an address of the desk itself."),
    ),
    "bounce": _Words(
        N_("It is a report that a mail did not arrive. {detail}"),
        N_("It is no report that a mail did not arrive."),
    ),
    "blocked": _Words(N_("{detail} is blocked."), N_("Its sender is not blocked.")),
    "no_sender": _Words(
        N_("Nobody can be taken for its sender. {detail}"), N_("It has one sender: {detail}")
    ),
    "from_operator": _Words(
        N_("It says it is from {detail} of the desk's staff, who do not act by mail."),
        N_("It is not from the desk's staff."),
    ),
    "told_operator": _Words(
        N_("The owner of that address was told that it waits."),
        N_("The owner of that address was not told. {detail}"),
    ),
    "disabled_account": _Words(
        N_("The account of {detail} is disabled."), N_("Its sender has no disabled account.")
    ),
    "verification": _Words(
        N_("It answers the mail that asked {detail} to prove the address."),
        N_("It answers no mail that asked to prove an address."),
    ),
    "original": _Words(
        N_("The mail that did not arrive is known: {detail}"),
        N_("The mail that did not arrive is not known here."),
    ),
    "own_id": _Words(
        N_("It answers a mail of the desk, by its signed Message-ID: {detail}"),
        N_("It cites no Message-ID that the desk signed."),
    ),
    "repeated": _Words(
        N_("The same mail was delivered before: {detail}"), N_("It was not delivered before.")
    ),
    "reply_address": _Words(
        N_("It was sent to the reply address of a ticket: {detail}"),
        N_("It was not sent to the reply address of a ticket."),
    ),
    "known_id": _Words(
        N_("It answers a mail that is in a ticket: {detail}"), N_("It answers no mail that is in a ticket.")
    ),
    "subject_number": _Words(
        N_("Its subject names {detail}, in which its sender takes part."),
        N_("Its subject names no ticket in which its sender takes part."),
    ),
    "stranger": _Words(N_("Its sender takes no part in {detail}."), N_("Its sender takes part in {detail}.")),
    "rating": _Words(
        N_("It answers the mail of closing with a rating: {detail}"), N_("It is not a rating alone.")
    ),
    "reopening": _Words(
        N_("{detail} is closed, and its topic lets an answer open it again."),
        N_("{detail} is closed, and its topic makes a new ticket of an answer."),
    ),
    "continued": _Words(
        N_("It goes into {detail}, which goes on with the closed one and is open."),
        N_("No open ticket goes on with {detail}."),
    ),
    "reopened_too_often": _Words(
        N_("{detail} was opened again by mail too often within an hour."),
        N_("{detail} was not opened again too often."),
    ),
    "told_too_often": _Words(
        N_("Its sender answered {detail} too often within an hour: nobody was told of it by mail."),
        N_("Its sender did not answer {detail} too often."),
    ),
    "too_many": _Words(
        N_("Its sender made more than {detail} tickets within an hour."),
        N_("Its sender did not make too many tickets."),
    ),
    "route": _Words(N_("The route “{detail}” matches."), N_("No route matches.")),
    "topic": _Words(N_("It goes to the topic {detail}."), N_("It goes to no topic.")),
    "like": _Words(
        N_("The same sender wrote with the same subject lately: {detail}"),
        N_("The same sender did not write with the same subject lately."),
    ),
    "acknowledgement": _Words(
        N_("Its sender was told that it came."), N_("Its sender was not told. {detail}")
    ),
    "files_left": _Words(N_("Files that were left out: {detail}"), N_("All its files are there.")),
}

_DETAILS: Final[Mapping[tuple[str, str], str]] = {
    ("unreadable", "0"): N_("It is empty."),
    ("no_sender", "missing"): N_("None is named."),
    ("no_sender", "several"): N_("Several are named."),
    ("no_sender", "malformed"): N_("What is named is no address."),
    ("told_operator", "automatic"): N_("A machine wrote it."),
    ("told_operator", "nobody"): N_("Nobody reads mail at that address."),
    ("told_operator", "address"): N_("That address was told of another within the hour."),
    ("acknowledgement", "automatic"): N_("A machine wrote it."),
    ("acknowledgement", "nobody"): N_("Nobody reads mail at that address."),
    ("acknowledgement", "address"): N_("That address was told of another within the hour."),
    ("acknowledgement", "desk"): N_("The desk told as many as it tells in an hour."),
}
"""What a rule saw, where it is one of few things."""

_CONDITIONS: Final[Mapping[str, str]] = {
    "topic": N_("its topic is archived"),
    "mailbox": N_("another mailbox"),
    "recipient": N_("another recipient"),
    "sender_domain": N_("another sender"),
    "subject": N_("another subject"),
}


def step_words(step: Step) -> str:
    """One rule as a sentence; a rule without words of its own by its name."""
    words = _RULES.get(step.rule)
    if words is None:
        return f"{step.rule}: {step.detail}" if step.detail else step.rule
    seen = _DETAILS.get((step.rule, step.detail))
    return _(words.hit if step.is_hit else words.miss, detail=_(seen) if seen else step.detail).strip()


def outcome_words(line: MailLine) -> str:
    """What became of a mail, and why."""
    parts = (said(line.verdict), said(line.reason) if line.reason is not None else "")
    return ": ".join(part for part in parts if part)


def sender_words(line: MailLine) -> str:
    """Who wrote a mail, as mail programs show it; an address alone where no name came with it."""
    if not line.sender:
        return _("nobody")
    return f"{line.sender_name} <{line.sender}>" if line.sender_name else line.sender


def goes_words(line: MailLine) -> str:
    """The ticket that a mail belongs to, or else the topic where it would be filed."""
    return f"#{line.ticket_number}" if line.ticket_number is not None else _(line.topic or "")


def trial_words(trial: Trial) -> str:
    """What was seen in a mailbox that was tried out."""
    opened = ngettext(
        "Mailbox {name} is open: {count} mail waits in {folder}.",
        "Mailbox {name} is open: {count} mails wait in {folder}.",
        trial.waiting,
        name=trial.name,
        folder=trial.folder,
    )
    if trial.tells:
        return opened
    asked = _("The server does not tell of new mail: it is looked for every few seconds.")
    return f"{opened} {asked}"


def tried_words(tried: Tried) -> str:
    """What a route says of a mail."""
    if tried.is_hit:
        return _("matches")
    return _(_CONDITIONS[tried.condition]) if tried.condition else _("not looked at")


def condition_words(route: RouteLine) -> str:
    """The conditions of a route on one line."""
    given = (
        (N_("mailbox {value}"), route.mailbox),
        (N_("to {value}"), route.recipient),
        (N_("from {value}"), route.sender_domain),
        (N_("subject {value}"), route.subject),
    )
    return " · ".join(_(text, value=value) for text, value in given if value) or _("every mail")


def result_words(route: RouteLine) -> str:
    """What a route gives, on one line: topic, priority, tags."""
    parts = (_(route.topic_name), _(route.priority_name), " ".join(f"+{tag}" for tag in route.tags))
    return " · ".join(part for part in parts if part)
