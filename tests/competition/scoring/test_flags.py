"""Flags are the same with and without the trace; which they are is tested with what raises them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from competition.scoring.compute import compute
from competition.scoring.flags import aspect_flags, sub_criterion_flags
from competition.scoring.plan import plan_of
from competition.scoring.totals import entrant_result
from schemas.aspects import Judgement
from schemas.results import PanelFlag
from schemas.scheme import Panel, Scheme
from tests.competition.scoring.test_compute import NAME, Paper, one_task, paper, score, sub

LEVELS = Judgement(id="l", name=NAME, points=Decimal(5), levels=(NAME,) * 4, revote_from=2)
SINGLE = one_task(
    sub(
        "u",
        "20",
        *(score("a", "5"), score("b", "10"), score("c", "10", judges=1), LEVELS),
        panel=Panel(judges=3, fewest=2, most_apart=Decimal(1)),
        exclusive=(("a", "b"),),
        fit="cap",
    ),
    points="20",
)
SHEETS = one_task(
    sub("u", "10", score("a", "5"), score("b", "5"), panel=Panel(judges=2, fewest=2, most_apart=Decimal(1), by="sheet"))
)


@pytest.mark.parametrize(
    ("rules", "given", "group", "aspects"),
    [
        (SINGLE, paper(a="4 4 4", l="2 2 2"), [], {}),
        (SINGLE, paper(a="4 4 5.01", b="3 3 3", c="1 1", l="3 1 2"), ["exclusive"], {"a": ["apart"], "c": ["too_many"], "l": ["apart", "revote"]}),
        (SINGLE, paper(a="4 absent", c="5"), [], {"a": ["too_few"]}),
        (SINGLE, paper(a="4 4 disqualified", l="2 did_not_finish 2"), [], {"a": ["disputed"], "l": ["disputed"]}),
        (SINGLE, paper(a="disqualified did_not_finish", b="4 4 absent"), [], {}),
        (SHEETS, paper(a="1 disqualified", b="3 4"), [], {"a": ["disputed"]}),
        (SHEETS, paper(a="5"), ["too_few"], {}),
        (SHEETS, paper(a="5 5 5", b="1 2 2.5"), ["too_many", "apart"], {}),
        (SHEETS, paper(a="5 5", b="1 2"), [], {}),
    ],
)  # fmt: skip
def test_flags_are_those_of_the_trace(
    rules: Scheme, given: Paper, group: list[PanelFlag], aspects: dict[str, list[PanelFlag]]
) -> None:
    """Of the sub-criterion as a whole, and of each aspect."""
    plan = plan_of(rules)
    computed = compute(plan, given)
    whole = next(one for one in plan.groups if one.place == plan.group_places["sub_criterion", "u"])
    raised = {plan.aspects[at].aspect.id: list(aspect_flags(plan, at, computed)) for at in whole.parts}
    assert (list(sub_criterion_flags(plan, whole, computed)), {id_: one for id_, one in raised.items() if one}) == (
        group,
        aspects,
    )
    traced = entrant_result(rules, given).stages[0].criteria[0].sub_criteria[0]
    assert (traced.flags, {one.aspect: list(one.flags) for one in traced.aspects}) == (tuple(group), raised)
