"""Migrations: append-only SQL files, each run once, in order, in a transaction of its own, safe when two servers start at once."""

from __future__ import annotations

import hashlib
from importlib import resources

import asyncpg

from schemas.base import Message
from schemas.problems import N_, Problem

LOCK = 0x1E17A1
"""The advisory lock that one migrating server holds while others wait."""


class DatabaseIsNewer(Problem):
    """The database was migrated by a later Leitai than this one."""

    status = 500
    sentence = N_(
        "This database was made by a newer Leitai (it has {theirs}, this program knows {ours} migrations). Install the newer version."
    )


class MigrationWasChanged(Problem):
    """A migration that has run differs from the file of the same name."""

    status = 500
    sentence = N_(
        "The migration {name} was changed after it had run. Restore the released file; changes go into a new migration."
    )


class Migration(Message):
    """One file: its name, its SQL, and the digest that is kept when it has run."""

    name: str
    sql: str
    digest: str


def known_migrations() -> tuple[Migration, ...]:
    """Every migration this program knows, in order."""
    folder = resources.files("competition.plumbing") / "sql"
    files = sorted((file.name, file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".sql"))
    return tuple(Migration(name=name, sql=sql, digest=hashlib.sha256(sql.encode()).hexdigest()) for name, sql in files)


async def migrate(dsn: str) -> tuple[str, ...]:
    """Bring the database up to date; returns the names of the migrations that ran now."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        return await _run_missing(connection)
    finally:
        await connection.close()


async def _run_missing(connection: asyncpg.Connection[asyncpg.Record]) -> tuple[str, ...]:
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, digest text NOT NULL, ran_at timestamptz NOT NULL DEFAULT now())"
    )
    done = {row["name"]: row["digest"] for row in await connection.fetch("SELECT name, digest FROM migration")}
    known = known_migrations()
    if set(done) - {migration.name for migration in known}:
        raise DatabaseIsNewer(theirs=len(done), ours=len(known))
    for migration in known:
        if done.get(migration.name, migration.digest) != migration.digest:
            raise MigrationWasChanged(name=migration.name)
    missing = [migration for migration in known if migration.name not in done]
    for migration in missing:
        async with connection.transaction():
            await connection.execute(migration.sql)
            await connection.execute(
                "INSERT INTO migration (name, digest) VALUES ($1, $2)", migration.name, migration.digest
            )
    return tuple(migration.name for migration in missing)
