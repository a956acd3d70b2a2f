"""What a spreadsheet is made of, how much of it is read, and why one cannot be read."""

from __future__ import annotations

from typing import Literal

from schemas.base import Message
from schemas.problems import N_, Problem

MEGABYTE = 1 << 20

CellKind = Literal["text", "number", "date", "boolean", "error"]


class Limits(Message):
    """How much of a file is read before it is refused. The usual limits are those of a roster of 5,000 rows.

    ``file`` and ``unpacked`` are bytes: what is sent, and what all parts of a workbook may declare together, pictures included.
    ``read`` are the bytes of the parts that are read (5,000 rows have about 6 MB; a rare character makes each of them four bytes),
    ``elements`` the XML elements in them (5,000 rows of 20 different texts have 400,000), ``cells`` the cells of a CSV file.
    """

    file: int = 5 * MEGABYTE
    unpacked: int = 50 * MEGABYTE
    read: int = 20 * MEGABYTE
    elements: int = 500_000
    cells: int = 400_000


class Cell(Message, gc=False):
    """A cell that is not empty: its value as text, and what the spreadsheet took it for. Dates are ISO 8601.

    ``is_percent``: the number is shown as a hundred times as much with a percent sign.
    """

    value: str
    kind: CellKind = "text"
    is_percent: bool = False


class Area(Message):
    """Merged cells; rows and columns count from 1, both ends belong to it."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{letter(self.left)}{self.top}:{letter(self.right)}{self.bottom}"


class Sheet(Message):
    """One visible sheet: its cells by row and column, both counted from 1 as the spreadsheet shows them."""

    name: str
    rows: dict[int, dict[int, Cell]]
    merged: tuple[Area, ...] = ()


class FileIsEmpty(Problem):
    """Nothing was sent, or only blanks."""

    sentence = N_("The file is empty. Choose the table that you filled in.")


class FileIsTooLarge(Problem):
    """More than such a table can need."""

    status = 413
    sentence = N_("The file is larger than {most} MB. Keep only the table in it, without pictures, and try again.")


class NotASpreadsheet(Problem):
    """The content is neither XLSX nor CSV."""

    sentence = N_(
        "The file is neither an XLSX workbook nor a CSV file. Save the table as one of the two and try again."
    )


class WrongEnding(Problem):
    """The name promises another kind of file than the content is."""

    sentence = N_(
        "The file is named {ending}, but its content is {content}. Give it the right ending, or save it again as XLSX or CSV."
    )


class OldWorkbook(Problem):
    """A workbook in the format of Excel 97 to 2003."""

    sentence = N_("This is a workbook of the old XLS format. Open it and save it as an XLSX workbook, then try again.")


class PasswordProtected(Problem):
    """The workbook or the archive is encrypted."""

    sentence = N_("The workbook is protected by a password. Save it without the password and try again.")


class HasMacros(Problem):
    """The workbook carries programs."""

    sentence = N_(
        "The workbook contains macros, which a table has no use for. Save it as an XLSX workbook without macros and try again."
    )


class HoldsTooMuch(Problem):
    """Unpacked and counted, the file is larger than any such table."""

    status = 413
    sentence = N_(
        "The file holds far more than such a table. Copy the rows of the table alone into a new file and try again."
    )


class WorkbookIsDamaged(Problem):
    """The archive or one of its parts cannot be read."""

    sentence = N_("The workbook is damaged and cannot be read. Open it, save it as a new XLSX workbook and try again.")


class TextIsUnreadable(Problem):
    """The bytes of a CSV file are no text in an encoding we know."""

    sentence = N_("The text of the file is neither UTF-8 nor GBK. Save it as “CSV UTF-8” and try again.")


class QuoteIsOpen(Problem):
    """A quoted field of a CSV file does not end as it should."""

    sentence = N_(
        "In row {row} of the CSV file a quotation mark is out of place. Correct that row, or save the table as XLSX."
    )


def letter(column: int) -> str:
    """The letter of a column: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
