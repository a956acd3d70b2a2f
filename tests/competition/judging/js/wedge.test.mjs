import assert from "node:assert/strict";
import { test } from "node:test";

import { Burst } from "../../../../competition/static/judge/wedge.js";

/** What a burst gives for keys typed `pause` milliseconds apart. */
function typed(keys, pause, burst = new Burst(), from = 0) {
  return keys.map((key, place) => burst.key(key, from + place * pause)).filter((text) => text !== null);
}

test("a scanner's burst ended by Enter is a text; shifted letters are in it", () => {
  assert.deepEqual(typed([..."http://x/judge#bench=7", "Enter"], 8), ["http://x/judge#bench=7"]);
  assert.deepEqual(typed(["Shift", "A", "0", "4", "Enter"], 10), ["A04"]);
});

test("what fingers type is none, nor a single key, nor a burst that was broken off", () => {
  assert.deepEqual(typed([..."A04", "Enter"], 150), []);
  assert.deepEqual(typed(["7", "Enter"], 8), []);
  assert.deepEqual(typed(["A", "0", "ArrowLeft", "4", "Enter"], 8), []);
});

test("a slow key before a burst is not part of it, and two bursts are two texts", () => {
  const burst = new Burst();
  burst.key("x", 0);
  assert.deepEqual(typed([..."12.06", "Enter"], 8, burst, 500), ["12.06"]);
  assert.deepEqual(typed([..."12.07", "Enter"], 8, burst, 600), ["12.07"]);
});
