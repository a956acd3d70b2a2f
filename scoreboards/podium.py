"""What the screens of a reveal show at one step. Pure, and the same in ``static/kinds/podium-scene.js``: one table tests both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from schemas.base import Message
from schemas.boards import BoardAward, BoardHead, PodiumRow

View = Literal["curtain", "moment", "podium"]
Crowd = Literal["one", "few", "some", "many", "throng", "host"]

CROWDS: tuple[tuple[int, Crowd], ...] = ((1, "one"), (3, "few"), (6, "some"), (12, "many"), (30, "throng"))
"""Up to how many winners of one step are set how large; more than the last of them stand in short lines."""

PODIUM_PLACES = 3
MOST_ON_PODIUM = 6


class Group(Message):
    """Those who have an award in common; the last group has none."""

    award: BoardAward | None
    rows: tuple[PodiumRow, ...]


class Scene(Message):
    """``view``: the curtain, a moment (those of this step, large), or the podium of three.

    ``latest`` are the rows of this step, ``groups`` those that stand beside; beside the finished podium that is everybody.
    ``named`` are the ids of the awards that the heading names.
    """

    view: View = "curtain"
    is_closed: bool = True
    is_last: bool = False
    latest: tuple[PodiumRow, ...] = ()
    podium: tuple[PodiumRow, ...] = ()
    crowd: Crowd = "one"
    groups: tuple[Group, ...] = ()
    named: tuple[str, ...] = ()


def scene_of(head: BoardHead, rows: Sequence[PodiumRow]) -> Scene:
    """The scene of a board at its step; before the first there is nothing but the curtain."""
    reveal = head.reveal
    if reveal is None or reveal.step == 0:
        return Scene()
    latest = tuple(row for row in rows if row.code in reveal.codes)
    podium = tuple(row for row in rows if _is_on_podium(row))
    has_podium = bool(latest) and all(map(_is_on_podium, latest)) and len(podium) <= MOST_ON_PODIUM
    is_last = reveal.step == reveal.steps
    on_stage = {row.code for row in (() if has_podium and is_last else podium if has_podium else latest)}
    return Scene(
        view="podium" if has_podium else "moment",
        is_closed=reveal.is_paused,
        is_last=is_last,
        latest=latest,
        podium=podium if has_podium else (),
        crowd=crowd_of(len(latest)),
        groups=groups_of(head.awards, [row for row in rows if row.code not in on_stage]),
        named=tuple(award.id for award in head.awards if award.name == reveal.heading),
    )


def crowd_of(count: int) -> Crowd:
    """How large so many winners of one step can be."""
    return next((crowd for most, crowd in CROWDS if count <= most), "host")


def groups_of(awards: Sequence[BoardAward], rows: Iterable[PodiumRow]) -> tuple[Group, ...]:
    """Rows by the best of their awards, the best award first; those without one last. Groups of nobody are left out."""
    groups: dict[BoardAward | None, list[PodiumRow]] = {award: [] for award in (*awards, None)}
    for row in rows:
        groups[next((award for award in awards if award.id in row.awards), None)].append(row)
    return tuple(Group(award=award, rows=tuple(group)) for award, group in groups.items() if group)


def further_awards(awards: Sequence[BoardAward], row: PodiumRow, named: Sequence[str]) -> tuple[BoardAward, ...]:
    """The awards of a row that its surroundings do not name yet, in their order."""
    return tuple(award for award in awards if award.id in row.awards and award.id not in named)


def _is_on_podium(row: PodiumRow) -> bool:
    return row.rank is not None and row.rank <= PODIUM_PLACES
