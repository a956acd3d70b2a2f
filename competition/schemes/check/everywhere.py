"""What is checked wherever it stands in a scheme: figures, texts, roundings and ids."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import cast

import msgspec

from competition.schemes.check import places
from competition.schemes.check.places import FINEST_PLACES, LARGEST_FIGURE, Faults, fault, listed, within
from schemas.aspects import Rounding
from schemas.base import Text
from schemas.problems import N_
from schemas.scheme import Scheme

LONGEST_EXPONENT = 6
"""Of a figure of a million; a zero may be written with one that no database takes."""

MOST_DECIMALS = 24
"""Nothing is computed with a figure that has more: written out it could fill the memory."""

_INVISIBLE = frozenset({"Cc", "Cs"})
"""Control characters and halves of characters: no database, page or workbook can hold them."""


def of_figures(scheme: Scheme) -> Faults:
    """Figures that are no numbers, absurd ones, and those that are finer than a scheme may say."""
    for at, figure in _figures(scheme):
        if not _is_sane(figure):
            yield fault(at, N_("{value} is no usable figure. Write a number of at most a million."), value=figure)
        elif _decimals(figure) > FINEST_PLACES:
            sentence = N_("{value} has more than {places} decimals. Write a coarser figure.")
            yield fault(at, sentence, value=figure, places=FINEST_PLACES)


def is_computable(scheme: Scheme) -> bool:
    """Whether sums can be made of all figures, and written out."""
    return all(_is_sane(figure) and _decimals(figure) <= MOST_DECIMALS for _, figure in _figures(scheme))


def of_words(scheme: Scheme) -> Faults:
    """Texts without a word in either language, and roundings that cannot be."""
    for field in ("code", "version"):
        if not getattr(scheme, field).strip():
            yield fault(f"$.{field}", N_("The scheme has no {field}. Write one."), field=field)
    for at, value in _values(scheme, "$"):
        match value:
            case str() if any(
                unicodedata.category(letter) in _INVISIBLE and letter not in "\n\r\t" for letter in value
            ):
                yield fault(
                    at, N_("Here stand characters that cannot be seen. Write the words again, without copying them.")
                )
            case Text() if not value.zh.strip() and not value.en.strip():
                yield fault(at, N_("Nothing is written here. Write it in Chinese, in English, or in both."))
            case Rounding():
                yield from within(value.places, 0, FINEST_PLACES, f"{at}.places")


def of_ids(scheme: Scheme) -> Faults:
    """An id is unique among its kind in the whole scheme, because marks, sheets and results are kept by it.

    Aspects and penalties are one kind: a table of marks names both in one column.
    """
    located = (
        places.stages(scheme),
        places.criteria(scheme),
        places.sub_criteria(scheme),
        chain(places.aspects(scheme), listed(scheme.penalties, "$.penalties")),
        listed(scheme.sections, "$.sections"),
        listed(scheme.awards, "$.awards"),
        listed(scheme.teams, "$.teams"),
    )
    for of_one_kind in located:
        ids = [(at, part.id) for at, part in of_one_kind]
        times = Counter(id_ for _, id_ in ids)
        for at, id_ in ids:
            if not id_.strip():
                yield fault(f"{at}.id", N_("The id is empty. Give it one that nothing else of its kind has."))
            elif times[id_] > 1:
                yield fault(f"{at}.id", N_("The id {id} is used more than once. Give each its own."), id=id_)


def _figures(scheme: Scheme) -> Iterator[tuple[str, Decimal]]:
    for at, value in _values(scheme, "$"):
        if isinstance(value, Decimal | int) and not isinstance(value, bool):
            yield at, Decimal(value)


def _is_sane(figure: Decimal) -> bool:
    return figure.is_finite() and -_decimals(figure) <= LONGEST_EXPONENT and figure.copy_abs() <= LARGEST_FIGURE


def _decimals(figure: Decimal) -> int:
    """The decimals of a finite figure; below zero for one that is written with an exponent."""
    return -cast("int", figure.as_tuple().exponent)


def _values(value: object, place: str) -> Iterator[tuple[str, object]]:
    """``value`` and every value below it, with its place."""
    yield place, value
    if isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(value):
            yield from _values(getattr(value, field.name), f"{place}.{field.encode_name}")
    elif isinstance(value, tuple):
        for at, part in listed(value, place):
            yield from _values(part, at)
