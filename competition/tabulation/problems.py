"""What can be wrong with files of marks and entrants; each sentence says what to do."""

from __future__ import annotations

from schemas.problems import N_, Problem


class HeadingsNotFound(Problem):
    """No row of headings in any sheet."""

    sentence = N_("No row with headings was found. The first row must name at least: {headings}.")


class HeadingMissing(Problem):
    """A column that every such file has is not there."""

    sentence = N_("There is no column “{heading}”. Add it to the row of headings.")


class HeadingUnknown(Problem):
    """A column that no such file has: it may be a misspelt one that would change results."""

    sentence = N_("The heading “{heading}” is not known{hint}. Correct it, or take the column out.")


class ColumnTwice(Problem):
    """Two columns for one thing."""

    sentence = N_("The columns {first} and {second} both stand for “{heading}”. Delete one of them.")


class CellsMerged(Problem):
    """Merged cells among the rows."""

    sentence = N_("The cells {area} are merged. Undo that, and fill in each row by itself.")


class CellIsDate(Problem):
    """The spreadsheet made a date or a time of day of what was typed."""

    sentence = N_(
        "The spreadsheet has made the date or time of day {value} of this cell. Format the column as text and type it again."
    )


class CellIsPercent(Problem):
    """The spreadsheet shows a hundred times what the cell holds."""

    sentence = N_(
        "The cell shows {percent} % and holds {value}. Format the column as text and type again which of the two is meant."
    )


class CellIsError(Problem):
    """A formula failed."""

    sentence = N_("The cell holds the error {value}. Correct the formula, or type the value.")


class RowTooLong(Problem):
    """More cells than headings: something has shifted."""

    sentence = N_("The row has a cell to the right of the headings: {value}. Take it out, or put it into its column.")


class NoRows(Problem):
    """Headings and nothing below."""

    sentence = N_("There are headings but no rows. Fill in the rows below the headings.")


class TooMuchForWorkbook(Problem):
    """An XLSX file that is better a CSV file."""

    status = 413
    sentence = N_(
        "The workbook holds too much to be read whole. Save the table as “CSV UTF-8”, which may be of any size."
    )


# Entrants -------------------------------------------------------------------------------------------------------------


class EntrantEmpty(Problem):
    """A row without an entrant."""

    sentence = N_("The row names no entrant. Fill in the entrant, or delete the row.")


class EntrantTwice(Problem):
    """An entrant listed twice."""

    sentence = N_("Entrant {entrant} is listed already in row {row}. Delete one of the two.")


class EntrantUnknown(Problem):
    """Marks of somebody who is not in the list."""

    sentence = N_(
        "There is no entrant {entrant} in the list of entrants{hint}. Correct the entrant, or add them to the list."
    )


class NumberNotWhole(Problem):
    """An entrant's number that is none."""

    sentence = N_("“{value}” is not an entrant's number. Enter a whole number from 1 on.")


class NumberTwice(Problem):
    """Two entrants with one number."""

    sentence = N_("The number {number} belongs to row {row} already. Give each entrant a number of their own.")


# Marks ----------------------------------------------------------------------------------------------------------------


class AspectEmpty(Problem):
    """A row that is about no aspect."""

    sentence = N_(
        "The row names no aspect. Fill in the aspect; only a row with the state “withdrawn” or “disqualified” may leave it empty."
    )


class AspectUnknown(Problem):
    """No aspect and no penalty of this id or name."""

    sentence = N_("The scheme has no aspect {aspect}{hint}. Correct it.")


class AspectAmbiguous(Problem):
    """Several aspects or penalties have this name."""

    sentence = N_("“{written}” may mean several things in this scheme: {ids}. Write the id.")


class JudgeEmpty(Problem):
    """Several mark it, and it is not said who of them."""

    sentence = N_("Aspect {aspect} is marked by {judges} judges. Say which of them gave this mark.")


class JudgeTwice(Problem):
    """Two rows for the same entrant, aspect and judge."""

    sentence = N_(
        "Judge {judge} has marked aspect {aspect} of entrant {entrant} already in row {row}. Keep one of the rows, or number "
        "them in the column “vote”."
    )


class ItemTwice(Problem):
    """Two rows for the same reading."""

    sentence = N_(
        "Item {item} of aspect {aspect} for entrant {entrant} stands already in row {row}. Keep one of the rows, or number them."
    )


