"""Large contests: the marks are read row by row, and what is kept of each is small."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from competition.tabulation.tabulate import READING_MARKS, SCORING, tabulate
from tests.competition.tabulation.world import SCHEME, totals

ENTRANTS = 1_000


def rows(chance: random.Random) -> Iterator[tuple[str, Decimal]]:
    """The rows of a thousand entrants with a bore, a score by three judges and their thoughts; with what each row gives."""
    for entrant in range(ENTRANTS):
        bore = chance.choice(("20.01", "20.03"))
        yield f"E{entrant},bore,,{bore};20", Decimal(5) if bore == "20.01" else Decimal(0)
        for judge in "ABC":
            points = Decimal(chance.randrange(9)) / 2
            yield f"E{entrant},speech,{judge},{points}", points / 3


def test_a_large_table_is_streamed(tmp_path: Path) -> None:
    """However the rows are shuffled, totals are right; memory stays far below that of the text; progress is told."""
    chance = random.Random(7)
    written, points = zip(*rows(chance), strict=True)
    order = list(range(len(written)))
    chance.shuffle(order)
    path = tmp_path / "marks.csv"
    repeated = "".join(f"{written[place]},{'x' * 400}\r\n" for place in order)
    path.write_text("entrant,aspect,judge,value,note\r\n" + repeated, newline="")
    told: list[tuple[str, int, int]] = []
    tracemalloc.start()
    tabulation = tabulate(SCHEME, path, None, lambda *news: told.append(news))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    expected: dict[str, Decimal] = {}
    for row, given in zip(written, points, strict=True):
        entrant = row.partition(",")[0]
        expected[entrant] = expected.get(entrant, Decimal(0)) + given
    assert {entrant: total for entrant, _, total in totals(tabulation)} == {
        entrant: round(total, 10).quantize(Decimal("0.01"), "ROUND_HALF_UP") for entrant, total in expected.items()
    }
    assert (tabulation.marks, [line.tally.marked for line in tabulation.lines]) == (4 * ENTRANTS, [4] * ENTRANTS)
    assert {what for what, _, _ in told} <= {READING_MARKS, SCORING}
    assert all(done <= of for _, done, of in told)
    assert most < 12 << 20
