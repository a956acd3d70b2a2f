"""Telling the workbooks apart that a scheme comes in."""

from __future__ import annotations

import pytest

from competition.plumbing.locale import sentence_of, speaking
from competition.schemes.cis.reader import CisHeadingsMissing, NotACisWorkbook, read_cis
from competition.schemes.files import read_scheme, shipped_scheme
from competition.schemes.template import write_template
from competition.schemes.workbook import is_cis
from tests.competition.schemes.cis_books import HEAD, USUAL, book


def test_other_workbooks_are_told_apart() -> None:
    """By the headings, whatever the sheet's name."""
    template = write_template(shipped_scheme("panel-roadshow"), "en")
    assert is_cis(book(*USUAL, sheet="Anything"), "x.xlsx")
    assert not is_cis(template, "x.xlsx")
    with pytest.raises(NotACisWorkbook):
        read_cis(template, "x.xlsx")


CHINESE = (
    "子项编号",
    "子项名称",
    "评分日",
    "类型",
    "评分点描述",
    "评判分",
    "补充说明",
    "要求",
    "标准章节",
    "计算行",
    "最高分",
)
"""The headings as somebody translates them."""


@pytest.mark.parametrize(
    ("head", "missing"),
    [
        (CHINESE, ["Aspect Type", "Aspect - Description", "Max Mark"]),
        ((*CHINESE[:10], "Max Mark"), ["Aspect Type", "Aspect - Description"]),
        ((*HEAD[:3], "Art", *HEAD[4:]), ["Aspect Type"]),
    ],
)
def test_translated_headings_are_named_with_their_row(head: tuple[str, ...], missing: list[str]) -> None:
    """A workbook that calls itself a scheme of the CIS is no template of ours that somebody spoilt."""
    rows = [(*head, *row[len(HEAD) :]) if tuple(row)[: len(HEAD)] == HEAD else row for row in map(tuple, USUAL)]
    content = book(*rows)
    assert is_cis(content, "x.xlsx")
    assert is_cis(book(("CIS Marking Scheme Import",), *rows, sheet="Anything"), "x.xlsx")
    with pytest.raises(CisHeadingsMissing) as refused:
        read_scheme(content, "x.xlsx")
    quoted = [f"“{one}”" for one in missing]
    assert sentence_of(refused.value) == (
        f"x.xlsx: row 15 of the sheet “CIS Marking Scheme Import” has other headings than those of a CIS marking scheme. Looked for "
        f"and not found: {', '.join(quoted)}. Write them there in English, as CIS does, and import the file again."
    )
    with speaking("zh-CN"):
        assert sentence_of(refused.value) == (
            "x.xlsx：工作表“CIS Marking Scheme Import”第 15 行的表头与 CIS 评分表的不同。未找到："
            f"{'、'.join(quoted)}。请按 CIS 的写法在该行填写英文表头，然后重新导入。"
        )


def test_a_scheme_of_the_cis_without_rows_is_told() -> None:
    """Where nothing looks like headings there is no row to name."""
    with pytest.raises(NotACisWorkbook):
        read_scheme(book(("17 Web Development",)), "x.xlsx")
