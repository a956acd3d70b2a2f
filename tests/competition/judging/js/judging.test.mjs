import assert from "node:assert/strict";
import { test } from "node:test";

import { left } from "../../../../competition/static/judging.js";

test("what is left of a re-vote is told in minutes and seconds, begun seconds whole, and never below zero", () => {
  const cases = { 120: "2:00", 119.2: "2:00", 60: "1:00", 59.9: "1:00", 9: "0:09", 0.1: "0:01", 0: "0:00", "-7": "0:00" };
  for (const [seconds, told] of Object.entries(cases)) assert.equal(left(Number(seconds)), told, seconds);
});
