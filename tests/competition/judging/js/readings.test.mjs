import assert from "node:assert/strict";
import { test } from "node:test";

import * as readings from "../../../../competition/static/judge/readings.js";

const { areSame, expectedReadings, inWords, isOutside, readNumber, stepStart, stepped } = readings;

const RUNOUT = { kind: "measurement", places: 3, least: "0", most: "0.8", readings: 1, unit: "mm" };
const PAPER = { kind: "score", points: "100", step: "0.5" };
const ANSWERS = { kind: "score", points: "5", least: "-2", most: "10", step: "0.25", factor: "0.5" };
const TESTS = { kind: "count", points: "6", possible: 12 };
const THEORY = { kind: "external", points: "30", out_of: "150", places: 1 };
const RUNS = { kind: "time", points: "4", places: 2, runs: 3, take: "best", credit: { kind: "bands" } };

test("a measured value is taken with the decimals of its aspect", () => {
  const cases = { 12.06: "12.060", ".5": "0.500", "5.": "5.000", "+0.012": "0.012", "-0.012": "-0.012", "007": "7.000", "-0": "0.000" };
  for (const [typed, value] of Object.entries(cases)) assert.deepEqual(readNumber(RUNOUT, typed), { value });
});

test("full-width digits and signs are numbers too", () => {
  assert.deepEqual(readNumber(RUNOUT, "１２．０６"), { value: "12.060" });
  assert.deepEqual(readNumber(RUNOUT, "０。０１"), { value: "0.010" });
  assert.deepEqual(readNumber(RUNOUT, "−0.01"), { value: "-0.010" });
});

test("what is not a number is refused, and blank is not zero", () => {
  for (const typed of ["1.2.3", ".", "-", "1,2", "1e3", "12 mm", "--1", "NaN", "1 2"]) {
    assert.deepEqual(readNumber(RUNOUT, typed), { fault: "not_a_number" }, typed);
  }
  for (const typed of ["", "  "]) assert.deepEqual(readNumber(RUNOUT, typed), { fault: "empty" });
});

test("more decimals than the instrument shows, and numbers beyond any reading, are refused", () => {
  assert.deepEqual(readNumber(RUNOUT, "0.0121"), { fault: "too_many_decimals" });
  assert.deepEqual(readNumber({ ...RUNOUT, places: 0 }, "1000.5"), { fault: "too_many_decimals" });
  assert.deepEqual(readNumber(RUNOUT, "1000001"), { fault: "too_large" });
});

test("a score lies between 0 and its points, in steps", () => {
  const cases = {
    87.5: { value: "87.5" },
    100: { value: "100" },
    "100.5": { fault: "out_of_range" },
    "-1": { fault: "out_of_range" },
    87.25: { fault: "off_step" },
  };
  for (const [typed, reading] of Object.entries(cases)) assert.deepEqual(readNumber(PAPER, typed), reading);
});

test("a score may begin below zero and end below the points", () => {
  const cases = {
    "-2": { value: "-2" },
    "-2.25": { fault: "out_of_range" },
    10: { value: "10" },
    "10.25": { fault: "out_of_range" },
    9.9: { fault: "off_step" },
  };
  for (const [typed, reading] of Object.entries(cases)) assert.deepEqual(readNumber(ANSWERS, typed), reading, typed);
  assert.deepEqual(readings.rangeOf(ANSWERS), { least: "-2", most: "10" });
  assert.deepEqual([readings.maySign(ANSWERS), readings.maySign(PAPER)], [true, false]);
});

test("a count is whole and no more than there are", () => {
  const cases = {
    0: { value: "0" },
    12: { value: "12" },
    13: { fault: "out_of_range" },
    "-1": { fault: "out_of_range" },
    1.5: { fault: "too_many_decimals" },
  };
  for (const [typed, reading] of Object.entries(cases)) assert.deepEqual(readNumber(TESTS, typed), reading, typed);
});

