"""Schemes drawn at random from the model itself, whatever fields it has: well-formed, but with no sense in their figures."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any

import msgspec
from hypothesis import strategies as st

from schemas.base import Text
from schemas.scheme import Scheme

FIGURES = st.decimals(min_value=-1000, max_value=1000, places=3) | st.sampled_from(
    (Decimal(0), Decimal("0.1"), Decimal("12345678901.2345678901"), Decimal("0.333333333333333333"))
)
WORDS = st.text(alphabet="aZ0 .,=+-\"'\n&<_x0D一二、", max_size=12).map(str.strip)
IDS = st.sampled_from(("1", "1.10", "A1", "007", "TRUE", "=A1", "2026-05-01", "一", "a,b;c"))
TEXTS = st.builds(Text, zh=WORDS, en=WORDS)

LEAVES: dict[type[msgspec.inspect.Type], st.SearchStrategy[Any]] = {
    msgspec.inspect.DecimalType: FIGURES,
    msgspec.inspect.IntType: st.integers(-5, 50),
    msgspec.inspect.StrType: WORDS,
    msgspec.inspect.BoolType: st.booleans(),
    msgspec.inspect.NoneType: st.none(),
}


def schemes() -> st.SearchStrategy[Scheme]:
    """Any scheme; ids are unique."""
    return _of(msgspec.inspect.type_info(Scheme)).map(_with_own_ids)


def _of(kind: msgspec.inspect.Type) -> st.SearchStrategy[Any]:
    match kind:
        case msgspec.inspect.StructType(cls=cls, fields=fields):
            return TEXTS if cls is Text else _struct(cls, fields)
        case msgspec.inspect.UnionType(types=types):
            return st.one_of([_of(part) for part in types])
        case msgspec.inspect.VarTupleType(item_type=item):
            return st.lists(_of(item), max_size=2).map(tuple)
        case msgspec.inspect.TupleType(item_types=items):
            return st.tuples(*map(_of, items))
        case msgspec.inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case _:
            return LEAVES[type(kind)]


def _struct(cls: Any, fields: tuple[msgspec.inspect.Field, ...]) -> st.SearchStrategy[Any]:
    """A part with all it needs and some of what it may have."""
    drawn = {field.name: IDS if field.name in ("id", "code", "version") else _of(field.type) for field in fields}
    needed = {field.name: drawn[field.name] for field in fields if field.required}
    free = {name: strategy for name, strategy in drawn.items() if name not in needed}
    return st.fixed_dictionaries(needed, optional=free).map(lambda values: cls(**values))


def _with_own_ids(scheme: Scheme) -> Scheme:
    """The same with a number at the end of each id of the tree, so that none is there twice."""
    numbers = count(1)

    def renamed(group: Any) -> Any:
        changes: dict[str, Any] = {"id": f"{group.id}.{next(numbers)}"}
        for field in ("criteria", "sub_criteria", "aspects"):
            if hasattr(group, field):
                changes[field] = tuple(map(renamed, getattr(group, field)))
        return msgspec.structs.replace(group, **changes)

    return msgspec.structs.replace(scheme, stages=tuple(map(renamed, scheme.stages)))
