"""Problems: everything that can go wrong for a person, as exceptions that carry data and compose their own sentence.

A sentence is an English msgid with ``{placeholders}``; it is translated where it meets the reader, never where it is raised.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from schemas.base import Message


def N_(sentence: str) -> str:  # noqa: N802 - the marker's name is gettext's own convention
    """Mark a sentence for translation without translating it here."""
    return sentence


class Phrase(str):
    """A msgid among the data of a problem: translated together with its sentence."""

    __slots__ = ()


class Problem(Exception):
    """Something a person must hear about: what is wrong, where, and what to do.

    Subclasses give the HTTP ``status`` and the ``sentence``; the values of its placeholders are the keyword arguments.
    """

    status: ClassVar[int] = 422
    sentence: ClassVar[str] = N_("Something is wrong with what was sent. Reload the page and try again.")

    def __init__(self, **data: Any) -> None:
        self.data = data
        super().__init__(self.sentence.format(**data))

    @classmethod
    def type(cls) -> str:
        """The stable name of this problem for programs: the class name in kebab case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    def __str__(self) -> str:
        return self.sentence.format(**self.data)


class ProblemDetails(Message):
    """One ``application/problem+json`` answer (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


class NotAllowed(Problem):
    """The asker's role does not include what was asked."""

    status = 403
    sentence = N_("You are not allowed to do this. Ask the organiser if you should be.")


class NotSignedIn(Problem):
    """Nobody is signed in, or the session has ended; ``door`` is the page where that is mended."""

    door: ClassVar[str] = "/sign-in"
    status = 401
    sentence = N_("You are not signed in, or your session has ended. Sign in and try again.")


class NotFound(Problem):
    """The address names nothing that exists, or nothing that the asker may see."""

    status = 404
    sentence = N_("There is nothing at this address. Check the link, or start from the first page.")


class Busy(Problem):
    """The server cannot take this now; nothing was lost and the same request may be sent again."""

    status = 503
    sentence = N_("The server is busy or its database is restarting. Nothing is lost; it will be tried again.")
