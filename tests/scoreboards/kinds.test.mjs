// The pure parts of the kinds of boards. Run by test_kinds.py, or: node --test tests/scoreboards/

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import "./static-files.mjs";

const cases = JSON.parse(await readFile(new URL("kinds.json", import.meta.url), "utf-8"));
const scripts = new URL("../../scoreboards/static/kinds/", import.meta.url);
const { benchScene, clockWord, extraFace } = await import(new URL("bench-scene.js", scripts));
const { ageOf, nextOf, shiftOf } = await import(new URL("ticker-line.js", scripts));
const { teamFigure } = await import(new URL("team-figure.js", scripts));

for (const { what, sessions, rows, now, scene, extras } of cases.scenes) {
  test(`benches: ${what}`, () => {
    const found = benchScene({ board: { sessions }, rows }, Date.parse(now));
    if (scene === null) {
      assert.equal(found, null);
      return;
    }
    const { session, phase, left, spent, endsAt, goingOn } = found;
    const told = { number: session.number, phase, left, spent, going_on: goingOn };
    const { ends_at: end, codes, ...expected } = scene;
    assert.deepEqual(told, expected);
    assert.equal(endsAt, Date.parse(end));
    assert.deepEqual(found.rows.map((row) => row.code), codes);
    assert.deepEqual(found.rows.map((row) => extraFace(row, found)), extras);
    assert.equal(clockWord(found), goingOn ? "goingOn" : phase);
  });
}

test("how long ago a mark was given", () => {
  for (const [at, now, unit, count] of cases.ages) assert.deepEqual(ageOf(at, Date.parse(now)), { unit, count });
});

test("a team's figure is written as its measure is", () => {
  for (const [value, measure, shown] of cases.figures) assert.equal(teamFigure(value, measure), shown);
});

test("new marks push the list down as one, and nothing else does", () => {
  assert.equal(shiftOf(["a", "b", "c"], ["x", "a", "b"]), 1);
  assert.equal(shiftOf(["a", "b", "c"], ["x", "y", "a", "b", "c"]), 2);
  assert.equal(shiftOf(["a", "b", "c"], ["c", "a", "b"]), 1);
  assert.equal(shiftOf(["a", "b", "c"], ["b", "a", "c"]), null);
  assert.equal(shiftOf(["a", "b", "c"], ["x", "y", "z"]), null);
  assert.equal(shiftOf(["a", "b"], ["a", "b", "c"]), null);
  assert.equal(shiftOf([], ["a"]), null);
});

test("a new mark passes next, the oldest of them first; without one the others pass again", () => {
  const rows = [{ code: "c", at: 3 }, { code: "b", at: 2 }, { code: "a", at: 1 }];
  const passed = new Map([["a", 1]]);
  assert.equal(nextOf(rows, passed, "a").code, "b");
  assert.equal(nextOf(rows, passed.set("b", 2), "b").code, "c");
  assert.equal(nextOf(rows, passed.set("c", 3), "c").code, "b");
  assert.equal(nextOf(rows, passed, "a").code, "c");
  assert.equal(nextOf(rows, passed, "gone").code, "c");
  assert.equal(nextOf([], passed, "a"), null);
});
