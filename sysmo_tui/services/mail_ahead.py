"""What a group of mails will ask the database, read for all of them before the first one is decided.

Each mail is decided as if it were alone, and asks for itself what nobody read for it. What is read here is
used once, so that whoever asks again sees what changed meanwhile; and it is read only for mails that have
nothing to do with each other, so that none of them changes it for the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import AccountState, MailClass, SenderStanding
from sysmo_tui.domain.incoming import Incoming
from sysmo_tui.models import Account, Entry, Ticket
from sysmo_tui.services import (
    acknowledging,
    deciding,
    filing_mail,
    mail_rules,
    matching,
    people,
    senders,
    throttle,
    tickets_ahead,
    undeliverable,
)
from sysmo_tui.services.people import Known


def read(work: Work, mails: Sequence[tuple[int, Incoming]]) -> None:
    """Lock the mails of a group, none of which came back, and read ahead for those that are strangers."""
    group = [incoming for _inbound_id, incoming in mails]
    mail_rules.take_turns(work, [incoming.message_id for incoming in group])
    deciding.lock(work, [inbound_id for inbound_id, _incoming in mails])
    strangers = _strangers(group)
    if not strangers:
        tickets_ahead.lock(work, _guessed(work, group))
        return
    mail_rules.read_ahead(work, strangers)
    claimed = [incoming.claimed for incoming in strangers]
    senders.read_ahead(work, claimed)
    known = people.hold(work, claimed)
    undeliverable.read_ahead(work, claimed)
    matching.read_ahead(work, strangers)
    _read_tickets(work, strangers, known, _guessed(work, group))


def _guessed(work: Work, group: Sequence[Incoming]) -> set[int]:
    """The tickets that mails are probably about."""
    return {number for each in group if (number := matching.guess(work, each)) is not None}


def _read_tickets(
    work: Work, strangers: Sequence[Incoming], known: Mapping[str, Known], all_asked: set[int]
) -> None:
    """Read ahead what answers and new requests ask; which of the two a mail is, is only guessed here."""
    about = [(incoming, matching.guess(work, incoming)) for incoming in strangers]
    asked = Counter(number for _incoming, number in about if number is not None)
    accounts = {each.id for each in known.values()}
    tickets_ahead.read(work, [number for number, mails in asked.items() if mails == 1], accounts, all_asked)
    new = [incoming for incoming, number in about if number is None and _may_ask(work, incoming, known)]
    by = [addresses.folded(incoming.claimed) for incoming in new]
    filing_mail.read_ahead(work, [known[each].id for each in by if each in known])
    counted = [filing_mail.counted(each.claimed) for each in new]
    for each in new:
        counted += acknowledging.counted(each.claimed) if each.mail_class is MailClass.HUMAN else ()
    throttle.hold(work, counted)
    work.reserve_keys(
        {Ticket: len(new), Entry: len(strangers), Account: sum(each not in known for each in by)}
    )


def _may_ask(work: Work, incoming: Incoming, known: Mapping[str, Known]) -> bool:
    """Whether a mail of its sender may become a new request, for all that is known by now."""
    sender = known.get(addresses.folded(incoming.claimed))
    is_barred = sender is not None and (sender.role.is_staff or sender.state is AccountState.DISABLED)
    return not is_barred and senders.standing(work, incoming.claimed) is not SenderStanding.BLOCKED


def _strangers(group: Sequence[Incoming]) -> list[Incoming]:
    """Mails whose sender wrote no other, whose Message-ID no other bears, and which answer none of them."""
    by = Counter(addresses.untagged(incoming.claimed) for incoming in group)
    borne = Counter(incoming.message_id[: matching.ID_LIMIT] for incoming in group)
    del borne[""]
    return [
        incoming
        for incoming in group
        if incoming.sender is not None
        and by[addresses.untagged(incoming.claimed)] == 1
        and borne[incoming.message_id[: matching.ID_LIMIT]] <= 1
        and borne.keys().isdisjoint(each[: matching.ID_LIMIT] for each in matching.cited(incoming))
    ]
