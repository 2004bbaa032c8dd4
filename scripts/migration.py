"""Write the next migration: what the models have and the newest revision has not.

Usage: python scripts/migration.py 0003 "What becomes true"

Read the result before committing it, and raise ``HEAD`` in ``sysmo_tui/storage/schema.py``.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from sysmo_tui.storage import schema, sqlite

VERSIONS = Path(__file__).parents[1] / "sysmo_tui" / "storage" / "migrations" / "versions"

_BATCH = re.compile(
    r"    with op\.batch_alter_table\('(\w+)', schema=None\) as batch_op:\n((?:        .*\n)+)"
)
_INDEX = re.compile(r"        batch_op\.create_index\((?:batch_op\.f\()?'(\w+)'\)?, ")


def main(revision: str, text: str) -> None:
    """Write ``revision`` beside the others, in our format."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desk.db"
        path.touch()
        engine = sqlite.engine(path, sqlite.Use.MIGRATING)
        with engine.connect() as connection:
            configuration = schema.alembic_config(connection)
            if any(VERSIONS.glob("[0-9]*.py")):
                command.upgrade(configuration, "head")
            command.revision(configuration, text, autogenerate=True, rev_id=revision)
    (written,) = VERSIONS.glob(f"{revision}_*.py")
    written.write_text(_tidy(written.read_text()))
    subprocess.run(["ruff", "check", "--fix-only", "-q", str(written)], check=True)
    subprocess.run(["ruff", "format", "-q", str(written)], check=True)
    print(written)


def _tidy(source: str) -> str:
    """Create indexes directly, leave out what is the default, and drop Alembic's own comments."""

    def flat(found: re.Match[str]) -> str:
        table, body = found.groups()
        if not all(line.startswith("        batch_op.create_index(") for line in body.splitlines()):
            return found[0]
        return _INDEX.sub(rf"    op.create_index('\1', '{table}', ", body)

    source = _BATCH.sub(flat, source)
    source = re.sub(r"    # ### .*\n", "", source)
    return source.replace(", unique=False", "").replace(", server_default=sa.FetchedValue()", "")


if __name__ == "__main__":
    main(*sys.argv[1:])
