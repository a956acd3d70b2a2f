"""Random marking schemes: whatever the model can say and a contest could use, by construction without faults."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal, get_args

import msgspec

from schemas.aspects import Aspect, Binary, Rounding, Time, TimeItself
from schemas.closing import RankKey, Ties
from schemas.marks import WithoutReading
from schemas.scheme import Combine, Criterion, Cut, Gate, Panel, Penalty, Scheme, Stage, StateRule, SubCriterion
from tests.random_aspects import MODES, AspectChance, named

STATES: tuple[WithoutReading, ...] = get_args(WithoutReading)

KeyOf = Literal["total", "stage", "criterion", "sub_criterion", "aspect", "time", "penalties", "majority"]
PartKind = Literal["stage", "criterion", "sub_criterion", "aspect"]
Named = tuple[PartKind, str]
"""A part of a scheme by its kind and id."""

Gates = dict[Named, Gate]


class SchemeChance(AspectChance):
    """What is drawn next, of a scheme."""

    def scheme(self) -> Scheme:
        """A scheme of one to three stages, with or without weights."""
        shape = [[self.upto(1, 2) for _ in range(self.upto(1, 2))] for _ in range(self.upto(1, 3))]
        stages = tuple(
            self._stage(number, criteria, may_cut=number < len(shape)) for number, criteria in enumerate(shape, start=1)
        )
        stages = _gated(stages, self._gates(stages))
        if self.often(0.5):
            weights = self._weights(len(stages))
            stages = tuple(
                msgspec.structs.replace(stage, weight=weight) for stage, weight in zip(stages, weights, strict=True)
            )
        penalties = tuple(self._penalty(f"P{number}") for number in range(self.upto(0, 2)))
        rules = tuple(self._state_rule(state) for state in self.some(STATES, 0.3))
        scheme = Scheme(
            format="leitai-scheme-1",
            code="random",
            version="1",
            name=named("random"),
            trade=named("random"),
            stages=stages,
            ranking=(),
            rounding=self.rounding(0.5),
            floor=Decimal(self.one((0, 0, 0, -5))),
            penalties=penalties,
            penalty_cap=self.one((None, Decimal("1.5"))) if penalties else None,
            states=rules,
            places=self.one(("1224", "1223", "1334")),
            last_resort=self.one(("shared", "shared", "number")),
        )
        return msgspec.structs.replace(scheme, ranking=self._ranking(scheme))

    def _weights(self, count: int) -> list[Decimal]:
        """Percentages that sum to 100; the first may only select."""
        given = [Decimal(self.upto(0 if at == 0 and count > 1 else 5, 30)) for at in range(count - 1)]
        return [*given, 100 - sum(given, Decimal(0))]

    def _gates(self, stages: tuple[Stage, ...]) -> Gates:
        """Conditions between parts, none of which waits for itself by any way or asks for more than there is."""
        points, waits = _parts(stages)
        gates: Gates = {}
        for part in sorted(waits):
            of = self.one(sorted(points))
            if not self.often(0.25) or not points[of] or _reaches(waits, of, part) or _reaches(waits, part, of):
                continue
            waits[part].add(of)
            asked = self.one((Decimal(1), Decimal(2), Decimal(4), self.decimal(1, 40, 1)))
            gates[part] = Gate(of=of[0], id=of[1], at_least=min(asked, points[of]))
        return gates

    def _group(self, id_: str, parts: Decimal) -> dict[str, Any]:
        """The fields that every group has."""
        fit = self.one(("exact", "exact", "cap", "scale")) if parts > 1 else "exact"
        points = parts
        if fit == "cap":
            points = parts - min(parts / 2, self.one((Decimal(1), Decimal("0.5"))))
        if fit == "scale":
            points = self.one((Decimal(10), Decimal(12), Decimal("7.5"), Decimal(100)))
        return {
            "id": id_,
            "name": named(id_),
            "points": points,
            "fit": fit,
            "floor": self.one((Decimal(0), Decimal(0), Decimal(-2))),
            "rounding": self.rounding(),
        }

    def _stage(self, at: int, shape: list[int], *, may_cut: bool) -> Stage:
        id_ = f"S{at}"
        criteria = tuple(self._criterion(f"{id_}C{c}", subs) for c, subs in enumerate(shape, start=1))
        points = sum((criterion.points for criterion in criteria), Decimal(0))
        group = self._group(id_, points)
        cut = self._cut(group["points"]) if may_cut and self.often(0.3) else None
        return Stage(**group, criteria=criteria, cut=cut)

    def _cut(self, points: Decimal) -> Cut:
        ties: tuple[Ties, ...] = ("in", "out")
        which = self.upto(1, 7)
        return Cut(
            top=self.upto(1, 3) if which & 1 else None,
            percent=Decimal(self.one((30, 50, 75))) if which & 2 else None,
            at_least=min(points, self.decimal(1, 10, 0)) if which & 4 else None,
            rounding=Rounding(places=0, mode=self.one(MODES)),
            ties=self.one(ties),
        )

    def _criterion(self, id_: str, subs: int) -> Criterion:
        parts = tuple(self._sub_criterion(f"{id_}.{sub}") for sub in range(1, subs + 1))
        points = sum((sub.points for sub in parts), Decimal(0))
        return Criterion(**self._group(id_, points), sub_criteria=parts)

    def _sub_criterion(self, id_: str) -> SubCriterion:
        panel = self._panel()
        aspects = tuple(
            self._by_fewer(self.aspect(f"{id_}.{number}", panel), panel) for number in range(1, self.upto(1, 3) + 1)
        )
        exclusive = (tuple(aspect.id for aspect in aspects[-2:]),) if len(aspects) > 1 and self.often(0.2) else ()
        best = [max(aspect.points for aspect in aspects if aspect.id in rivals) for rivals in exclusive]
        others = [aspect.points for aspect in aspects if not any(aspect.id in rivals for rivals in exclusive)]
        points = sum([*best, *others], Decimal(0))
        if points <= 0:
            aspects = (*aspects, Binary(id=f"{id_}.{len(aspects) + 1}", name=named(id_), points=Decimal(2)))
            points += 2
        group = self._group(id_, points)
        return SubCriterion(**group, panel=panel, aspects=aspects, exclusive=exclusive)

    def _by_fewer(self, aspect: Aspect, panel: Panel) -> Aspect:
        """The aspect, now and then marked by fewer than its panel: one measures for all."""
        if panel.by == "sheet" or panel.combine == "sum" or not self.often(0.1):
            return aspect
        return msgspec.structs.replace(aspect, judges=self.upto(1, panel.judges))

    def _panel(self) -> Panel:
        judges = self.one((1, 1, 2, 3, 4))
        combine: Combine = self.one(("sum", "mean", "mean", "median"))
        return Panel(
            judges=judges,
            combine=combine,
            drop_highest=self.upto(0, 1) if judges > 2 else 0,
            drop_lowest=self.upto(0, 1) if judges > 2 else 0,
            fewest=judges if combine == "sum" else self.upto(1, max(1, judges - 1)),
            by=self.one(("aspect", "aspect", "sheet")),
            each=self.rounding(),
            rounding=self.rounding(),
        )

    def _penalty(self, id_: str) -> Penalty:
        return Penalty(
            id=id_,
            name=named(id_),
            each=self.one((Decimal("0.5"), Decimal(1))),
            cap=self.one((None, Decimal(2))),
            out_at=self.one((None, None, 4)),
        )

    def _state_rule(self, state: WithoutReading) -> StateRule:
        return StateRule(
            state=state,
            gives=self.one(("nothing", "everything")),
            total=self.one(("stands", "stands", "zero")),
            rank=self.one(("ranked", "last", "none")),
        )

    def _ranking(self, scheme: Scheme) -> tuple[RankKey, ...]:
        """The total, and whatever else parts equal ones; now and then no total at all."""
        subs = tuple(scheme.sub_criteria())
        keys: list[tuple[KeyOf, str]] = [
            *(("stage", stage.id) for stage in scheme.stages),
            *(("criterion", criterion.id) for criterion in scheme.criteria()),
            *(("sub_criterion", sub.id) for sub in subs),
            *(("aspect", aspect.id) for aspect in scheme.aspects()),
            *(("time", aspect.id) for aspect in scheme.aspects() if isinstance(aspect, Time)),
            *(("majority", sub.id) for sub in subs if sub.panel.judges > 1),
            *(("penalties", "") for _ in scheme.penalties[:1]),
        ]
        chosen = self.random.sample(keys, min(len(keys), self.upto(0, 3)))
        wanted: list[tuple[KeyOf, str]] = [("total", ""), *chosen] if self.often(0.9) or not chosen else chosen
        for aspect in scheme.aspects():
            if isinstance(aspect, Time) and isinstance(aspect.credit, TimeItself) and ("time", aspect.id) not in wanted:
                wanted.append(("time", aspect.id))
        return tuple(RankKey(of=of, id=id_, order=self._order(of)) for of, id_ in wanted)

    def _order(self, of: str) -> Any:
        return None if of == "majority" or self.often(0.8) else self.one(("ascending", "descending"))


def _parts(stages: tuple[Stage, ...]) -> tuple[dict[Named, Decimal], dict[Named, set[Named]]]:
    """The points of every part that a gate can look at, and what each group waits for: its own parts."""
    points: dict[Named, Decimal] = {}
    waits: dict[Named, set[Named]] = {}
    for stage in stages:
        points["stage", stage.id] = stage.points
        waits["stage", stage.id] = {("criterion", criterion.id) for criterion in stage.criteria}
        for criterion in stage.criteria:
            points["criterion", criterion.id] = criterion.points
            waits["criterion", criterion.id] = {("sub_criterion", sub.id) for sub in criterion.sub_criteria}
            for sub in criterion.sub_criteria:
                points["sub_criterion", sub.id] = sub.points
                waits["sub_criterion", sub.id] = {("aspect", aspect.id) for aspect in sub.aspects}
                points.update((("aspect", aspect.id), aspect.points) for aspect in sub.aspects)
    return points, waits


def _reaches(waits: dict[Named, set[Named]], start: Named, end: Named) -> bool:
    """Whether ``start`` waits for ``end``, at whatever remove."""
    return start == end or any(_reaches(waits, further, end) for further in waits.get(start, ()))


def _gated(stages: tuple[Stage, ...], gates: Gates) -> tuple[Stage, ...]:
    """The stages with the gates put in."""
    replace = msgspec.structs.replace
    return tuple(
        replace(
            stage,
            gate=gates.get(("stage", stage.id)),
            criteria=tuple(
                replace(
                    criterion,
                    gate=gates.get(("criterion", criterion.id)),
                    sub_criteria=tuple(
                        replace(sub, gate=gates.get(("sub_criterion", sub.id))) for sub in criterion.sub_criteria
                    ),
                )
                for criterion in stage.criteria
            ),
        )
        for stage in stages
    )
