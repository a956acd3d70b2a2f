"""The draw, pure: the same seed and list give the same places on anybody's machine.

Method ``leitai-draw-1``: for each contestant number take the SHA-256 of ``seed:number`` (UTF-8, the number in decimal), order
the numbers by these digests, and hand out the places in order: session 1 bench 1, session 1 bench 2, … session 2 bench 1, …
Sessions are filled evenly; when the numbers do not divide, the first sessions take one entrant more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from schemas.problems import N_, Problem
from schemas.timetable import DRAW_METHOD, Draw, DrawnPlace


class NotEnoughPlaces(Problem):
    """More entrants than benches in all sessions."""

    status = 409
    sentence = N_(
        "There are {entrants} entrants but only {places} places ({sessions} sessions of {benches} benches). Add sessions or benches."
    )


class NothingToDraw(Problem):
    """No eligible entrant."""

    status = 409
    sentence = N_("There is nobody to draw yet. Import the roster and confirm eligibility first.")


class AlreadyMarked(Problem):
    """A draw that would move entrants whose marks are recorded under their codes."""

    status = 409
    sentence = N_("Marks have been recorded under the codes of the last draw, so it cannot be drawn again.")


def draw_places(seed: str, numbers: Iterable[int], *, sessions: int, benches: int) -> Draw:
    """Draw a session, a bench and a code for each contestant number."""
    listed = tuple(sorted(numbers))
    if not listed:
        raise NothingToDraw
    if len(listed) > sessions * benches:
        raise NotEnoughPlaces(entrants=len(listed), places=sessions * benches, sessions=sessions, benches=benches)
    shuffled = sorted(listed, key=lambda number: ticket(seed, number))
    places = (
        DrawnPlace(number=number, session=session, bench=bench, code=code_of(session, bench))
        for number, (session, bench) in zip(shuffled, _places_in_order(len(listed), sessions), strict=True)
    )
    return Draw(
        method=DRAW_METHOD,
        seed=seed,
        commitment=hashlib.sha256(seed.encode()).hexdigest(),
        numbers=listed,
        sessions=sessions,
        benches=benches,
        places=tuple(places),
    )


def ticket(seed: str, number: int) -> str:
    """What decides a contestant's turn: the lowest digest comes first."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def code_of(session: int, bench: int) -> str:
    """The code that judges and boards know an entrant by, such as ``A07``: the session's letter and the bench."""
    letters = ""
    while session > 0:
        session, place = divmod(session - 1, 26)
        letters = chr(ord("A") + place) + letters
    return f"{letters}{bench:02d}"


def _places_in_order(count: int, sessions: int) -> Iterable[tuple[int, int]]:
    """Session and bench of every place that is filled."""
    for session in range(1, sessions + 1):
        size = count // sessions + (1 if session <= count % sessions else 0)
        for bench in range(1, size + 1):
            yield session, bench
