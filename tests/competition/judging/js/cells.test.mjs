import assert from "node:assert/strict";
import { test } from "node:test";

import * as cells from "../../../../competition/static/judge/cells.js";

const ASPECT = { id: "A1.1", kind: "binary", points: "2" };
const STOOD = { id: "stood", aspect: "A1.1", values: ["1"], state: "marked", flags: [], points: "2", steps: [], position: 7 };
const NOW = Date.parse("2026-05-01T01:00:00Z");
const REVOTE = { id: "again", aspect: "A1.1", closes_at: "2026-05-01T01:02:00Z", is_open: true, awaits_own: true };
const REFUSAL = { type: "not-a-level", detail: "No." };

function sheet(changes = {}) {
  return { marks: [], settled: [], revotes: [], ...changes };
}

function entered(id, changes = {}, sequence = 1) {
  const command = { id, aspect: "A1.1", values: ["0"], state: "marked", ...changes };
  return { sequence, kind: "mark", command };
}

function takenBack(mark, sequence = 2) {
  return { sequence, kind: "retraction", command: { id: `back-${mark}`, mark } };
}

function cell({ on = sheet(), entries = [], memory, draft = null } = {}) {
  return cells.cellOf(ASPECT, { sheet: on, entries, memory, draft });
}

function state(of, sending = new Set()) {
  return cells.stateOf(of, sending, NOW);
}

test("a blank cell has no mark, no state but blank, and is missing", () => {
  const blank = cell();
  assert.deepEqual([cells.standing(blank), cells.currentId(blank), state(blank)], [null, null, "blank"]);
  assert.deepEqual(cells.missing([blank]), ["A1.1"]);
});

test("an entry stands as soon as it is on the tablet, and a correction supersedes it before it is acknowledged", () => {
  const on = sheet({ marks: [STOOD] });
  assert.deepEqual([cells.currentId(cell({ on })), state(cell({ on }))], ["stood", "received"]);
  const one = cell({ on, entries: [entered("m1")] });
  assert.deepEqual([cells.currentId(one), state(one)], ["m1", "on_tablet"]);
  const two = cell({ on, entries: [entered("m1"), entered("m2", {}, 2)] });
  assert.deepEqual([cells.currentId(two), state(two, new Set(["m1"]))], ["m2", "sending"]);
});

test("entries about other aspects, and what is no mark, are not the cell's", () => {
  const seal = { sequence: 2, kind: "seal", command: { id: "s", marks: ["m1"] } };
  const entries = [entered("m1", { aspect: "A1.2" }), seal, takenBack("m1")];
  assert.deepEqual(cell({ entries }), cell());
});

test("what is taken back leaves the mark before it, whether that is received or on the tablet", () => {
  const on = sheet({ marks: [STOOD] });
  assert.equal(cells.currentId(cell({ entries: [entered("m1"), takenBack("m1")] })), null);
  assert.equal(cells.currentId(cell({ on, entries: [entered("m1"), takenBack("m1")] })), "stood");
  assert.equal(cells.currentId(cell({ on, entries: [entered("m1"), takenBack("m1"), entered("m3", {}, 3)] })), "m3");
  const before = new Map([["stood", { ...STOOD, id: "older" }]]);
  assert.equal(cells.currentId(cell({ on, entries: [takenBack("stood")], memory: { before } })), "older");
});

test("a mark that something else has replaced is not taken back twice", () => {
  const entries = [entered("m1"), entered("m2", {}, 2), takenBack("m1", 3)];
  assert.equal(cells.currentId(cell({ entries })), "m2");
});

test("taking back a received mark is uncertain where this page never saw what stood before it", () => {
  const on = sheet({ marks: [STOOD] });
  const unknown = cell({ on, entries: [takenBack("stood")] });
  assert.deepEqual([cells.isUncertain(unknown), cells.standing(unknown), state(unknown)], [true, null, "on_tablet"]);
  assert.deepEqual(cells.signBlock([unknown], NOW), { why: "uncertain", n: 1 });
  const known = cell({ on, entries: [takenBack("stood")], memory: { before: new Map([["stood", null]]) } });
  assert.deepEqual([cells.isUncertain(known), cells.isMissing(known)], [false, true]);
  assert.equal(cells.isUncertain(cell({ on })), false);
});

test("what stands again is shown until the server says what does", () => {
  const memory = { restored: new Map([["A1.1", STOOD]]) };
  assert.equal(cells.currentId(cell({ memory })), "stood");
  assert.equal(cells.currentId(cell({ on: sheet({ marks: [{ ...STOOD, id: "newer" }] }), memory })), "newer");
});

