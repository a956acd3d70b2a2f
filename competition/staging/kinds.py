"""The kinds of boards: what each is called, what it shows, in which forms it can be had, and what a new one is called. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape
from typing import Literal
from urllib.parse import quote, urlencode

from competition.results.store import Board
from schemas.base import Message, Text
from schemas.boards import BoardKind
from schemas.scheme import Scheme

LONGEST_STEM = 24
EVENT = "event"
"""What an address begins with where the event's name has no letter that an address may have."""

SOMEBODY = "CODE"
"""What stands in an address for the code of an entrant that is still to be chosen."""

FormName = Literal["page", "embed", "overlay", "print"]


class KindWords(Message):
    """What a kind of board is called, and what it shows."""

    name: Text
    about: Text


KINDS: dict[BoardKind, KindWords] = {
    "standings": KindWords(
        name=Text(zh="排名", en="Standings"),
        about=Text(
            zh="选手按名次排列，显示总分和各阶段、各评分项的得分。每位选手另有自己的页面。",
            en="Everybody in order of place, with totals and the points of each part. Each entrant has a page of their own.",
        ),
    ),
    "teams": KindWords(
        name=Text(zh="团体排名", en="Delegations"),
        about=Text(
            zh="代表队按评分方案中的团体排名排列，并列出计入成绩的队员。",
            en="Delegations by a team standing of the scheme, with the members that count.",
        ),
    ),
    "medals": KindWords(
        name=Text(zh="奖牌榜", en="Medals"),
        about=Text(zh="各代表队目前获得的奖项数量。", en="How many of each award every delegation has so far."),
    ),
    "benches": KindWords(
        name=Text(zh="工位与计时", en="Benches and clock"),
        about=Text(
            zh="一个场次的各工位：谁在哪里操作、进度如何，以及本场剩余时间。",
            en="A session's benches: who works where, how far they are, and the time that is left.",
        ),
    ),
    "ticker": KindWords(
        name=Text(zh="最新评分", en="Latest marks"),
        about=Text(zh="最近录入的评分，最新的在最前。", en="What was marked last, the newest first."),
    ),
    "podium": KindWords(
        name=Text(zh="颁奖台", en="Podium"),
        about=Text(
            zh="颁奖时逐步揭晓名次，由主持人控制；揭榜之前什么也不显示。",
            en="The reveal at the ceremony, step by step in the presenter's hands; until then it shows nothing.",
        ),
    ),
}

WIDGETS: dict[BoardKind, tuple[str, ...]] = {
    "standings": ("list", "focus"),
    "teams": ("list",),
    "medals": ("list",),
    "benches": ("clock", "list"),
    "ticker": ("ticker",),
    "podium": ("podium",),
}
"""What of a kind of board can be laid over a picture."""


class BoardForm(Message):
    """A form that a board can be had in, with its address; ``widget`` of an overlay."""

    name: FormName
    url: str
    widget: str = ""


def forms_of(board: Board, base_url: str, token: str = "") -> tuple[BoardForm, ...]:
    """The addresses of a board, with a pass in them where there is one."""
    at = f"{base_url}/boards/{board.id}"

    def form(name: FormName, path: str = "", **query: str) -> BoardForm:
        said = query | ({"pass": token} if token else {})
        return BoardForm(
            name=name, url=f"{at}{path}?{urlencode(said)}" if said else f"{at}{path}", widget=said.get("widget", "")
        )

    overlays = (
        form("overlay", "/overlay", widget=widget, **({"entrant": SOMEBODY} if widget == "focus" else {}))
        for widget in WIDGETS[board.kind]
    )
    return (form("page"), form("embed", "/embed"), form("print", "/print"), *overlays)


def snippet(board: Board, base_url: str, language: str) -> str:
    """What another site pastes into its page to show a board there."""
    title, url = escape(board.title.in_language(language)), f"{base_url}/boards/{quote(board.id)}/embed"
    return f'<iframe src="{url}" title="{title}" width="100%" height="640" loading="lazy"></iframe>'


def title_for(kind: BoardKind, event: Text, scheme: Scheme | None) -> Text:
    """What a new board may be called: standings as the event, delegations as the scheme's standing, others as their kind."""
    named = KINDS[kind].name
    if kind == "standings":
        named = event
    elif kind == "teams" and scheme and scheme.teams:
        named = scheme.teams[0].name
    return Text(zh=named.in_language("zh-CN"), en=named.in_language("en"))


def address_for(kind: BoardKind, event: Text, taken: Collection[str]) -> str:
    """An address that is free: the first words of the event's English name and the kind, with a number where need be."""
    words = re.findall(r"[a-z0-9]+", event.en.lower())
    stem = ""
    for word in words:
        if stem and len(stem) + len(word) >= LONGEST_STEM:
            break
        stem = f"{stem}-{word}" if stem else word[:LONGEST_STEM]
    wanted = stem or EVENT
    wanted = wanted if kind == "standings" else f"{wanted}-{kind}"
    numbered = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, len(taken) + 2))
    return next(address for address in numbered if address not in taken)
