import assert from "node:assert/strict";
import { test } from "node:test";

import { ofVersion2 } from "../../../../competition/static/judge/store.js";

test("a mark queued by the first version keeps the very form in which it may have been sent", () => {
  const mark = { id: "m1", aspect: "A1.1", made_at: "2026-06-01T02:00:00Z" };
  const entry = { sequence: 7, event_id: "e", sheet_id: "s", judge_id: "j", mark, refusal: { type: "x", detail: "" } };
  const { mark: command, ...rest } = entry;
  assert.deepEqual(ofVersion2(entry), { ...rest, kind: "mark", at: "2026-06-01T02:00:00Z", command });
});
