"""Roles of a PostgreSQL server for depth: who owns a desk's tables, who works with them, who only counts.

Whoever works cannot rewrite the history, even with a program of their own. Reports of other programs read
views in a schema of their own, which hold no text of a ticket, no address and no secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

import sqlalchemy as sa

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.storage import fulltext

VIEWS_SCHEMA = "reporting"
"""Where the views for reports are."""

LONGEST_NAME = 63
"""Bytes of a name that PostgreSQL does not cut."""

_NAME = re.compile(r"[\w.@-]+")
_HISTORY = ("audit", "event")
_REVISION = "alembic_version"


@dataclass(frozen=True, slots=True)
class Roles:
    """The names of the roles. ``report`` is for other programs that count, not for ours."""

    owner: str
    application: str
    report: str

    def __post_init__(self) -> None:
        names = [getattr(self, each.name) for each in fields(self)]
        for each, name in zip(fields(self), names, strict=True):
            # What needs no quoting within its quotes, wherever it stands in the script.
            if not _NAME.fullmatch(name) or len(name.encode()) > LONGEST_NAME:
                raise Invalid(
                    N_("The name of a role has letters, digits and _ . @ -, {most} bytes at most."),
                    field=each.name,
                    most=LONGEST_NAME,
                )
            if name.startswith("pg_") or name in {"public", "none"}:
                raise Invalid(
                    N_("PostgreSQL keeps the name “{name}” for itself. Choose another one."),
                    field=each.name,
                    name=name,
                )
            if names.count(name) > 1:
                raise Invalid(N_("Each role needs a name of its own."), field=each.name)


_VIEWS = {
    "ticket": """
SELECT t.number, topic.slug AS topic, kind.slug AS type, status.slug AS status, t.category,
       priority.slug AS priority, t.impact, t.urgency, t.channel, company.name AS company,
       operator.name AS operator, owner.name AS owner, t.created_at, t.first_response_at,
       t.waiting_since, t.next_due_at, t.closed_at, t.close_reason
FROM public.ticket t
JOIN public.topic ON topic.id = t.topic_id
JOIN public.ticket_type kind ON kind.id = t.type_id
JOIN public.status ON status.id = t.status_id
JOIN public.priority ON priority.id = t.priority_id
LEFT JOIN public.company ON company.id = t.company_id
LEFT JOIN public.account operator ON operator.id = t.assignee_id
LEFT JOIN public.account owner ON owner.id = t.owner_id
WHERE NOT t.is_spam""",
    "cycle": """
SELECT c.ticket_number, c.n, topic.slug AS topic, c.opened_at, c.closed_at, c.closer,
       CASE WHEN c.closer = 'operator' THEN closing.name END AS closed_by, c.seconds,
       c.response_at, answering.name AS response_by, c.response_seconds, c.public_replies,
       c.reopenings, c.reopened_at, c.rating, c.rated_at
FROM public.cycle c
JOIN public.topic ON topic.id = c.topic_id
LEFT JOIN public.account closing ON closing.id = c.closed_by_id
LEFT JOIN public.account answering ON answering.id = c.response_by_id
WHERE NOT c.is_voided""",
    "entry": """
SELECT e.ticket_number, e.created_at, e.kind, e.channel, e.by_staff
FROM public.entry e
JOIN public.ticket t ON t.number = e.ticket_number
WHERE e.visibility = 'public' AND e.withdrawn_at IS NULL AND NOT t.is_spam""",
    "operator": """
SELECT account.name, account.role, account.state, topic.slug AS topic
FROM public.account
LEFT JOIN public.topic_member member ON member.account_id = account.id
LEFT JOIN public.topic ON topic.id = member.topic_id
WHERE account.role <> 'customer'""",
    "topic": "SELECT slug, name, is_public, created_at, archived_at FROM public.topic",
}
"""What other programs may count: no texts, no addresses, no secrets, and of customers only the company."""

_KEEP_HISTORY = f"""
DO $do$
DECLARE
    kept record;
BEGIN
    FOR kept IN
        SELECT DISTINCT c.oid::regclass AS relation, c.relname,
            CASE given.grantee WHEN 0 THEN 'PUBLIC' ELSE given.grantee::regrole::text END AS grantee
        FROM pg_class c, aclexplode(c.relacl) given
        WHERE c.relnamespace = 'public'::regnamespace AND given.grantee <> c.relowner
            AND c.relname IN ({", ".join(f"'{name}'" for name in (*_HISTORY, _REVISION))})
            AND given.privilege_type <> 'SELECT'
    LOOP
        EXECUTE format('REVOKE %s UPDATE, DELETE, TRUNCATE ON %s FROM %s',
            CASE kept.relname WHEN '{_REVISION}' THEN 'INSERT,' ELSE '' END, kept.relation, kept.grantee);
    END LOOP;
END $do$"""


_SCRIPT = """
BEGIN;

-- Who owns the desk's tables, who works with them, and who counts. Give each a password: \\password NAME
{roles}
-- Only a member of the owner can give it something.
DO $do$ BEGIN
    IF NOT pg_has_role(current_user, '{owner}', 'MEMBER') THEN
        GRANT "{owner}" TO CURRENT_USER;
    END IF;
    -- The owner sees which programs are on before it changes their tables.
    IF NOT pg_has_role('{owner}', '{application}', 'MEMBER') THEN
        GRANT "{application}" TO "{owner}";
    END IF;
END $do$;

