"""What people must look at before results are final, in words and without the traces: figures that a rule of the scheme flags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from competition.scoring.compute import Computed
from competition.scoring.flags import aspect_flags, sub_criterion_flags
from competition.scoring.plan import Plan
from schemas.base import Message
from schemas.problems import N_
from schemas.results import PanelFlag
from schemas.scheme import Scheme, SubCriterion

WORDS: dict[PanelFlag, str] = {
    "too_few": N_("fewer judges than the panel needs"),
    "too_many": N_("more judges than should mark it"),
    "apart": N_("the judges are too far apart"),
    "revote": N_("the panel must vote again"),
    "disputed": N_("a judge says disqualified or did not finish where others gave readings"),
    "exclusive": N_("points on more than one of several that exclude each other"),
}


class Flagged(Message):
    """One flag, and the sub-criterion or aspect that it is raised at."""

    of: Literal["sub_criterion", "aspect"]
    id: str
    flag: PanelFlag


def can_flag(scheme: Scheme) -> bool:
    """Whether the scheme leaves room for any flag. Too many judges are a fault of the file, so none is raised for them."""
    return any(_can_flag(sub) for sub in scheme.sub_criteria())


class Lookout:
    """Looks for flags where the scheme can raise them: made once for a scheme, asked for each entrant."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        groups = {group.place: group for group in plan.groups}
        self._watched = [
            (sub.id, groups[plan.group_places["sub_criterion", sub.id]])
            for sub in plan.scheme.sub_criteria()
            if _can_flag(sub)
        ]

    def flags_of(self, computed: Computed) -> tuple[Flagged, ...]:
        """Every flag of an entrant, in the scheme's order."""
        return tuple(self._flags(computed)) if self._watched else ()

    def _flags(self, computed: Computed) -> Iterator[Flagged]:
        for id_, group in self._watched:
            for flag in sub_criterion_flags(self._plan, group, computed):
                yield Flagged(of="sub_criterion", id=id_, flag=flag)
            for place in group.parts:
                for flag in aspect_flags(self._plan, place, computed):
                    yield Flagged(of="aspect", id=self._plan.aspects[place].aspect.id, flag=flag)


def _can_flag(sub: SubCriterion) -> bool:
    """One judge is not too few, apart from nobody, and disputed by nobody."""
    return bool(sub.exclusive) or sub.panel.judges > 1 or any((aspect.judges or 1) > 1 for aspect in sub.aspects)
