"""Where two scorers differ: entrant by entrant, at the deepest part whose figures do not agree. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from decimal import Context, Decimal
from typing import Literal
from uuid import UUID

from competition.recount.figures import Recounted, RecountedEntrant, RecountedTeam
from schemas.base import Message, Text
from schemas.results import Closed, Closing, EntrantResult, Standing, TeamPlace

Part = Literal[
    "entrant", "aspect", "time", "sub_criterion", "criterion", "stage", "penalty", "total",
    "state", "marked", "expected", "last", "rank", "shared", "cut", "scale_input", "scaled", "awards", "advances",
    "team", "team_figure", "team_rank", "team_shared", "team_members",
]  # fmt: skip
"""What differs: whether the entrant is there at all, a part of the scheme by its id, or a field of the result."""

PARTS: dict[Part, Text] = {
    "entrant": Text(zh="选手", en="entrant"),
    "aspect": Text(zh="评分点", en="aspect"),
    "time": Text(zh="时间", en="time of"),
    "sub_criterion": Text(zh="评分单元", en="sub-criterion"),
    "criterion": Text(zh="评分模块", en="criterion"),
    "stage": Text(zh="阶段", en="stage"),
    "penalty": Text(zh="罚分", en="penalty"),
    "total": Text(zh="总分", en="total"),
    "state": Text(zh="状态", en="state"),
    "marked": Text(zh="已评", en="marked"),
    "expected": Text(zh="应评", en="to be marked"),
    "last": Text(zh="排在最后", en="ranked last"),
    "rank": Text(zh="名次", en="rank"),
    "shared": Text(zh="并列", en="shared place"),
    "cut": Text(zh="止于阶段", en="cut after"),
    "scale_input": Text(zh="标准分依据", en="basis of the scale"),
    "scaled": Text(zh="标准分", en="scaled figure"),
    "awards": Text(zh="奖项", en="awards"),
    "advances": Text(zh="晋级", en="going on"),
    "team": Text(zh="团体排名中的代表队", en="delegation in the team standing"),
    "team_figure": Text(zh="团体成绩", en="figure in the team standing"),
    "team_rank": Text(zh="团体名次", en="rank in the team standing"),
    "team_shared": Text(zh="团体并列", en="shared place in the team standing"),
    "team_members": Text(zh="团体计分选手", en="members counted in the team standing"),
}

Value = Decimal | int | str | bool | tuple[str | UUID, ...] | None

WRITTEN_DIGITS = 28
"""A figure without a last decimal is written with so many digits; the recount has 150 decimals of it."""

_NOTHING = Decimal(0)
_ALL = Text(zh="全体选手", en="the field")
_AFTERWARDS: tuple[Part, ...] = (
    "rank", "shared", "cut", "scale_input", "scaled", "awards", "advances",
    "team", "team_figure", "team_rank", "team_shared", "team_members",
)  # fmt: skip
"""What a single wrong figure changes for others too, in the order in which one comes of the other."""

_STANDING_FIELDS: tuple[Part, ...] = ("state", "marked", "expected", "rank", "shared")
_CLOSED_FIELDS: tuple[Part, ...] = ("cut", "scaled", "awards", "advances")
_TEAM_PARTS: dict[str, Part] = {
    "figure": "team_figure",
    "rank": "team_rank",
    "shared": "team_shared",
    "members": "team_members",
}
_WRITTEN = Context(prec=WRITTEN_DIGITS)
_LAST_DIGIT = Decimal(1).scaleb(1 - WRITTEN_DIGITS)


class Difference(Message, frozen=True, kw_only=True):
    """One thing on which the scorers do not agree, with what each of them says; ``id`` is the part's, where it has one.

    It is of an entrant, of a delegation in the team standing ``id``, or, where neither is named, of the whole field.
    """

    entrant_id: UUID | None = None
    delegation: str = ""
    part: Part
    id: str = ""
    scored: Value
    recounted: Value


class Pair(Message, frozen=True, kw_only=True):
    """What both scorers say of one part, over the pairs of what the part is made of."""

    part: Part
    id: str = ""
    scored: Value
    recounted: Value
    parts: tuple[Pair, ...] = ()


def differences(
    recounted: Recounted,
    results: Mapping[UUID, EntrantResult],
    standings: Mapping[UUID, Standing],
    closing: Closing,
) -> tuple[Difference, ...]:
    """What differs between the recount and the first scorer's results and standings, and what is made of them.

    Of parts within each other only the deepest are named: a wrong aspect explains its sub-criterion, and that the total. Places,
    scaled figures, awards, who goes on and teams come last, in this order: those of others may differ only because of one figure.
    """
    found = [
        *_of_field(recounted.entrants.keys(), standings.keys()),
        *(
            difference
            for entrant_id, standing in standings.items()
            if entrant_id in recounted.entrants
            for difference in _of_entrant(recounted.entrants[entrant_id], results[entrant_id], standing)
        ),
        *_of_scale(recounted.scale_inputs, closing.scale_inputs),
        *(
            difference
            for closed in closing.entrants
            if closed.entrant_id in recounted.entrants
            for difference in _of_closed(recounted.entrants[closed.entrant_id], closed)
        ),
        *(
            difference
            for id_ in dict.fromkeys((*closing.teams, *recounted.teams))
            for difference in _of_teams(id_, recounted.teams.get(id_, {}), closing.teams.get(id_, ()))
        ),
    ]
    return tuple(sorted(found, key=lambda one: _AFTERWARDS.index(one.part) + 1 if one.part in _AFTERWARDS else 0))


def told(found: Iterable[Difference], names: Mapping[UUID, str]) -> Text:
    """Differences in a row of words: whose, which part, and what the two scorers say."""
    each = [
        (whose(one, names), part_named(one), shown(one.scored, names), shown(one.recounted, names)) for one in found
    ]
    return Text(
        zh="；".join(f"{name.zh} {part.zh}：{scored} / {recounted}" for name, part, scored, recounted in each),
        en="; ".join(f"{name.en} {part.en}: {scored} / {recounted}" for name, part, scored, recounted in each),
    )


def whose(difference: Difference, names: Mapping[UUID, str]) -> Text:
    """Whom a difference is of, in words: an entrant, a delegation, or the whole field."""
    name = difference.delegation
    if difference.entrant_id is not None:
        name = names.get(difference.entrant_id, str(difference.entrant_id))
    return Text(zh=name, en=name) if name else _ALL


def part_named(difference: Difference) -> Text:
    """What differs, in words: the kind of part and its id."""
    part = PARTS[difference.part]
    return Text(zh=f"{part.zh} {difference.id}".rstrip(), en=f"{part.en} {difference.id}".rstrip())


def shown(value: Value, names: Mapping[UUID, str]) -> str:
    """A figure as it is written, without the recount's hundred further decimals; entrants by name."""
    if value is None or value == ():
        return "–"
    if isinstance(value, tuple):
        return ", ".join(names.get(each, str(each)) if isinstance(each, UUID) else each for each in value)
    return str(_WRITTEN.plus(value)) if isinstance(value, Decimal) else str(value)


