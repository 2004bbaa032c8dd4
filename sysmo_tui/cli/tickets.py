"""``sysmo ticket``."""

from __future__ import annotations

from sysmo_tui.cli import downloading, ticket_facts, ticket_moving, ticket_reading, ticket_writing
from sysmo_tui.cli.verbs import Noun
from sysmo_tui.i18n import _

app = Noun(help=_("File tickets, answer them, see where they stand."))
app.include(ticket_reading.app, ticket_facts.app, downloading.app, ticket_writing.app, ticket_moving.app)
