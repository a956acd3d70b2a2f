import assert from "node:assert/strict";
import { test } from "node:test";

import { differs, MOST_SHEETS, statusOf } from "../../../../competition/static/judge/live-tablet.js";

const known = {
  queued: 2,
  oldest_at: "2026-05-01T01:00:00.000Z",
  refused: 0,
  photographs: 1,
  clock: "2026-05-01T01:02:03.000Z",
  version: "v1",
  is_kept: true,
  sheet_id: null,
  on_tablet: { a: 2 },
};

test("a status says what the app and the battery say", () => {
  assert.deepEqual(statusOf(known, { level: 0.834, charging: false }), {
    type: "status",
    ...known,
    battery: 83,
    is_charging: false,
  });
});

test("a browser that does not tell has no battery", () => {
  assert.deepEqual(statusOf(known), { type: "status", ...known, battery: null, is_charging: null });
});

test("of very many sheets only the first are named", () => {
  const on_tablet = Object.fromEntries(Array.from({ length: MOST_SHEETS + 50 }, (_, n) => [`sheet-${n}`, 1]));
  assert.equal(Object.keys(statusOf({ ...known, on_tablet }).on_tablet).length, MOST_SHEETS);
});

test("the largest status fits what the server takes", () => {
  const id = "01900000-0000-7000-8000-000000000000";
  const on_tablet = Object.fromEntries(
    Array.from({ length: MOST_SHEETS }, (_, n) => [id.slice(0, -4) + String(n).padStart(4, "0"), 999]),
  );
  const status = statusOf({ ...known, sheet_id: id, version: "v".repeat(64), on_tablet });
  assert.ok(JSON.stringify(status).length < 8 * 1024);
});

test("only the clock going on is no difference", () => {
  const status = statusOf(known);
  assert.equal(differs(null, status), true);
  assert.equal(differs(status, { ...status, clock: "2026-05-01T01:02:18.000Z" }), false);
  assert.equal(differs(status, { ...status, queued: 3 }), true);
});
