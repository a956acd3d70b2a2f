"""Whether what stands in a scheme's file has the form of a scheme: every field, word and kind of value, all at once. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice

import msgspec
from msgspec import inspect

from competition.schemes.cells import CellFault, WorkbookHasFaults
from schemas.base import Text
from schemas.problems import N_
from schemas.scheme import Scheme

MOST_FAULTS = 1_000
"""Who has more in one file sent another file than a scheme."""

_MOST_WRITTEN = 40
"""Characters of a value that a sentence has room for."""

_SCHEME = inspect.type_info(Scheme)
_DECIMAL_COMMA = re.compile(r"\s*([+-]?\d+),(\d+)\s*", re.ASCII)

_SCALARS: dict[type[inspect.Type], tuple[type, str]] = {
    inspect.StrType: (str, N_("This must be text. Write it in quotes.")),
    inspect.IntType: (
        int,
        N_("This must be a whole number. Write it in digits, without quotes and without a decimal point."),
    ),
    inspect.BoolType: (bool, N_("This must be yes or no. Write true or false, without quotes.")),
    inspect.DecimalType: (Decimal, N_("This must be a number. Write it in digits, with a decimal point where needed.")),
}
"""What each kind of value is read as, and what is said to who wrote something else."""

_LIST = N_("This must be a list. Write it in square brackets.")
_FIELDS = N_("This must be a group of fields. Write their names and values in braces.")
_TEXT = N_("This must be a text for people. Write it in braces, in the field zh, the field en or both.")


class FormHasFaults(WorkbookHasFaults):
    """A text file that has not the form of a scheme; the ``cell`` of each fault is its path, such as ``$.stages[0].weight``."""

    def __init__(self, *, name: str, faults: Iterable[CellFault]) -> None:
        super().__init__(name=name, faults=islice(faults, MOST_FAULTS))


def form_faults(content: object) -> Iterator[CellFault]:
    """Everything that keeps objects, lists and values, as JSON and TOML have them, from being a scheme; nothing if it is one."""
    return _of_value(content, _SCHEME, "$")


def _of_value(value: object, kind: inspect.Type, place: str) -> Iterator[CellFault]:
    match kind:
        case inspect.UnionType(types=types) if value is None and any(
            isinstance(one, inspect.NoneType) for one in types
        ):
            return
        case inspect.UnionType(types=types):
            some = [one for one in types if not isinstance(one, inspect.NoneType)]
            tagged = {str(one.tag): one for one in some if isinstance(one, inspect.StructType)}
            yield from _of_value(value, some[0], place) if len(some) == 1 else _of_tagged(value, tagged, place)
        case inspect.StructType():
            yield from _of_fields(value, kind, place)
        case inspect.VarTupleType(item_type=item):
            yield from _of_list(value, (item,) * len(value) if isinstance(value, list) else (), place)
        case inspect.TupleType(item_types=items):
            yield from _of_list(value, items, place)
        case inspect.LiteralType(values=words):
            yield from _of_word(value, [str(word) for word in words], place)
        case _:
            yield from _of_scalar(value, kind, place)


def _of_tagged(value: object, kinds: Mapping[str, inspect.StructType], place: str) -> Iterator[CellFault]:
    """One of several groups of fields, of which a word says which it is; a misspelt one is taken for the nearest."""
    if not isinstance(value, dict):
        yield _fault(place, _FIELDS)
        return
    field = str(next(iter(kinds.values())).tag_field)
    if field not in value:
        sentence = N_("The field “{field}” is missing. Write one of these words into it: {words}.")
        yield _fault(place, sentence, field=field, words=", ".join(kinds))
        return
    yield from _of_word(value[field], list(kinds), f"{place}.{field}")
    meant = value[field] if isinstance(value[field], str) else ""
    if kind := kinds.get(meant) or kinds.get(_nearest(meant, kinds)):
        yield from _of_fields(value, kind, place)


def _of_fields(value: object, kind: inspect.StructType, place: str) -> Iterator[CellFault]:
    """A group of fields: the unknown ones, the missing ones but for those that were misspelt, and what stands in the others."""
    if not isinstance(value, dict):
        yield _fault(place, _TEXT if kind.cls is Text else _FIELDS)
        return
    known = {field.encode_name: field for field in kind.fields}
    misspelt = set()
    for field in value:
        if field in known:
            yield from _of_value(value[field], known[field].type, f"{place}.{field}")
        elif field != kind.tag_field:
            free = [one for one in known if one not in value]
            near = _nearest(field, free)
            misspelt.add(near)
            yield _of_unknown(field, near, free, place)
    for name, field in known.items():
        if field.required and name not in value and name not in misspelt:
            yield _fault(place, N_("The field “{field}” is missing. Add it."), field=name)


def _of_unknown(field: str, near: str, free: Sequence[str], place: str) -> CellFault:
    if near:
        sentence = N_("The field “{field}” is unknown here. Do you mean “{near}”? Correct it, or take it out.")
        return _fault(place, sentence, field=_cut(field), near=near)
    if free:
        sentence = N_("The field “{field}” is unknown here. Take it out; these may still be added: {words}.")
        return _fault(place, sentence, field=_cut(field), words=", ".join(free))
    return _fault(place, N_("The field “{field}” is unknown here. Take it out."), field=_cut(field))


def _of_list(value: object, kinds: Sequence[inspect.Type], place: str) -> Iterator[CellFault]:
    if not isinstance(value, list):
        yield _fault(place, _LIST)
        return
    if len(value) != len(kinds):
        sentence = N_("This list must have {count} entries and has {given}. Correct it.")
        yield _fault(place, sentence, count=len(kinds), given=len(value))
    for number, (one, kind) in enumerate(zip(value, kinds, strict=False)):
        yield from _of_value(one, kind, f"{place}[{number}]")


def _of_word(value: object, words: Sequence[str], place: str) -> Iterator[CellFault]:
    if value in words:
        return
    if not isinstance(value, str):
        yield _fault(place, N_("This must be one of these words, in quotes: {words}."), words=", ".join(words))
    elif near := _nearest(value, words):
        sentence = N_("“{value}” is none of the words allowed here: {words}. Do you mean “{near}”?")
        yield _fault(place, sentence, value=_cut(value), words=", ".join(words), near=near)
    else:
        sentence = N_("“{value}” is none of the words allowed here. Write one of these: {words}.")
        yield _fault(place, sentence, value=_cut(value), words=", ".join(words))


def _of_scalar(value: object, kind: inspect.Type, place: str) -> Iterator[CellFault]:
    """A text, a number or a yes or no: what msgspec takes for one is one."""
    type_, sentence = _SCALARS[type(kind)]
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError:
        if type_ is not Decimal or not isinstance(value, str):
            yield _fault(place, sentence)
        elif comma := _DECIMAL_COMMA.fullmatch(value):
            sentence = N_("“{value}” has a comma. Write it with a decimal point: {better}.")
            yield _fault(place, sentence, value=_cut(value), better=_cut(f"{comma[1]}.{comma[2]}"))
        else:
            sentence = N_("“{value}” is no number. Write it in digits, with a decimal point where needed.")
            yield _fault(place, sentence, value=_cut(value))


def _nearest(written: str, known: Iterable[str]) -> str:
    """The known word that was meant, most likely; empty where none is near."""
    return next(iter(difflib.get_close_matches(written.casefold(), known, n=1)), "")


def _fault(place: str, sentence: str, **data: object) -> CellFault:
    return CellFault(cell=place, sentence=sentence, data={name: str(given) for name, given in data.items()})


def _cut(written: str) -> str:
    return written if len(written) <= _MOST_WRITTEN else f"{written[:_MOST_WRITTEN]}…"
