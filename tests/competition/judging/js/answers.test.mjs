import assert from "node:assert/strict";
import { test } from "node:test";

import { readAnswer, readSnapshot } from "../../../../competition/static/judge/answers.js";

const IDS = new Set(["m1"]);

function answer(status, body = null, more = {}) {
  return { status, redirected: false, retry_after: null, body, ...more };
}

function problem(status, type) {
  return answer(status, { type, title: "", status, detail: "A sentence." });
}

const receipt = { kind: "receipt", id: "m1", position: 1, revision: 1, flags: [] };
const refusal = { kind: "refusal", id: "m1", type: "x", detail: "Why." };
const message = { id: "m1", words: "Help", said_at: "2026-06-01T02:00:00Z" };

test("a batch is answered by a list, everything else by its one receipt, a message by itself", () => {
  const answers = [{ results: [receipt] }, receipt, message, { results: [refusal] }];
  const read = answers.map((body) => readAnswer(answer(200, body), IDS).results.get("m1"));
  assert.deepEqual(read, [receipt, receipt, message, refusal]);
});

test("each answer means one thing", () => {
  const links = [
    [answer(200, receipt), "ok"],
    [problem(401, "device-is-locked"), "locked"],
    [problem(403, "device-is-revoked"), "revoked"],
    [problem(403, "page-expired"), "expired"],
    [problem(503, "busy"), "busy"],
    [problem(500, "unexpected"), "fault"],
    [problem(404, "not-found"), "not_taken"],
    [problem(413, "too-many-marks"), "not_taken"],
    [answer(502), "busy"],
    [answer(404), "wrong_network"],
  ];
  assert.deepEqual(links.map(([given]) => readAnswer(given, IDS).link), links.map(([, link]) => link));
  assert.equal(readAnswer({ ...problem(503, "busy"), retry_after: "2" }, IDS).retry_after_ms, 2_000);
});

test("what somebody else answers is no receipt: a page, a redirect, a JSON of its own, a receipt for another", () => {
  const foreign = [
    answer(200),
    answer(0, null, { redirected: true }),
    answer(200, receipt, { redirected: true }),
    answer(200, { ok: true }),
    answer(200, [1, 2]),
    answer(200, { ...receipt, id: "somebody else's" }),
    answer(200, { kind: "receipt", id: "m1" }),
    answer(511),
  ];
  assert.deepEqual(new Set(foreign.map((given) => readAnswer(given, IDS).link)), new Set(["wrong_network"]));
});

test("a snapshot is taken from our server only", () => {
  const tablet = { judge_id: "j", events: [] };
  assert.deepEqual(readSnapshot(answer(200, tablet)), { link: "ok", tablet });
  assert.deepEqual(readSnapshot(answer(304)), { link: "ok", is_same: true });
  const redirected = { redirected: true };
  const others = [answer(200), answer(200, tablet, redirected), answer(200, { judge_id: "j" }), answer(304, null, redirected)];
  assert.deepEqual(new Set(others.map((given) => readSnapshot(given).link)), new Set(["wrong_network"]));
  assert.equal(readSnapshot(problem(401, "device-is-locked")).link, "locked");
});
