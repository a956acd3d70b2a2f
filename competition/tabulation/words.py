"""What people write in a table of marks, as readings: numbers, times, yes and no, options, levels, units, states."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Literal

from competition.scoring.readings import expected_readings
from competition.tabulation.faults import cut
from competition.tabulation.problems import (
    CommaInNumber,
    ItemUnknown,
    NotOfAnAspect,
    StateUnknown,
    UnitUnwanted,
    UnitWrong,
    ValueNotAChoice,
    ValueNotANumber,
    ValueNotATime,
    ValueNotPlain,
    ValueNotYesOrNo,
)
from schemas.aspects import Aspect, Binary, Choice, Deduction, External, Judgement, Measurement, Score, Time
from schemas.base import Text
from schemas.marks import WithoutReading

YES = frozenset(("1", "yes", "y", "true", "是", "对", "有", "合格", "√", "✓", "✔"))
NO = frozenset(("0", "no", "n", "false", "否", "错", "无", "不合格", "×", "✗", "✘"))

STATES: dict[WithoutReading, tuple[str, ...]] = {
    "not_measured": ("not measured", "未测量"),
    "absent": ("absent", "缺席", "缺考", "未到"),
    "not_attempted": ("not attempted", "未做", "未完成操作"),
    "did_not_finish": ("did not finish", "dnf", "未完成", "未完赛"),
    "disqualified": ("disqualified", "dsq", "dq", "取消资格"),
    "excluded": ("excluded", "不计入", "剔除"),
}
"""The words for each state; the first of each language is the one that is offered."""

OUT_WORDS: dict[Literal["withdrawn", "disqualified"], tuple[str, ...]] = {
    "withdrawn": ("withdrawn", "withdrew", "退赛", "已退赛"),
    "disqualified": STATES["disqualified"],
}
"""The words by which a row says of an entrant as a whole that the contest is over for them."""

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""The wide forms of letters, digits and signs that Chinese keyboards write, and what is meant."""

_STATE_BY_WORD = {
    word: state
    for state, words in STATES.items()
    for word in (state, state.replace("_", ""), *(one.replace(" ", "") for one in words))
}

_OUT_BY_WORD = {word: state for state, words in OUT_WORDS.items() for word in words}

_UNITS = {
    "毫米": "mm",
    "微米": "μm",
    "厘米": "cm",
    "米": "m",
    "度": "°",
    "克": "g",
    "千克": "kg",
    "公斤": "kg",
    "牛": "N",
}
_SECONDS = frozenset(("s", "sec", "second", "seconds", "秒"))
_POINTS = frozenset(("point", "points", "pt", "pts", "分", "mark", "marks"))

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_NUMBER_AND_UNIT = re.compile(rf"({_NUMBER.pattern})\s*(\D.*)", re.DOTALL)
_WHOLE = re.compile(r"([0-9]{1,9})(?:\.0*)?")
_GOES_ON = re.compile(r"[.,]|[\s:/*^+'’_×·eExX\-]*[0-9]")
"""How a tail begins that is no unit, but more of a number that is not written plainly: 1 000, 1e-05, 1/2."""
_CLOCK = re.compile(r"(?:(\d+):(?=\d{1,2}:))?(\d+):(\d{1,2}(?:\.\d+)?)", re.ASCII)
_WORDED = re.compile(r"(?:(\d+)(?:小时|时|h))?(?:(\d+)(?:分钟|分|min))?(?:(\d+(?:\.\d+)?)(?:秒|s))?", re.ASCII)
_BETWEEN = re.compile(r"[;、\s]+")


def narrow(written: str) -> str:
    """A code or name with wide letters and digits as plain ones, so that １ and 1 are one entrant."""
    return written if written.isascii() else written.translate(_WIDE).strip()


def read_values(aspect: Aspect, written: str, unit: str, *, is_item: bool) -> tuple[Decimal, ...]:
    """The readings in one cell: several where the aspect has several and this is not one ``item`` of them. Raises a ``Problem``.

    Whether they can be readings of the aspect (their number, range and step), ``check_reading`` says.
    """
    text = _plain(written)
    if unit:
        _check_unit(aspect, _unit(unit))
    parts = [text] if is_item or expected_readings(aspect) == 1 else [part for part in _BETWEEN.split(text) if part]
    return tuple(_value(aspect, part) for part in parts)


def read_item(aspect: Aspect, written: str) -> int:
    """The number of a reading, run or kind of fault, from 1, by its number or name. Raises ``ItemUnknown``."""
    text, most = _plain(written), expected_readings(aspect)
    names = [item.name for item in aspect.items] if isinstance(aspect, Deduction) else []
    for number, name in enumerate(names, 1):
        if text.casefold() in (_plain(name.zh).casefold(), _plain(name.en).casefold()):
            return number
    if (item := read_whole(text)) is not None and 1 <= item <= most:
        return item
    listed = _listed(names)
    named = Text(zh=f"，或名称：{listed.zh}", en=f", or a name: {listed.en}") if names else listed
    raise ItemUnknown(aspect=aspect.id, item=cut(written), most=most, names=named)


def read_state(written: str) -> WithoutReading:
    """The state of an aspect that a word means. Raises ``StateUnknown``, and ``NotOfAnAspect`` for what is said of an entrant."""
    if state := state_of(written):
        return state
    if state_of_entrant(written):
        raise NotOfAnAspect(value=cut(written))
    chinese = (next(word for word in words if not word.isascii()) for words in STATES.values())
    offered = Text(zh="、".join(chinese), en=", ".join(words[0] for words in STATES.values()))
    raise StateUnknown(value=cut(written), states=offered)