def agree(scored: Value, recounted: Value) -> bool:
    """Whether a figure as it is written is the recounted one: exactly, or to its last digit where it has no last decimal."""
    if not isinstance(scored, Decimal) or not isinstance(recounted, Decimal):
        return scored == recounted
    written = _WRITTEN.plus(recounted)
    return scored == recounted or (written != recounted and abs(scored - written) <= abs(written) * _LAST_DIGIT)


def _of_field(recounted: AbstractSet[UUID], scored: AbstractSet[UUID]) -> Iterator[Difference]:
    for entrant_id in sorted(recounted ^ scored):
        is_scored = entrant_id in scored
        yield Difference(entrant_id=entrant_id, part="entrant", scored=is_scored, recounted=not is_scored)


def _of_entrant(recounted: RecountedEntrant, result: EntrantResult, standing: Standing) -> Iterator[Difference]:
    """The figures that differ: those of the opened result, or else those the standing keeps of it; then all else."""
    for level in (_result(recounted, result), *_standing(recounted, standing)):
        found = [difference for pair in level for difference in _deepest(recounted.entrant_id, pair)]
        yield from found
        if found:
            break
    for pair in _other_fields(recounted, result, standing):
        yield from _deepest(recounted.entrant_id, pair)


def _of_scale(recounted: Mapping[str, Decimal], scored: Mapping[str, Decimal]) -> Iterator[Difference]:
    for id_ in dict.fromkeys((*scored, *recounted)):
        if not agree(scored.get(id_), recounted.get(id_)):
            yield Difference(part="scale_input", id=id_, scored=scored.get(id_), recounted=recounted.get(id_))


