"""Points by section of the standards specification (WSOS): what the aspects of each come to."""

from __future__ import annotations

from decimal import Decimal

from competition.scoring.compute import Computed
from competition.scoring.plan import Plan
from competition.scoring.rounding import EXACT, figure


def section_points(plan: Plan, computed: Computed) -> dict[str, Decimal]:
    """The sum of the figures of each section's aspects, in the scheme's order; nothing marked is left out, for it is not zero.

    What is done to sums above the aspects (caps, scales, gates, weights, penalties) belongs to no section, so sections need not sum
    to the total.
    """
    sums: dict[str, Decimal] = {}
    for aspect, points in zip(plan.aspects, computed.figures, strict=False):
        section = aspect.aspect.section
        if section is not None and points is not None:
            sums[section] = EXACT.add(sums.get(section, Decimal(0)), points)
    return {section.id: figure(sums[section.id]) for section in plan.scheme.sections if section.id in sums}
