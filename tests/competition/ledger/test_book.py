"""The book: a new one for each entry, standings that keep the revision they had, and the shelf that keeps the newest."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from competition.ledger.book import Book, Shelf
from schemas.base import canonical
from schemas.marks import GENESIS, Disqualification, Entry, Mark, MarkState, PenaltyGiven, Withdrawal
from schemas.results import Standing
from tests.house import small_scheme

EVENT = UUID(int=1)
ENTRANTS = tuple(UUID(int=100 + number) for number in range(3))
MOMENT = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
ZERO = Decimal(0)


def paper(entrant: int, points: str, *, number: int = 1, state: MarkState = "marked") -> Mark:
    """A mark of the theory paper of one entrant."""
    return Mark(
        id=UUID(int=1000 + number),
        sheet_id=UUID(int=500 + entrant),
        entrant_id=ENTRANTS[entrant],
        sub_criterion="T1",
        judge_id=UUID(int=9),
        device_id=None,
        aspect="T1.1",
        values=(Decimal(points),) if state == "marked" else (),
        state=state,
        base=0,
        made_at=MOMENT,
        recorded_at=MOMENT,
        supersedes=None,
        reason=None,
        note="",
        flags=(),
    )


def after(*entries: Entry) -> Book:
    """A book of three entrants in which these entries stand."""
    book = Book(event_id=EVENT, scheme=small_scheme()).restated(1, ENTRANTS)
    for entry in entries:
        book = book.with_entry(entry)
    return book


def test_with_entry_makes_a_new_book_and_leaves_the_old() -> None:
    """Position, digest and record move on in the new book; the old one is as it was."""
    book = after()
    mark = paper(0, "80")
    then = book.with_entry(mark)
    link = hashlib.sha256(GENESIS + (1).to_bytes(8, "big") + canonical(mark)).digest()
    assert (then.position, then.digest, then.record(ENTRANTS[0]).marks) == (1, link, {("T1.1", UUID(int=9)): mark})
    assert (book.position, book.digest, book.record(ENTRANTS[0]).marks) == (0, GENESIS, {})


def test_restated_gives_everybody_a_place_and_names_the_revision() -> None:
    """Who has a mark is placed, who has none is not; every standing that changed carries the new revision."""
    book = after(paper(0, "80"), paper(1, "90.5", number=2)).restated(2, ENTRANTS)
    expected = {
        entrant_id: Standing(
            entrant_id=entrant_id,
            revision=revision,
            rank=rank,
            shared=False,
            state="competing",
            total=Decimal(total),
            stages={"theory": Decimal(theory)} if theory else {},
            criteria={"T": Decimal(theory)} if theory else {},
            marked=marked,
            expected=7,
        )
        for entrant_id, revision, rank, total, theory, marked in (
            (ENTRANTS[0], 2, 2, "24", "80", 1),
            (ENTRANTS[1], 2, 1, "27.15", "90.5", 1),
            (ENTRANTS[2], 1, None, "0", "", 0),
        )
    }
    assert dict(book.standings) == expected


def test_restated_keeps_the_revision_of_what_did_not_change() -> None:
    """A mark that moves nobody but its own entrant leaves all others' rows as boards already have them."""
    book = after(paper(0, "80"), paper(1, "90", number=2)).restated(2, ENTRANTS)
    again = book.with_entry(paper(1, "95", number=3)).restated(3, [ENTRANTS[1]])
    assert {entrant_id: standing.revision for entrant_id, standing in again.standings.items()} == {
        ENTRANTS[0]: 2,
        ENTRANTS[1]: 3,
        ENTRANTS[2]: 1,
    }
    overtaken = again.with_entry(paper(0, "99", number=4)).restated(4, [ENTRANTS[0]])
    assert {entrant_id: standing.revision for entrant_id, standing in overtaken.standings.items()} == {
        ENTRANTS[0]: 4,
        ENTRANTS[1]: 4,
        ENTRANTS[2]: 1,
    }


def test_restated_without_a_change_changes_no_standing() -> None:
    """The same figures written with other places are the same figures: no board is told."""
    book = after(paper(0, "80.5")).restated(2, ENTRANTS)
    again = book.with_entry(paper(0, "80.50", number=2)).restated(3, [ENTRANTS[0]])
    assert again.standings == book.standings
    assert again.revision == 3


def test_book_knows_penalties_disqualification_and_withdrawal() -> None:
    """What is taken and who is out follows from the entries like everything else."""
    late = PenaltyGiven(
        id=UUID(int=1),
        entrant_id=ENTRANTS[0],
        penalty="late",
        occurrences=2,
        by=UUID(int=8),
        reason="迟到",
        recorded_at=MOMENT,
    )
    out = Disqualification(
        id=UUID(int=2), entrant_id=ENTRANTS[1], lifted=False, by=UUID(int=8), reason="作弊", recorded_at=MOMENT
    )
    left = Withdrawal(
        id=UUID(int=3), entrant_id=ENTRANTS[2], lifted=False, by=UUID(int=8), reason="伤病", recorded_at=MOMENT
    )
    book = after(paper(0, "80"), paper(1, "90", number=2), late, out, left).restated(2, ENTRANTS)
    assert {
        entrant_id: (standing.rank, standing.state, standing.total) for entrant_id, standing in book.standings.items()
    } == {
        ENTRANTS[0]: (1, "competing", Decimal(22)),
        ENTRANTS[1]: (None, "disqualified", Decimal(27)),
        ENTRANTS[2]: (None, "withdrawn", ZERO),
    }


def test_shelf_keeps_the_newest_book_of_each_event() -> None:
    """A book that comes late, after a newer one was kept, is not kept instead of it."""
    shelf, older, newer = Shelf(), after().restated(4, ENTRANTS), after().restated(5, ENTRANTS)
    assert shelf.book(EVENT) is None
    for book in (older, newer, older):
        shelf.keep(book)
    assert shelf.book(EVENT) is newer
    assert shelf.book(UUID(int=2)) is None


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 200), st.sampled_from(["marked", "absent", "not_attempted"])),
        max_size=12,
    ),
    st.lists(st.integers(1, 12), max_size=4),
)
def test_standings_do_not_depend_on_how_marks_share_commits(
    made: list[tuple[int, int, MarkState]], commits: list[int]
) -> None:
    """One revision a mark, one for all, or anything between: the same standings, but for the revisions that made them."""
    marks = [
        paper(entrant, str(Decimal(halves) / 2), number=number, state=state)
        for number, (entrant, halves, state) in enumerate(made)
    ]
    one_by_one = after()
    for revision, mark in enumerate(marks, start=2):
        one_by_one = one_by_one.with_entry(mark).restated(revision, [mark.entrant_id])
    shared, rest, revision = after(), marks, 1
    for size in [*commits, len(marks)]:
        batch, rest, revision = rest[:size], rest[size:], revision + 1
        for mark in batch:
            shared = shared.with_entry(mark)
        shared = shared.restated(revision, {mark.entrant_id for mark in batch})
    assert (shared.position, shared.digest) == (one_by_one.position, one_by_one.digest)
    assert _placed(shared) == _placed(one_by_one) == _placed(after(*marks).restated(99, ENTRANTS))


def _placed(book: Book) -> dict[UUID, tuple[int | None, bool, Decimal, str, int]]:
    return {
        entrant_id: (standing.rank, standing.shared, standing.total, standing.state, standing.marked)
        for entrant_id, standing in book.standings.items()
    }
