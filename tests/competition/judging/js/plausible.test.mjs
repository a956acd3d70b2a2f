import assert from "node:assert/strict";
import { test } from "node:test";

import { doubtFacts, doubtOf, isCopied } from "../../../../competition/static/judge/plausible.js";

const BORE = { kind: "measurement", nominal: "40", unit: "mm", places: 3, least: null, most: null };
const GAUGE = { kind: "measurement", nominal: "0", unit: "mm", places: 3, least: "0", most: "0.8" };

test("a value outside what the instrument shows is doubted, one at its end is not", () => {
  assert.deepEqual(["-0.001", "0", "0.800", "0.801"].map((value) => doubtOf(GAUGE, value)), ["outside", null, null, "outside"]);
});

test("a value about ten times the nominal one or a tenth of it is doubted, to either side", () => {
  const doubted = ["399.90", "400", "-400", "4", "3.999", "280", "560"].map((value) => doubtOf(BORE, value));
  assert.deepEqual(doubted, Array(7).fill("tenfold"));
  assert.deepEqual(["40", "39.9", "20", "80", "100", "1000", "0"].map((value) => doubtOf(BORE, value)), Array(7).fill(null));
  assert.equal(doubtOf(GAUGE, "0.5"), null);
  assert.equal(doubtOf({ kind: "score", points: "10" }, "100"), null);
});

test("all readings just as the entrant before had them are doubted, but not a perfect piece after a perfect one", () => {
  const before = (...values) => ({ state: "marked", values });
  assert.equal(isCopied(BORE, ["39.990"], before("39.99")), true);
  assert.equal(isCopied(BORE, ["39.990", "39.985"], before("39.99", "39.986")), false);
  assert.equal(isCopied(BORE, ["40.000"], before("40")), false);
  assert.equal(isCopied({ kind: "time" }, ["61.25"], before("61.25")), true);
  assert.equal(isCopied(BORE, ["39.990"], null), false);
  assert.equal(isCopied(BORE, [], { state: "absent", values: [] }), false);
  assert.equal(isCopied({ kind: "judgement" }, ["2"], before("2")), false);
});

test("the sentence about a doubt has figures even where an instrument has no end", () => {
  assert.deepEqual(doubtFacts(BORE), { least: "−∞", most: "∞", nominal: "40", unit: "mm" });
});
