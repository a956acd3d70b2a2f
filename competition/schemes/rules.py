"""What is wrong with a marking scheme: everything at once, each fault with its place and what to do about it."""

from __future__ import annotations

from decimal import localcontext

from competition.schemes.check import awards, closing, everywhere, exactness, gates, groups, kinds, overall, panels
from competition.schemes.check.places import Fault
from competition.scoring.rounding import EXACT
from schemas.scheme import Scheme

__all__ = ["Fault", "faults_of"]

_RULES = (
    everywhere.of_words,
    everywhere.of_ids,
    groups.of_groups,
    gates.of_gates,
    panels.of_panels,
    kinds.of_aspects,
    overall.of_sections,
    overall.of_breaches,
    closing.of_ranking,
    closing.of_scale,
    awards.of_awards,
    closing.of_teams,
    closing.of_advancement,
)


def faults_of(scheme: Scheme) -> tuple[Fault, ...]:
    """Everything wrong with ``scheme``, in no order of weight; a scheme without faults can be scored by.

    Beside figures that are no numbers, or absurd ones, nothing else can be said before they are mended. Whether sums stay exact
    is asked last, of a scheme that is otherwise good.
    """
    with localcontext(EXACT):
        figures = tuple(everywhere.of_figures(scheme))
        if not everywhere.is_computable(scheme):
            return figures
        others = tuple(fault for rule in _RULES for fault in rule(scheme))
        return figures + others or tuple(exactness.of_divisors(scheme))
