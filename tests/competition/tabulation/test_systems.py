"""Scoring systems of the world as scheme files: every total as worked out here in fractions, by nothing of the engine's."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from statistics import median

from competition.schemes.text_file import read_toml
from competition.tabulation.tabulate import Tabulation, tabulate

SYSTEMS = Path(__file__).parent / "systems"

Row = tuple[str, str, str, str, str]
"""Entrant, aspect, judge, value, state."""


def scored(folder: Path, system: str, rows: Iterable[Row]) -> Tabulation:
    """The results of rows of marks by one of the systems."""
    scheme = read_toml((SYSTEMS / f"{system}.toml").read_bytes(), system)
    with (folder / "marks.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("entrant", "aspect", "judge", "value", "state"))
        table.writerows(rows)
    return tabulate(scheme, folder / "marks.csv", None, lambda *_: None)


def totals(tabulation: Tabulation) -> dict[str, Fraction]:
    """Everybody's total, in order of place."""
    return {line.person.entrant: Fraction(line.closed.total) for line in tabulation.lines}


def half_up(value: Fraction, places: int) -> Fraction:
    """``value`` rounded, a half away from zero."""
    sign = -1 if value < 0 else 1
    return Fraction(sign * int(abs(value) * 10**places + Fraction(1, 2)), 10**places)


def middle(figures: Iterable[Fraction], dropped: int) -> Fraction:
    """The mean without so many of the highest and lowest."""
    kept = sorted(figures)[dropped : -dropped or None]
    return sum(kept, Fraction(0)) / len(kept)


