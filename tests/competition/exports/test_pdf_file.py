"""The printed result list, read back as a PDF reader sees it."""

from __future__ import annotations

import dataclasses
import io
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import pypdf
import pytest

from competition.exports.honours import Honours
from competition.exports.pdf_file import results_pdf
from schemas.base import digest
from schemas.results import TeamPlace

if TYPE_CHECKING:
    from competition.plumbing.locale import Language
    from schemas.results import Publication
    from tests.competition.exports.conftest import World

replace = msgspec.structs.replace

A4 = (595.28, 841.89)
"""Points."""


def pages(world: World, publication: Publication | None = None, language: Language = "en") -> list[pypdf.PageObject]:
    """The pages of the sheet of the contest, or of another publication of it."""
    file = results_pdf(
        publication or world.publication,
        world.scheme,
        world.honours,
        world.signing,
        heading=world.heading,
        language=language,
    )
    return list(pypdf.PdfReader(io.BytesIO(file)).pages)


def words(page: pypdf.PageObject) -> str:
    """The text of a page without the blanks and breaks of its layout."""
    return re.sub(r"[\s\u200b]", "", page.extract_text())


def many(world: World, count: int) -> Publication:
    """A publication of so many rows."""
    row = world.publication.rows[2]
    rows = tuple(
        replace(row, rank=place, shared=False, code=f"C{place:03}", number=place, name=f"选手{place:03}")
        for place in range(1, count + 1)
    )
    return replace(world.publication, rows=rows)


def fonts(page: pypdf.PageObject) -> dict[str, bool]:
    """The fonts that a page uses, without their subset's prefix, and whether each is embedded."""
    resources: Any = page["/Resources"]
    found = {}
    for font in resources["/Font"].values():
        described = font.get_object()["/DescendantFonts"][0].get_object()
        descriptor = described["/FontDescriptor"].get_object()
        found[described["/BaseFont"].partition("+")[2]] = "/FontFile2" in descriptor or "/FontFile3" in descriptor
    return found


def test_pdf_is_one_a4_page_with_everybody_on_it(world: World) -> None:
    """Names with quotes, formulas, markup and rare hanzi stand there as they are; states and blanks are told from zero."""
    (page,) = pages(world)
    assert (round(float(page.mediabox.width), 2), round(float(page.mediabox.height), 2)) == A4
    read = words(page)
    assert "Wuhu Workers' Skills Contest".replace(" ", "") in read
    assert "CNCmachinetoolassemblyandmaintenance:results(Provisional)" in read
    for line in (
        '1A011=HYPERLINK("http://x.example","奖金")+芜湖,"经开"二队90.5094.1792.07',
        "2A022𠮷田龘芜湖市总工会代表队80.0090.0087.00",
        "3(tied)A033李明芜湖市总工会70.0090.0084.00",
        "3(tied)B014王芳@奇瑞70.0090.0084.00",
        "–B025赵六奇瑞––Absent",
        "–B036-2+3奇瑞汽车60.00–Disqualified",
        "–B047阿卜杜热合曼·麦麦提依明江埃夫特–––",
    ):
        assert line in read


def test_pdf_carries_revision_digests_and_signature_lines(world: World) -> None:
    """What pins the list to its ledger is printed in full, and all who answer for it have a line to sign on."""
    published = world.publication
    read = words(pages(world)[0])
    for line in (
        "publication1,revision4",
        f"Ledgercheckpoint{published.ledger_position}:{published.ledger_digest}",
        f"Publicationdigest{digest(published)}",
        "Publishedat:2026-11-2216:30",
        "Page1of1",
    ):
        assert line in read
    assert [label in read for label in ("Judge", "Chiefjudge", "Supervisor", "Teamleader")] == [True] * 4


def test_pdf_sets_chinese_in_noto_sans_sc(world: World) -> None:
    """Chinese is set in the simplified face, which is embedded; only what it lacks comes from another."""
    published = replace(world.publication, rows=world.publication.rows[2:5])
    (page,) = pages(world, published, "zh-CN")
    assert fonts(page) == {"NotoSansSC-Thin": True}  # the variable font's own name, whatever its weight
    read = words(page)
    assert "芜湖市职工职业技能大赛" in read
    assert "李明芜湖市总工会70.0090.0084.00" in read


def test_pdf_of_many_repeats_its_head_and_counts_its_pages(world: World) -> None:
    """Two hundred rows: none lost, headings, page numbers and checkpoint on every page, signatures once at the end."""
    published = many(world, 200)
    read = [words(page) for page in pages(world, published)]
    checkpoint = f"{published.ledger_position}:{published.ledger_digest}"
    assert [f"Page{place}of5" in page for place, page in enumerate(read, start=1)] == [True] * 5
    assert [page.count("Theoryof100,30%") for page in read] == [1] * 5
    assert [page.count(checkpoint) for page in read] == [1] * 5
    assert [page.count("Supervisor") for page in read] == [0, 0, 0, 0, 1]
    assert re.findall(r"选手(\d{3})", "".join(read)) == [f"{place:03}" for place in range(1, 201)]


