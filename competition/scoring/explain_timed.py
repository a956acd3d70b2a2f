"""The steps from times to points: which run counts, and what the time left or over comes to."""

from __future__ import annotations

from decimal import Decimal

from competition.scoring.links import BEYOND_LAST_BAND, chain, gains, gives, keeps, listed, loses
from competition.scoring.rounding import settled, shown
from competition.scoring.timed import band_of, gained, left, lost, over, runs_in_time, time_of
from schemas.aspects import Time, TimeBands, TimeItself, TimeLeft, TimeOver
from schemas.base import Text

_TAKEN = {
    "best": Text(zh="最快", en="best"),
    "worst": Text(zh="最慢", en="worst"),
    "mean": Text(zh="平均", en="mean"),
    "sum": Text(zh="合计", en="sum"),
}
_SECONDS = "s"

Links = tuple[Text, ...]


def timed_steps(aspect: Time, values: tuple[Decimal, ...], points: Decimal) -> tuple[Text, ...]:
    """The chain from the runs to the points; a time that is only compared gives none."""
    time = time_of(aspect, values)
    links = (listed(values, aspect.places, _SECONDS), *_stopped(aspect, values))
    if time is None:
        links = (*links, Text(zh="没有有效时间", en="no time that counts"))
    else:
        links = (*links, *_taken(aspect, values, time), *_credited(aspect, time))
    if isinstance(aspect.credit, TimeItself):
        return (chain(*links, Text(zh="只比用时，不计分", en="only compared, without points")),)
    return (chain(*links, gives(points, aspect.points)),)


def _stopped(aspect: Time, values: tuple[Decimal, ...]) -> Links:
    if aspect.stop is None or len(runs_in_time(aspect, values)) == len(values):
        return ()
    beyond = ", ".join(shown(value, aspect.places) for value in values if value > aspect.stop)
    stop = shown(aspect.stop, 0)
    return (Text(zh=f"{beyond} 超过 {stop} s 的截止时间，不计", en=f"{beyond} is beyond the stop at {stop} s"),)


def _taken(aspect: Time, values: tuple[Decimal, ...], time: Decimal) -> Links:
    if len(values) == 1:
        return ()
    name, figure = _TAKEN[aspect.take], shown(time, aspect.places)
    return (Text(zh=f"{name.zh} {figure}", en=f"{name.en} {figure}"),)


def _credited(aspect: Time, time: Decimal) -> Links:
    match aspect.credit:
        case TimeLeft() as credit:
            return _time_left(aspect, credit, time)
        case TimeOver() as credit:
            return _time_over(aspect, credit, time)
        case TimeBands() as credit:
            band = band_of(credit, time)
            if band is None:
                return (BEYOND_LAST_BAND,)
            up_to = shown(band.up_to, 0)
            return Text(zh=f"不超过 {up_to} s", en=f"up to {up_to} s"), keeps(band.keep)
        case TimeItself():
            return ()


def _time_left(aspect: Time, credit: TimeLeft, time: Decimal) -> Links:
    limit, seconds, whole = shown(credit.limit, 0), left(credit, time), gained(credit, time)
    if not seconds:
        return (Text(zh=f"{limit} s 内无剩余时间", en=f"nothing left of {limit} s"),)
    rest = shown(seconds, aspect.places)
    links = (
        Text(zh=f"{limit} s 内剩余 {rest} s", en=f"{rest} s left of {limit} s"),
        gains(seconds, credit.gain, (credit.per, f"{shown(credit.per, 0)} s"), credit.count, whole),
    )
    if settled(whole) <= aspect.points:
        return links
    most = shown(aspect.points, 2)
    return (*links, Text(zh=f"最多 {most}", en=f"at most {most}"))


def _time_over(aspect: Time, credit: TimeOver, time: Decimal) -> Links:
    limit, seconds = shown(credit.limit, 0), over(credit, time)
    if not seconds:
        return (Text(zh=f"在 {limit} s 之内", en=f"within {limit} s"),)
    step = (credit.per, f"{shown(credit.per, 0)} s")
    beyond = shown(seconds, aspect.places)
    return (
        Text(zh=f"超出 {limit} s 达 {beyond} s", en=f"+{beyond} s over {limit} s"),
        loses(seconds, credit.lose, step, credit.count, lost(credit, time)),
    )
