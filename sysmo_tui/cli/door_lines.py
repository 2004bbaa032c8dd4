"""Which command lines the SSH door opens, and from which role on: everything else is unknown there.

A verb or an option that is not in :data:`OPEN` does not exist for who comes through the door: help
does not show it, and a line that has it is refused like one with a misspelt word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from sysmo_tui.cli.local_options import STREAM, DeskPlace, LocalTarget, mark
from sysmo_tui.domain.enums import Role
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import forbidden_below
from sysmo_tui.i18n import _

EVERYWHERE = frozenset(["--json", "--jsonl", "--csv", "--plain", "--spoken", "--no-input", "--help", "-h"])
"""The options of every verb that the door opens."""

ALONE = EVERYWHERE | {"--version", "--slow"}
"""Those of the program itself, before any verb."""

OPEN: Mapping[Role | None, Mapping[str, str]] = {
    None: {
        "login": "--email --password-stdin",
        "register": (
            "--email --name --company --tax-id --country --phone --password-stdin --lang "
            "--time-zone --idempotency-key"
        ),
        "verify": "--resend --email --password-stdin",
        "password forgot": "--email",
        "password reset": "--email --password-stdin",
        "key new": "--email --label --for --password-stdin",
    },
    Role.CUSTOMER: {
        "ticket list": "--inbox --saved --sort --limit --after --columns --follow",
        "ticket show": "--events --full --raw",
        "ticket comment": "",
        "ticket files": "",
        "ticket links": "",
        "ticket download": "--output -o",
        "ticket new": (
            "--topic --subject --body --body-file --attach --name --urgency --for --for-name "
            "--channel --type --priority --impact --tag --to --idempotency-key"
        ),
        "ticket reply": (
            "--body --body-file --canned --attach --name --close --status --delay --if-version --dry-run "
            "--idempotency-key"
        ),
        "ticket unsend": "--dry-run",
        "ticket attach": "--name --internal --idempotency-key",
        "ticket close": (
            "--body --body-file --attach --name --no-answer --if-version --dry-run --idempotency-key"
        ),
        "ticket reopen": "--if-version --dry-run",
        "ticket rate": "--dry-run",
        "search": "--in --sort --limit --after",
        "logout": "--everywhere",
        "whoami": "",
        "profile show": "",
        "profile edit": "--name --phone --lang --time-zone --mail --signature --set",
        "profile keys list": "",
        "profile keys edit": "",
        "profile keys reset": "",
        "profile email list": "",
        "profile email add": "--password-stdin",
        "profile email verify": "",
        "profile email primary": "",
        "profile email remove": "",
        "password change": "--password-stdin",
        "key list": "--email",
        "key revoke": "--yes",
        "session list": "--email",
        "session revoke": "--all --email",
        "topic list": "--archived",
        "topic show": "",
    },
    Role.OPERATOR: {
        "ticket customer": "",
        "ticket history": "",
        "ticket why": "",
        "ticket note": "--body --body-file --attach --name --if-version --idempotency-key",
        "ticket clone": "--topic --idempotency-key",
        "ticket take": "--if-version --dry-run",
        "ticket release": "--if-version --dry-run",
        "ticket assign": "--to --if-version --dry-run",
        "ticket spam": "--if-version --dry-run",
        "ticket edit": (
            "--subject --status --priority --type --topic --owner --impact --urgency "
            "--follow-up --action-due --contact-email --if-version --dry-run"
        ),
        "ticket tag": "",
        "ticket untag": "",
        "ticket watch": "",
        "ticket snooze": "--until --if-version --dry-run",
        "ticket wake": "--if-version --dry-run",
        "ticket unwatch": "",
        "undo": "--dry-run",
        "saved list": "",
        "saved show": "",
        "saved new": "--inbox --sort --columns --shared --position --idempotency-key",
        "saved edit": "--name --query --inbox --sort --columns --shared --private --position",
        "saved delete": "--yes",
        "account list": "--role --state --limit --after",
        "account show": "",
        "company list": "--limit --after",
        "company show": "",
        "status list": "--archived",
        "status show": "",
        "priority list": "--archived",
        "priority show": "",
        "type list": "--archived",
        "type show": "",
        "canned list": "--archived",
        "canned show": "",
        "canned preview": "",
        "report": (
            "--range --from --to --compare --topic --tickets --operator --age --weekday --hour "
            "--limit --after --definitions --html"
        ),
        "mail explain": "",
        "mail raw": "--output -o",
        "mail quarantine list": "--limit --after",
        "mail quarantine show": "--full",
        "mail quarantine accept": "--as-new --join",
        "mail quarantine reject": "--block --dry-run",
    },
    Role.MANAGER: {
        "mail list": "--verdict --limit --after",
        "mail queue": "--failed --held --limit --after",
        "mail retry": "--all --dry-run",
        "mail release": "--all --dry-run",
        "mail discard": "--all --dry-run",
        "mail mailbox list": "--archived",
        "mail mailbox show": "",
        "mail mailbox archive": "--dry-run",
        "mail mailbox unarchive": "",
        "mail sender list": "--standing --limit --after",
        "mail sender block": "--note",
        "mail sender allow": "--note",
        "mail sender forget": "",
        "mail route list": "",
        "mail route show": "",
        "mail route new": (
            "--mailbox --recipient --sender-domain --subject --topic --priority --tag --idempotency-key"
        ),
        "mail route edit": "--name --mailbox --recipient --sender-domain --subject --topic --priority --tag",
        "mail route move": "",
        "mail route delete": "--yes",
        "mail route test": "--mailbox",
    },
    Role.ADMIN: {
        "topic new": (
            "--slug --description --public --private --priority --type --offers-waiting "
            "--no-offers-waiting --reply-ends-hold --no-reply-ends-hold --reopening "
            "--reopening-days --mail-address --signature --operator --idempotency-key"
        ),
        "topic edit": (
            "--name --slug --description --public --private --priority --type --offers-waiting "
            "--no-offers-waiting --reply-ends-hold --no-reply-ends-hold --reopening "
            "--reopening-days --mail-address --signature --position"
        ),
        "topic operators": "--add --remove",
        "topic archive": "--move-to --dry-run",
        "topic unarchive": "",
        "account new": "--email --name --role --topic --lang --dry-run --idempotency-key",
        "account edit": (
            "--name --phone --company --lang --time-zone --deliverable --add-email "
            "--primary-email --remove-email"
        ),
        "account role": "--hand-over --release --dry-run",
        "account reset-password": "--yes --idempotency-key",
        "account disable": "--hand-over --release --dry-run --yes",
        "account enable": "",
        "company new": "--tax-id --country --domain --notes --idempotency-key",
        "company edit": "--name --country --tax-id --domain --notes",
        "company merge": "--into --dry-run --yes",
        "token list": "--limit --after",
        "token reissue": "--idempotency-key",
        "status new": "--category --slug --label --position --default --idempotency-key",
        "status edit": "--name --slug --label --position --default",
        "status archive": "",
        "status unarchive": "",
        "priority new": "--level --slug --default --idempotency-key",
        "priority edit": "--name --slug --default",
        "priority archive": "",
        "priority unarchive": "",
        "type new": "--slug --position --default --idempotency-key",
        "type edit": "--name --slug --position --default",
        "type archive": "",
        "type unarchive": "",
        "canned new": "--body --body-file --topic --lang --slug --position --dry-run --idempotency-key",
        "canned edit": "--name --body --body-file --topic --lang --slug --position --dry-run",
        "canned archive": "",
        "canned unarchive": "",
        "config show": "",
        "config edit": "",
        "config export": "",
        "config apply": "--dry-run",
        "audit list": "--actor --since --kind --limit --after",
        "mail template list": "",
        "mail template show": "--lang",
        "mail template edit": "--lang --subject --body --body-file --dry-run",
        "mail template reset": "--lang --dry-run",
        "mail template preview": "--lang --subject --body --body-file",
    },
}
"""The verbs by the least role that may use them, and their options; None is for everybody, known or not."""

CLOSED: Mapping[str, frozenset[str]] = {
    "makes a desk on the machine where it runs": frozenset({"demo", "init"}),
    "is for those who hold the database": frozenset({"db", "doctor", "recover", "worker", "door"}),
    "is about the machine where it is typed": frozenset({"connect"}),
    "has the desk open connections to where its caller says": frozenset(
        {"mail mailbox new", "mail mailbox edit"}
    ),
    "does at once what the worker does, with its secrets": frozenset(
        {"mail receive", "mail fetch", "mail send", "mail test", "mail mailbox test"}
    ),
}
"""Nouns and verbs that the door does not open, by what is the matter with them."""

CLOSED_OPTIONS: Mapping[str, frozenset[str]] = {
    "chooses another database": frozenset({"--database", "--demo"}),
    "shows how the program is built, and where": frozenset({"--debug"}),
    "writes into the home of the desk's account": frozenset({"--install-completion", "--show-completion"}),
}
"""Options that the door does not open with any verb, by what is the matter with them."""

_LEAST = {path: role for role, verbs in OPEN.items() for path in verbs}
_OPTIONS = {path: frozenset(names.split()) for verbs in OPEN.values() for path, names in verbs.items()}
_RANKS = (None, *Role)


@dataclass(frozen=True, slots=True)
class Gate:
    """What the door opens for one visit: to somebody with ``role``, to a visitor where that is None."""

    role: Role | None

    def shows(self, path: str) -> bool:
        """Whether help names the verb, or the noun, at ``path``, such as ``ticket list``."""
        return any(self._may(least) for least in _leasts(path))

    def knows(self, path: str) -> bool:
        """Whether there is such a verb, or a noun with one, for whoever comes through the door."""
        return any(True for _least in _leasts(path))

    def require(self, path: str) -> None:
        """Refuse what another role may use: NotSignedIn or Forbidden, as on the desk itself."""
        least = min(_leasts(path), key=_RANKS.index)
        if least is not None and not self._may(least):
            from sysmo_tui.desk import not_signed_in

            raise not_signed_in() if self.role is None else forbidden_below(least)

    def params(self, path: str, params: Sequence[Any]) -> list[Any]:
        """Those of a verb's parameters that the door opens; "" is for the program itself."""
        opened = ALONE if not path else EVERYWHERE | _OPTIONS.get(path, frozenset())
        return [
            param
            for param in params
            if (param.param_type_name == "argument" or opened.issuperset(_names(param)))
            and not isinstance(mark(param), DeskPlace)
        ]

    def stream_targets(self, params: Sequence[Any], values: MutableMapping[str, Any]) -> None:
        """Have files leave by standard output; Invalid for a value that is a place on the desk's machine."""
        for param in params:
            if not isinstance(mark(param), LocalTarget):
                continue
            if values.get(param.name) not in (STREAM, param.default):
                raise Invalid(
                    N_(
                        "Through the SSH door, a file leaves by standard output: give - in its place, "
                        "and {how} behind the command."
                    ),
                    field=param.name,
                    how=f"> {_('FILE')}",
                )
            values[param.name] = STREAM

    def _may(self, least: Role | None) -> bool:
        return _RANKS.index(self.role) >= _RANKS.index(least)


def _leasts(path: str) -> Iterator[Role | None]:
    """The least roles of a verb, or of all verbs of a noun."""
    within = f"{path} "
    return (least for known, least in _LEAST.items() if known == path or known.startswith(within))


def _names(param: Any) -> set[str]:
    return {*param.opts, *param.secondary_opts}
