"""Who is asking: roles, and the person behind a request."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from schemas.base import Message

Role = Literal[
    "organiser",
    "chief_judge",
    "judge",
    "scorekeeper",
    "code_keeper",
    "supervisor",
    "presenter",
    "competitor",
    "spectator",
]


class Person(Message):
    """The signed-in asker of a request: an account by password, or a judge by an enrolled device and PIN."""

    id: UUID
    role: Role
    name: str
    employer: str = ""
    device_id: UUID | None = None
