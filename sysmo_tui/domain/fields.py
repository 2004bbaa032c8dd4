"""The fields of a ticket as people call them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sysmo_tui.domain.message import N_

FIELDS: Final[Mapping[str, str]] = {
    "requester": N_("requester"),
    "contact_email": N_("contact"),
    "company": N_("company"),
    "topic": N_("topic"),
    "type": N_("type"),
    "status": N_("status"),
    "priority": N_("priority"),
    "impact": N_("impact"),
    "urgency": N_("urgency"),
    "subject": N_("subject"),
    "channel": N_("channel"),
    "owner": N_("owner"),
    "assignee": N_("assignee"),
    "filed_by": N_("filed by"),
    "follow_up": N_("follow up on"),
    "action_due": N_("action due"),
    "close_reason": N_("reason"),
    "is_spam": N_("spam"),
    "tag": N_("tag"),
    "watcher": N_("watcher"),
    "collaborator": N_("takes part"),
    "clone": N_("clone"),
    "undelivered": N_("address"),
    "undeliverable": N_("mail fails"),
    "cloned_from": N_("cloned from"),
    "continues": N_("goes on with"),
    "continued_by": N_("goes on in"),
    "rating": N_("rating"),
}
