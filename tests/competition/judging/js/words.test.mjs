import assert from "node:assert/strict";
import { test } from "node:test";

import { uuid7 } from "../../../../competition/static/judge/uuid7.js";
import { lineOf, said } from "../../../../competition/static/judge/words.js";

test("a sentence is filled, and one has a form of its own where there is one", () => {
  const words = { left: "{n} are left", left_one: "1 is left", of: "{n} of {m}" };
  assert.deepEqual([said(words, "left", { n: 1 }), said(words, "left", { n: 2 }), said(words, "of", { n: 1, m: 3 })], ["1 is left", "2 are left", "1 of 3"]);
});

test("the line tells the worst first, and good only when all is received", () => {
  const line = (link, queued, refused) => lineOf({ link, queued, refused });
  assert.deepEqual(line("ok", 0, 0), { tone: "good", key: "line_received", n: 0 });
  assert.deepEqual(line("ok", 3, 0), { tone: "note", key: "line_sending", n: 3 });
  assert.deepEqual(line("offline", 3, 0), { tone: "wait", key: "line_waiting", n: 3 });
  assert.deepEqual(line("offline", 0, 0), { tone: "wait", key: "link_offline", n: 0 });
  assert.deepEqual(line("wrong_network", 1, 0), { tone: "bad", key: "line_waiting", n: 1 });
  assert.deepEqual(line("offline", 3, 1), { tone: "bad", key: "line_attention", n: 1 });
  assert.deepEqual(line("storage", 3, 1), { tone: "bad", key: "line_storage", n: 0 });
});

test("ids are UUIDv7, distinct, and in the order they were made even when the clock stands or runs back", () => {
  const ids = [5_000, 5_000, 4_000, ...Array(5_000).fill(5_000), 5_001, 9_000].map((now) => uuid7(1_700_000_000_000 + now));
  assert.ok(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)));
  assert.deepEqual(ids, [...ids].sort());
  assert.equal(new Set(ids).size, ids.length);
});
