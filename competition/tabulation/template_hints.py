"""What may be entered for an aspect or a penalty, as the note in a row of the template. In the current language."""

from __future__ import annotations

from competition.plumbing.locale import text, translate
from competition.scoring.points import highest_score
from schemas.aspects import Aspect, Binary, Choice, Count, Deduction, External, Judgement, Measurement, Score, Time
from schemas.problems import N_

PENALTY = N_("a penalty: how often it occurred; empty: never")


def hint_of(aspect: Aspect) -> str:  # noqa: PLR0911 - one for each kind
    """The values that an aspect takes."""
    match aspect:
        case Binary():
            return translate(N_("yes or no, 1 or 0"))
        case Count():
            return translate(N_("a whole number from 0 to {most}"), most=aspect.possible)
        case Choice():
            return "; ".join(f"{place} = {text(option.name)}" for place, option in enumerate(aspect.options))
        case Judgement():
            return "; ".join(f"{place} = {text(level)}" for place, level in enumerate(aspect.levels))
        case Measurement():
            return translate(N_("a reading in {unit}"), unit=aspect.unit)
        case Deduction():
            return translate(N_("how often it occurred; empty: never"))
        case Score():
            least, most = f"{aspect.least:f}", f"{highest_score(aspect):f}"
            return translate(N_("from {least} to {most} in steps of {step}"), least=least, most=most, step=aspect.step)
        case Time():
            return translate(N_("seconds (83.25), or 1:23.25, or 1:02:03"))
        case External():
            return translate(N_("a number from 0 to {most}"), most=aspect.out_of)
