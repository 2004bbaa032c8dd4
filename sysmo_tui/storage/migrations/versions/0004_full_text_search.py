"""Full-text search, and the transaction of each event where commits come out of order."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE entry_search USING fts5(words, content='', "
            "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co M*'\")"
        )
        return
    op.execute(
        "CREATE TABLE entry_search "
        "(entry_id bigint PRIMARY KEY REFERENCES entry ON DELETE CASCADE, words tsvector NOT NULL)"
    )
    op.execute("ALTER TABLE entry_search ALTER COLUMN words SET STATISTICS 1000")
    op.execute("CREATE INDEX ix_entry_search_words ON entry_search USING gin (words)")
    op.execute("ALTER TABLE event ALTER COLUMN txid SET DEFAULT (pg_current_xact_id()::text::bigint)")
