import assert from "node:assert/strict";
import { test } from "node:test";

import { middle, timeLeft } from "../../../../competition/static/judge/panel-view.js";

test("mean and median stand side by side, exact, whatever the order", () => {
  assert.deepEqual(middle(["1.5", "6", "4.5"]), { mean: "4", median: "4.5" });
  assert.deepEqual(middle(["6", "1.5"]), { mean: "3.75", median: "3.75" });
  assert.deepEqual(middle(["10", "9", "1", "8"]), { mean: "7", median: "8.5" });
  assert.equal(middle([]), null);
});

test("what is left of a re-vote is counted in whole seconds, begun ones too, and never below nothing", () => {
  const closes_at = "2026-05-01T01:02:00Z";
  const end = Date.parse(closes_at);
  const told = [120_000, 94_001, 1, 0, -5_000].map((left) => timeLeft(closes_at, end - left));
  assert.deepEqual(told, ["2:00", "1:35", "0:01", "0:00", "0:00"]);
});
