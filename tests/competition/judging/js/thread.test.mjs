import assert from "node:assert/strict";
import { test } from "node:test";

import { threadOf } from "../../../../competition/static/judge/thread.js";

const ASKED = { id: "p", kind: "problem", sheet_id: "s", answers: null, words: "It sticks.", said_at: "2026-05-01T01:00:00Z" };
const ANSWER = { id: "a", kind: "answer", sheet_id: null, answers: "p", words: "Take another.", said_at: "2026-05-01T01:05:00Z" };
const OTHER = { id: "o", kind: "problem", sheet_id: "other", answers: null, words: "No light.", said_at: "2026-05-01T01:01:00Z" };

test("a sheet's thread holds what was said about it and the answers to that, in order, and what waits here last", () => {
  const command = { id: "w", words: "Again.", sheet_id: "s", aspect: "A1.1" };
  const waiting = { sequence: 9, kind: "message", at: "2026-05-01T00:59:00Z", command };
  const shown = { ...command, kind: "problem", sender: null, said_at: waiting.at, waits: "on_tablet" };
  assert.deepEqual(threadOf([ANSWER, OTHER, ASKED], "s", [waiting]), [ASKED, ANSWER, shown]);
  const refused = { ...waiting, refusal: { type: "x", detail: "" } };
  assert.deepEqual(threadOf([OTHER], "s", [refused]), [{ ...shown, waits: "refused" }]);
});
