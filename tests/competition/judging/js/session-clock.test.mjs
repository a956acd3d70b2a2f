// What a session's clock says to a bench. Run by test_modules.py, or: node --test tests/competition/judging/js/

import assert from "node:assert/strict";
import { test } from "node:test";

import { clockAt, clockInWords } from "../../../../competition/static/judge/session-clock.js";

const at = (clock) => Date.parse(`2026-06-01T${clock}Z`);

const DUE = {
  number: 1, starts_at: "2026-06-01T08:00:00Z", ends_at: "2026-06-01T11:00:00Z", seconds: 10_800,
  started_at: null, paused_at: null, stopped: 0, time_back: [],
};
const RUNS = { ...DUE, started_at: "2026-06-01T08:05:00Z", time_back: [[3, 300]] };
const WORDS = { clock_late: "not started", clock_running: "{time} left", clock_over: "up {time}" };

test("time that was given back to a bench is that bench's alone", () => {
  assert.deepEqual(clockAt(RUNS, at("09:05:00"), 3), { doing: "running", left: 7_500, given: 300 });
  assert.deepEqual(clockAt(RUNS, at("09:05:00"), 4), { doing: "running", left: 7_200, given: 0 });
  assert.deepEqual(clockAt(RUNS, at("09:05:00")), { doing: "running", left: 7_200, given: 0 });
  assert.deepEqual([3, 4].map((bench) => clockAt(RUNS, at("11:06:00"), bench).doing), ["last", "over"]);
});

test("a clock that waits or stands still says the same a minute later", () => {
  const still = { ...RUNS, paused_at: "2026-06-01T08:35:00Z" };
  for (const clock of ["08:40:00", "08:41:00"]) {
    assert.deepEqual(clockAt(still, at(clock), 3), { doing: "paused", left: 9_300, given: 300 });
    assert.deepEqual(clockAt(DUE, at(clock), 3), { doing: "late", left: 10_800, given: 0 });
  }
});

test("without a session there is no clock, nor in what an earlier version kept", () => {
  const { number, starts_at, ends_at } = DUE;
  assert.deepEqual([undefined, { number, starts_at, ends_at }].map((session) => clockAt(session, at("09:00:00"), 3)), [null, null]);
});

test("it is said in the words of the page", () => {
  const says = (session, clock) => clockInWords(WORDS, clockAt(session, at(clock), 1));
  assert.equal(says(DUE, "08:01:00"), "not started");
  assert.equal(says(RUNS, "10:04:59"), "1:00:01 left");
  assert.equal(says(RUNS, "11:07:05"), "up +2:05");
});
