import assert from "node:assert/strict";
import { test } from "node:test";

import { entrantFor, listOf, standingOf, targetOf } from "../../../../competition/static/judge/list.js";

const at = (clock) => Date.parse(`2026-06-01T${clock}:00Z`);

const SESSIONS = [
  { number: 1, starts_at: "2026-06-01T08:00:00Z", ends_at: "2026-06-01T11:00:00Z" },
  { number: 2, starts_at: "2026-06-01T12:00:00Z", ends_at: "2026-06-01T15:00:00Z" },
];

function sheet(id, code, session, bench, more = {}) {
  const blank = { marks: [], settled: [], revotes: [], sealed_at: null, reopened_for: null };
  return { id, code, session, bench, sub_criterion: "A1", ...blank, ...more };
}

function tablet(...sheets) {
  return { events: [{ id: "e1", sessions: SESSIONS, sub_criteria: [{ id: "A1", aspects: [{}, {}] }], sheets }] };
}

const SHEETS = [sheet("s1", "A01", 1, 1), sheet("s2", "A02", 1, 2), sheet("s3", "B01", 2, 1)];

function entry(sheet_id, kind = "mark", more = {}) {
  return { sheet_id, kind, command: { aspect: "A1.1" }, ...more };
}

test("the session that runs comes first, and the next sheet is of it", () => {
  const sessions = (clock) => listOf(tablet(...SHEETS), [], at(clock))[0].sessions;
  const order = (clock) => sessions(clock).map(({ number, is_running }) => [number, is_running]);
  assert.deepEqual(order("09:00"), [[1, true], [2, false]]);
  assert.deepEqual(order("13:00"), [[2, true], [1, false]]);
  assert.deepEqual(order("11:30"), [[1, false], [2, false]]);
  assert.equal(listOf(tablet(...SHEETS), [], at("13:00"))[0].next.sheet.id, "s3");
});

test("a session that was started late runs by its clock, also when the timetable says the next one", () => {
  const clock = { seconds: 10_800, started_at: null, paused_at: null, stopped: 0, time_back: [] };
  const [first, second] = SESSIONS.map((session) => ({ ...clock, ...session }));
  const running = (sessions, time) => {
    const tablets = { events: [{ ...tablet(...SHEETS).events[0], sessions }] };
    return listOf(tablets, [], at(time))[0].running?.number;
  };
  const late = { ...first, started_at: "2026-06-01T09:30:00Z" };
  assert.deepEqual(["08:30", "12:29", "12:30"].map((time) => running([late, second], time)), [1, 1, 2]);
  assert.equal(running([{ ...late, time_back: [[4, 300]] }, second], "12:34"), 1);
  assert.equal(running([{ ...late, paused_at: "2026-06-01T10:00:00Z" }, second], "14:00"), 1);
  assert.equal(running([late, { ...second, started_at: "2026-06-01T12:00:00Z" }], "12:10"), 2);
});

test("next is what is most urgent: attention, a re-vote, reopened, begun, to do", () => {
  const revote = { id: "r", awaits_own: true, is_open: true, closes_at: "2026-06-01T09:02:00Z" };
  const sheets = [
    sheet("todo", "A01", 1, 1),
    sheet("begun", "A02", 1, 2, { settled: ["A1.1"] }),
    sheet("reopened", "A03", 1, 3, { reopened_for: "x" }),
    sheet("revote", "A04", 1, 4, { revotes: [revote] }),
    sheet("attention", "A05", 1, 5),
    sheet("signed", "A06", 1, 6, { sealed_at: "x" }),
  ];
  const refused = entry("attention", "mark", { refusal: {} });
  const order = [];
  for (let left = sheets; left.length; left = left.filter(({ id }) => id !== order.at(-1))) {
    order.push(listOf(tablet(...left), [refused], at("09:00"))[0].next?.sheet.id ?? left[0].id);
  }
  assert.deepEqual(order, ["attention", "revote", "reopened", "begun", "todo", "signed"]);
  assert.equal(standingOf(sheets[3], [], at("09:03")).state, "todo");
});

test("a sheet counts what is marked, settled by others or waiting here, each aspect once", () => {
  const own = sheet("s1", "A01", 1, 1, { marks: [{ aspect: "A1.1" }], settled: ["A1.3"] });
  const entries = [entry("s1"), entry("s1", "mark", { command: { aspect: "A1.2" } }), entry("s2")];
  assert.deepEqual(standingOf(own, entries, at("09:00")), { state: "begun", n: 2, marked: 3 });
  assert.equal(standingOf(own, [...entries, entry("s1", "seal")], at("09:00")).state, "signing");
});

test("a scanner's text, a link and what a judge types mean a bench or a code, or nothing", () => {
  const targets = ["https://x.example/judge#bench=7&event=e1", "#bench=7", "7", "a04", " A04 ", "#code=b01", "12.06", "hello", ""];
  const [there, anywhere] = [{ bench: 7, event: "e1" }, { bench: 7, event: null }];
  const codes = [{ code: "A04" }, { code: "A04" }, { code: "B01" }];
  assert.deepEqual(targets.map(targetOf), [there, anywhere, anywhere, ...codes, null, null, null]);
});

test("at a bench is who competes there now; a code is one entrant in whichever session", () => {
  const list = listOf(tablet(...SHEETS), [], at("13:00"));
  const found = (text) => entrantFor(list, targetOf(text))?.entrant.code;
  assert.deepEqual(["#bench=1", "#bench=2", "#bench=9", "A01", "C01"].map(found), ["B01", "A02", undefined, "A01", undefined]);
  assert.equal(entrantFor(list, targetOf("#bench=1&event=another")), null);
});
