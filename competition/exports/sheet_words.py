"""What a printed score sheet says of a mark: its reading by the aspect's kind, its state, flags and reason, in words. Pure."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from competition.plumbing.locale import text, translate
from competition.scoring.rounding import trimmed
from schemas.aspects import (
    Aspect,
    Binary,
    Choice,
    Count,
    Deduction,
    External,
    Judgement,
    Measurement,
    Score,
    Time,
)
from schemas.desk import MarkFate
from schemas.marks import CorrectionReason, Flag, Mark, Signer
from schemas.problems import N_

MARK_STATE: dict[str, str] = {
    "marked": N_("marked"),
    "not_measured": N_("not measured"),
    "absent": N_("absent"),
    "not_attempted": N_("not attempted"),
    "did_not_finish": N_("did not finish"),
    "disqualified": N_("disqualified"),
    "excluded": N_("excluded"),
}
FLAG: dict[Flag, str] = {
    "conflict": N_("A second value; not counted"),
    "late": N_("After signing; not counted"),
    "quarantined": N_("From a rescue file; not counted"),
    "implausible": N_("Implausible; counted"),
    "clock_skew": N_("Tablet's clock is wrong"),
}
REASON: dict[CorrectionReason, str] = {
    "input": N_("Typing error"),
    "totalling": N_("Error in adding up"),
    "transfer": N_("Copied wrongly"),
    "wrong_aspect": N_("Wrong aspect"),
    "wrong_entrant": N_("Wrong entrant"),
    "other": N_("Another reason"),
}
FATE: dict[MarkFate, str] = {
    "in_force": N_("in force"),
    "replaced": N_("replaced"),
    "taken_back": N_("taken back at once"),
    "without_effect": N_("without effect"),
}
SIGNER: dict[Signer, str] = {
    "judge": N_("Judge"),
    "competitor": N_("Competitor"),
    "chief_judge": N_("Chief judge"),
}


def reading_said(aspect: Aspect, mark: Mark) -> str:
    """A mark's readings, or why there are none."""
    if mark.state != "marked":
        return translate(MARK_STATE[mark.state])
    return _read(aspect, mark.values)


def _read(aspect: Aspect, values: tuple[Decimal, ...]) -> str:  # noqa: PLR0911 - one for each kind
    first = values[0]
    match aspect:
        case Binary():
            return translate("yes") if first else translate("no")
        case Choice():
            return text(aspect.options[int(first)].name)
        case Judgement():
            return f"{int(first)} · {text(aspect.levels[int(first)])}"
        case Measurement():
            return f"{', '.join(f'{value:f}' for value in values)} {aspect.unit}"
        case Count():
            return translate("{n} of {m}", n=int(first), m=aspect.possible)
        case External():
            return translate("{n} of {m}", n=f"{first:f}", m=f"{aspect.out_of:f}")
        case Time():
            return ", ".join(_duration(value, aspect.places) for value in values)
        case Deduction():
            found = (
                f"{int(count)} × {text(item.name)}" for item, count in zip(aspect.items, values, strict=True) if count
            )
            return "; ".join(found) or translate("no faults")
        case Score():
            return f"{first:f}"


def _duration(seconds: Decimal, places: int) -> str:
    """Seconds as people read a time: m:ss, with decimals where there are some or ``places`` asks for them."""
    seconds = trimmed(seconds)
    exact = seconds.quantize(Decimal(1).scaleb(-max(places, 0 if seconds % 1 == 0 else 2)), ROUND_HALF_UP)
    whole, rest = divmod(exact, 60)
    hours, minutes = divmod(int(whole), 60)
    written = f"{rest:f}" if rest >= 10 else f"0{rest:f}"  # noqa: PLR2004 - two digits of seconds
    return f"{hours}:{minutes:02}:{written}" if hours else f"{minutes}:{written}"
