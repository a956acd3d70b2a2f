import assert from "node:assert/strict";
import { test } from "node:test";

import { awaitsCompetitor, isOpen, signOffOf, signaturesOf } from "../../../../competition/static/judge/sign-off.js";

const AT = "2026-05-01T01:00:00Z";
const DRAWING = { width: 600, height: 200, strokes: [[[1, 1]]], name: "" };
const OPEN = { sealed_at: null, seal: null, signatures: [] };
const SIGNED = { id: "a", role: "judge", drawing: DRAWING, signed_at: AT, holds: true };
const SEALED = { sealed_at: AT, seal: "seal", signatures: [SIGNED] };
const SEAL = { sequence: 3, kind: "seal", at: AT, command: { id: "queued", marks: ["m"], drawing: DRAWING } };
const BY_COMPETITOR = { id: "c", seal: "queued", role: "competitor", drawing: DRAWING };
const COUNTERSIGNED = { sequence: 4, kind: "signature", at: AT, command: BY_COMPETITOR };
const REFUSAL = { type: "sheet-changed", detail: "Look again." };

test("a sheet is open until it is signed here, and sealed once the server has the signature", () => {
  assert.deepEqual(signOffOf(OPEN, []), { state: "open", seal: null, entry: null });
  assert.deepEqual(signOffOf(OPEN, [SEAL]), { state: "on_tablet", seal: "queued", entry: SEAL });
  assert.deepEqual(signOffOf(SEALED, []), { state: "sealed", seal: "seal", entry: null });
});

test("a signature that was not taken leaves the sheet open to be looked at again", () => {
  const refused = { ...SEAL, refusal: REFUSAL };
  assert.deepEqual(signOffOf(OPEN, [refused]), { state: "refused", seal: "queued", entry: refused });
  assert.deepEqual([signOffOf(OPEN, [refused]), signOffOf(OPEN, [SEAL]), signOffOf(SEALED, [])].map(isOpen), [true, false, false]);
});

test("signatures that the server has come first, then those that wait here, each with its state", () => {
  const reopened = { ...OPEN, signatures: [{ ...SIGNED, holds: false }] };
  const waiting = { ...COUNTERSIGNED, refusal: REFUSAL };
  const drawn = { drawing: DRAWING, at: AT };
  assert.deepEqual(signaturesOf(reopened, [SEAL, waiting, { sequence: 5, kind: "mark", at: AT, command: {} }]), [
    { role: "judge", ...drawn, state: "void", entry: null },
    { role: "judge", ...drawn, state: "on_tablet", entry: SEAL },
    { role: "competitor", ...drawn, state: "refused", entry: waiting },
  ]);
});

test("what the server tells before its receipt is here, or tells twice, is shown once", () => {
  const told = { ...SIGNED, id: "c", role: "competitor" };
  const sheet = { sealed_at: AT, seal: "queued", signatures: [SIGNED, told, told] };
  const shown = signaturesOf(sheet, [SEAL, COUNTERSIGNED]).map(({ role, state }) => [role, state]);
  assert.deepEqual(shown, [["judge", "holds"], ["competitor", "holds"]]);
});

test("the competitor signs once under each sign-off, and not before there is one", () => {
  assert.equal(awaitsCompetitor(OPEN, []), false);
  assert.equal(awaitsCompetitor(OPEN, [SEAL]), true);
  assert.equal(awaitsCompetitor(OPEN, [SEAL, COUNTERSIGNED]), false);
  const voided = { ...SIGNED, id: "c", role: "competitor", holds: false };
  assert.equal(awaitsCompetitor({ ...SEALED, signatures: [...SEALED.signatures, voided] }, []), true);
  assert.equal(awaitsCompetitor({ ...SEALED, signatures: [...SEALED.signatures, { ...voided, holds: true }] }, []), false);
});
