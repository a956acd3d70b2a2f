import assert from "node:assert/strict";
import { test } from "node:test";

import {
  addressOf, eventOf, formsOf, sheetOf, subCriterionOf, withMessage, withReceipt, withSheets,
} from "../../../../competition/static/judge/snapshot.js";

const NOW = "2026-06-01T02:00:00.000Z";

function mark(id, aspect, position) {
  return { id, aspect, values: ["1"], state: "marked", flags: [], points: "1", steps: [], position, revote: null };
}

function sheet(id, more = {}) {
  return {
    id, code: "A01", sub_criterion: "A1", marks: [], settled: [], sealed_at: null, seal: null, sheet_digest: null,
    reopened_for: null, signatures: [], photographs: [], ...more,
  };
}

function tablet(...sheets) {
  const event = { id: "e1", scheme_digest: "d", revision: 3, sub_criteria: [{ id: "A1" }, { id: "B 2" }], sheets };
  return { judge_id: "judge", events: [event], messages: [] };
}

function entry(kind, command) {
  return { kind, event_id: "e1", sheet_id: "s1", command };
}

const receipt = { revision: 4, position: 9, flags: [], points: "1", steps: [] };

test("a sheet is found with its event, its sub-criterion and its form", () => {
  const held = tablet(sheet("s1"), sheet("s2", { sub_criterion: "B 2" }));
  assert.deepEqual([sheetOf(held, "s2").id, eventOf(held, "s2").id, subCriterionOf(held, "s2").id], ["s2", "e1", "B 2"]);
  assert.deepEqual([sheetOf(held, "s3"), sheetOf(null, "s1"), subCriterionOf(held, null)], [undefined, undefined, undefined]);
  assert.equal(addressOf(held.events[0], held.events[0].sheets[1]), "/judge/forms/e1/d/B%202#s2");
  assert.deepEqual(formsOf(held), ["/judge/forms/e1/d/A1", "/judge/forms/e1/d/B%202"]);
});

test("a mark received is in force; one kept without effect leaves in force what was", () => {
  const before = tablet(sheet("s1", { marks: [mark("m1", "A1.1", 5)] }), sheet("s2"));
  const command = { id: "m2", aspect: "A1.1", values: ["1"], state: "marked" };
  const after = withReceipt(before, entry("mark", command), receipt, NOW);
  assert.deepEqual(sheetOf(after, "s1"), sheet("s1", { marks: [mark("m2", "A1.1", 9)], as_of: 4 }));
  assert.equal(after.events[0].revision, 4);
  assert.equal(sheetOf(after, "s2"), sheetOf(before, "s2"));
  const late = withReceipt(before, entry("mark", command), { ...receipt, flags: ["late"] }, NOW);
  assert.deepEqual(sheetOf(late, "s1").marks, [mark("m1", "A1.1", 5)]);
});

test("a mark that is no reading any more by the scheme in force, sent again, stands nowhere", () => {
  const before = tablet(sheet("s1", { marks: [mark("m2", "A1.1", 6)] }));
  const command = { id: "m1", aspect: "A1.1", values: ["3"], state: "marked" };
  const after = withReceipt(before, entry("mark", command), { ...receipt, points: null, steps: [] }, NOW);
  assert.deepEqual(sheetOf(after, "s1").marks, [mark("m2", "A1.1", 6)]);
});

test("a mark taken back is in force no more", () => {
  const before = tablet(sheet("s1", { marks: [mark("m1", "A1.1", 5), mark("m2", "A1.2", 6)] }));
  const after = withReceipt(before, entry("retraction", { id: "r1", mark: "m1" }), receipt, NOW);
  assert.deepEqual(sheetOf(after, "s1").marks, [mark("m2", "A1.2", 6)]);
});

test("a signature closes the sheet, and further signatures and photographs are added to it", () => {
  const reopened = tablet(sheet("s1", { reopened_for: "x" }));
  const signed = withReceipt(reopened, entry("seal", { id: "seal1", marks: [] }), receipt, NOW);
  assert.deepEqual(sheetOf(signed, "s1"), sheet("s1", { sealed_at: NOW, seal: "seal1", as_of: 4 }));
  const drawing = { width: 1, height: 1, strokes: [] };
  const command = { id: "g1", seal: "seal1", role: "competitor", drawing };
  const countersigned = withReceipt(signed, entry("signature", command), receipt, NOW);
  const signature = { id: "g1", role: "competitor", drawing, signed_at: NOW, holds: true };
  assert.deepEqual(sheetOf(countersigned, "s1").signatures, [signature]);
  const pictured = withReceipt(signed, entry("photograph", { id: "p1", aspect: "A1.1", taken_at: NOW }), receipt, NOW);
  assert.deepEqual(sheetOf(pictured, "s1").photographs, [{ id: "p1", aspect: "A1.1", taken_at: NOW }]);
});

test("sheets that the server tells take the place of what was known", () => {
  const before = tablet(sheet("s1"), sheet("s2"));
  const fresh = sheet("s1", { marks: [mark("m1", "A1.1", 5)] });
  const after = withSheets(before, { event_id: "e1", revision: 7, sheets: [fresh] });
  assert.deepEqual([after.events[0].sheets, after.events[0].revision], [[fresh, sheet("s2")], 7]);
  assert.equal(withSheets(null, { event_id: "e1", revision: 7, sheets: [] }), null);
});

test("words from before a sheet's own receipt change nothing about that sheet; the next ones do", () => {
  const command = { id: "m1", aspect: "A1.1", values: ["1"], state: "marked" };
  const received = withReceipt(tablet(sheet("s1"), sheet("s2")), entry("mark", command), { ...receipt, revision: 6 }, NOW);
  assert.deepEqual(withSheets(received, { event_id: "e1", revision: 5, sheets: [sheet("s1")] }), received);
  const fresh = sheet("s1", { marks: [mark("m1", "A1.1", 9)], revotes: [{ id: "r1" }] });
  for (const revision of [6, 7]) {
    const after = withSheets(received, { event_id: "e1", revision, sheets: [fresh] });
    assert.deepEqual([sheetOf(after, "s1"), after.events[0].revision], [fresh, revision]);
  }
});

test("words that are older than a receipt for another sheet are not lost", () => {
  const command = { id: "m1", aspect: "A1.1", values: ["1"], state: "marked" };
  const asked = sheet("s2", { revotes: [{ id: "r1", is_open: true, awaits_own: true }] });
  const received = withReceipt(tablet(sheet("s1"), sheet("s2")), entry("mark", command), { ...receipt, revision: 12 }, NOW);
  const told = withSheets(received, { event_id: "e1", revision: 11, sheets: [asked] });
  assert.deepEqual([sheetOf(told, "s2"), told.events[0].revision], [asked, 12]);
  const next = withSheets(told, { event_id: "e1", revision: 12, sheets: [sheet("s1", { marks: [mark("m1", "A1.1", 9)] })] });
  assert.deepEqual(sheetOf(next, "s2"), asked);
});

test("a message is added once, as its sender's receipt or as a word of the server", () => {
  const message = { id: "w1", words: "Help", said_at: NOW };
  const once = withReceipt(tablet(), entry("message", { id: "w1" }), message, NOW);
  assert.deepEqual(once.messages, [message]);
  assert.equal(withMessage(once, message), once);
});
