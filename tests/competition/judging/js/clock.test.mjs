import assert from "node:assert/strict";
import { test } from "node:test";

import { ServerClock } from "../../../../competition/static/judge/clock.js";

const NOON = Date.parse("2026-06-01T12:00:00Z");
const DAY = 86_400_000;

/** A clock on a tablet that runs `ahead`; `hands` move both of its own clocks. */
function clock(ahead, kept = null) {
  const hands = { at: 0 };
  const made = new ServerClock({ kept, tablet: () => NOON + ahead + hands.at, steady: () => 500 + hands.at });
  return { made, hands };
}

const iso = (moment) => new Date(moment).toISOString();

test("the server's time runs on from what was heard, whatever the tablet's clock says", () => {
  const { made, hands } = clock(DAY);
  made.hear(iso(NOON));
  hands.at = 1_000;
  assert.deepEqual([made.now(), made.skew()], [NOON + 1_000, DAY]);
});

test("an answer that took long on its way does not put the clock back; one that was quicker puts it right", () => {
  const { made } = clock(0);
  made.hear(iso(NOON - 800));
  made.hear(iso(NOON - 2_000));
  assert.equal(made.now(), NOON - 800);
  made.hear(iso(NOON - 10));
  assert.equal(made.now(), NOON - 10);
});

test("a server whose clock was put back is believed", () => {
  const { made } = clock(0);
  made.hear(iso(NOON));
  made.hear(iso(NOON - 600_000));
  assert.equal(made.now(), NOON - 600_000);
});

test("it is known when the server was heard last, and whether the tablet slept since", () => {
  const hands = { tablet: NOON, steady: 500 };
  const made = new ServerClock({ tablet: () => hands.tablet, steady: () => hands.steady });
  assert.deepEqual([made.heardAt(), made.hasParted(), made.isSure()], [null, false, false]);
  made.hear(iso(NOON));
  hands.tablet += 30_000;
  hands.steady += 30_000;
  assert.deepEqual([made.heardAt(), made.hasParted(), made.isSure()], [NOON, false, true]);
  hands.tablet += 60_000;
  assert.deepEqual([made.heardAt(), made.hasParted(), made.isSure()], [NOON, true, false]);
});

test("without a word of the server the last known difference holds, then the tablet's own clock", () => {
  assert.deepEqual([clock(DAY, DAY).made.now(), clock(DAY, DAY).made.skew()], [NOON, DAY]);
  assert.deepEqual([clock(DAY).made.now(), clock(DAY).made.skew()], [NOON + DAY, null]);
  const { made } = clock(0);
  made.hear(undefined);
  made.hear("nonsense");
  assert.equal(made.skew(), null);
});
