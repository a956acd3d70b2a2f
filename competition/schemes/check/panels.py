"""What can be wrong with a panel: nobody left to count, limits that never hold, sums without an end."""

from __future__ import annotations

from competition.schemes.check import places
from competition.schemes.check.groups import full_sum
from competition.schemes.check.places import MOST_JUDGES, Faults, fault, listed, not_below_zero, within
from schemas.aspects import Aspect, Judgement, Score
from schemas.problems import N_
from schemas.scheme import Panel, Scheme, SubCriterion


def of_panels(scheme: Scheme) -> Faults:
    """Every panel, with the aspects that it marks."""
    for at, sub in places.sub_criteria(scheme):
        yield from within(sub.panel.judges, 1, MOST_JUDGES, f"{at}.panel.judges")
        yield from not_below_zero(sub.panel.drop_highest, f"{at}.panel.drop_highest")
        yield from not_below_zero(sub.panel.drop_lowest, f"{at}.panel.drop_lowest")
        if 1 <= sub.panel.judges <= MOST_JUDGES:
            yield from _of_panel(sub.panel, f"{at}.panel")
            yield from _of_sum(sub, f"{at}.panel.fewest")
            yield from _of_most_apart(sub, f"{at}.panel.most_apart")
            for aspect_at, aspect in listed(sub.aspects, f"{at}.aspects"):
                yield from _of_marking(aspect, sub.panel, aspect_at)


def counting(aspect: Aspect, panel: Panel) -> int:
    """How many judges' points make the figure of an aspect, when all are present."""
    judges = aspect.judges or panel.judges
    dropped = panel.drop_highest + panel.drop_lowest
    return judges - dropped if judges > dropped else judges


def _of_panel(panel: Panel, place: str) -> Faults:
    yield from within(panel.fewest, 1, panel.judges, f"{place}.fewest")
    if panel.drop_highest + panel.drop_lowest >= panel.judges:
        sentence = N_("Of {judges} judges nobody is left when {dropped} are dropped. Drop fewer, or name more judges.")
        dropped = panel.drop_highest + panel.drop_lowest
        yield fault(place, sentence, judges=panel.judges, dropped=dropped)


def _of_sum(sub: SubCriterion, place: str) -> Faults:
    """A sum over fewer judges is a smaller one, so all of them must be there; a mean or a median may do with fewer."""
    panel = sub.panel
    expected = max((aspect.judges or panel.judges for aspect in sub.aspects), default=1)
    if panel.combine == "sum" and 1 <= panel.fewest < expected:
        sentence = N_(
            "The panel sums its judges, and with fewer than {judges} present the sum would be smaller for no fault of the "
            "entrant's. Write {judges}, or combine by mean."
        )
        yield fault(place, sentence, judges=expected)


def _of_most_apart(sub: SubCriterion, place: str) -> Faults:
    limit = sub.panel.most_apart
    if limit is None:
        return
    yield from not_below_zero(limit, place)
    widest = full_sum(sub) if sub.panel.by == "sheet" else max((one.points for one in sub.aspects), default=limit)
    if sub.panel.judges == 1:
        yield fault(place, N_("One judge alone is never apart from another. Name more judges, or take this out."))
    elif limit >= widest:
        sentence = N_("Judges can be at most {widest} points apart here, so {limit} never flags. Lower it.")
        yield fault(place, sentence, widest=widest, limit=limit)


def _of_marking(aspect: Aspect, panel: Panel, place: str) -> Faults:
    if aspect.judges is not None:
        yield from within(aspect.judges, 1, panel.judges, f"{place}.judges")
    if panel.by == "sheet":
        yield from _of_sheet(aspect, panel, place)
    if panel.combine == "sum" and counting(aspect, panel) > 1 and not isinstance(aspect, Score):
        sentence = N_("The panel sums its judges, so {id} has no most. Let it combine by mean, or mark by scores.")
        yield fault(place, sentence, id=aspect.id)
    if isinstance(aspect, Judgement) and aspect.revote_from is not None and (aspect.judges or panel.judges) == 1:
        sentence = N_("One judge alone has no other level to differ from. Name more judges, or take this out.")
        yield fault(f"{place}.revote_from", sentence)


def _of_sheet(aspect: Aspect, panel: Panel, place: str) -> Faults:
    """A panel by sheet makes no figure of an aspect by itself."""
    if aspect.rounding is not None:
        sentence = N_("A panel by sheet has no figure of {id} alone to round. Round with the panel's each or rounding.")
        yield fault(f"{place}.rounding", sentence, id=aspect.id)
    if aspect.judges is not None and aspect.judges != panel.judges:
        sentence = N_("A panel by sheet sums all that a judge marks, so each judge must mark {id}. Take this out.")
        yield fault(f"{place}.judges", sentence, id=aspect.id)
