// A session's clock in the browser. Run by test_countdown.py, or: node --test tests/competition/plumbing/

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const here = new URL(".", import.meta.url);
const cases = JSON.parse(await readFile(new URL("countdown.json", here), "utf-8"));
const source = await readFile(new URL("../../../competition/static/countdown.js", here));
const countdown = await import(`data:text/javascript;base64,${source.toString("base64")}`);

for (const { what, session, now, extra, phase, left, ends_at: end } of cases.clocks) {
  test(what, () => {
    const at = Date.parse(now);
    assert.deepEqual(
      [countdown.phase(session, at, extra), countdown.secondsLeft(session, at, extra), countdown.endsAt(session, at, extra)],
      [phase, left, Date.parse(end)],
    );
  });
}

for (const { what, sessions, now, extras, number } of cases.hours) {
  test(what, () => {
    const before = structuredClone(sessions);
    assert.equal(countdown.ofTheHour(sessions, Date.parse(now), new Map(extras))?.number ?? null, number);
    assert.deepEqual(sessions, before);
  });
}

test("a clock's face", () => {
  for (const [seconds, shown] of cases.faces) assert.equal(countdown.face(seconds), shown);
});