def begun(amount: Fraction, step: Fraction) -> int:
    """How many steps are begun by an amount."""
    return -(-amount // step) if amount > 0 else 0


def text(value: Fraction | int, places: int = 2) -> str:
    """A figure that ends, as people write it."""
    whole, rest = divmod(abs(value) * 10**places, 10**places)
    return f"{'-' if value < 0 else ''}{int(whole)}.{int(rest):0{places}}"


def by_figures(figures: Mapping[str, Sequence[Fraction]]) -> list[str]:
    """Entrants in the order of their figures, the highest first."""
    return sorted(figures, key=lambda entrant: tuple(figures[entrant]), reverse=True)


def test_figure_skating(tmp_path: Path) -> None:
    """Panels drop one high and one low and round, factored components round again; equal totals are parted by the free skating."""
    chance = random.Random(1)
    rows: list[Row] = []
    wanted: dict[str, list[Fraction]] = {}
    seeds = {**{f"S{number}": number for number in range(20)}, "twin": 0}
    for entrant, seed in seeds.items():
        chance.seed(seed)
        segments = []
        for segment, factor in (("short", Fraction(133, 100)), ("free", Fraction(267, 100))):
            points = Fraction(0)
            absent = chance.randrange(12)
            for element in "12":
                base = Fraction(chance.randrange(300, 1500), 100)
                if entrant == "twin" and element == "1":
                    base += 1 if segment == "free" else -1
                rows.append((entrant, f"{segment}-base-{element}", "", text(base), ""))
                given = [half_up(base * chance.randint(-3, 3) / 10, 2) for _ in range(9)]
                given = [max(Fraction(-5), min(Fraction(5), one)) for one in given]
                if entrant in ("S0", "twin"):
                    given = [Fraction(judge, 10) for judge in range(9)]
                rows += [
                    (entrant, f"{segment}-quality-{element}", f"J{judge}", text(one), "")
                    for judge, one in enumerate(given)
                ]
                points += base + half_up(middle(given, 1), 2)
            for component in "12":
                marks = {judge: Fraction(chance.randrange(16, 40), 4) for judge in range(9)}
                rows += [
                    (entrant, f"{segment}-component-{component}", f"J{judge}", *told(one, judge == absent))
                    for judge, one in marks.items()
                ]
                present = [one for judge, one in marks.items() if judge != absent]
                points += half_up(half_up(middle(present, 1), 2) * factor, 2)
            falls = chance.randrange(3)
            rows.append((entrant, f"{segment}-deduction", "", str(falls), ""))
            segments.append(points - falls)
        wanted[entrant] = [sum(segments, Fraction(0)), segments[1]]
    result = totals(scored(tmp_path, "skating", rows))
    assert result == {entrant: figures[0] for entrant, figures in wanted.items()}
    assert result["twin"] == result["S0"]
    assert list(result) == by_figures(wanted)


def told(value: Fraction, absent: bool) -> tuple[str, str]:
    """The value and the state of a mark of a judge who may be absent."""
    return ("", "absent") if absent else (text(value), "")


def test_diving(tmp_path: Path) -> None:
    """The middle three of seven marks are summed and multiplied by the difficulty that the diver chose."""
    chance = random.Random(2)
    rows: list[Row] = []
    wanted: dict[str, Fraction] = {}
    for entrant in map(str, range(30)):
        wanted[entrant] = Fraction(0)
        for dive in "12":
            difficulty = chance.choice(("2.8", "3.2"))
            given = [Fraction(chance.randrange(6, 21), 2) for _ in range(7)]
            rows += [
                (entrant, f"dive-{dive}-{difficulty}", f"J{judge}", text(one, 1), "") for judge, one in enumerate(given)
            ]
            wanted[entrant] += 3 * middle(given, 2) * Fraction(difficulty)
    assert totals(scored(tmp_path, "diving", rows)) == wanted


def test_gymnastics(tmp_path: Path) -> None:
    """Ten less the faults, the mean of the middle four of six cut off at three places; difficulty on top, lines off the total."""
    chance = random.Random(3)
    rows: list[Row] = []
    wanted: dict[str, Fraction] = {}
    each = (Fraction(1, 10), Fraction(3, 10), Fraction(1, 2), Fraction(1))
    for entrant in map(str, range(30)):
        difficulty = Fraction(chance.randrange(40, 70), 10)
        rows.append((entrant, "difficulty", "", text(difficulty, 1), ""))
        sheets = []
        for judge in "ABCDEF":
            faults = [chance.randrange(most) for most in (9, 5, 2, 6)]
            rows.append((entrant, "faults", judge, " ".join(map(str, faults)), ""))
            sheets.append(
                max(Fraction(0), 10 - sum((often * one for often, one in zip(faults, each, strict=True)), Fraction(0)))
            )
        lines = chance.randrange(3)
        if lines:
            rows.append((entrant, "line", "", str(lines), ""))
        wanted[entrant] = difficulty + Fraction(int(middle(sheets, 1) * 1000), 1000) - Fraction(lines, 10)
    assert totals(scored(tmp_path, "gymnastics", rows)) == wanted


def test_dressage(tmp_path: Path) -> None:
    """Each judge's sheet with coefficients becomes a percentage; the mean has three places; an error takes two percent."""
    chance = random.Random(4)
    rows: list[Row] = []
    wanted: dict[str, Fraction] = {}
    coefficients = (1, 1, 2, 1, 2)
    for entrant in map(str, range(30)):
        sheets = []
        for judge in "CEHMB":
            given = [Fraction(chance.randrange(8, 19), 2) for _ in coefficients]
            rows += [
                (entrant, f"movement-{number}", judge, text(one, 1), "") for number, one in enumerate(given, start=1)
            ]
            sheet = sum((one * times for one, times in zip(given, coefficients, strict=True)), Fraction(0))
            sheets.append(sheet / (10 * sum(coefficients)) * 100)
        errors = chance.randrange(3)
        if errors:
            rows.append((entrant, "error", "", str(errors), ""))
        wanted[entrant] = half_up(middle(sheets, 0), 3) - 2 * errors
    assert totals(scored(tmp_path, "dressage", rows)) == wanted


def test_nested_caps_of_deductions(tmp_path: Path) -> None:
    """A fault takes at most its cap, an aspect what it has, the unit eight points, and the task is never below zero."""
    chance = random.Random(5)
    rows: list[Row] = []
    wanted: dict[str, Fraction] = {}
    for entrant in map(str, range(60)):
        wires, loose, bare, earth, dirt = (chance.randrange(most) for most in (8, 13, 6, 7, 10))
        rows += [
            (entrant, "begun", "", "yes", ""),
            (entrant, "wires", "", str(wires), ""),
            (entrant, "crimps", "", f"{loose} {bare}", ""),
            (entrant, "earth", "", str(earth), ""),
            (entrant, "dirt", "", str(dirt), ""),
        ]
        crimps = min(Fraction(4), Fraction(3 * loose, 10) + min(3, bare))
        unit = min(
            Fraction(8), min(Fraction(2), Fraction(wires, 2)) + crimps + min(Fraction(6), Fraction(3 * earth, 2))
        )
        wanted[entrant] = max(Fraction(0), 10 - unit - min(Fraction(5), Fraction(7 * dirt, 10)))
    assert totals(scored(tmp_path, "wiring", rows)) == wanted


def test_a_drill_against_the_clock(tmp_path: Path) -> None:
    """Full steps of time left, begun steps of time over, bands, a hard stop; equal totals are parted by the better of two runs."""
    chance = random.Random(6)
    rows: list[Row] = []
    wanted: dict[str, list[Fraction]] = {}
    for number in range(40):
        entrant = str(number)
        left, over, band = (Fraction(chance.randrange(*ends), 10) for ends in ((1500, 7100), (2900, 8000), (500, 950)))
        if number < 6:
            left = (Fraction(600), Fraction(570), Fraction("570.1"), Fraction(700), Fraction("700.1"), Fraction(20))[
                number
            ]
            over, band = (Fraction(300), Fraction(60)) if number % 2 else (Fraction("300.1"), Fraction("90.5"))
        rows += [
            (entrant, name, "", text(one, 1), "") for name, one in (("left", left), ("over", over), ("band", band))
        ]
        runs = [Fraction(chance.randrange(4000, 9000), 100) for _ in range(2)]
        rows.append((entrant, "runs", "", "; ".join(map(text, runs)), ""))
        points = min(Fraction(20), Fraction(3, 2) * max(0, (600 - left) // 30)) if left <= 700 else Fraction(0)
        points += max(0, 15 - 2 * begun(over - 300, Fraction(60)))
        points += 10 if band <= 60 else 5 if band <= Fraction("90.5") else 0
        wanted[entrant] = [points, -min(runs)]
    result = totals(scored(tmp_path, "drill", rows))
    assert result == {entrant: figures[0] for entrant, figures in wanted.items()}
    assert list(result) == by_figures(wanted)


def test_a_workers_contest(tmp_path: Path) -> None:
    """Theory is a cut and thirty percent, practice seventy: five sheets without the extremes, sizes, conduct behind a gate."""
    chance = random.Random(7)
    rows: list[Row] = []
    theory = {f"W{number}": Fraction(chance.randrange(800, 1500), 10) for number in range(27)}
    rows += [(entrant, "exam", "", text(read, 1), "") for entrant, read in theory.items()]
    goes_on = sorted(theory.values(), reverse=True)[11]
    total: dict[str, Fraction] = {}
    for entrant, read in theory.items():
        practice, taken = Fraction(0), 0
        if read >= goes_on:
            sheets = []
            for judge in "ABCDE":
                form, finish = Fraction(chance.randrange(120, 301), 10), Fraction(chance.randrange(80, 201), 10)
                rows += [(entrant, "form", judge, text(form, 1), ""), (entrant, "finish", judge, text(finish, 1), "")]
                sheets.append(form + finish)
            sizes = []
            for judge in "AB":
                width = 60 + Fraction(chance.randrange(-120, 121), 1000)
                rows.append((entrant, "width", judge, text(width, 3), ""))
                sizes.append(Fraction(30 - begun(abs(width - 60) - Fraction(2, 100), Fraction(1, 100))))
            quality = middle(sheets, 1) + middle(sizes, 0)
            bench = chance.randrange(3)
            rows.append((entrant, "bench", "", ("leading", "usual", "poor")[bench], ""))
            practice = quality + (20 * (1, Fraction("0.666"), Fraction("0.333"))[bench] if quality >= 48 else 0)
            breaches = chance.choice((0, 0, 1, 4))
            if breaches:
                rows.append((entrant, "safety", "", str(breaches), ""))
            taken = min(10, 3 * breaches)
        total[entrant] = half_up(read / 150 * 30 + practice * 70 / 100 - taken, 2)
    tabulation = scored(tmp_path, "workers", rows)
    assert totals(tabulation) == total
    assert {line.person.entrant for line in tabulation.lines if line.closed.cut} == {
        entrant for entrant, read in theory.items() if read < goes_on
    }
    passed = sum(points >= 60 for points in total.values())
    ends = [int(half_up(Fraction(passed * percent, 100), 0)) for percent in (10, 20, 30)]
    prizes = [prize for prize, count in zip(("first", "second", "third"), ends, strict=True) for _ in range(count)]
    assert [award for line in tabulation.lines for award in line.closed.awards] == prizes


def test_a_skill_with_a_scale_of_thirty_two(tmp_path: Path) -> None:
    """Three experts' ninths are summed before they are rounded; the median has 700 and the medals go by the scale."""
    chance = random.Random(8)
    rows: list[Row] = []
    raw: dict[str, Fraction] = {}
    for entrant in (f"C{number}" for number in range(32)):
        ability, points = chance.random(), Fraction(0)
        for measured in "123":
            yes = chance.random() < ability
            rows.append((entrant, f"yes-{measured}", "", "yes" if yes else "no", ""))
            points += yes
        lamps = chance.randrange(8)
        rows.append((entrant, "lamps", "", str(lamps), ""))
        points += lamps
        for judged in range(1, 9):
            levels = [chance.randrange(4) for _ in range(3)]
            rows += [
                (entrant, f"judged-{judged}", judge, str(level), "") for judge, level in zip("ABC", levels, strict=True)
            ]
            points += Fraction(5, 4) * sum(levels) / 9
        raw[entrant] = half_up(points, 2)
    tabulation = scored(tmp_path, "skills", rows)
    assert totals(tabulation) == raw
    centre = Fraction(median(raw.values()))
    spread = Fraction("1.4826") * median(abs(points - centre) for points in raw.values())
    scaled = {entrant: half_up(700 + 30 * (points - centre) / spread, 0) for entrant, points in raw.items()}
    assert {line.person.entrant: Fraction(line.closed.scaled or 0) for line in tabulation.lines} == scaled
    medals = {line.person.entrant for line in tabulation.lines if any(":" in award for award in line.closed.awards)}
    excellent = {line.person.entrant for line in tabulation.lines if "excellence" in line.closed.awards}
    assert medals | excellent == {entrant for entrant, points in scaled.items() if points >= 700}
    best = max(scaled.values())
    assert {line.person.entrant for line in tabulation.lines if "medal:gold" in line.closed.awards} == {
        entrant for entrant, points in scaled.items() if best - points <= 2
    }
