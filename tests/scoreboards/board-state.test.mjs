/** What a board shows, and how it gets from one moment to the next. Run by test_board_script.py, or: node --test tests/scoreboards/ */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const here = new URL(".", import.meta.url);
const cases = JSON.parse(await readFile(new URL("typesetting.json", here), "utf-8"));
const source = await readFile(new URL("../../scoreboards/static/board-state.js", here));
const board = await import(`data:text/javascript;base64,${source.toString("base64")}`);

function row(code, place, total = "0", rank = place) {
  return { code, place, rank, total };
}

const BOARD = { id: "hall", kind: "standings", status: "live", columns: [], awards: [] };
const SNAPSHOT = { type: "snapshot", revision: 7, board: BOARD, rows: [row("A", 1, "20"), row("B", 2, "10")] };

function patch(base, revision, rows = [], gone = []) {
  return { type: "patch", base, revision, at: "now", rows, gone };
}

function status(revision, word = "live") {
  return { type: "status", revision, status: word, at: "now" };
}

function codes(rows) {
  return rows.map((one) => one.code);
}

test("a snapshot is taken as it is, whatever was known before", () => {
  assert.deepEqual(board.receive(null, SNAPSHOT), { state: SNAPSHOT, gap: false });
  assert.deepEqual(board.receive({ ...SNAPSHOT, revision: 9 }, SNAPSHOT), { state: SNAPSHOT, gap: false });
});

test("a patch on its base changes its rows and orders all by place", () => {
  const { state, gap } = board.receive(SNAPSHOT, patch(7, 8, [row("B", 1, "30"), row("A", 2, "20")]));
  assert.equal(gap, false);
  assert.deepEqual(state, { ...SNAPSHOT, revision: 8, at: "now", rows: [row("B", 1, "30"), row("A", 2, "20")] });
});

test("a patch takes away who is gone and takes in who is new", () => {
  const { state } = board.receive(SNAPSHOT, patch(7, 8, [row("C", 2, "15"), row("B", 3, "10")], ["A"]));
  assert.deepEqual(state.rows, [row("C", 2, "15"), row("B", 3, "10")]);
});

test("a patch leaves what was known before untouched", () => {
  const before = structuredClone(SNAPSHOT);
  board.receive(SNAPSHOT, patch(7, 8, [row("B", 1, "30"), row("A", 2, "20")]));
  assert.deepEqual(SNAPSHOT, before);
});

test("a patch on a later base is a gap, and so is one before the first snapshot", () => {
  assert.deepEqual(board.receive(SNAPSHOT, patch(8, 9)), { state: SNAPSHOT, gap: true });
  assert.deepEqual(board.receive(null, patch(7, 8)), { state: null, gap: true });
});

test("an old patch says nothing new; one that starts earlier and ends later is a gap", () => {
  assert.deepEqual(board.receive(SNAPSHOT, patch(6, 7)), { state: SNAPSHOT, gap: false });
  assert.deepEqual(board.receive(SNAPSHOT, patch(6, 8)), { state: SNAPSHOT, gap: true });
});

test("a status ahead of what is known is a gap, and so is another status than the board's", () => {
  assert.equal(board.receive(SNAPSHOT, status(7)).gap, false);
  assert.equal(board.receive(SNAPSHOT, status(8)).gap, true);
  assert.equal(board.receive(SNAPSHOT, status(7, "frozen")).gap, true);
  assert.equal(board.receive(null, status(8)).gap, true);
});

test("a message of a kind not known yet changes nothing", () => {
  assert.deepEqual(board.receive(SNAPSHOT, { type: "fireworks" }), { state: SNAPSHOT, gap: false });
});

test("pages keep those who are pinned and let the others take turns, evenly", () => {
  const rows = Array.from({ length: 24 }, (_, index) => row(String(index + 1), index + 1));
  const pages = board.pagesOf(rows, 12, 3);
  assert.deepEqual(
    pages.map(codes).map((page) => [page.length, page.slice(0, 4).join(" "), page.at(-1)]),
    [
      [10, "1 2 3 4", "10"],
      [10, "1 2 3 11", "17"],
      [10, "1 2 3 18", "24"],
    ],
  );
  assert.deepEqual(board.pagesOf(rows.slice(0, 14), 12).map((page) => page.length), [7, 7]);
});

test("a board that fits has one page", () => {
  const few = [row("A", 1), row("B", 2)];
  assert.deepEqual(board.pagesOf(few, 12, 3), [few]);
  assert.deepEqual(board.pagesOf([], 12), [[]]);
});

test("pages turn round in both directions", () => {
  assert.deepEqual([board.nextPage(0, 3), board.nextPage(2, 3), board.nextPage(0, 3, -1), board.nextPage(4, 0)], [1, 0, 2, 0]);
});

test("movers are those who stand elsewhere, not those who came or left", () => {
  assert.deepEqual(board.movers(["A", "B", "C"], ["B", "A", "C"]), ["B", "A"]);
  assert.deepEqual(board.movers(["A", "B"], ["A", "X"]), []);
});

test("few rows move, many fade, none stay", () => {
  const ten = [..."ABCDEFGHIJ"];
  assert.equal(board.transitionOf(ten, [...ten]), "none");
  assert.equal(board.transitionOf(ten, [..."BACDEFGHIJ"]), "move");
  assert.equal(board.transitionOf(ten, [..."FABCDEGHIJ"]), "move");
  assert.equal(board.transitionOf(ten, [..."JABCDEFGHI"]), "fade");
});

test("a page is made anew for other columns, other awards, and nothing else", () => {
  const { shapeOf } = board;
  assert.equal(shapeOf(BOARD), "standings /");
  assert.equal(shapeOf({ ...BOARD, columns: [{ id: "A" }, { id: "B" }], awards: [{ id: "gold" }] }), "standings A B / gold");
  assert.equal(shapeOf({ ...BOARD, status: "frozen", title: "other" }), shapeOf(BOARD));
});

test("the server's clock is as far ahead as the least delayed of the last words says", () => {
  assert.equal(board.skewOf([]), 0);
  let samples = [];
  for (const sample of [-40, 960, 940, 700]) samples = board.withSample(samples, sample);
  assert.equal(board.skewOf(samples), 960);
  for (let word = 0; word < 8; word += 1) samples = board.withSample(samples, -100);
  assert.deepEqual([samples.length, board.skewOf(samples)], [8, -100]);
});

test("the connection is live, reconnecting, and stale when nothing was heard for too long", () => {
  const now = 100_000;
  assert.equal(board.connectionOf({ isOpen: true, heardAt: now - board.STALE_MS + 1, now }), "live");
  assert.equal(board.connectionOf({ isOpen: false, heardAt: now - board.STALE_MS + 1, now }), "reconnecting");
  assert.equal(board.connectionOf({ isOpen: true, heardAt: now - board.STALE_MS, now }), "stale");
  assert.equal(board.connectionOf({ isOpen: false, heardAt: null, now }), "reconnecting");
});

test("figures, names and totals are set as the server sets them", () => {
  for (const [value, shown] of cases.figures) assert.equal(board.figure(value), shown, value);
  for (const [name, size] of cases.fits) assert.equal(board.fit(name), size, name);
  for (const [title, size] of cases.titles) assert.equal(board.titleFit(title), size, title);
  for (const [value, shown] of cases.totals) assert.equal(board.points(value), shown, value);
  assert.equal(board.total(row("A", 1, "87.5")), "87.50");
  assert.equal(board.total(row("A", 1, "0", null)), "–");
});
