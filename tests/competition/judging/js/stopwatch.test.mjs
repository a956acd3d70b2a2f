import assert from "node:assert/strict";
import { test } from "node:test";

import { asSeconds, elapsed, momentOf } from "../../../../competition/static/judge/stopwatch.js";

const DAY = 86_400_000;

function moment(server, wall, changes = {}) {
  return { server, wall, is_known: true, is_heard: true, ...changes };
}

test("a moment is told by both clocks, and says what is known of the server's", () => {
  const clock = { now: () => 5_000, isSure: () => true };
  assert.deepEqual(momentOf({ clock, link: "ok" }, 4_997), { server: 5_000, wall: 4_997, is_known: true, is_heard: true });
  const unknown = { now: () => 4_997, isSure: () => false };
  const apart = { server: 4_997, wall: 4_997, is_known: false, is_heard: false };
  assert.deepEqual(momentOf({ clock: unknown, link: "offline" }, 4_997), apart);
});

test("a run is as long as the server's clock says", () => {
  assert.equal(elapsed(moment(1_000, 50_000), moment(66_250.9, 115_249)), 65_250);
  assert.equal(elapsed(moment(2_000, 2_000), moment(1_990, 1_990)), 0);
});

test("a tablet's clock that is put right by a day in between changes nothing", () => {
  assert.equal(elapsed(moment(1_000, 1_000), moment(11_000, 11_000 + DAY)), 10_000);
});

test("a server that is first heard in between changes nothing", () => {
  const start = moment(DAY, DAY, { is_known: false, is_heard: false });
  assert.equal(elapsed(start, moment(10_000, DAY + 10_000)), 10_000);
});

test("a tablet that slept out of the server's reach counts its own hours", () => {
  assert.equal(elapsed(moment(1_000, 1_000), moment(5_000, 61_000, { is_heard: false })), 60_000);
});

test("milliseconds are cut, not rounded, to the decimals of the watch", () => {
  assert.deepEqual([0, 2, 1].map((places) => asSeconds(65_999, places)), ["65", "65.99", "65.9"]);
  assert.deepEqual([asSeconds(0, 2), asSeconds(7, 3), asSeconds(40, 2), asSeconds(1_000, 4)], ["0.00", "0.007", "0.04", "1.0000"]);
});
