"""The columns of the files that are scored: what each is called in either language, and what it is for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from schemas.base import Message, Text


class Column(Message):
    """A column: the name it has in this program, its headings, and whether a file must have it."""

    id: str
    heading: Text
    about: Text
    aliases: tuple[str, ...] = ()
    is_needed: bool = False


class Columns:
    """The columns that one kind of file may have."""

    def __init__(self, *columns: Column) -> None:
        self.all = columns
        self._by_wording = {
            _bare(wording): column
            for column in columns
            for wording in (column.id, column.heading.zh, column.heading.en, *column.aliases)
        }

    def named(self, heading: str) -> Column | None:
        """The column that a heading means, however it is spaced, starred or remarked upon."""
        return self._by_wording.get(_bare(heading))

    def is_heading(self, text: str) -> bool:
        """Whether a text is the heading of one of these columns."""
        return _bare(text) in self._by_wording

    def are_headings(self, texts: Iterable[str]) -> bool:
        """Whether these are the cells of a row of headings: two known ones, or one where no more is needed."""
        fewest = min(2, sum(column.is_needed for column in self.all))
        return sum(map(self.is_heading, texts)) >= fewest

    def headings(self) -> tuple[str, ...]:
        """Every heading in both languages, for suggestions."""
        return tuple(wording for column in self.all for wording in (column.heading.zh, column.heading.en))


def _bare(heading: str) -> str:
    """A heading without case, spacing, stars, colons and what stands in brackets."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    return re.sub(r"\(.*?\)|[\s*_:.\-\ufeff]", "", text)


MARKS = Columns(
    Column(
        id="entrant",
        heading=Text(zh="选手", en="entrant"),
        about=Text(
            zh="选手的编号或代码，与选手表一致。", en="The entrant's number or code, as in the list of entrants."
        ),
        aliases=("选手编号", "选手代码", "参赛号", "赛位码", "entrant id", "entrant code", "code"),
        is_needed=True,
    ),
    Column(
        id="name",
        heading=Text(zh="姓名", en="name"),
        about=Text(zh="仅供阅读，不参与计算。", en="For readers only; not used."),
        aliases=("选手姓名", "entrant name"),
    ),
    Column(
        id="aspect",
        heading=Text(zh="评分点", en="aspect"),
        about=Text(
            zh="评分点的编号或名称；扣罚则填扣罚的编号。整场退赛或取消资格的行留空。",
            en="The aspect's id or name; for a penalty the penalty's id. Empty in a row by which an entrant withdraws or is disqualified.",
        ),
        aliases=("评分点编号", "评分项", "aspect id"),
        is_needed=True,
    ),
    Column(
        id="aspect_name",
        heading=Text(zh="评分内容", en="aspect name"),
        about=Text(zh="仅供阅读，不参与计算。", en="For readers only; not used."),
        aliases=("评分点名称", "description"),
    ),
    Column(
        id="judge",
        heading=Text(zh="裁判", en="judge"),
        about=Text(
            zh="裁判的姓名或代号。该评分点只由一名裁判评分时可省略。",
            en="The judge's name or letter. May be left out where one judge marks the aspect.",
        ),
        aliases=("评委", "裁判员", "judge id"),
    ),
    Column(
        id="item",
        heading=Text(zh="项次", en="item"),
        about=Text(
            zh="第几个读数、第几次测试或哪一项扣分：从 1 起的序号，扣分项也可填名称。",
            en="Which reading, run or kind of fault, where each has a row of its own: from 1, or the name of the fault.",
        ),
        aliases=("次序", "读数序号", "轮数", "reading no.", "run"),
    ),
    Column(
        id="value",
        heading=Text(zh="值", en="value"),
        about=Text(
            zh="读数：数字、时间、是否、选项或等级；留空表示尚未评分。",
            en="What was read: a number, a time, yes or no, an option or a level. Empty: not marked yet.",
        ),
        aliases=("读数", "评分", "分值", "得分", "成绩", "reading", "mark", "score"),
        is_needed=True,
    ),
    Column(
        id="unit",
        heading=Text(zh="单位", en="unit"),
        about=Text(zh="值的单位；须与评分方案一致。", en="The unit of the value; it must be the scheme's."),
    ),
    Column(
        id="state",
        heading=Text(zh="状态", en="state"),
        about=Text(
            zh="没有读数的原因，例如缺席、未测量。", en="Why there is no reading: absent, not measured and so on."
        ),
    ),
    Column(
        id="vote",
        heading=Text(zh="评议轮次", en="vote"),
        about=Text(
            zh="重新评议时的轮次：1、2……以最后一轮为准。",
            en="Which vote of the panel, where it voted again; the last one counts.",
        ),
        aliases=("轮次", "重评轮次", "re-vote", "round"),
    ),
    Column(
        id="confirmed",
        heading=Text(zh="已确认", en="confirmed"),
        about=Text(
            zh="填“是”：超出量具范围的读数确实无误。",
            en="Yes: the reading is meant, although the instrument cannot show it.",
        ),
        aliases=("确认",),
    ),
    Column(
        id="note",
        heading=Text(zh="备注", en="note"),
        about=Text(zh="任何说明，不参与计算。", en="Anything; not used."),
        aliases=("说明", "remark", "remarks", "notes", "comment"),
    ),
)
"""The columns of a table of marks: one row for each entrant, aspect and judge (and reading or run)."""

ENTRANTS = Columns(
    Column(
        id="entrant",
        heading=Text(zh="选手", en="entrant"),
        about=Text(zh="选手的编号或代码，评分表中用它。", en="The entrant's number or code, as the marks name them."),
        aliases=("选手编号", "选手代码", "参赛号", "赛位码", "entrant id", "entrant code", "code"),
        is_needed=True,
    ),
    Column(
        id="number",
        heading=Text(zh="序号", en="number"),
        about=Text(
            zh="抽签序号：方案规定按号数区分并列时使用。不填则按行的顺序。",
            en="The number drawn by lot, which may part ties. Without this column: the order of the rows.",
        ),
        aliases=("编号", "抽签号", "no.", "entrant no."),
    ),
    Column(
        id="name",
        heading=Text(zh="姓名", en="name"),
        about=Text(zh="选手姓名。", en="The entrant's name."),
        aliases=("选手姓名", "entrant name"),
    ),
    Column(
        id="delegation",
        heading=Text(zh="代表队", en="delegation"),
        about=Text(zh="代表队：团体排名与名额按它计算。", en="Who sent them: team standings and quotas go by it."),
        aliases=("代表团", "参赛队", "单位", "team"),
    ),
    Column(
        id="note",
        heading=Text(zh="备注", en="note"),
        about=Text(zh="任何说明，不参与计算。", en="Anything; not used."),
        aliases=("说明", "remark", "remarks", "notes", "comment"),
    ),
)
"""The columns of a list of entrants: one row each."""
