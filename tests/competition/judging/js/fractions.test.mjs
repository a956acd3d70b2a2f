import assert from "node:assert/strict";
import { test } from "node:test";

import { Fraction, highest, lowest, mean, stepsIn, total } from "../../../../competition/static/judge/fractions.js";

const [of, third] = [Fraction.of, Fraction.of("1").over(Fraction.of("3"))];

test("three thirds are one, and a third is not 0.3333", () => {
  assert.equal(third.plus(third).plus(third).compare(of("1.00")), 0);
  assert.equal(third.exceeds(of("0.33333333333333333333333333333333")), true);
  assert.deepEqual([mean([of("0.1"), of("0.2")]).figure(), total([]).figure()], ["0.15", "0"]);
});

test("fractions keep their order whatever their signs", () => {
  const several = [of("-1"), third.negated(), of("0.3"), of("-1").over(of("-3"))];
  assert.deepEqual([highest(several).compare(third), lowest(several).figure()], [0, "-1"]);
  assert.deepEqual([of("-0.5").size().figure(), of("-0").isZero(), of("1").minus(third).compare(third)], ["0.5", true, 1]);
});

test("a figure has 28 digits at most, a half goes to the even one, and no zeros at its end", () => {
  assert.equal(third.figure(), `0.${"3".repeat(28)}`);
  assert.equal(third.negated().times(of("2")).figure(), `-0.${"6".repeat(27)}7`);
  const half = (digit) => of(`1.${"0".repeat(26)}${digit}5`).figure();
  assert.deepEqual([half(2), half(3)], [`1.${"0".repeat(26)}2`, `1.${"0".repeat(26)}4`]);
  const cases = { "12.50": "12.5", 100: "100", "1E+2": "100", "-0.00": "0", "1e-7": "0.0000001" };
  for (const [text, figure] of Object.entries(cases)) assert.equal(of(text).figure(), figure);
});

test("a fraction is shown with so many places, with more where it has them, and cut beyond six", () => {
  assert.deepEqual([of("1.5").shown(2), of("0.0125").shown(2), of("30").shown(0)], ["1.50", "0.0125", "30"]);
  const cut = [third, of("2.00005").over(of("-3")), of("-0.0000004")];
  assert.deepEqual(cut.map((each) => each.shown(0)), ["≈0.3333", "≈-0.6667", "≈-0.0000"]);
});

test("a part of a step counts as a whole one, not at all, or in proportion; a whole one is never taken for more", () => {
  const steps = (amount, per) => ["begun", "full", "exact"].map((count) => stepsIn(amount, of(per), count).shown(0));
  assert.deepEqual(steps(of("0.05"), "0.02"), ["3", "2", "2.5"]);
  assert.deepEqual(steps(of("0.06"), "0.02"), ["3", "3", "3"]);
  assert.deepEqual(steps(third.times(of("3")), "0.5"), ["2", "2", "2"]);
});
