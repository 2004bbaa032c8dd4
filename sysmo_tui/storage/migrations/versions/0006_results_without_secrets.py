"""Results of commands that held the desk's secrets are gone; files are counted by who staged them."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_blob_staged_by_id", "blob", ["staged_by_id"])
    if op.get_bind().dialect.name == "sqlite":
        # What is overwritten must not stay readable in the file's free space.
        op.execute("PRAGMA secure_delete = ON")
    op.execute("UPDATE batch SET result = NULL WHERE command = 'desk_settings.change'")
    # A megabyte is a million bytes; this was the default.
    op.execute(
        "UPDATE setting SET value = '25000000' WHERE name = 'file_limit' AND CAST(value AS text) = '26214400'"
    )
