import assert from "node:assert/strict";
import { test } from "node:test";

import { compare, isMultiple, padded, points, product, shown, sum } from "../../../../competition/static/judge/decimals.js";

test("decimals compare by value, whatever their places", () => {
  assert.deepEqual([compare("0.5", "0.50"), compare("-1", "0"), compare("12.060", "12.06001"), compare("1E+1", "9.9")], [0, -1, -1, 1]);
});

test("a sum is exact where a float is not", () => {
  assert.equal(sum(["0.1", "0.2", "0.30"]), "0.60");
  assert.equal(sum([]), "0");
});

test("a product is exact, with the places of both", () => {
  assert.deepEqual([product("0.1", "0.2"), product("-1.5", "2"), product("17", "0.5")], ["0.02", "-3.0", "8.5"]);
});

test("a multiple of a step is found exactly", () => {
  assert.deepEqual(
    [isMultiple("0.3", "0.1"), isMultiple("87.5", "0.5"), isMultiple("87.25", "0.5"), isMultiple("1", "0")],
    [true, true, false, false],
  );
});

test("padding adds places and takes none away", () => {
  assert.deepEqual([padded("12.06", 3), padded("30.0105", 3), padded("-.5".replace(".", "0."), 2), padded("7", 0)], ["12.060", "30.0105", "-0.50", "7"]);
});

test("points read as the server shows them: two places, more where there are more, thirds cut", () => {
  const cases = { "1.5": "1.50", "2.000": "2.00", "0.125": "0.125", "0.6666666666666666666666666667": "≈0.6667", 0: "0.00" };
  for (const [text, shown] of Object.entries(cases)) assert.equal(points(text), shown);
});

test("a figure in a sentence has the places asked for, and more where it has them; small ones keep their sign", () => {
  assert.deepEqual([shown("12.060", 2), shown("12.060", 0), shown("7", 3), shown("1E+2", 0)], ["12.06", "12.06", "7.000", "100"]);
  assert.deepEqual([shown("-0.66666667", 0), shown("-0.00000001", 3), shown("0.00005001", 0)], ["≈-0.6667", "≈-0.0000", "≈0.0001"]);
});
