"""Random contests: a random scheme, and marks as judges might give them. The seed decides everything.

Some entrants repeat others, so that ties come up often; marks are missing, corrected, without effect and in any order.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from competition.recount.figures import Contest
from schemas.aspects import Aspect, Choice, Count, Deduction, External, Judgement, Measurement, Score, Time
from schemas.marks import Disqualification, Entry, Flag, Mark, MarkState, PenaltyGiven, Retraction, Withdrawal
from schemas.scheme import Scheme, SubCriterion
from tests.random_closings import ClosingChance
from tests.random_schemes import STATES, SchemeChance

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def random_contest(seed: int) -> Contest:
    """A contest with a scheme of its own, in which nothing is wrong; the same for the same seed.

    It has two to five entrants, now and then up to fourteen: enough for every kind of award to be given.
    """
    chance = _ContestChance(seed)
    scheme = chance.closed(chance.scheme())
    count = chance.upto(6, 14) if chance.often(0.2) else chance.upto(2, 5)
    entrants = {chance.uuid(): number for number in chance.random.sample(range(1, 100), count)}
    return Contest(
        scheme=scheme,
        entrants=entrants,
        entries=tuple(chance.entries(scheme, tuple(entrants))),
        delegations=chance.delegations(tuple(entrants)),
    )


class _ContestChance(SchemeChance, ClosingChance):
    """What is drawn next of a whole contest."""

    # Marks ------------------------------------------------------------------------------------------------------------

    def entries(self, scheme: Scheme, entrants: tuple[UUID, ...]) -> list[Entry]:
        """The ledger: marks of every entrant, some of them missing, corrected or without effect; penalties; the jury's words."""
        judges = tuple(self.uuid() for _ in range(5))
        patience = self.one((0.98, 0.9, 0.6))
        begun = self.some(tuple(scheme.sub_criteria()), 0.5 if self.often(0.1) else 1)
        # Now and then a judge was replaced, and there are marks of one more than the panel has.
        seated = {sub.id: judges[: sub.panel.judges + self.often(0.05)] for sub in begun}
        cells = [
            (sub, aspect, judge) for sub in begun for aspect in sub.aspects for judge in seated[sub.id][: aspect.judges]
        ]
        written: list[Entry] = []
        for number, entrant in enumerate(entrants):
            if number and self.often(0.3):
                written.extend(self.repeated(written, self.one(entrants[:number]), entrant))
                continue
            steady = self.often(0.06)
            reached = self.reached(scheme)
            for sub, aspect, judge in cells:
                if sub.id in reached and (steady or self.often(patience)):
                    state: MarkState = "absent" if steady else "marked"
                    written.extend(self.marks(entrant, sub, aspect, judge, state))
            written.extend(self.words(scheme, entrant))
        if self.often(0.3):
            self.random.shuffle(written)
        return written + self.taken_back(written)

    def taken_back(self, written: list[Entry]) -> list[Entry]:
        """Now and then the mark in force of a cell is taken back, so that the one before it holds again, or none."""
        in_force = {
            (mark.entrant_id, mark.aspect, mark.judge_id): mark
            for mark in written
            if isinstance(mark, Mark) and mark.has_effect()
        }
        return [
            Retraction(
                id=self.uuid(),
                sheet_id=mark.sheet_id,
                entrant_id=mark.entrant_id,
                sub_criterion=mark.sub_criterion,
                judge_id=mark.judge_id,
                device_id=None,
                aspect=mark.aspect,
                mark=mark.id,
                made_at=NOW,
                recorded_at=NOW,
            )
            for mark in in_force.values()
            if self.often(0.02)
        ]

    def reached(self, scheme: Scheme) -> set[str]:
        """The sub-criteria of the stages an entrant comes to: all of them, or now and then only those of the first few."""
        stages = scheme.stages[: self.upto(1, len(scheme.stages))] if self.often(0.2) else scheme.stages
        return {sub.id for stage in stages for criterion in stage.criteria for sub in criterion.sub_criteria}

    def repeated(self, written: list[Entry], model: UUID, entrant: UUID) -> list[Entry]:
        """The same marks once more for another entrant, with another reading here and there."""
        return [
            msgspec.structs.replace(entry, entrant_id=entrant, id=self.uuid())
            for entry in written
            if entry.entrant_id == model and not self.often(0.02)
        ]

    def marks(self, entrant: UUID, sub: SubCriterion, aspect: Aspect, judge: UUID, state: MarkState) -> list[Entry]:
        """One cell's marks: one as a rule, now and then corrected or followed by one without effect."""
        flags: list[tuple[Flag, ...]] = [("implausible",) if self.often(0.02) else ()]
        if self.often(0.05):
            flags.append(self.one(((), ("conflict",), ("late",), ("quarantined",), ("clock_skew", "late"))))
        return [self.mark(entrant, sub, aspect, judge, state, flag) for flag in flags]

    def mark(
        self, entrant: UUID, sub: SubCriterion, aspect: Aspect, judge: UUID, state: MarkState, flags: tuple[Flag, ...]
    ) -> Mark:
        if state == "marked" and self.often(0.04):
            state = self.one(STATES)
        return Mark(
            id=self.uuid(),
            sheet_id=entrant,
            entrant_id=entrant,
            sub_criterion=sub.id,
            judge_id=judge,
            device_id=None,
            aspect=aspect.id,
            values=self.readings(aspect) if state == "marked" else (),
            state=state,
            base=0,
            made_at=NOW,
            recorded_at=NOW,
            supersedes=None,
            reason=None,
            note="",
            flags=flags,
        )

    def readings(self, aspect: Aspect) -> tuple[Decimal, ...]:
        """What a judge reads: as many values as the kind asks for, all within its range."""
        match aspect:
            case Measurement(nominal=nominal, readings=readings):
                return tuple(nominal + self.decimal(-9, 9, 1) for _ in range(readings))
            case Deduction(items=items):
                return tuple(Decimal(self.upto(0, 4)) for _ in items)
            case Score():
                return (self.decimal(60, 75, 1),)
            case Time(runs=runs, take=take):
                count = self.upto(1, runs) if take == "best" else runs
                return tuple(Decimal(10 * self.upto(1, 9)) + self.decimal(0, 2, 1) for _ in range(count))
            case _:
                return (Decimal(self.upto(0, self.highest(aspect))),)

    def highest(self, aspect: Aspect) -> int:
        """The highest whole reading of an aspect that is read in whole numbers."""
        match aspect:
            case Count(possible=possible):
                return possible
            case Choice(options=options):
                return len(options) - 1
            case Judgement(levels=levels):
                return len(levels) - 1
            case External(out_of=out_of):
                return int(out_of)
            case _:
                return 1

    def words(self, scheme: Scheme, entrant: UUID) -> list[Entry]:
        """Penalties, some of them corrected, and a disqualification or a withdrawal that may be lifted again."""
        entries: list[Entry] = [
            PenaltyGiven(
                id=self.uuid(),
                entrant_id=entrant,
                penalty=penalty.id,
                occurrences=self.upto(0, 5),
                by=entrant,
                reason="r",
                recorded_at=NOW,
            )
            for penalty in scheme.penalties
            for _ in range(self.one((0, 0, 1, 2)))
        ]
        lifted = (False, True) if self.often(0.3) else (False,)
        return entries + [
            kind(id=self.uuid(), entrant_id=entrant, lifted=each, by=entrant, reason="r", recorded_at=NOW)
            for kind in (Disqualification, Withdrawal)
            for each in (lifted if self.often(0.05) else ())
        ]