test("a figure from elsewhere lies between 0 and what it is out of", () => {
  const cases = {
    150: { value: "150" },
    121.5: { value: "121.5" },
    "150.1": { fault: "out_of_range" },
    "-1": { fault: "out_of_range" },
    "0.25": { fault: "too_many_decimals" },
  };
  for (const [typed, reading] of Object.entries(cases)) assert.deepEqual(readNumber(THEORY, typed), reading, typed);
});

test("a time is typed as minutes and seconds or as seconds, and is more than none", () => {
  const cases = {
    "1:05.5": { value: "65.50" },
    "65.5": { value: "65.50" },
    "1：05": { value: "65.00" },
    "1:02:03": { value: "3723.00" },
    "1:75": { fault: "not_a_time" },
    "1:5": { fault: "not_a_time" },
    "-5": { fault: "not_a_time" },
    0: { fault: "not_a_time" },
    "soon": { fault: "not_a_time" },
    "1.2.3": { fault: "not_a_number" },
    "1:05.555": { fault: "too_many_decimals" },
    "1000001": { fault: "too_large" },
  };
  for (const [typed, reading] of Object.entries(cases)) assert.deepEqual(readNumber(RUNS, typed), reading, typed);
});

test("of runs that are summed one can take no time, such as the seconds of penalties", () => {
  const summed = { ...RUNS, take: "sum" };
  for (const typed of ["0", "0:00", "0.00"]) assert.deepEqual(readNumber(summed, typed), { value: "0.00" }, typed);
  for (const aspect of [{ ...summed, runs: 1 }, { ...RUNS, take: "worst" }, { ...RUNS, take: "mean" }]) {
    assert.deepEqual(readNumber(aspect, "0"), { fault: "not_a_time" }, aspect.take);
  }
  assert.deepEqual(readNumber(summed, "-5"), { fault: "not_a_time" });
});

test("of runs of which the best counts one is enough; of all other readings each is needed", () => {
  assert.deepEqual([["65.5", "", ""], ["", "", ""]].map((texts) => readings.isWhole(RUNS, texts)), [true, false]);
  assert.equal(readings.isWhole({ ...RUNS, take: "sum" }, ["65.5", "", ""]), false);
  assert.equal(readings.isWhole({ ...RUNS, take: "sum" }, ["65.5", "1", "2"]), true);
  assert.equal(readings.isWhole({ kind: "measurement", readings: 2 }, ["1", ""]), false);
});

test("a judge gives up to the most of a score, and its factor makes of it what the sheet adds up", () => {
  assert.deepEqual([readings.mostOf(ANSWERS), readings.mostOf(PAPER), readings.mostOf(TESTS)], ["10", "100", "6"]);
  assert.equal(readings.weighed(ANSWERS, "9.75"), "4.875");
  assert.equal(readings.weighed(TESTS, "1.5"), "1.5");
});

test("a time that is a result by itself gives no points", () => {
  assert.equal(readings.isPointless({ kind: "time", credit: { kind: "itself" } }), true);
  assert.equal(readings.isPointless(RUNS), false);
});

test("the pad offers a point only where there are decimals", () => {
  const whole = { kind: "score", points: "10", step: "1" };
  assert.deepEqual([RUNOUT, RUNS, THEORY, TESTS, whole, PAPER].map(readings.placesOf), [3, 2, 1, 0, 0, undefined]);
});

test("a value outside the instrument's range is noticed, on the sides that have a limit", () => {
  assert.deepEqual(["0.8", "0.81", "-0.001"].map((value) => isOutside(RUNOUT, value)), [false, true, true]);
  assert.equal(isOutside({ kind: "measurement" }, "999"), false);
});

test("each kind asks for its own number of readings", () => {
  assert.equal(expectedReadings({ kind: "measurement", readings: 3 }), 3);
  assert.equal(expectedReadings({ kind: "measurement" }), 1);
  assert.equal(expectedReadings({ kind: "deduction", items: [{}, {}] }), 2);
  assert.equal(expectedReadings({ kind: "binary" }), 1);
  assert.equal(expectedReadings(RUNS), 3);
});