def _of_closed(recounted: RecountedEntrant, closed: Closed) -> Iterator[Difference]:
    for part in _CLOSED_FIELDS:
        scored, again = getattr(closed, part), getattr(recounted, part)
        if not agree(scored, again):
            yield Difference(entrant_id=recounted.entrant_id, part=part, scored=scored, recounted=again)


def _of_teams(id_: str, recounted: Mapping[str, RecountedTeam], scored: Iterable[TeamPlace]) -> Iterator[Difference]:
    """The delegations that stand otherwise in a team standing, or in only one of the two."""
    by_name = {place.delegation: place for place in scored}
    for name in dict.fromkeys((*by_name, *recounted)):
        place, again = by_name.get(name), recounted.get(name)
        if place is None or again is None:
            yield Difference(
                delegation=name, part="team", id=id_, scored=place is not None, recounted=again is not None
            )
            continue
        for field, part in _TEAM_PARTS.items():
            told, told_again = getattr(place, field), getattr(again, field)
            if not agree(told, told_again):
                yield Difference(delegation=name, part=part, id=id_, scored=told, recounted=told_again)


def _deepest(entrant_id: UUID, pair: Pair) -> Iterator[Difference]:
    """The differences within a part; the part's own where there are none."""
    within = [each for part in pair.parts for each in _deepest(entrant_id, part)]
    yield from within
    if not within and not agree(pair.scored, pair.recounted):
        yield Difference(
            entrant_id=entrant_id, part=pair.part, id=pair.id, scored=pair.scored, recounted=pair.recounted
        )


def _result(recounted: RecountedEntrant, result: EntrantResult) -> Iterator[Pair]:
    taken = {penalty.penalty: penalty.taken for penalty in result.penalties}
    parts = (*_stages(recounted, result), *_pairs("penalty", taken, recounted.penalties))
    yield Pair(part="total", scored=result.total, recounted=recounted.total, parts=parts)


def _stages(recounted: RecountedEntrant, result: EntrantResult) -> Iterator[Pair]:
    for stage in result.stages:
        criteria = []
        for criterion in stage.criteria:
            subs = []
            for sub in criterion.sub_criteria:
                points = {aspect.aspect: aspect.points for aspect in sub.aspects}
                times = {aspect.aspect: aspect.time for aspect in sub.aspects}
                own = tuple(
                    pair
                    for id_ in points
                    for pair in (
                        _pair("aspect", id_, points[id_], recounted.aspects),
                        _pair("time", id_, times[id_], recounted.times),
                    )
                )
                subs.append(_group("sub_criterion", sub.id, sub.points, recounted.sub_criteria, own))
            criteria.append(_group("criterion", criterion.id, criterion.points, recounted.criteria, tuple(subs)))
        yield _group("stage", stage.id, stage.points, recounted.stages, tuple(criteria))


def _standing(recounted: RecountedEntrant, standing: Standing) -> Iterator[Iterator[Pair]]:
    yield _pairs("criterion", standing.criteria, recounted.criteria)
    yield _pairs("stage", standing.stages, recounted.stages)
    yield iter((Pair(part="total", scored=standing.total, recounted=recounted.total),))


def _group(
    part: Part, id_: str, scored: Decimal, recounted: Mapping[str, Decimal | None], parts: tuple[Pair, ...]
) -> Pair:
    """A group's pair; an opened result says 0 of one that has no figure."""
    return Pair(part=part, id=id_, scored=scored, recounted=recounted.get(id_) or _NOTHING, parts=parts)


def _other_fields(recounted: RecountedEntrant, result: EntrantResult, standing: Standing) -> Iterator[Pair]:
    yield Pair(part="last", scored=result.last, recounted=recounted.last)
    for name in _STANDING_FIELDS:
        yield Pair(part=name, scored=getattr(standing, name), recounted=getattr(recounted, name))


def _pairs(part: Part, scored: Mapping[str, Value], recounted: Mapping[str, Value]) -> Iterator[Pair]:
    """A pair for every id that either of the two has a figure for."""
    for id_ in dict.fromkeys((*scored, *recounted)):
        yield _pair(part, id_, scored.get(id_), recounted)


def _pair(part: Part, id_: str, scored: Value, recounted: Mapping[str, Value], parts: tuple[Pair, ...] = ()) -> Pair:
    return Pair(part=part, id=id_, scored=scored, recounted=recounted.get(id_), parts=parts)
