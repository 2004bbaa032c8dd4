"""The keys of mail that came in: what waits for a decision, senders, routes, and one mail's own text."""

from __future__ import annotations

from typing import Final

from sysmo_tui.domain.message import N_
from sysmo_tui.key_names import Context, Group, Key
from sysmo_tui.key_table.places import acts

_WAITING, _CAME_IN, _SENDERS, _ROUTES = (
    Context.QUARANTINE,
    Context.CAME_IN,
    Context.SENDERS,
    Context.ROUTES,
)

INCOMING: Final[tuple[Key, ...]] = (
    acts(
        "quarantine.accept", "a", "accept", N_("accept it: file it where it belongs"), N_("Accept"), _WAITING
    ),
    acts("quarantine.new", "n", "accept_new", N_("accept it as a new ticket"), N_("As new"), _WAITING),
    acts(
        "quarantine.reject", "x", "reject", N_("reject it: keep it, and do nothing"), N_("Reject"), _WAITING
    ),
    acts("quarantine.block", "X", "block", N_("reject it, and block its sender"), N_("Block"), _WAITING),
    acts(
        "quarantine.whole", "Z", "whole_mail", N_("the whole mail, and why it waits"), N_("Whole"), _WAITING
    ),
    acts("came_in.whole", "Z", "whole_mail", N_("the whole mail, and who decided"), N_("Whole"), _CAME_IN),
    acts("senders.block", "b", "block", N_("block an address or a domain"), N_("Block"), _SENDERS),
    acts("senders.allow", "a", "allow", N_("allow an address or a domain"), N_("Allow"), _SENDERS),
    acts("senders.forget", "x", "forget", N_("take it off the list"), N_("Forget"), _SENDERS),
    acts("routes.new", "n", "new", N_("a new route"), N_("Create"), _ROUTES),
    acts("routes.edit", "e", "edit", N_("edit the route"), N_("Edit"), _ROUTES),
    acts("routes.earlier", "u", "earlier", N_("try it earlier"), N_("Earlier"), _ROUTES),
    acts("routes.later", "d", "later", N_("try it later"), N_("Later"), _ROUTES),
    acts("routes.delete", "x", "delete", N_("delete the route"), N_("Delete"), _ROUTES),
    Key(
        "whole_mail.save",
        "s",
        "save_mail",
        N_("save the mail as it came"),
        (Context.WHOLE_MAIL,),
        Group.MANAGE,
        N_("Save"),
        of_machine=True,
    ),
)
