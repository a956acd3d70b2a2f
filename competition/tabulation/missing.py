"""The marks that are still to come: what the panels should have given and have not."""

from __future__ import annotations

from competition.scoring.compute import Computed
from competition.scoring.plan import Plan


class Missing:
    """Counts an entrant's missing marks by stage: made once for a scheme, asked for each entrant.

    Nothing is missing of an aspect with a state instead of readings, however many judges wrote it down; nor of somebody who is out,
    was absent, or has no place or no points by a state. Of aspects that exclude each other a judge marks one.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._stages = [
            [
                unit
                for criterion in stage.criteria
                for sub in criterion.sub_criteria
                for unit in _units(plan, [aspect.id for aspect in sub.aspects], sub.exclusive)
            ]
            for stage in plan.scheme.stages
        ]

    def by_stage(self, computed: Computed) -> tuple[int, ...]:
        """How many marks are missing in each stage."""
        rules = self._plan.rules
        if computed.state != "competing" or any(rules[state].total == "zero" for state in computed.states.values()):
            return (0,) * len(self._stages)
        return tuple([sum([self._of(unit, computed) for unit in units]) for units in self._stages])

    def until(self, by_stage: tuple[int, ...], cut: str | None) -> int:
        """How many are missing in all; who did not go on after the stage ``cut`` is to be marked up to there."""
        stages = [stage.id for stage in self._plan.scheme.stages]
        return sum(by_stage if cut is None else by_stage[: stages.index(cut) + 1])

    def _of(self, unit: tuple[int, ...], computed: Computed) -> int:
        """How many marks an aspect, or one of several that exclude each other, still lacks."""
        aspects = self._plan.aspects
        begun = [place for place in unit if computed.readings[place]]
        if not begun:
            return min([aspects[place].judges for place in unit])
        if all(place in computed.states for place in begun):
            return 0
        judges = {mark.judge_id for place in begun for mark in computed.readings[place]}
        return max(0, min([aspects[place].judges for place in begun]) - len(judges))


def _units(plan: Plan, aspects: list[str], exclusive: tuple[tuple[str, ...], ...]) -> list[tuple[int, ...]]:
    """The places of the aspects of a sub-criterion; those that exclude each other together."""
    among = {id_ for ids in exclusive for id_ in ids}
    alone = [(id_,) for id_ in aspects if id_ not in among]
    return [tuple(plan.aspect_places[id_] for id_ in ids) for ids in (*alone, *exclusive)]
