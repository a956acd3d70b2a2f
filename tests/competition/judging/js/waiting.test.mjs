import assert from "node:assert/strict";
import { test } from "node:test";

import { statusOf } from "../../../../competition/static/judge/status.js";
import { othersOf, waitingOf } from "../../../../competition/static/judge/waiting.js";

const WORDS = {
  what_mark: "{aspect} {name}",
  what_correction: "corrected {aspect} {name}",
  what_retraction: "taken back",
  what_seal: "signed {sub}",
  what_signature_competitor: "countersigned {sub}",
  what_message: "message",
  what_photograph: "picture of {aspect} {name}",
  what_unknown: "unknown",
  kilobytes: "{n} KB",
  absent: "absent",
};
const ASPECT = { id: "A1.1", kind: "measurement", name: { zh: "跳动", en: "Runout" }, unit: "mm", tolerance: {}, places: 2 };
const SUB_CRITERION = { id: "A1", name: { zh: "主轴", en: "Spindle" }, aspects: [ASPECT] };
const SHEET = { id: "s1", code: "A01", sub_criterion: "A1" };
const SNAPSHOT = { events: [{ id: "e1", sub_criteria: [SUB_CRITERION], sheets: [SHEET] }] };

function entry(sequence, kind, command, more = {}) {
  const at = `2026-06-01T02:0${sequence}:00Z`;
  const usual = { event_id: "e1", sheet_id: "s1", judge_id: "j", at };
  return { ...usual, sequence, kind, command: { id: `c${sequence}`, ...command }, ...more };
}

const ABSENT = { aspect: "A1.1", values: [], state: "absent", supersedes: null };

test("each entry says whose it is, what it is, its value in words and where it stands", () => {
  const entries = [
    entry(1, "mark", ABSENT),
    entry(2, "mark", { ...ABSENT, supersedes: "c1" }, { refusal: { type: "x", detail: "Why." } }),
    entry(3, "retraction", { mark: "c2" }),
    entry(4, "seal", { marks: [] }),
    entry(5, "signature", { role: "competitor" }),
    entry(6, "message", { words: "Help" }, { sheet_id: null }),
    entry(7, "mark", ABSENT, { sheet_id: "gone" }),
  ];
  const photograph = { id: "p1", sheet_id: "s1", aspect: "A1.1", taken_at: "2026-06-01T02:08:00Z", bytes: 1_500 };
  const tablet = { snapshot: SNAPSHOT, entries, photographs: [photograph], sending: new Set(["c1"]), judge_id: "j", words: WORDS };
  assert.deepEqual(
    waitingOf(tablet, "en").map(({ code, what, value, state, refusal }) => [code, what, value, state, refusal]),
    [
      ["A01", "A1.1 Runout", "absent", "sending", null],
      ["A01", "corrected A1.1 Runout", "absent", "attention", "Why."],
      ["A01", "taken back", "", "waits", null],
      ["A01", "signed Spindle", "", "waits", null],
      ["A01", "countersigned Spindle", "", "waits", null],
      [null, "message", "Help", "on_tablet", null],
      [null, "unknown", "", "on_tablet", null],
      ["A01", "picture of A1.1 Runout", "2 KB", "on_tablet", null],
    ],
  );
});

test("what other judges left is counted for each, from the oldest", () => {
  const entries = [{ judge_id: "k", at: "2026-06-01T02:05:00Z" }, { judge_id: "l", at: "2026-06-01T02:06:00Z" }];
  const photographs = [{ judge_id: "k", taken_at: "2026-06-01T02:01:00Z" }];
  assert.deepEqual(othersOf(entries, photographs), [
    { judge_id: "k", n: 2, at: "2026-06-01T02:01:00Z" },
    { judge_id: "l", n: 1, at: "2026-06-01T02:06:00Z" },
  ]);
});

test("a tablet's status counts what waits, by sheet, apart from what needs its judge", () => {
  const entries = [entry(1, "mark", ABSENT), entry(2, "mark", ABSENT, { refusal: {} }), entry(3, "seal", {})];
  const tablet = { entries, photographs: [{}], version: "v", upkeep: { is_kept: true }, sheet_id: "s1" };
  assert.deepEqual(statusOf(tablet, "2026-06-01T03:00:00Z"), {
    queued: 2,
    oldest_at: "2026-06-01T02:01:00Z",
    refused: 1,
    photographs: 1,
    clock: "2026-06-01T03:00:00Z",
    version: "v",
    is_kept: true,
    sheet_id: "s1",
    on_tablet: { s1: 1 },
  });
});
