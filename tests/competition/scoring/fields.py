"""Fields of entrants for the tests of places and of what is made of them: the number is the entrant's id."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

import msgspec
from hypothesis import strategies as st

from competition.scoring.placed import Placed
from competition.scoring.tally import Tally
from schemas.base import Text
from schemas.closing import RankKey
from schemas.results import EntrantState, Ranked
from schemas.scheme import Cut, Scheme, Stage

NAME = Text(zh="名", en="name")

Row = tuple[int, int | None, bool]
"""A line of a ranking: entrant, place, shared."""

BY_TOTAL = Scheme(
    format="leitai-scheme-1",
    code="test",
    version="1",
    name=NAME,
    trade=NAME,
    stages=(),
    ranking=(RankKey(of="total"),),
)


def scheme(**fields: object) -> Scheme:
    """A scheme that ranks by the total, but for these fields."""
    return msgspec.structs.replace(BY_TOTAL, **fields)


def stage(id: str, cut: Cut | None = None) -> Stage:
    """A stage as far as ranking looks at it."""
    return Stage(id=id, name=NAME, points=Decimal(100), criteria=(), cut=cut)


def tally(
    number: int,
    total: str,
    *further: str | None,
    state: EntrantState = "competing",
    marked: int = 1,
    last: bool = False,
    stages: Mapping[str, str] | None = None,
    panels: Mapping[str, tuple[str, ...]] | None = None,
) -> Tally:
    """An entrant's figures: the total is the first key, ``further`` are the next ones; the judges of each panel are 1, 2, 3."""
    keys = (total, *further)
    return Tally(
        entrant_id=UUID(int=number),
        state=state,
        total=Decimal(total),
        stages={name: Decimal(points) for name, points in (stages or {}).items()},
        criteria={},
        marked=marked,
        expected=1,
        keys=tuple(None if figure is None else Decimal(figure) for figure in keys),
        panels={
            name: {UUID(int=judge): Decimal(points) for judge, points in enumerate(given, start=1)}
            for name, given in (panels or {}).items()
        },
        last=last,
    )


def rows(ranked: tuple[Ranked, ...]) -> tuple[Row, ...]:
    """A ranking in short."""
    return tuple((row.entrant_id.int, row.rank, row.shared) for row in ranked)


def placed(number: int, rank: int, total: str = "0", *, scaled: str | None = None, delegation: str = "") -> Placed:
    """Somebody with a place."""
    return Placed(
        entrant_id=UUID(int=number),
        rank=rank,
        total=Decimal(total),
        scaled=None if scaled is None else Decimal(scaled),
        delegation=delegation,
    )


_few = st.integers(0, 2).map(str)
schemes = st.builds(
    lambda style, resort, cut, keys: scheme(
        places=style,
        last_resort=resort,
        ranking=keys,
        stages=(stage("theory", cut), stage("final")),
    ),
    st.sampled_from(["1224", "1223", "1334"]),
    st.sampled_from(["shared", "number"]),
    st.none() | st.builds(Cut, top=st.integers(0, 4), ties=st.sampled_from(["in", "out"])),
    st.sampled_from(
        [
            (RankKey(of="total"), RankKey(of="time", id="run"), RankKey(of="penalties")),
            (RankKey(of="total"), RankKey(of="majority", id="panel"), RankKey(of="penalties")),
            (RankKey(of="total"), RankKey(of="time", id="run"), RankKey(of="majority", id="panel")),
        ]
    ),
)
"""Schemes of every style of places, with keys that tie, cut or count the judges' majority."""

fields = st.lists(
    st.builds(
        lambda number, total, more, state, marked, last, theory, panel: tally(
            number,
            total,
            *more,
            state=state,
            marked=marked,
            last=last,
            stages={} if theory is None else {"theory": theory},
            panels={} if panel is None else {"panel": panel},
        ),
        st.integers(1, 10**6),
        _few,
        st.tuples(st.none() | _few, st.none() | _few),
        st.sampled_from(["competing", "competing", "competing", "absent", "unranked", "withdrawn", "disqualified"]),
        st.integers(0, 2),
        st.booleans(),
        st.none() | _few,
        st.none() | st.tuples(_few, _few, _few),
    ),
    max_size=12,
    unique_by=lambda tally: tally.entrant_id,
)
"""Up to twelve entrants whose figures are often equal or missing."""