def test_pdf_keeps_24_on_one_page(world: World) -> None:
    """The usual city final fits on one sheet, signatures included."""
    assert len(pages(world, many(world, 24))) == 1


@pytest.mark.parametrize(
    "name",
    [
        '"]; #panic("x")',
        "#strong[x] $y$ *z* _w_ `v` <u> @t \\ // /* =",
        '#image("/etc/passwd")',
        "https://x.example/" + "a" * 60,
        "甲" * 40,
        "{page} {0} %s",
    ],
)
def test_pdf_takes_names_as_data(world: World, name: str) -> None:
    """Whatever a name says, it is set letter by letter and does nothing."""
    row = replace(world.publication.rows[0], name=name)
    (page,) = pages(world, replace(world.publication, rows=(row,)))
    assert re.sub(r"\s", "", name) in words(page)


def test_pdf_of_a_scheme_without_weights_or_rounding_says_what_counts(world: World) -> None:
    """The total is of the stages' points together; one without a last decimal is cut and marked ≈; not ranked is told as such."""
    stages = tuple(replace(stage, weight=None, points=stage.points + 20) for stage in world.scheme.stages)
    first, second, *_ = world.publication.rows
    rows = (
        replace(first, total=Decimal("92.06666666666666666666666667")),
        replace(second, rank=None, state="unranked"),
    )
    package = replace(world.package, scheme=replace(world.scheme, stages=stages, rounding=None))
    [page] = pages(dataclasses.replace(world, package=package), replace(world.publication, rows=rows))
    assert [told for told in ("of120", "of240", "%", "≈92.0667", "Notranked") if told in words(page)] == [
        "of120", "of240", "≈92.0667", "Notranked",
    ]  # fmt: skip


def test_pdf_has_awards_in_the_list_and_team_standings_below(honoured: World) -> None:
    """Each line ends with what its total comes to, and the standings of the teams come before the signatures."""
    read = "".join(words(page) for page in pages(honoured))
    told = (
        "ScaledAwardsGoeson",
        "94.1792.07100.0Firstprize,Bestofdelegationgoeson",
        "90.0087.0094.5Secondprize,Bestofdelegationsubstitute",
        "90.0084.0091.2Secondprize3(tied)B01",
        "TeamtotalRankDelegationFigureMembersthatcount",
        "2合肥171.00A02𠮷田龘,A03李明",
        "–=SUM(A1)–",
        "MeanplaceRankDelegationFigureMembersthatcount",
        "2合肥2.5A02𠮷田龘,A03李明",
        "Chiefjudge",
    )
    assert [line for line in told if line in read] == list(told)
    assert sorted(told, key=read.index) == list(told)


def test_pdf_with_awards_and_who_goes_on_lies_on_its_side(honoured: World) -> None:
    """Awards alone have room on an upright sheet; with who goes on beside them names would not."""
    only = replace(honoured.scheme, scale=None, advancement=None)
    upright = dataclasses.replace(honoured, package=replace(honoured.package, scheme=only))
    is_upright = [page[0].mediabox.height > page[0].mediabox.width for page in (pages(upright), pages(honoured))]
    assert is_upright == [True, False]


def test_pdf_breaks_a_long_team_standing_over_pages(honoured: World) -> None:
    """A hundred delegations: none lost, and the headings again on each page."""
    places = tuple(
        TeamPlace(delegation=f"第{place:03}队", rank=place, shared=False, figure=Decimal(1), members=())
        for place in range(1, 101)
    )
    honours = Honours(entrants={}, teams={"total": places})
    published = replace(honoured.publication, rows=())
    file = results_pdf(published, honoured.scheme, honours, honoured.signing, heading=honoured.heading, language="en")
    read = [words(page) for page in pypdf.PdfReader(io.BytesIO(file)).pages]
    assert re.findall(r"第(\d{3})队", "".join(read)) == [f"{place:03}" for place in range(1, 101)]
    assert [page.count("RankDelegationFigure") for page in read] == [1] * len(read)


def test_pdf_says_how_many_sheets_are_signed(world: World) -> None:
    """Beside the lines for signing the list itself: how many of the sheets behind it are signed, and by whom by hand."""
    [page] = pages(world)
    assert "Scoresheetssigned:0of21(byhand:judge0,competitor0,chiefjudge0)" in words(page)


def test_pdf_draft_says_so_across_the_page(world: World) -> None:
    """Nobody can post a draft as a result."""
    assert "Draft" in words(pages(world, replace(world.publication, status="draft"))[0]).replace("(Draft)", "")
    assert "Provisional" not in words(pages(world)[0]).replace("(Provisional)", "")


def test_pdf_of_one_publication_is_one_file(world: World) -> None:
    """Made twice, the sheet is the same to the byte, so that its own digest can be published."""
    made = [
        results_pdf(
            world.publication, world.scheme, world.honours, world.signing, heading=world.heading, language="zh-CN"
        )
        for _ in range(2)
    ]
    assert made[0] == made[1]


def test_pdf_of_nobody_is_an_empty_list(world: World) -> None:
    """A list without rows is still a sheet."""
    assert "Numberofentrants:0" in words(pages(world, replace(world.publication, rows=()))[0])
