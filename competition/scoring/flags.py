"""What people must look at before results are final: figures that a rule of the scheme flags."""

from __future__ import annotations

from collections.abc import Iterator

from competition.scoring.compute import Computed, sheet_sums
from competition.scoring.panels import is_apart
from competition.scoring.plan import GroupPlan, Plan
from schemas.aspects import Judgement
from schemas.marks import MarkState
from schemas.results import PanelFlag

ENDS: frozenset[MarkState] = frozenset(("disqualified", "did_not_finish"))
"""States that end an attempt: beside readings of other judges one of them would be passed over."""


def sub_criterion_flags(plan: Plan, group: GroupPlan, computed: Computed) -> Iterator[PanelFlag]:
    """What people must look at in a sub-criterion as a whole."""
    if any(sum(bool(computed.figures[place]) for place in places) > 1 for places in group.exclusive):
        yield "exclusive"
    if group.by_sheet:
        panel = plan.aspects[group.parts[0]].panel
        sums = list(sheet_sums(plan, group, computed.readings, computed.states).values())
        if 0 < len(sums) < panel.fewest:
            yield "too_few"
        if len(sums) > panel.judges:
            yield "too_many"
        if is_apart(sums, panel):
            yield "apart"


def aspect_flags(plan: Plan, place: int, computed: Computed) -> Iterator[PanelFlag]:
    """What people must look at in one aspect."""
    aspect, given = plan.aspects[place], computed.readings[place]
    read = [mark for mark in given if mark.state == "marked"]
    if read and computed.figures[place] is None:
        yield "too_few"
    if aspect.panel.by == "aspect":
        if len(read) > aspect.judges:
            yield "too_many"
        if is_apart([aspect.judged[mark.values] for mark in read], aspect.panel):
            yield "apart"
    if isinstance(aspect.aspect, Judgement) and aspect.aspect.revote_from is not None and read:
        levels = [mark.values[0] for mark in read]
        if max(levels) - min(levels) >= aspect.aspect.revote_from:
            yield "revote"
    if 0 < len(read) < len(given) and any(mark.state in ENDS for mark in given):
        yield "disputed"