-- Whoever owns the database or the schema can drop what lies in it, and so begin another history.
DO $do$ BEGIN
    IF EXISTS (
        SELECT FROM pg_database
        WHERE datname = current_database() AND pg_get_userbyid(datdba) IN ('{application}', '{report}')
    ) THEN
        EXECUTE format('ALTER DATABASE %I OWNER TO "{owner}"', current_database());
    END IF;
    IF EXISTS (
        SELECT FROM pg_namespace
        WHERE nspname = 'public' AND pg_get_userbyid(nspowner) IN ('{application}', '{report}')
    ) THEN
        ALTER SCHEMA public OWNER TO "{owner}";
    END IF;
END $do$;

DO $do$ BEGIN
    EXECUTE format(
        'REVOKE ALL ON DATABASE %I FROM PUBLIC, "{application}", "{report}"', current_database()
    );
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO "{owner}", "{application}", "{report}"', current_database()
    );
END $do$;
REVOKE ALL ON SCHEMA public FROM PUBLIC, "{application}", "{report}";
GRANT USAGE, CREATE ON SCHEMA public TO "{owner}";
GRANT USAGE ON SCHEMA public TO "{application}";
CREATE SCHEMA IF NOT EXISTS {views} AUTHORIZATION "{owner}";
REVOKE ALL ON SCHEMA {views} FROM PUBLIC;
GRANT USAGE ON SCHEMA {views} TO "{report}";

-- The tables of a desk that is there already; their sequences and indexes go along.
DO $do$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN
        SELECT oid FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname IN ({tables})
    LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO "{owner}"', relation);
    END LOOP;
END $do$;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, "{application}", "{report}";
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, "{application}", "{report}";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{application}";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{application}";

-- The same for what making the desk, and each upgrade, will bring.
ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{application}";
ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO "{application}";
ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" IN SCHEMA {views} GRANT SELECT ON TABLES TO "{report}";

-- Nobody but the owner rewrites what happened.{history};

-- Nothing is taken away from a role that is more than it seems: it may be somebody's who needs that.
DO $do$
DECLARE
    strong text;
BEGIN
    SELECT string_agg(role.rolname, ', ' ORDER BY role.rolname) INTO strong
    FROM pg_roles role
    WHERE role.rolname IN ('{application}', '{report}')
        AND (
            role.rolsuper OR role.rolcreaterole OR role.rolreplication
            OR EXISTS (
                SELECT FROM pg_roles other
                WHERE other.rolname IN ('{owner}', {strong}) AND pg_has_role(role.oid, other.oid, 'MEMBER')
            )
        );
    IF strong IS NOT NULL THEN
        RAISE EXCEPTION 'Nothing was changed: more than a role of a desk may be is %', strong
            USING HINT = 'Choose another name, or take from it SUPERUSER, CREATEROLE, REPLICATION, groups.';
    END IF;
END $do$;

ALTER ROLE "{report}" SET default_transaction_read_only = on;
ALTER ROLE "{report}" SET statement_timeout = '60s';
ALTER ROLE "{report}" SET search_path = {views};
SET LOCAL ROLE "{owner}";
DO $do$ BEGIN
    IF to_regclass('public.cycle') IS NOT NULL THEN
{made}
    END IF;
END $do$;
RESET ROLE;

COMMIT;
"""

_ROLE = """DO $do$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN
        CREATE ROLE "{name}" LOGIN;
    END IF;
END $do$;"""

_STRONG = (
    "pg_execute_server_program",
    "pg_read_all_data",
    "pg_read_server_files",
    "pg_write_all_data",
    "pg_write_server_files",
)
"""Roles of the server whose members read or write whatever tables say."""

_HAS_SCHEMA = sa.text("SELECT to_regnamespace(:name) IS NOT NULL")


def script(roles: Roles) -> str:
    """SQL that makes ``roles`` and their rights in the database in which a superuser applies it.

    It can be applied any number of times, before the desk is made or later. It sets no passwords.
    """
    from sqlmodel import SQLModel

    import sysmo_tui.models  # noqa: F401 - what it defines is in the metadata

    names = {each.name: getattr(roles, each.name) for each in fields(roles)}
    tables = sorted({*SQLModel.metadata.tables, fulltext.TABLE, _REVISION})
    return _SCRIPT.lstrip().format(
        **names,
        roles="\n".join(_ROLE.format(name=name) for name in names.values()),
        views=VIEWS_SCHEMA,
        tables=", ".join(f"'{name}'" for name in tables),
        history=_KEEP_HISTORY,
        strong=", ".join(f"'{name}'" for name in _STRONG),
        made="\n".join(f"{statement};" for name in _VIEWS for statement in (_dropped(name), _made(name))),
    )


def forget_views(connection: sa.Connection) -> None:
    """Take the views for reports away: no column could be changed below them."""
    for name in _VIEWS:
        _do(connection, _dropped(name))


def settle(connection: sa.Connection) -> None:
    """Let only their owner rewrite what is kept for good, and make the views where their schema is."""
    _do(connection, _KEEP_HISTORY)
    if connection.execute(_HAS_SCHEMA, {"name": VIEWS_SCHEMA}).scalar_one():
        for name in _VIEWS:
            _do(connection, _made(name))


def _dropped(name: str) -> str:
    return f"DROP VIEW IF EXISTS {VIEWS_SCHEMA}.{name}"


def _made(name: str) -> str:
    # With a barrier, no function of a reader's own sees the rows that are left out.
    return f"CREATE VIEW {VIEWS_SCHEMA}.{name} WITH (security_barrier) AS {_VIEWS[name].strip()}"


def _do(connection: sa.Connection, statement: str) -> None:
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
