"""Figures computed again as a spreadsheet does: places where a key has no figure."""

from __future__ import annotations

from uuid import UUID

import msgspec

from competition.exports.again import again_of, ranks_of
from competition.scoring.ranking import rank
from competition.scoring.tally import tally
from competition.scoring.totals import entrant_result
from schemas.closing import RankKey
from schemas.results import PublishedRow
from tests.competition.scoring.test_compute import paper, scheme, score, stage, sub, task


def test_no_figure_comes_behind_a_zero() -> None:
    """Of two with 9 points in all, the one marked 0 in the second task is ahead of the one not marked there at all."""
    rules = scheme(
        stage("s", "20", task("c", "10", sub("u", "10", score("a"))), task("d", "10", sub("v", "10", score("b")))),
        ranking=(RankKey(of="total"), RankKey(of="criterion", id="d"), RankKey(of="sub_criterion", id="v")),
    )
    papers = [
        msgspec.structs.replace(given, entrant_id=UUID(int=at))
        for at, given in enumerate((paper(a="9"), paper(a="9", b="0")))
    ]
    tallies = [tally(rules, given) for given in papers]
    places = {place.entrant_id: place for place in rank(rules, tallies)}
    rows = tuple(
        PublishedRow(
            rank=places[one.entrant_id].rank,
            shared=places[one.entrant_id].shared,
            code=str(number),
            number=number,
            name="",
            delegation="",
            state=one.state,
            total=one.total,
            stages=one.stages,
            criteria=one.criteria,
        )
        for number, one in enumerate(tallies, start=1)
    )
    again = tuple(again_of(row, rules, entrant_result(rules, given)) for row, given in zip(rows, papers, strict=True))
    assert [row.rank for row in rows] == [2, 1]
    assert ranks_of(rows, again, rules) == (2, 1)
