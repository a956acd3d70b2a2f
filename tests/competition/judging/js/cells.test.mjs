import assert from "node:assert/strict";
import { test } from "node:test";

import * as cells from "../../../../competition/static/judge/cells.js";

const ASPECT = { id: "A1.1", kind: "binary", points: "2" };
const STOOD = { id: "stood", aspect: "A1.1", values: ["1"], state: "marked", flags: [], points: "2", steps: [] };
const RECEIPT = { kind: "receipt", id: "m1", position: 7, revision: 3, flags: [], points: "0", steps: [{ zh: "否", en: "no" }] };

function entry(id, sequence = 1) {
  return { sequence, mark: { id, aspect: "A1.1", values: ["0"], state: "marked" } };
}

test("a blank cell has no mark, no state but blank, and is missing", () => {
  const cell = cells.cellOf(ASPECT);
  assert.deepEqual([cells.standing(cell), cells.currentId(cell), cells.stateOf(cell)], [null, null, "blank"]);
  assert.deepEqual(cells.missing([cell]), ["A1.1"]);
});

test("an entry stands as soon as it is on the tablet, and a correction supersedes it before it is acknowledged", () => {
  let cell = cells.withEntry(cells.cellOf(ASPECT, STOOD), entry("m1"));
  assert.deepEqual([cells.currentId(cell), cells.stateOf(cell)], ["m1", "on_tablet"]);
  cell = cells.withEntry(cell, entry("m2", 2));
  assert.equal(cells.currentId(cell), "m2");
  assert.equal(cells.stateOf(cell, new Set(["m1"])), "sending");
});

test("a receipt makes the entry the mark that counts, with its points", () => {
  const cell = cells.withReceipt(cells.withEntry(cells.cellOf(ASPECT), entry("m1")), entry("m1"), RECEIPT);
  const { flags, points, steps, position } = RECEIPT;
  assert.deepEqual(cell.received, { id: "m1", aspect: "A1.1", values: ["0"], state: "marked", flags, points, steps, position });
  assert.deepEqual([cell.queued, cells.stateOf(cell)], [[], "received"]);
});

test("a receipt for one entry leaves the others queued", () => {
  let cell = cells.withEntry(cells.withEntry(cells.cellOf(ASPECT), entry("m1")), entry("m2", 2));
  cell = cells.withReceipt(cell, entry("m1"), RECEIPT);
  assert.deepEqual(cell.queued, [entry("m2", 2)]);
  assert.deepEqual([cells.currentId(cell), cells.stateOf(cell)], ["m2", "on_tablet"]);
});

test("a mark in conflict or late stands aside, and what counted before still does", () => {
  for (const flag of ["conflict", "late"]) {
    const before = cells.withEntry(cells.cellOf(ASPECT, STOOD), entry("m1"));
    const cell = cells.withReceipt(before, entry("m1"), { ...RECEIPT, flags: [flag] });
    assert.deepEqual([cells.currentId(cell), cells.flagsOf(cell)], ["stood", [flag]]);
  }
});

test("a refusal is kept and asks for attention; sending again or dropping ends it", () => {
  const refused = { ...entry("m1"), refusal: { type: "not-a-level", detail: "No." } };
  const cell = cells.withEntry(cells.withEntry(cells.cellOf(ASPECT), entry("m1")), refused);
  assert.deepEqual([cell.queued, cell.refused, cells.stateOf(cell)], [[], [refused], "attention"]);
  assert.equal(cells.stateOf(cells.withEntry(cell, entry("m1"))), "on_tablet");
  assert.equal(cells.stateOf(cells.without(cell, refused)), "blank");
});

test("a draft is told apart from what was entered", () => {
  const cell = cells.withDraft(cells.cellOf(ASPECT, STOOD), ["0"]);
  assert.deepEqual([cells.stateOf(cell), cells.currentId(cell)], ["draft", "stood"]);
  assert.equal(cells.stateOf(cells.withDraft(cell, null)), "received");
});

test("what others marked for the panel is no work: not missing, not to be drafted, and a mark of one's own goes before", () => {
  const drafted = cells.withDraft(cells.cellOf(ASPECT), ["1"]);
  const settled = cells.withSettled(drafted, true);
  assert.deepEqual(settled, cells.cellOf(ASPECT, null, true));
  assert.deepEqual([cells.stateOf(settled), cells.isSettled(settled), cells.isMissing(settled)], ["settled", true, false]);
  assert.equal(cells.signBlock([cells.cellOf(ASPECT, STOOD), settled]), null);
  assert.deepEqual(cells.missing([cells.withSettled(settled, false)]), ["A1.1"]);
  const own = cells.withSettled(cells.withDraft(cells.cellOf(ASPECT, STOOD), ["0"]), true);
  assert.deepEqual([cells.stateOf(own), cells.isSettled(own), own.draft], ["draft", false, ["0"]]);
  const queued = cells.withSettled(cells.withEntry(cells.cellOf(ASPECT), entry("m1")), true);
  assert.deepEqual([cells.stateOf(queued), cells.isSettled(queued)], ["on_tablet", false]);
});

test("what the server says now replaces what counted, and a known position stays", () => {
  const cell = cells.cellOf(ASPECT, { ...STOOD, position: 7 });
  assert.equal(cells.withReceived(cell, STOOD).received.position, 7);
  assert.equal(cells.withReceived(cell, { ...STOOD, id: "other" }).received.position, undefined);
  assert.equal(cells.withReceived(cell, null).received, null);
});

test("a sheet may be signed only when everything is marked and received, and the worst comes first", () => {
  const done = cells.cellOf(ASPECT, STOOD);
  const blank = cells.cellOf(ASPECT);
  const queued = cells.withEntry(done, entry("m1"));
  const refused = cells.withEntry(done, { ...entry("m1"), refusal: { type: "x", detail: "" } });
  assert.equal(cells.signBlock([done, done]), null);
  assert.deepEqual(cells.signBlock([done, queued]), { why: "on_tablet", n: 1 });
  assert.deepEqual(cells.signBlock([queued, blank, blank]), { why: "missing", n: 2 });
  assert.deepEqual(cells.signBlock([blank, cells.withDraft(done, ["0"])]), { why: "draft", n: 1 });
  assert.deepEqual(cells.signBlock([blank, refused]), { why: "attention", n: 1 });
});
