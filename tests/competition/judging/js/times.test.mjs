import assert from "node:assert/strict";
import { test } from "node:test";

import { asTime, inSeconds } from "../../../../competition/static/judge/times.js";

test("what is written with colons is seconds, exactly; what has none is left as it is", () => {
  const cases = { "0:07": "7", "1:05.50": "65.50", "61:00": "3660", "1:01:01.001": "3661.001", 65.5: "65.5", "": null };
  for (const [text, seconds] of Object.entries(cases)) assert.equal(inSeconds(text), seconds, text);
});

test("what is no time is none", () => {
  for (const text of [":", "1:", ":30", "1:60", "1:60:00", "1:2:3:4", "-1:00", "-5", "a"]) assert.equal(inSeconds(text), null, text);
});

test("seconds are shown as minutes and seconds, with hours where there are any", () => {
  const cases = [
    ["7", 2, "0:07.00"],
    ["65.5", 2, "1:05.50"],
    ["3600", 0, "1:00:00"],
    ["3723.4", 1, "1:02:03.4"],
  ];
  for (const [seconds, places, text] of cases) assert.equal(asTime(seconds, places), text);
});

test("what is shown reads as the same time", () => {
  for (const seconds of ["0.01", "59.99", "60.00", "3599.50", "36000.25"]) assert.equal(inSeconds(asTime(seconds, 2)), seconds);
});
