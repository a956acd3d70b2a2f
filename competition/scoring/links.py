"""The links that the steps of an explanation are made of, in both languages: what was kept, what the steps of a scale took."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from competition.scoring.arithmetic import steps_in
from competition.scoring.rounding import EXACT, shown
from schemas.aspects import Steps
from schemas.base import Text

BEYOND_LAST_BAND = Text(zh="超过最后一档", en="beyond the last band")


def chain(*links: Text) -> Text:
    """One step made of several links, joined by arrows."""
    return Text(zh=" → ".join(link.zh for link in links), en=" → ".join(link.en for link in links))


def alike(figures: str) -> Text:
    """Figures, which are the same in both languages."""
    return Text(zh=figures, en=figures)


def listed(values: Iterable[Decimal], places: int, unit: str) -> Text:
    """Readings as they came, with their unit."""
    return alike(", ".join(shown(value, places) for value in values) + f" {unit}")


def keeps(share: Decimal) -> Text:
    """A share of the points, in percent."""
    percent = shown(EXACT.multiply(share, Decimal(100)), 0)
    return Text(zh=f"保留 {percent} %", en=f"keeps {percent} %")


def part_of(points: Decimal, part: Decimal, whole: Decimal | int) -> Text:
    """So many parts of the points."""
    share, full = f"{shown(part, 0)}/{shown(Decimal(whole), 0)}", shown(points, 2)
    return Text(zh=f"{full} 的 {share}", en=f"{share} of {full}")


def loses(amount: Decimal, each: Decimal, per: tuple[Decimal, str], count: Steps, lost: Decimal) -> Text:
    """What the steps beyond a limit take; ``per`` is a step's size as a figure and as it is shown."""
    step, one, whole = per[1], shown(each, 2), shown(lost, 2)
    if count == "exact":
        return Text(zh=f"每超 {step} 扣 {one}，按比例扣 {whole}", en=f"{one} for each {step}, in proportion: −{whole}")
    times = shown(steps_in(amount, per[0], count), 0)
    if count == "full":
        zh = f"每超满 {step} 扣 {one}，计 {times} 次，扣 {whole}"
        return Text(zh=zh, en=f"{times} × {step} full, {one} each: −{whole}")
    zh = f"每超 {step} 扣 {one}，计 {times} 次，扣 {whole}"
    return Text(zh=zh, en=f"{times} × {step} begun, {one} each: −{whole}")


def gains(amount: Decimal, each: Decimal, per: tuple[Decimal, str], count: Steps, gained: Decimal) -> Text:
    """What the steps before a limit give."""
    step, one, whole = per[1], shown(each, 2), shown(gained, 2)
    if count == "exact":
        return Text(zh=f"每 {step} 得 {one}，按比例得 {whole}", en=f"{one} for each {step}, in proportion: +{whole}")
    times = shown(steps_in(amount, per[0], count), 0)
    if count == "full":
        return Text(
            zh=f"每满 {step} 得 {one}，计 {times} 次，得 {whole}", en=f"{times} × {step} full, {one} each: +{whole}"
        )
    return Text(zh=f"每 {step} 得 {one}，计 {times} 次，得 {whole}", en=f"{times} × {step} begun, {one} each: +{whole}")


def gives(points: Decimal, most: Decimal) -> Text:
    """The end of every chain: how many of the points there are."""
    given, full = shown(points, 2), shown(most, 2)
    return Text(zh=f"得 {given} / {full} 分", en=f"{given} of {full}")
