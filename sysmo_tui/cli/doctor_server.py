"""What ``sysmo doctor`` finds about a PostgreSQL server: its connection, its roles, its standby."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sysmo_tui.cli.context import Here
from sysmo_tui.cli.doctor import Finding, Health
from sysmo_tui.domain.message import Advice
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _, render
from sysmo_tui.storage import server_facts
from sysmo_tui.storage.standby import Unfit

MOST_OFF = timedelta(seconds=5)
"""By how much clocks may differ: duties are taken over, and mails tried again, when their time is up."""


def server(run: Here, name: str) -> Iterator[Finding]:
    """How the server is reached, and as whom."""
    if run.desk.store.path is not None:
        return
    facts = server_facts.of(run.desk.store)
    version, host = clean_line(facts.version), clean_line(facts.host)
    if not facts.is_private:
        yield Finding(
            name,
            Health.WARNING,
            _("Whoever is between here and {host} can read along.", host=host),
            _("Set in the database's address: {setting}", setting="sslmode=verify-full"),
        )
    yield Finding(name, Health.GOOD, _("PostgreSQL {version} answers.", version=version))
    off = abs(run.clock() - facts.now)
    if off > MOST_OFF:
        text = _(
            "The clock of this machine is {seconds} s off the server's.", seconds=round(off.total_seconds())
        )
        yield Finding(name, Health.WRONG, text, _("Set both by a time server."))
    if facts.is_pooled:
        text = _("A pooler lends the connections: what others do is noticed by asking each second.")
        yield Finding(name, Health.GOOD, text)
    roles = Advice("sysmo db init-roles --print")
    if facts.closed:
        yield Finding(
            name,
            Health.WRONG,
            _("The program may not read {tables}.", tables=clean_line(", ".join(facts.closed))),
            _("Let whoever runs the server apply: {command}", command=roles),
        )
    if facts.is_superuser:
        yield Finding(
            name,
            Health.WARNING,
            _("The program works as a superuser of the server, who may do anything there."),
            _("Let whoever runs the server apply: {command}", command=roles),
        )
    elif facts.may_rewrite:
        text = _("The program's role owns the tables, and so could rewrite the history.")
        yield Finding(name, Health.GOOD, text, _("For roles with less, see: {command}", command=roles))
    else:
        yield Finding(name, Health.GOOD, _("The program's role cannot rewrite the history."))


def standby(run: Here, name: str) -> Iterator[Finding]:
    """Whether reports are read where they shall be."""
    store = run.desk.store
    if store.standby is None:
        return
    try:
        with store.reading() as session, store.standby.reading(session) as copy:
            behind = None if copy.at is None else run.clock() - copy.at
    except Unfit as unfit:
        why = render(unfit.why, clean=clean_line)
        text = _("Reports are read on the desk itself, not on the standby. {why}", why=why)
        yield Finding(name, Health.WARNING, text)
        return
    if behind is None:
        yield Finding(name, Health.GOOD, _("Reports are read on the standby, which is level."))
    else:
        seconds = f"{behind.total_seconds():.1f}"
        text = _("Reports are read on the standby, which is {seconds} s behind.", seconds=seconds)
        yield Finding(name, Health.GOOD, text)
