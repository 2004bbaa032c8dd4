"""The tables: columns, constraints, indexes, and no behaviour.

Services read with statements over :func:`table`, built once, and load an entity
only for the row that they change.
"""

import sqlalchemy as sa
from sqlmodel import SQLModel

from sysmo_tui.models.catalogue import Lease, Priority, Setting, Status, TicketType, Topic, TopicMember
from sysmo_tui.models.history import Audit, Batch, Cycle, Event, Outbox, SealedCount, SealedPeriod
from sysmo_tui.models.mail import InboundMail, Mailbox, MailReference, MailRoute, MailSender, MailText
from sysmo_tui.models.people import Account, AccountEmail, Company, SignIn, SshKey, Throttle, Token
from sysmo_tui.models.saved import CannedResponse, SavedSearch
from sysmo_tui.models.tickets import (
    Attachment,
    Blob,
    BlobChunk,
    Draft,
    DraftFile,
    Entry,
    Presence,
    ReadMark,
    Ticket,
    TicketPerson,
    TicketTag,
)

__all__ = [
    "Account",
    "AccountEmail",
    "Attachment",
    "Audit",
    "Batch",
    "Blob",
    "BlobChunk",
    "CannedResponse",
    "Company",
    "Cycle",
    "Draft",
    "DraftFile",
    "Entry",
    "Event",
    "InboundMail",
    "Lease",
    "MailReference",
    "MailRoute",
    "MailSender",
    "MailText",
    "Mailbox",
    "Outbox",
    "Presence",
    "Priority",
    "ReadMark",
    "SavedSearch",
    "SealedCount",
    "SealedPeriod",
    "Setting",
    "SignIn",
    "SshKey",
    "Status",
    "Throttle",
    "Ticket",
    "TicketPerson",
    "TicketTag",
    "TicketType",
    "Token",
    "Topic",
    "TopicMember",
    "table",
]


def table(model: type[SQLModel]) -> sa.Table:
    """The Core table of ``model``, for statements."""
    return SQLModel.metadata.tables[str(model.__tablename__)]
