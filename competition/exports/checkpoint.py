"""Checkpoints: the digest of an event's ledger up to a position, as it is printed and as it is typed in again."""

from __future__ import annotations

import re
from datetime import datetime

from schemas.base import Message
from schemas.problems import N_, Problem

_PRINTED = re.compile(r"(?:(?P<position>\d{1,15})\s*[:：]\s*)?(?P<digest>[0-9a-f]{64})")


class NotACheckpoint(Problem):
    """What was given as a printed checkpoint does not have the form of one."""

    sentence = N_(
        "{printed} is not a checkpoint. Give it as printed: the ledger position, a colon and the 64 digits and letters "
        "a to f, or the 64 alone."
    )


class Checkpoint(Message):
    """The ledger of an event had this digest (hexadecimal) at this position; why and when that was written down.

    ``reason`` is ``publication:3`` where publication 3 was made, else what somebody put.
    """

    position: int
    digest: str
    reason: str
    at: datetime

    def printed(self) -> str:
        """As a sheet carries it: position, colon, digest."""
        return f"{self.position}:{self.digest}"


class Printed(Message):
    """A checkpoint as somebody typed or scanned it; without a ``position`` the digest may be of any."""

    position: int | None
    digest: str


def read_printed(printed: str) -> Printed:
    """Read a printed checkpoint, in capitals or not, with the blanks and line ends of a copied one."""
    found = _PRINTED.fullmatch(re.sub(r"\s", "", printed).lower())
    if found is None:
        raise NotACheckpoint(printed=printed[:100])
    position = found["position"]
    return Printed(position=None if position is None else int(position), digest=found["digest"])
