import assert from "node:assert/strict";
import { test } from "node:test";

import { Coalesced, LEAST_MS } from "../../../../competition/static/desk-live.js";

/** A work that is done when told so, and the timers that were set meanwhile. */
function bench() {
  const [begun, timers] = [[], []];
  const work = () => new Promise((done, fail) => begun.push({ done, fail }));
  const coalesced = new Coalesced(work, LEAST_MS, (next, ms) => timers.push({ next, ms }));
  return { begun, timers, coalesced };
}

const settled = () => new Promise((done) => setImmediate(done));

test("the first asking is answered at once", () => {
  const { begun, coalesced } = bench();
  coalesced.ask();
  assert.equal(begun.length, 1);
});

test("what is asked while the work goes on is done once more, and not before its time", async () => {
  const { begun, timers, coalesced } = bench();
  coalesced.ask();
  coalesced.ask();
  coalesced.ask();
  begun[0].done();
  await settled();
  assert.equal(begun.length, 1);
  assert.deepEqual(timers.map(({ ms }) => ms), [LEAST_MS]);
  timers[0].next();
  assert.equal(begun.length, 2);
});

test("nothing is done again that nobody asked for", async () => {
  const { begun, timers, coalesced } = bench();
  coalesced.ask();
  begun[0].done();
  await settled();
  timers[0].next();
  assert.equal(begun.length, 1);
});

test("a work that fails does not end it", async () => {
  const { begun, timers, coalesced } = bench();
  coalesced.ask();
  begun[0].fail(new Error("no network"));
  await settled();
  timers[0].next();
  coalesced.ask();
  assert.equal(begun.length, 2);
});
