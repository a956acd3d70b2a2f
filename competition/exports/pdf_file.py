"""Results as a printed sheet: A4, bordered, Chinese in Noto Sans SC, signature lines, the ledger's checkpoint as QR.

The layout is ``pdf_file.typ``; what it sets is handed to it as data, so that no name can be anything but a name. The
same publication gives the same bytes.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from competition.exports.honours import Honours, TeamTable, honour_columns, scaled_places, team_tables
from competition.exports.sheet import STATE, STATUS, Cell, Column, Heading, checkpoint_of, local, places_of, shown
from competition.exports.signed import Signing
from competition.exports.typesetting import Setting, breakable, qr, set_pages
from competition.plumbing.locale import Language, speaking, text, translate
from competition.scoring.rounding import shown as to_the_last
from schemas.base import Message, digest
from schemas.problems import N_
from schemas.results import Publication, PublishedRow
from schemas.scheme import Scheme, Stage

SIGNATURES = (N_("Judge"), N_("Chief judge"), N_("Supervisor"), N_("Team leader"))

STAGES_ON_PORTRAIT = 4
"""With more stages than these the sheet lies on its side; a column of what is made of the totals takes the room of two."""

NOTHING = "–"


class PrintedColumn(Message):
    """One column: heading and what stands small below it; a ``width`` in mm or a ``share`` of what is left."""

    heading: str
    align: str
    note: str = ""
    width: int = 0
    share: float = 0.0
    strong: bool = False


class PrintedTable(Message):
    """A table below the list, with its title."""

    title: str
    columns: tuple[PrintedColumn, ...]
    rows: tuple[tuple[str, ...], ...]


class Fact(Message):
    """One line above the table."""

    label: str
    value: str


class PrintedSheet(Message):
    """Everything that ``pdf_file.typ`` sets, as texts in the sheet's language."""

    lang: str
    region: str
    landscape: bool
    watermark: str
    competition: str
    title: str
    colon: str
    facts: tuple[Fact, ...]
    signed: Fact
    columns: tuple[PrintedColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    teams: tuple[PrintedTable, ...]
    signatures: tuple[str, ...]
    date: str
    page: str
    note: str
    footer: str
    checkpoint_line: str
    digest_line: str


def results_pdf(
    publication: Publication,
    scheme: Scheme,
    honours: Honours,
    signing: Signing,
    *,
    heading: Heading,
    language: Language,
) -> bytes:
    """The result list as a PDF in ``language``, with the ``honours`` that are made of its totals, and how far sheets are signed.

    It takes a tenth of a second and more: call it off the event loop.
    """
    with speaking(language):
        sheet = _sheet(publication, scheme, honours, signing, heading, language)
    return set_pages(
        Setting(
            template="pdf_file.typ",
            inputs={"sheet": msgspec.json.encode(sheet).decode(), "qr": qr(checkpoint_of(publication))},
            made_at=publication.published_at,
        )
    )


def _sheet(
    publication: Publication, scheme: Scheme, honours: Honours, signing: Signing, heading: Heading, language: Language
) -> PrintedSheet:
    made = honour_columns(scheme, honours)
    status = translate(STATUS[publication.status])
    return PrintedSheet(
        lang=language[:2],
        region="cn" if language == "zh-CN" else "gb",
        landscape=len(scheme.stages) + 2 * len(made) > STAGES_ON_PORTRAIT,
        watermark=status if publication.status == "draft" else "",
        competition=text(heading.competition),
        title=translate("{event}: results ({status})", event=heading.event, status=status),
        colon=translate(": "),
        facts=_facts(publication, heading),
        signed=Fact(label=translate("Score sheets signed"), value=signing.said()),
        columns=(*_columns(scheme), *(_made_column(column) for column in made)),
        rows=tuple(
            (*_row(row, scheme), *(_made(column.of(row), scheme) for column in made)) for row in publication.rows
        ),
        teams=tuple(_team_table(table) for table in team_tables(scheme, honours, publication.rows)),
        signatures=tuple(translate(label) for label in SIGNATURES),
        date=translate("Date"),
        page=translate("Page {page} of {pages}"),
        note=translate(
            "The QR code is the checkpoint of the ledger that these results come from; it is printed in full at the foot of "
            'each page. "leitai verify" checks the database, or the published JSON package, against it.'
        ),
        footer=translate(
            "{event}, publication {number}, revision {revision}",
            event=heading.event,
            number=publication.number,
            revision=publication.revision,
        ),
        digest_line=translate("Publication digest {digest}", digest=digest(publication)),
        checkpoint_line=translate("Ledger checkpoint {checkpoint}", checkpoint=checkpoint_of(publication)),
    )


def _facts(publication: Publication, heading: Heading) -> tuple[Fact, ...]:
    published = f"{local(publication.published_at, heading):%Y-%m-%d %H:%M}"
    return (
        Fact(label=translate("Venue"), value=heading.place),
        Fact(label=translate("Published at"), value=published),
        Fact(label=translate("Number of entrants"), value=str(len(publication.rows))),
    )


def _columns(scheme: Scheme) -> tuple[PrintedColumn, ...]:
    return (
        PrintedColumn(heading=translate("Rank"), align="center", width=14),
        PrintedColumn(heading=translate("Code"), align="center", width=16),
        PrintedColumn(heading=translate("Entrant no."), align="center", width=14),
        PrintedColumn(heading=translate("Name"), align="left", share=1.0),
        PrintedColumn(heading=translate("Delegation"), align="left", share=1.5),
        *(
            PrintedColumn(heading=text(stage.name), note=_worth(stage), align="right", width=19)
            for stage in scheme.stages
        ),
        PrintedColumn(
            heading=translate("Total"),
            note=translate("of {points}", points=f"{_most(scheme):f}"),
            align="right",
            width=22,
            strong=True,
        ),
    )


def _worth(stage: Stage) -> str:
    """The points of a stage in full, and its weight where it has one."""
    if stage.weight is None:
        return translate("of {points}", points=f"{stage.points:f}")
    return translate("of {points}, {weight} %", points=f"{stage.points:f}", weight=f"{stage.weight:f}")


def _most(scheme: Scheme) -> Decimal:
    """What the stages contribute in full."""
    return sum((stage.points if stage.weight is None else stage.weight for stage in scheme.stages), Decimal(0))


def _row(row: PublishedRow, scheme: Scheme) -> tuple[str, ...]:
    return (
        _place(row.rank, shared=row.shared),
        breakable(row.code),
        str(row.number),
        breakable(row.name),
        breakable(row.delegation),
        *(_points(row, stage, scheme) for stage in scheme.stages),
        _total(row, scheme),
    )


def _place(rank: int | None, *, shared: bool) -> str:
    if rank is None:
        return NOTHING
    return translate("{rank} (tied)", rank=rank) if shared else str(rank)


def _points(row: PublishedRow, stage: Stage, scheme: Scheme) -> str:
    points = row.stages.get(stage.id)
    if points is None or row.state == "absent" or _is_unmarked(row):
        return NOTHING
    return shown(points, places_of(stage.rounding or scheme.rounding))


def _total(row: PublishedRow, scheme: Scheme) -> str:
    if row.state != "competing":
        return translate(STATE[row.state])
    if _is_unmarked(row):
        return NOTHING
    write = to_the_last if scheme.rounding is None else shown
    return write(row.total, places_of(scheme.rounding))


def _made_column(column: Column) -> PrintedColumn:
    match column.id:
        case "scaled":
            return PrintedColumn(heading=column.heading, align="right", width=17)
        case "awards":
            return PrintedColumn(heading=column.heading, align="left", share=1.2)
        case _:
            return PrintedColumn(heading=column.heading, align="center", width=20)


def _made(cell: Cell, scheme: Scheme) -> str:
    match cell:
        case None:
            return NOTHING
        case Decimal():
            return shown(cell, scaled_places(scheme))
        case _:
            return breakable(str(cell))


def _team_table(table: TeamTable) -> PrintedTable:
    return PrintedTable(
        title=table.name,
        columns=(
            PrintedColumn(heading=translate("Rank"), align="center", width=14),
            PrintedColumn(heading=translate("Delegation"), align="left", share=1.0),
            PrintedColumn(heading=translate("Figure"), align="right", width=22, strong=True),
            PrintedColumn(heading=translate("Members that count"), align="left", share=1.5),
        ),
        rows=tuple(
            (
                _place(line.rank, shared=line.shared),
                breakable(line.delegation),
                NOTHING if line.figure is None else to_the_last(line.figure, table.places),
                translate(", ").join(breakable(member) for member in line.members),
            )
            for line in table.lines
        ),
    )


def _is_unmarked(row: PublishedRow) -> bool:
    """Whether nothing of an entrant who competes was marked yet: their points are blank, which is not zero."""
    return row.state == "competing" and row.rank is None
