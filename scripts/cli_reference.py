"""Write docs/cli.md from the commands themselves: ``python scripts/cli_reference.py``."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from sysmo_tui import i18n
from sysmo_tui.cli.main import run
from sysmo_tui.cli.nouns import ENTRIES, SECTIONS
from sysmo_tui.cli.root import build
from sysmo_tui.cli.verbs import NounGroup

PAGE = Path(__file__).parents[1] / "docs" / "cli.md"
OWN = "\nOptions:\n"
SHARED = "Options of every verb:"

INTRODUCTION = """\
# Command line

Everything that the screens do can be done here too. `sysmo` alone opens the screens.
This page is written by `python scripts/cli_reference.py` from the program's own help.

- **Output.** Data goes to standard output, talk to standard error. A terminal gets tables; a pipe, or
  `--plain`, gets tab-separated lines without a heading. `--json` prints one document, `--jsonl` an object a
  line, `--csv` lists. Keys are stable; times are ISO 8601 in UTC and end in `Z`.
- **Exit codes.** `0` done · `1` a bug: one line and the place of the log · `2` bad input, or no desk ·
  `3` not signed in · `4` not found, or not yours to know · `5` not allowed · `6` conflict: someone was faster ·
  `7` the database or the mail server cannot be reached: try again · `141` nobody reads the output.
- **Errors** are one line on standard error. With `--json` there is also
  `{"error": {"code": "invalid|not_signed_in|not_found|forbidden|conflict|unavailable", "message": "…", "field": "…"}}`
  on standard output.
- **Questions** are asked on a terminal only; with `--no-input` never. Passwords are typed unseen or read from
  standard input with `--password-stdin`, a line each; they are never an argument.
- **Tickets** are `42`, `T-42` or `'#42'` (in quotes: a shell takes a bare `#42` for a comment).
  `sysmo 42` is `sysmo ticket show 42`. `-` as a file is standard input or output.
- **Repeating safely.** `--idempotency-key K` on what creates something: the same key with the same arguments
  happens once and gives the first result again, without its secrets; with other arguments it is a conflict.
- **Trying first.** `--dry-run` says what would happen, how much mail would follow, and what would be refused.
- **Columns.** `--csv` prints the same columns whatever a list holds, and their names even when it is empty;
  `ticket list --columns number,subject` chooses among them, for `--json` and `--jsonl` too.
- **Other names.** `ls`, `view`, `add`, `create` and `set` work for `list`, `show`, `new` and `edit`.

## Environment

| Variable | Meaning |
| --- | --- |
| `SYSMO_DATABASE_URL` | the desk's database: `sqlite:////folder/desk.db` or `postgresql://user@host/name` |
| `SYSMO_REPORT_DATABASE_URL` | a hot standby of that PostgreSQL server, where reports are read |
| `SYSMO_DESK` | a desk on another machine: `ssh://sysmo@desk.example.com[:port]`; commands and screens run over there |
| `SYSMO_STATE_DIR` | where sessions and the log are kept |
| `SYSMO_MAIL_URL` | how this process sends mail: `smtp://user@host:587`, `smtps://host`, `file:///folder`, `null:` |
| `SYSMO_MAIL_PASSWORD` | the password for the mail server |
| `SYSMO_MAILBOX_PASSWORD` | the password of the mailbox that mail is fetched from, when there is one |
| `SYSMO_MAILBOX__NAME__PASSWORD` | the password of the mailbox `NAME`, when there are several |
| `SYSMO_LANG` | the language: `en` or `es` |
| `SYSMO_CONFIG` | the settings file of this user |
| `SYSMO_SECTION__KEY` | any setting of the file: `SYSMO_UI__THEME` is `theme` in `[ui]` |
| `NO_COLOR` | no colours |

A setting comes from the environment, else the user's file (`config.toml` in the folder for settings), else
`/etc/sysmo/config.toml` where this user may read it, else its default:

```toml
[database]
url = "sqlite:////srv/desk/desk.db"

[desk]
address = "ssh://sysmo@desk.example.com"  # instead of a database: a desk on another machine
share_connection = true    # commands soon after one another go through one connection

[state]
dir = "~/.local/state/sysmo"

[mail]
url = "smtp://desk@mail.example.com:587"
password = "…"

[ui]
language = "es"
theme = "dark"             # or "light", "contrast", "colour-blind", "terminal"
slow = true                # draw less, for a slow connection
kiosk = true               # an account of the machine that people share: no editor, no paths, no files written

[door]
sessions = 100             # of those who come through the SSH door, at once: in all,
source_sessions = 20       # from one address,
account_sessions = 10      # and of one account

[keys]
"ticket.close" = "ctrl+x"  # names: the table of keys in the README
```

Without a database named anywhere the desk is `desk.db` in the user's data folder; `--demo` means the demo desk
beside it.
"""  # noqa: E501 - a page, whose lines are not code


def verbs() -> Iterator[tuple[str, ...]]:
    """The words of every verb that is shown, in the order of the help."""
    root = build()
    for noun in ENTRIES:
        group = root.get_command(None, noun)
        if not isinstance(group, NounGroup) or group.invoke_without_command:
            yield (noun,)
        if isinstance(group, NounGroup):
            yield from _within(group, (noun,))


def _within(group: NounGroup, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield from ((*words, name) for name, info in group.registered.items() if not info.hidden)
    for name in group.nested:
        inner = group.get_command(None, name)
        assert isinstance(inner, NounGroup)
        yield from _within(inner, (*words, name))


def help_of(words: tuple[str, ...]) -> str:
    """What ``--help`` prints, without the options that every verb has."""
    text = io.StringIO()
    with redirect_stdout(text), redirect_stderr(text):
        run([*words, "--help"], {"SYSMO_LANG": "en"})
    before, shared, after = text.getvalue().partition(SHARED)
    example = after.rpartition("\n\n")[2] if shared else ""
    return f"{before.rstrip()}\n\n{example.rstrip()}".rstrip()


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    whole = io.StringIO()
    with redirect_stdout(whole):
        run(["--help"], {"SYSMO_LANG": "en"})
    before, _title, after = whole.getvalue().partition(SHARED)
    own = before.partition(OWN)[2].strip("\n")
    shared = after.rpartition("\n\n")[0].strip("\n")
    parts.append(f"## Options of sysmo alone\n\n```\n{own}\n```\n")
    parts.append(f"## Options of every verb\n\n```\n{shared}\n```\n")
    by_noun: dict[str, list[tuple[str, ...]]] = {}
    for words in verbs():
        by_noun.setdefault(words[0], []).append(words)
    for title, entries in SECTIONS.items():
        parts.append(f"## {title}\n")
        for noun in entries:
            parts += [
                f"### sysmo {' '.join(words)}\n\n```\n{help_of(words)}\n```\n"
                for words in by_noun.get(noun, ())
            ]
    return "\n".join(parts)


if __name__ == "__main__":
    os.environ["COLUMNS"] = "80"
    i18n.use("en")
    PAGE.write_text(page(), encoding="utf-8")
