import assert from "node:assert/strict";
import { test } from "node:test";

import { uuid7 } from "../../../../competition/static/judge/uuid7.js";
import { lineOf, said, span, textOf, timeOfDay, tintOf } from "../../../../competition/static/judge/words.js";

test("a sentence is filled, and one has a form of its own where there is one", () => {
  const words = { left: "{n} are left", left_one: "1 is left", of: "{n} of {m}" };
  assert.deepEqual([said(words, "left", { n: 1 }), said(words, "left", { n: 2 }), said(words, "of", { n: 1, m: 3 })], ["1 is left", "2 are left", "1 of 3"]);
});

test("the line tells the worst first, and good only when all is received", () => {
  const line = (link, queued, refused, photographs = 0) => lineOf({ link, queued, refused, photographs });
  const one = (tone, key, n) => ({ tone, said: [{ key, n }] });
  assert.deepEqual(line("ok", 0, 0), one("good", "line_received", 0));
  assert.deepEqual(line("ok", 3, 0), one("note", "line_sending", 3));
  assert.deepEqual(line("offline", 3, 0), one("wait", "line_waiting", 3));
  assert.deepEqual(line("offline", 0, 0), one("wait", "link_offline", 0));
  assert.deepEqual(line("wrong_network", 1, 0), one("bad", "line_waiting", 1));
  assert.deepEqual(line("storage", 3, 1), one("bad", "line_storage", 0));
  assert.deepEqual(line("ok", 0, 0, 2), one("note", "line_photographs", 2));
  assert.deepEqual(line("ok", 3, 0, 2), one("note", "line_sending", 3));
  assert.deepEqual(line("ok", 0, 1), one("bad", "line_attention", 1));
  const both = [{ key: "line_attention", n: 1 }, { key: "line_waiting", n: 3 }];
  assert.deepEqual(line("offline", 3, 1), { tone: "bad", said: both });
});

test("texts, times and spans are told in the page's language, at the venue", () => {
  const texts = [textOf({ zh: "主轴", en: "" }, "en"), textOf({ zh: "主轴", en: "Spindle" }, "zh-CN")];
  assert.deepEqual(texts, ["主轴", "主轴"]);
  assert.equal(timeOfDay("2026-06-01T16:05:00Z", "Asia/Shanghai", "en"), "00:05");
  assert.deepEqual([59_999, 60_000, 3_725_000, -5].map(span), ["0:59", "1:00", "1:02:05", "0:00"]);
  assert.deepEqual(["A01", "B-10", "A08"].map(tintOf), [1, 2, 0]);
});

test("ids are UUIDv7, distinct, and in the order they were made even when the clock stands or runs back", () => {
  const ids = [5_000, 5_000, 4_000, ...Array(5_000).fill(5_000), 5_001, 9_000].map((now) => uuid7(1_700_000_000_000 + now));
  assert.ok(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)));
  assert.deepEqual(ids, [...ids].sort());
  assert.equal(new Set(ids).size, ids.length);
});
