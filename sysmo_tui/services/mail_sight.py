"""Who sees a mail that came in: the rule for its verdict, its text, its bytes and deciding about it.

::

    the mail                    is seen by
    belongs to a ticket         who sees that ticket as staff
    would go to a topic         who serves that topic
    neither                     managers and administrators alone

Managers and administrators see every mail; customers see none.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import PersonRole
from sysmo_tui.domain.errors import NotFound
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.models import InboundMail, Ticket, TicketPerson, table
from sysmo_tui.services import visible

_MAIL, _TICKET, _PERSON = table(InboundMail), table(Ticket), table(TicketPerson)


def known(*, sees_all: bool) -> sa.ColumnElement[bool]:
    """Whether the actor, of the staff, sees a mail; takes :func:`visible.values`."""
    if sees_all:
        return sa.true()
    my_topics: sa.BindParameter[Any] = sa.bindparam("my_topics", expanding=True)
    watched = sa.select(_PERSON.c.ticket_number).where(
        _PERSON.c.account_id == sa.bindparam("me"), _PERSON.c.role == PersonRole.WATCHER
    )
    ticket = sa.exists().where(
        _TICKET.c.number == _MAIL.c.ticket_number,
        sa.or_(
            _TICKET.c.topic_id.in_(my_topics),
            _TICKET.c.assignee_id == sa.bindparam("me"),
            _TICKET.c.owner_id == sa.bindparam("me"),
            _TICKET.c.number.in_(watched),
        ),
    )
    return sa.or_(ticket, sa.and_(_MAIL.c.ticket_number.is_(None), _MAIL.c.topic_id.in_(my_topics)))


_ONE = {
    sees_all: sa.select(_MAIL.c.id).where(_MAIL.c.id == sa.bindparam("mail"), known(sees_all=sees_all))
    for sees_all in (True, False)
}


def require(work: Work, inbound_id: int) -> None:
    """Refuse who does not see a mail: NotFound like a missing one for staff, Forbidden for customers."""
    require_right(work.actor, Right.DECIDE_MAIL)
    given = {"mail": inbound_id, **visible.values(work.actor)}
    if work.session.execute(_ONE[work.actor.role.sees_all], given).first() is None:
        raise missing(inbound_id)


def missing(inbound_id: int) -> NotFound:
    """What is said of a mail that is not there, or not the actor's to know; for raising."""
    return NotFound(N_("There is no mail {id}."), id=inbound_id)