test("a mark without effect stands aside, and what counted before still does", () => {
  for (const flag of ["conflict", "late", "quarantined"]) {
    const receipt = { flags: [flag] };
    const memory = { asides: new Map([["A1.1", { mark: entered("m1").command, receipt }]]) };
    const beside = cell({ on: sheet({ marks: [STOOD] }), memory });
    assert.deepEqual([cells.currentId(beside), cells.flagsOf(beside)], ["stood", [flag]]);
  }
});

test("a refusal asks for attention and does not stand; without it the cell is as before", () => {
  const refused = { ...entered("m1"), refusal: REFUSAL };
  const asking = cell({ entries: [refused] });
  assert.deepEqual([asking.queued, asking.refused, state(asking), cells.standing(asking)], [[], [refused], "attention", null]);
  assert.equal(state(cell({ entries: [entered("m1")] })), "on_tablet");
});

test("readings that are none of this aspect's never stand: the server refuses them, and says so", () => {
  const odd = entered("m1", { values: [] });
  assert.equal(cells.standing(cell({ entries: [odd] })), null);
  assert.equal(state(cell({ entries: [{ ...odd, refusal: REFUSAL }] })), "attention");
});

test("a draft is told apart from what was entered", () => {
  const drafted = cell({ on: sheet({ marks: [STOOD] }), draft: ["0"] });
  assert.deepEqual([state(drafted), cells.currentId(drafted)], ["draft", "stood"]);
});

test("what others marked for the panel is no work: not missing, not to be drafted, and a mark of one's own goes before", () => {
  const on = sheet({ settled: ["A1.1"] });
  const settled = cell({ on, draft: ["1"] });
  assert.deepEqual([settled.draft, state(settled)], [null, "settled"]);
  assert.deepEqual([cells.isSettled(settled), cells.isMissing(settled)], [true, false]);
  assert.equal(cells.signBlock([settled], NOW), null);
  const own = cell({ on: sheet({ settled: ["A1.1"], marks: [STOOD] }), draft: ["0"] });
  assert.deepEqual([state(own), cells.isSettled(own), own.draft], ["draft", false, ["0"]]);
  assert.equal(state(cell({ on, entries: [entered("m1")] })), "on_tablet");
});

test("a re-vote is awaited until it is answered or its time is over, on the tablet or by the server's word", () => {
  const on = sheet({ marks: [STOOD], revotes: [REVOTE] });
  const waiting = cell({ on });
  assert.deepEqual([cells.awaitedRevote(waiting, NOW), state(waiting)], [REVOTE, "revote"]);
  assert.deepEqual(cells.signBlock([waiting], NOW), { why: "revote", n: 1 });
  assert.equal(cells.awaitedRevote(waiting, Date.parse(REVOTE.closes_at)), null);
  assert.equal(cells.awaitedRevote(cell({ on, entries: [entered("m1", { revote: "again" })] }), NOW), null);
  assert.equal(cells.awaitedRevote(cell({ on, entries: [entered("m1")] }), NOW), REVOTE);
  const answered = sheet({ marks: [{ ...STOOD, revote: "again" }], revotes: [REVOTE] });
  assert.equal(cells.awaitedRevote(cell({ on: answered }), NOW), null);
  const told = sheet({ marks: [STOOD], revotes: [{ ...REVOTE, awaits_own: false }] });
  assert.equal(cells.awaitedRevote(cell({ on: told }), NOW), null);
});

test("of several re-votes the last one holds", () => {
  const later = { ...REVOTE, id: "later" };
  assert.equal(cells.awaitedRevote(cell({ on: sheet({ marks: [STOOD], revotes: [REVOTE, later] }) }), NOW), later);
});

test("a sheet may be signed while marks are still on the tablet; the worst that keeps it from that comes first", () => {
  const done = cell({ on: sheet({ marks: [STOOD] }) });
  const queued = cell({ on: sheet({ marks: [STOOD] }), entries: [entered("m1")] });
  const refused = cell({ entries: [{ ...entered("m1"), refusal: REFUSAL }] });
  const drafted = cell({ draft: ["0"] });
  assert.equal(cells.signBlock([done, queued], NOW), null);
  assert.deepEqual(cells.signedMarks([done, queued, cell({ on: sheet({ settled: ["A1.1"] }) })]), ["stood", "m1"]);
  assert.deepEqual(cells.signBlock([queued, cell(), cell()], NOW), { why: "missing", n: 2 });
  assert.deepEqual(cells.signBlock([cell(), drafted], NOW), { why: "draft", n: 1 });
  assert.deepEqual(cells.signBlock([drafted, refused], NOW), { why: "attention", n: 1 });
  assert.equal(cells.firstBlocked([done, drafted], "draft", NOW), drafted);
});