class TooManyJudges(Problem):
    """More judges than should mark it."""

    sentence = N_(
        "Aspect {aspect} of entrant {entrant} is marked by {given} judges where {judges} should mark it: {names}. Correct the "
        "judges' names, delete what is too much, or let more judges mark it in the scheme."
    )


class RevoteIncomplete(Problem):
    """A judge is in an earlier vote and not in the last."""

    sentence = N_(
        "In vote {vote} on aspect {aspect} of entrant {entrant} the mark of judge {judge} is missing. Enter it: a new vote is "
        "one of the whole panel."
    )


class VoteSkipped(Problem):
    """A later vote without an earlier one."""

    sentence = N_(
        "Vote {vote} on aspect {aspect} of entrant {entrant} is here, but vote {missing} is nowhere. Correct the number, or enter "
        "the vote that is missing."
    )


class UnitWrong(Problem):
    """The value is in another unit than the scheme's."""

    sentence = N_("Aspect {aspect} is read in {expected}, not in {unit}. Convert the value, or correct the unit.")


class UnitUnwanted(Problem):
    """A unit where there is none."""

    sentence = N_("Aspect {aspect} has no unit, yet {unit} is given. Take it out, or correct the aspect.")


class CommaInNumber(Problem):
    """A comma may be a decimal point or part thousands."""

    sentence = N_("“{value}” has a comma. Write decimals with a point and thousands without a sign.")


class ValueNotANumber(Problem):
    """A text where a number belongs."""

    sentence = N_("“{value}” is not a number, which aspect {aspect} needs. Enter it in digits.")


class ValueNotPlain(Problem):
    """A number with spaces between its digits, a fraction, or a power of ten."""

    sentence = N_(
        "“{value}” is not a plain number, which aspect {aspect} needs. Write digits and at most one point: no spaces, commas, "
        "fractions or exponents."
    )


class ValueNotATime(Problem):
    """No time as people write them."""

    sentence = N_(
        "“{value}” is not a time. Enter seconds (83.25), minutes and seconds (1:23.25) or hours too (1:02:03)."
    )


class ValueNotYesOrNo(Problem):
    """Neither yes nor no."""

    sentence = N_("“{value}” is neither yes nor no. Enter yes or no, 1 or 0.")


class ValueNotAChoice(Problem):
    """No option or level of this name or number."""

    sentence = N_(
        "“{value}” is none of what aspect {aspect} offers: {choices}. Enter one of them, or its number from 0."
    )


class ValueAndState(Problem):
    """A value beside a reason for there being none."""

    sentence = N_("The row has a value and a state that says there is none. Empty one of the two.")


class StateUnknown(Problem):
    """No state of this name."""

    sentence = N_("“{value}” is not a state. Enter one of these: {states}.")


class NotOfAnAspect(Problem):
    """A word that is said of an entrant as a whole, beside an aspect."""

    sentence = N_(
        "“{value}” is said of an entrant, not of an aspect. Give it a row of its own, and leave the aspect of that row empty."
    )


class StateOfPenalty(Problem):
    """A penalty has occurrences, nothing else."""

    sentence = N_("{penalty} is a penalty: enter how often it occurred as the value, and nothing in the other columns.")


class OccurrencesNotWhole(Problem):
    """A penalty's occurrences that are no such number."""

    sentence = N_("“{value}” is not how often {penalty} occurred. Enter a whole number from 0 to {most}.")


class PenaltyTwice(Problem):
    """Two rows for one penalty of one entrant."""

    sentence = N_(
        "Penalty {penalty} of entrant {entrant} stands already in row {row}. Enter all occurrences in one row."
    )


class ItemUnknown(Problem):
    """No such reading, run or fault."""

    sentence = N_("Aspect {aspect} has no item “{item}”. Enter a number from 1 to {most}{names}.")


class VoteNotWhole(Problem):
    """A vote that is no number."""

    sentence = N_("“{value}” is not the number of a vote. Enter 1 for the first, 2 for the next and so on.")


class ConfirmedUnclear(Problem):
    """Neither yes nor no in the column of confirmed readings."""

    sentence = N_("“{value}” in the column “confirmed” is neither yes nor no. Enter yes, or leave it empty.")
