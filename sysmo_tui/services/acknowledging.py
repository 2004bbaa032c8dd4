"""Which mail is acknowledged, and which is answered by nobody: no loops, and no mail bombs through the desk.

An automatic answer goes at most to a person, rarely, and never to a machine (RFC 3834, 2).
"""

from __future__ import annotations

from datetime import timedelta

from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import MailClass
from sysmo_tui.services import desk_settings, throttle
from sysmo_tui.services.people import Known

PER_ADDRESS = 1
"""Acknowledgements to one mailbox in an hour, whatever its address has behind a plus sign."""

_HOUR = timedelta(hours=1)
_NOBODY = frozenset(
    {
        "bounce",
        "bounces",
        "listserv",
        "mailerdaemon",
        "majordomo",
        "nobody",
        "postmaster",
        "root",
    }
)
"""What mailboxes are called that nobody reads, without their dots, hyphens and underscores (RFC 2142)."""

_SAYS_SO = ("donotreply", "noreply", "noresponder", "naoresponda")
"""What such a name begins or ends with, whatever program is named beside it."""

_UNANSWERED: Memory[bool] = Memory()
_UNTOLD: Memory[bool] = Memory()


def refusal(work: Work, address: str, mail_class: MailClass) -> str:
    """Why a new request from ``address`` is not acknowledged, "" when it is; counts it then."""
    if mail_class is not MailClass.HUMAN:
        return "automatic"
    folded = addresses.folded(address)
    if is_nobody(folded):
        return "nobody"
    of_mailbox, of_desk = counted(address)
    if not throttle.allows(work, *of_mailbox, limit=PER_ADDRESS, within=_HOUR):
        return "address"
    most = desk_settings.load(work).acknowledgements_per_hour
    if not throttle.allows(work, *of_desk, limit=most, within=_HOUR):
        return "desk"
    return ""


def refusal_to_staff(work: Work, sender: Known, address: str, mail_class: MailClass) -> str:
    """Why staff are not told that a mail "from" them waits, "" when they are; counts it then."""
    if mail_class is not MailClass.HUMAN:
        return "automatic"
    if not sender.is_working or sender.undeliverable_at is not None or is_nobody(addresses.folded(address)):
        return "nobody"
    if not throttle.allows(work, "mail-staff", str(sender.id), limit=PER_ADDRESS, within=_HOUR):
        return "address"
    return ""


def counted(address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """What an acknowledgement to ``address`` is counted as: of its mailbox, and of the desk."""
    return ("mail-ack", addresses.untagged(address)), ("mail-acks", "")


def is_nobody(folded: str) -> bool:
    """Whether an address is one that no person reads."""
    local = folded.rpartition("@")[0].partition("+")[0]
    name = "".join(c for c in local if c not in "-_.")
    return name in _NOBODY or name.startswith(_SAYS_SO) or name.endswith(_SAYS_SO)


def withhold(work: Work) -> None:
    """Acknowledge nothing that this command files."""
    _UNANSWERED.set(work, True)


def hush(work: Work) -> None:
    """Tell nobody by mail of what this command writes: a machine wrote it, and another could answer."""
    _UNTOLD.set(work, True)


def is_withheld(work: Work) -> bool:
    """Whether what this command files is not acknowledged."""
    return bool(_UNANSWERED.get(work))


def is_hushed(work: Work) -> bool:
    """Whether this command tells nobody."""
    return bool(_UNTOLD.get(work))
