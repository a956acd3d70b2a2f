"""When results may be published, and what a publication says: pure."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest

from competition.ledger.book import Book
from competition.results import rules
from competition.results.rules import EntrantLabel, check_publication, publication
from schemas.marks import GENESIS
from schemas.problems import Problem
from schemas.results import EntrantState, Publication, PublicationStatus, PublishedRow, Standing
from schemas.scheme_form import scheme_digest
from tests.house import small_scheme

NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
EVENT = UUID(int=1)


def earlier(position: int, name: str = "王伟") -> Publication:
    """A provisional list, number 3, made from this position of the ledger, with one entrant of this name."""
    row = PublishedRow(
        rank=1,
        shared=False,
        code="A01",
        number=1,
        name=name,
        delegation="芜湖",
        state="competing",
        total=Decimal(90),
        stages={},
        criteria={},
    )
    return Publication(
        event_id=EVENT,
        number=3,
        status="provisional",
        revision=1,
        ledger_position=position,
        ledger_digest="",
        scheme_digest="",
        published_at=NOW,
        rows=(row,),
    )


def later(status: PublicationStatus) -> Publication:
    """The list that is to be published now, from position 8 of the ledger."""
    return msgspec.structs.replace(earlier(8), number=4, status=status, revision=9)


ALLOWED = None


@pytest.mark.parametrize(
    ("status", "open_sheets", "missing_sheets", "last", "expected"),
    [
        ("draft", 0, 0, None, ALLOWED),
        ("draft", 9, 9, None, ALLOWED),
        ("provisional", 0, 0, None, ALLOWED),
        ("provisional", 1, 0, None, rules.SheetsAreOpen),
        ("provisional", 0, 1, None, rules.SheetsAreMissing),
        ("provisional", 1, 1, None, rules.SheetsAreMissing),
        ("provisional", 0, 0, earlier(7), ALLOWED),
        ("official", 0, 0, None, rules.NothingProvisional),
        ("official", 0, 0, earlier(8), ALLOWED),
        ("official", 0, 0, earlier(7), rules.ChangedSinceProvisional),
        ("official", 0, 0, earlier(8, name="王炜"), rules.ChangedSinceProvisional),
        ("official", 1, 0, earlier(8), rules.SheetsAreOpen),
        ("official", 0, 1, earlier(8), rules.SheetsAreMissing),
    ],
)
def test_check_publication_asks_for_signatures_and_a_notice_period(
    status: PublicationStatus,
    open_sheets: int,
    missing_sheets: int,
    last: Publication | None,
    expected: type[Problem] | None,
) -> None:
    """A draft goes any time; provisional needs every signature; official must be the provisional list, line by line."""

    def check() -> None:
        check_publication(later(status), open_sheets=open_sheets, missing_sheets=missing_sheets, last=last)

    if expected is None:
        check()
        return
    with pytest.raises(expected):
        check()


def test_check_publication_names_what_is_missing() -> None:
    """The sentence counts the sheets, or names the list that is no longer what is recorded."""
    with pytest.raises(rules.SheetsAreOpen) as unsigned:
        check_publication(later("provisional"), open_sheets=4, missing_sheets=0, last=None)
    with pytest.raises(rules.ChangedSinceProvisional) as changed:
        check_publication(later("official"), open_sheets=0, missing_sheets=0, last=earlier(7))
    assert (unsigned.value.data, changed.value.data) == ({"count": 4}, {"number": 3})


def standing(
    number: int, rank: int | None, total: str, *, shared: bool = False, state: EntrantState = "competing"
) -> Standing:
    """A standing of entrant ``number``."""
    return Standing(
        entrant_id=UUID(int=number),
        revision=5,
        rank=rank,
        shared=shared,
        state=state,
        total=Decimal(total),
        stages={"theory": Decimal(total)},
        criteria={"T": Decimal(total)},
        marked=1,
        expected=7,
    )


LABELS = {
    UUID(int=number): EntrantLabel(code=code, number=number, name=name, delegation="芜湖")
    for number, code, name in ((1, "B01", "王"), (2, "A02", "李"), (3, "A01", "张"), (4, "A03", "赵"), (5, "A04", "钱"))
}


def test_publication_lists_everybody_by_place_then_code() -> None:
    """Shared places by code, those without a place last; figures, ledger and scheme are those of the book."""
    book = Book(
        event_id=EVENT,
        scheme=small_scheme(),
        revision=5,
        position=8,
        digest=bytes(range(32)),
        standings={
            each.entrant_id: each
            for each in (
                standing(5, None, "70", state="disqualified"),
                standing(1, 2, "80", shared=True),
                standing(2, 2, "80", shared=True),
                standing(3, 1, "90"),
                standing(4, None, "0", state="absent"),
            )
        },
    )
    made = publication(book, LABELS, number=4, status="provisional", revision=6, now=NOW)
    assert msgspec.structs.replace(made, rows=()) == Publication(
        event_id=EVENT,
        number=4,
        status="provisional",
        revision=6,
        ledger_position=8,
        ledger_digest=bytes(range(32)).hex(),
        scheme_digest=scheme_digest(small_scheme()),
        published_at=NOW,
        rows=(),
    )
    assert made.rows[1] == PublishedRow(
        rank=2,
        shared=True,
        code="A02",
        number=2,
        name="李",
        delegation="芜湖",
        state="competing",
        total=Decimal(80),
        stages={"theory": Decimal(80)},
        criteria={"T": Decimal(80)},
    )
    assert [(row.rank, row.code) for row in made.rows] == [
        (1, "A01"),
        (2, "A02"),
        (2, "B01"),
        (None, "A03"),
        (None, "A04"),
    ]


def test_publication_of_nobody_is_refused() -> None:
    """Where nobody stands there is nothing to publish."""
    book = Book(event_id=EVENT, scheme=small_scheme(), digest=GENESIS)
    with pytest.raises(rules.NothingToPublish):
        publication(book, {}, number=1, status="draft", revision=1, now=NOW)