def state_of(written: str) -> WithoutReading | None:
    """The state of an aspect that a word means, or None."""
    return _STATE_BY_WORD.get(_joined(written))


def state_of_entrant(written: str) -> Literal["withdrawn", "disqualified"] | None:
    """How the contest ended for an entrant, as a word says it, or None."""
    return _OUT_BY_WORD.get(_joined(written))


def yes_or_no(written: str) -> bool | None:
    """What a word says; None where it says neither."""
    text = _plain(written).casefold()
    if (number := read_whole(text)) is not None:
        text = str(number)
    return True if text in YES else False if text in NO else None


def read_whole(written: str) -> int | None:
    """A whole number from 0 on, or None; programs write 1 as 1.0 where others of the column are empty."""
    found = _WHOLE.fullmatch(_plain(written))
    return int(found[1]) if found else None


def read_number(written: str) -> Decimal | None:
    """A plain number, or None. Raises ``CommaInNumber``."""
    text = _plain(written)
    if re.fullmatch(r"[+-]?[0-9][0-9.]*,[0-9.,]*", text):
        raise CommaInNumber(value=cut(written))
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _value(aspect: Aspect, text: str) -> Decimal:
    match aspect:
        case Binary():
            said = yes_or_no(text)
            if said is None:
                raise ValueNotYesOrNo(value=cut(text))
            return Decimal(int(said))
        case Choice():
            return _chosen(aspect, text, [option.name for option in aspect.options])
        case Judgement():
            return _chosen(aspect, text, list(aspect.levels))
        case Time():
            return _time(aspect, text)
    number = read_number(text)
    if number is None:
        number = _number_with_unit(aspect, text)
    if number is None:
        raise (ValueNotPlain if _NUMBER.match(text) else ValueNotANumber)(value=cut(text), aspect=aspect.id)
    return number


def _number_with_unit(aspect: Aspect, text: str) -> Decimal | None:
    """A number with the aspect's unit behind it, or None."""
    found = _NUMBER_AND_UNIT.fullmatch(text)
    if found is None or _GOES_ON.match(found[2]):
        return None
    _check_unit(aspect, _unit(found[2]))
    return Decimal(found[1])


def _chosen(aspect: Aspect, text: str, names: list[Text]) -> Decimal:
    """An option or level: by its text, which is what people see, else by its number from 0."""
    folded = text.casefold()
    places = [n for n, name in enumerate(names) if folded in (_plain(name.zh).casefold(), _plain(name.en).casefold())]
    if len(places) == 1:
        return Decimal(places[0])
    number = read_number(text)
    if number is None:
        raise ValueNotAChoice(value=cut(text), aspect=aspect.id, choices=_listed(names))
    return number


def _time(aspect: Time, text: str) -> Decimal:
    """Seconds, from seconds, minutes and seconds, or hours, minutes and seconds."""
    if (seconds := read_number(text)) is not None:
        return seconds
    clock, worded = _CLOCK.fullmatch(text), _WORDED.fullmatch(re.sub(r"\s", "", text))
    found = clock or worded
    if found is None or not text:
        if (seconds := _number_with_unit(aspect, text)) is None:
            raise ValueNotATime(value=cut(text))
        return seconds
    hours, minutes, rest = Decimal(found[1] or 0), Decimal(found[2] or 0), Decimal(found[3] or 0)
    if (found[1] and minutes >= _SIXTY) or ((found[1] or found[2]) and rest >= _SIXTY):
        raise ValueNotATime(value=cut(text))
    return (hours * 60 + minutes) * 60 + rest


def _check_unit(aspect: Aspect, unit: str) -> None:
    match aspect:
        case Measurement() if unit != _unit(aspect.unit):
            raise UnitWrong(aspect=aspect.id, expected=aspect.unit, unit=cut(unit))
        case Measurement():
            return
        case Time() if unit.casefold() not in _SECONDS:
            raise UnitWrong(aspect=aspect.id, expected=Text(zh="秒", en="seconds"), unit=cut(unit))
        case Score() | External() if unit.casefold() not in _POINTS:
            raise UnitWrong(aspect=aspect.id, expected=Text(zh="分", en="points"), unit=cut(unit))
        case Time() | Score() | External():
            return
    raise UnitUnwanted(aspect=aspect.id, unit=cut(unit))


def _unit(written: str) -> str:
    """A unit as it is compared: one spelling of its signs, Chinese names as symbols; capitals mean something else."""
    unit = _plain(written)
    return _UNITS.get(unit, unit)


def _joined(written: str) -> str:
    """The word of a state as it is looked up, however it is spaced or written."""
    return re.sub(r"[\s_\-]", "", _plain(written).casefold())


def _plain(written: str) -> str:
    """A text with the wide forms of Chinese keyboards as the plain ones, and one minus sign."""
    text = written.strip()
    return text if text.isascii() else unicodedata.normalize("NFKC", text).replace("−", "-").strip()


def _listed(names: list[Text]) -> Text:
    return Text(zh="、".join(name.zh or name.en for name in names), en=", ".join(name.en or name.zh for name in names))


_SIXTY = 60
