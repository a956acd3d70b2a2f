// What a hall screen takes from the board in its frame, and what it reports.
// Run by test_display_pages.py, or: node --test tests/competition/staging/

import assert from "node:assert/strict";
import { test } from "node:test";

import { boardWord, reportOf } from "../../../competition/static/screen.js";

const WORD = { address: "/boards/hall", page: 2, pages: 3, revision: 14, connection: "live" };

test("a board's own word is taken", () => {
  assert.deepEqual(boardWord({ leitai: "board", ...WORD }), WORD);
});

test("whoever else speaks is not heard", () => {
  for (const data of [undefined, null, "board", 7, {}, WORD, { leitai: "else", ...WORD }]) {
    assert.equal(boardWord(data), null);
  }
});

test("what no server would take is put right", () => {
  const odd = { leitai: "board", page: "2", pages: -1, revision: 1.5, connection: "fine", more: true };
  assert.deepEqual(boardWord(odd), { address: "", page: 1, pages: 1, revision: null, connection: "unknown" });
});

test("a report has the board's word, if there is one, this page's version and the screen's size", () => {
  const size = { width: 3840, height: 2160 };
  assert.deepEqual(reportOf(WORD, "1.2", size), { ...WORD, version: "1.2", ...size });
  const nothing = { address: "", page: 1, pages: 1, revision: null, connection: "unknown" };
  assert.deepEqual(reportOf(null, "1.2", size), { ...nothing, version: "1.2", ...size });
});