test("readings are the same by value, not by how they are written", () => {
  assert.equal(areSame(["0.50", "1"], ["0.5", "1.0"]), true);
  assert.equal(areSame(["0.5"], ["0.5", "0.5"]), false);
});

test("a mark is said back in the reader's language", () => {
  const words = { yes: "yes", no: "no", no_faults: "no faults", absent: "absent", progress: "{n} of {m}" };
  const marked = (...values) => ({ state: "marked", values });
  const choice = { kind: "choice", options: [{ name: { zh: "好", en: "good" } }, { name: { zh: "差", en: "" } }] };
  const faults = { kind: "deduction", items: [{ name: { zh: "松动", en: "loose" } }, { name: { zh: "漏油", en: "leak" } }] };
  const level = { kind: "judgement", levels: [{ zh: "零", en: "none" }, { zh: "一", en: "some" }] };
  assert.equal(inWords({ kind: "binary" }, marked("0"), words, "en"), "no");
  assert.equal(inWords(choice, marked("0"), words, "zh-CN"), "好");
  assert.equal(inWords(choice, marked("1"), words, "en"), "差");
  assert.equal(inWords(level, marked("1"), words, "en"), "1 · some");
  assert.equal(inWords({ ...RUNOUT, readings: 2 }, marked("0.01", "0.020"), words, "en"), "0.010, 0.020 mm");
  assert.equal(inWords(faults, marked("0", "2"), words, "en"), "2 × leak");
  assert.equal(inWords(faults, marked("0", "0"), words, "en"), "no faults");
  assert.equal(inWords(PAPER, marked("87.5"), words, "en"), "87.5");
  assert.equal(inWords(TESTS, marked("7"), words, "en"), "7 of 12");
  assert.equal(inWords(THEORY, marked("121.5"), words, "en"), "121.5 of 150");
  assert.equal(inWords(RUNS, marked("65.5", "71.20"), words, "en"), "1:05.50, 1:11.20");
  assert.equal(inWords(PAPER, { state: "absent", values: [] }, words, "en"), "absent");
});

test("a step up or down stays within what can be read, and a blank one starts at the end it comes from", () => {
  const score = { kind: "score", points: "10", least: "-2", most: "9.5", step: "0.25" };
  assert.deepEqual([stepStart(score, 1), stepStart(score, -1)], ["-2", "9.5"]);
  assert.deepEqual(["9.25", "9.50"].map((text) => stepped(score, text, 1)), ["9.50", "9.5"]);
  assert.deepEqual(["-1.75", "-2"].map((text) => stepped(score, text, -1)), ["-2.00", "-2"]);
  const count = { kind: "count", possible: 12 };
  assert.deepEqual([stepStart(count, 1), stepStart(count, -1)], ["0", "0"]);
  assert.deepEqual([stepped(count, "0", 1), stepped(count, "12", 1), stepped(count, "0", -1)], ["1", "12", "0"]);
  const deduction = { kind: "deduction", items: [] };
  assert.deepEqual([stepStart(deduction, 1), stepped(deduction, "41", 1), stepped(deduction, "0", -1)], ["0", "42", "0"]);
});

test("readings fit an aspect by their number, and a level by its place", () => {
  const { isFit } = readings;
  const marked = (...values) => ({ state: "marked", values });
  const choice = { kind: "choice", options: [{}, {}] };
  assert.deepEqual([isFit(choice, marked("1")), isFit(choice, marked("2")), isFit(choice, marked())], [true, false, false]);
  const measured = { kind: "measurement", readings: 3 };
  assert.deepEqual([isFit(measured, marked("1", "2", "3")), isFit(measured, marked("1"))], [true, false]);
  const runs = { kind: "time", runs: 3, take: "best" };
  assert.deepEqual([marked("1"), marked(), marked("1", "2", "3", "4")].map((mark) => isFit(runs, mark)), [true, false, false]);
  assert.equal(isFit(choice, { state: "absent", values: [] }), true);
});
