"""Settings: what the environment and the command line decide, read once at start.

Every environment variable that Leitai reads is named here and in the README.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from competition.plumbing.postgres_problems import DataFolderUnusable
from competition.plumbing.reasons import reason
from schemas.base import Message
from schemas.problems import N_, Problem

KEY_FILE = "secret.key"
SECRET_BYTES = 32


class BadSecretKey(Problem):
    """The environment gives a key that is none."""

    status = 500
    sentence = N_(
        "The setting LEITAI_SECRET_KEY cannot be used: it must be 64 hexadecimal digits (openssl rand -hex 32 makes one)."
    )


class BadBaseUrl(Problem):
    """The environment gives an address that no link can begin with."""

    status = 500
    sentence = N_(
        "The setting LEITAI_BASE_URL cannot be used: {url} is not the address of a server. Write http:// or https:// and the "
        "host, such as https://contest.example.org, and nothing after a ? or #."
    )


class KeyFileDamaged(Problem):
    """The key in the data folder cannot be read any more."""

    status = 500
    sentence = N_("The key file {path} is damaged. Restore it from a backup; without it no ID number can be opened.")


class Settings(Message):
    """What this process runs with.

    ``data`` is the folder of the embedded database, the secret key and ``demo.json``. ``base_url`` is the address people
    reach the server at; without it the request's own address is used. ``secret`` (32 bytes) seals documents and phones.
    """

    data: Path
    database_url: str | None
    host: str
    port: int
    base_url: str | None
    secret: bytes


def is_web_address(url: str) -> bool:
    """Whether a browser would look for a page there: the scheme, a host, perhaps a port, and nothing that no address holds."""
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0
    except ValueError:  # a port that is no number, half a bracket
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and has_port and not re.search(r"[\s\\<>\"]", url)


def default_data_folder() -> Path:
    """Where a user's data lies on this system, unless ``LEITAI_DATA`` or ``--data`` says otherwise."""
    return Path(os.environ.get("LEITAI_DATA") or platformdirs.user_data_path("leitai", appauthor=False))


def read_settings(
    data: Path, *, host: str = "127.0.0.1", port: int = 8000, environment: Mapping[str, str] = os.environ
) -> Settings:
    """Read the settings; makes the data folder and the secret key when they are not there yet.

    Raises ``DataFolderUnusable`` where the system does not let us, ``BadBaseUrl`` and ``BadSecretKey`` for what cannot be used.
    """
    try:
        data = data.expanduser().resolve()
        data.mkdir(parents=True, exist_ok=True)
        secret = _secret(data, environment)
    except (OSError, RuntimeError) as refusal:  # pathlib's RuntimeError: no such user's home, or links in a circle
        raise DataFolderUnusable(folder=data, why=reason(refusal)) from refusal
    return Settings(
        data=data,
        database_url=environment.get("DATABASE_URL") or None,
        host=host,
        port=port,
        base_url=_base_url(environment),
        secret=secret,
    )


def _base_url(environment: Mapping[str, str]) -> str | None:
    """The address in ``LEITAI_BASE_URL``, without a slash at its end: what links and QR codes begin with."""
    given = environment.get("LEITAI_BASE_URL")
    if not given:
        return None
    if not is_web_address(given) or "?" in given or "#" in given:
        raise BadBaseUrl(url=given)
    return given.rstrip("/")


def _secret(data: Path, environment: Mapping[str, str]) -> bytes:
    """The key from ``LEITAI_SECRET_KEY`` (64 hexadecimal digits) or from the data folder, made there on the first start."""
    if given := environment.get("LEITAI_SECRET_KEY"):
        try:
            key = bytes.fromhex(given)
        except ValueError:
            key = b""
        if len(key) != SECRET_BYTES:
            raise BadSecretKey
        return key
    path = data / KEY_FILE
    try:
        # Exclusive creation: of two servers that start at once, one makes the key and the other reads it.
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(SECRET_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass
    try:
        key = bytes.fromhex(path.read_text().strip())
    except ValueError:
        key = b""
    if len(key) != SECRET_BYTES:
        raise KeyFileDamaged(path=path)
    return key
