import assert from "node:assert/strict";
import { test } from "node:test";

import { inOrder, isFigure, isMeant, neighbours, nextOpen } from "../../../../competition/static/judge/walk.js";

function sheet(code, session, bench, sub_criterion = "A1") {
  return { id: `sheet-${code}`, code, session, bench, sub_criterion };
}

const [A01, A10, A02] = [sheet("A01", 1, 1), sheet("A10", 1, 10), sheet("A02", 1, 2)];
const [B01, UNDRAWN] = [sheet("B01", 2, 1), sheet("Z09", 0, 0)];
const SHEETS = [B01, UNDRAWN, A10, sheet("A01", 1, 1, "A2"), A02, A01];

test("sheets of the form are walked by session and bench, whoever has no place last", () => {
  assert.deepEqual(inOrder(SHEETS, "A1", null), [A01, A02, A10, B01, UNDRAWN]);
});

test("who competes in the running session comes first", () => {
  assert.deepEqual(inOrder(SHEETS, "A1", 2), [B01, A01, A02, A10, UNDRAWN]);
});

test("a sheet has neighbours in the order, none beyond its ends", () => {
  const order = [A01, A02, B01];
  assert.deepEqual(neighbours(order, A02.id), { before: A01, after: B01 });
  assert.deepEqual(neighbours(order, A01.id), { before: undefined, after: A02 });
  assert.deepEqual(neighbours(order, B01.id), { before: A02, after: undefined });
});

test("the next open sheet is looked for from this one on and round again, never itself", () => {
  const order = [A01, A02, B01];
  assert.equal(nextOpen(order, A02.id, () => true), B01);
  assert.equal(nextOpen(order, B01.id, () => true), A01);
  assert.equal(nextOpen(order, A02.id, (other) => other === A01), A01);
  assert.equal(nextOpen(order, A02.id, (other) => other === A02), undefined);
});

test("a figure is a reading, whatever else is a code or an address", () => {
  for (const text of ["12.06", "-0.5", "+3", "1:05.5", "7"]) assert.equal(isFigure(text), true, text);
  for (const text of ["A04", "https://x/judge#bench=7", "12 mm", ""]) assert.equal(isFigure(text), false, text);
});

test("a bench means who is at it in the running session, a code whoever has it", () => {
  assert.equal(isMeant(A01, { code: "A01" }, 2), true);
  assert.equal(isMeant({ ...A01, code: "a01" }, { code: "A01" }, null), true);
  assert.equal(isMeant(A01, { bench: 1, event: null }, 1), true);
  assert.equal(isMeant(A01, { bench: 1, event: null }, 2), false);
  assert.equal(isMeant(B01, { bench: 1, event: null }, null), true);
  assert.equal(isMeant(A02, { bench: 1, event: null }, 1), false);
});
