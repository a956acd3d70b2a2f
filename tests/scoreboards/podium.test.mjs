/** The reveal's scenes and an entrant's prospects, as scripts make them: the cases are in `podium.json`, which the server's test reads too. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { difference, prospectsOf } from "../../scoreboards/static/kinds/entrant-prospect.js";
import { changeOf, crowdOf, delaysOf, furtherAwards, namedBy, sceneOf } from "../../scoreboards/static/kinds/podium-scene.js";

const cases = JSON.parse(readFileSync(new URL("podium.json", import.meta.url)));

const codes = (rows) => rows.map((row) => row.code);

for (const { name, board, rows, scene } of cases.scenes) {
  test(`scene: ${name}`, () => {
    const made = sceneOf({ board, rows });
    const told = {
      view: made.view,
      is_closed: made.isClosed,
      is_last: made.isLast,
      latest: codes(made.latest),
      podium: codes(made.podium),
      crowd: made.crowd,
      groups: made.groups.map(({ award, rows: of }) => [award?.id ?? null, codes(of)]),
      named: made.named,
    };
    assert.deepEqual(told, scene);
  });
}

for (const { name, board, rows, prospects } of cases.prospects) {
  test(`prospects: ${name}`, () => {
    const { own, places, totals, gaps } = prospectsOf({ board, rows });
    assert.deepEqual({ own: own.code, places, totals, gaps }, prospects);
  });
}

test("so many winners are set so large", () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 6, 7, 12, 13, 30, 31].map(crowdOf),
    ["one", "one", "few", "few", "some", "some", "many", "many", "throng", "throng", "host"],
  );
});

test("awards that the heading names are not said again", () => {
  const awards = [
    { id: "first", name: { zh: "一等奖", en: "First prize" } },
    { id: "best", name: { zh: "最佳工艺", en: "" } },
  ];
  const row = { awards: ["best", "first"] };
  assert.deepEqual(namedBy(awards, { zh: "一等奖", en: "First prize" }), ["first"]);
  assert.deepEqual(furtherAwards(awards, row, ["first"]), [awards[1]]);
  assert.deepEqual(furtherAwards(awards, row, []), awards);
});

const at = (step, changes = {}) => ({
  board: { status: "live", reveal: { step, steps: 5, is_paused: false, ...changes } },
});

test("a screen enters the next step, goes back one, and jumps to where the others are", () => {
  const closed = { board: { status: "preparing", reveal: null } };
  const rehearsal = { board: { ...at(2).board, status: "rehearsal" } };
  const changes = [
    [null, at(3), "none"],
    [at(0), at(1), "enter"],
    [at(2), at(3), "enter"],
    [at(3), at(2), "back"],
    [at(1), at(4), "jump"],
    [at(4), at(0), "jump"],
    [at(2), at(2), "none"],
    [at(2), at(2, { is_paused: true }), "close"],
    [at(2, { is_paused: true }), at(2), "open"],
    [at(2, { is_paused: true }), at(3), "jump"],
    [at(2), at(3, { is_paused: true }), "jump"],
    [rehearsal, at(3), "jump"],
    [at(2), at(3, { steps: 4 }), "enter"],
    [closed, at(0), "jump"],
    [at(2), closed, "jump"],
    [closed, closed, "none"],
  ];
  assert.deepEqual(
    changes.map(([before, now]) => changeOf(before, now)),
    changes.map(([, , change]) => change),
  );
});

test("winners come one after the other, the last place first, all of them begun in time", () => {
  const latest = ["a", "b", "c"].map((code) => ({ code }));
  assert.deepEqual([...delaysOf(latest, { first: 100, each: 200, within: 900 })], [["c", 100], ["b", 300], ["a", 500]]);
  assert.deepEqual([...delaysOf(latest, { first: 100, each: 200, within: 300 })], [["c", 100], ["b", 250], ["a", 400]]);
  assert.deepEqual([...delaysOf(latest.slice(0, 1), { first: 100, each: 200, within: 300 })], [["a", 100]]);
  assert.deepEqual([...delaysOf([], { first: 100, each: 200, within: 300 })], []);
});

test("a difference of decimals is exact", () => {
  const pairs = [["61.20", "59.95"], ["59.95", "61.2"], ["0.1", "0.30000"], ["100", "99"], ["7", "7.00"], ["-1.5", "0.25"]];
  assert.deepEqual(
    pairs.map(([a, b]) => difference(a, b)),
    ["1.25", "-1.25", "-0.20000", "1", "0.00", "-1.75"],
  );
});
