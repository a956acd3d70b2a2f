import assert from "node:assert/strict";
import { test } from "node:test";

import { areSame, expectedReadings, inWords, isOutside, readNumber } from "../../../../competition/static/readings.js";

const RUNOUT = { kind: "measurement", places: 3, least: "0", most: "0.8", readings: 1, unit: "mm" };
const PAPER = { kind: "score", points: "100", step: "0.5" };

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

test("a value outside the instrument's range is noticed, on the sides that have a limit", () => {
  assert.deepEqual(["0.8", "0.81", "-0.001"].map((value) => isOutside(RUNOUT, value)), [false, true, true]);
  assert.equal(isOutside({ kind: "measurement" }, "999"), false);
});

test("each kind asks for its own number of readings", () => {
  assert.equal(expectedReadings({ kind: "measurement", readings: 3 }), 3);
  assert.equal(expectedReadings({ kind: "measurement" }), 1);
  assert.equal(expectedReadings({ kind: "deduction", items: [{}, {}] }), 2);
  assert.equal(expectedReadings({ kind: "binary" }), 1);
});

test("readings are the same by value, not by how they are written", () => {
  assert.equal(areSame(["0.50", "1"], ["0.5", "1.0"]), true);
  assert.equal(areSame(["0.5"], ["0.5", "0.5"]), false);
});

test("a mark is said back in the reader's language", () => {
  const words = { yes: "yes", no: "no", no_faults: "no faults", absent: "absent" };
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
  assert.equal(inWords(PAPER, { state: "absent", values: [] }, words, "en"), "absent");
});
