import assert from "node:assert/strict";
import { test } from "node:test";

import { RETRY_MS } from "../../../../competition/static/judge/retry.js";
import { BATCH, MOST_FAULTS, Sender, nextRequest, sendable } from "../../../../competition/static/judge/sender.js";

const JUDGE = "judge";

/** A sender over an outbox in memory, to a server that answers as `answer(entries, request)` says; keeps what was sent and told. */
function sender(answer) {
  const outbox = new Map();
  const [sent, told, later] = [[], [], []];
  const made = new Sender({
    entries: async () => sendable([...outbox.values()], JUDGE),
    post: async (request) => {
      sent.push(request.entries.map((each) => each.command.id));
      return answer(request.entries, request);
    },
    settle: async (outcomes) => {
      for (const { entry, receipt, refusal } of outcomes) {
        if (receipt) outbox.delete(entry.sequence);
        else outbox.set(entry.sequence, { ...entry, refusal });
      }
    },
    tell: (message) => told.push(message),
    later: (_, ms) => later.push(ms),
  });
  const add = (...entries) => entries.forEach((each) => outbox.set(outbox.size + 1, { ...each, sequence: outbox.size + 1 }));
  const left = () => [...outbox.values()].map((kept) => kept.command.id);
  const link = () => told.findLast(({ type }) => type === "link").link;
  return { made, outbox, add, left, link, sent, told, later };
}

function entry(id, { command, ...more } = {}) {
  const usual = { kind: "mark", event_id: "event", sheet_id: "sheet", judge_id: JUDGE };
  return { ...usual, ...more, command: { id, aspect: "A1.1", ...command } };
}

function receipt(id) {
  return { kind: "receipt", id, position: 1, revision: 1, flags: [], points: "1", steps: [] };
}

function ok(results) {
  return { status: 200, redirected: false, retry_after: null, body: { results } };
}

function problem(status, type) {
  return { status, redirected: false, retry_after: null, body: { type, title: "", status, detail: "A sentence." } };
}

const takeAll = (entries) => ok(entries.map(({ command }) => receipt(command.id)));
const REFUSAL = { type: "x", detail: "Why." };

test("an entry is let go of only by its receipt", async () => {
  const trial = sender(takeAll);
  trial.add(entry("m1"));
  await trial.made.flush();
  assert.deepEqual([trial.sent, trial.left()], [[["m1"]], []]);
  assert.deepEqual(trial.told.map((message) => message.type), ["sending", "sending", "link"]);
});

test("what queues up while a request is in flight goes as one batch, in order, one request at a time", async () => {
  let in_flight = 0;
  const trial = sender(async (entries) => {
    in_flight += 1;
    assert.equal(in_flight, 1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    in_flight -= 1;
    return takeAll(entries);
  });
  trial.add(entry("m1"));
  const first = trial.made.flush();
  await new Promise((resolve) => setTimeout(resolve, 1));
  for (const id of ["m2", "m3", "m4"]) {
    trial.outbox.set(id, { ...entry(id), sequence: id });
    trial.made.flush();
  }
  await first;
  assert.deepEqual(trial.sent, [["m1"], ["m2", "m3", "m4"]]);
});

test("a request never grows beyond its size, never mixes events, and stops at an entry of another kind", () => {
  const marks = Array.from({ length: BATCH + 5 }, (_, n) => entry(`m${n}`));
  assert.equal(nextRequest(marks).entries.length, BATCH);
  const ids = (entries) => nextRequest(entries).entries.map(({ command }) => command.id);
  assert.deepEqual(ids([entry("m1"), entry("m2", { event_id: "other" }), entry("m3")]), ["m1"]);
  assert.deepEqual(ids([entry("m1"), entry("s1", { kind: "seal" }), entry("m2")]), ["m1"]);
  assert.deepEqual(ids([entry("s1", { kind: "seal" }), entry("m2")]), ["s1"]);
  assert.equal(nextRequest([]), null);
});

test("kinds go in the order in which they were entered", async () => {
  const takeOne = ([{ command }]) => ({ ...ok([]), body: receipt(command.id) });
  const trial = sender((entries) => (entries[0].kind === "mark" ? takeAll(entries) : takeOne(entries)));
  const retraction = entry("r1", { kind: "retraction", command: { mark: "m1" } });
  trial.add(entry("m1"), retraction, entry("m2"), entry("m3"), entry("s1", { kind: "seal" }));
  await trial.made.flush();
  assert.deepEqual([trial.sent, trial.left()], [[["m1"], ["r1"], ["m2", "m3"], ["s1"]], []]);
});

test("another judge's entries and refused ones wait on the tablet", () => {
  assert.deepEqual(sendable([entry("m1", { judge_id: "another" }), entry("m2", { refusal: REFUSAL })], JUDGE), []);
});

test("a signature waits for what is refused on its sheet, a retraction for its mark; other sheets go on", () => {
  const entries = [
    entry("m1", { refusal: REFUSAL }),
    entry("r1", { kind: "retraction", command: { mark: "m1" } }),
    entry("s1", { kind: "seal" }),
    entry("g1", { kind: "signature" }),
    entry("s2", { kind: "seal", sheet_id: "another" }),
    entry("m2"),
  ];
  assert.deepEqual(sendable(entries, JUDGE).map(({ command }) => command.id), ["s2", "m2"]);
});

test("no answer leaves everything queued; the same ids are sent again, later and later", async () => {
  const trial = sender(() => Promise.reject(new TypeError("network")));
  trial.add(entry("m1"));
  for (const _ of RETRY_MS) await trial.made.flush();
  await trial.made.flush();
  assert.deepEqual([trial.left(), trial.link()], [["m1"], "offline"]);
  assert.deepEqual(new Set(trial.sent.flat()), new Set(["m1"]));
  assert.deepEqual(trial.later, [...RETRY_MS, RETRY_MS.at(-1)]);
});

test("a captive portal clears nothing", async () => {
  const trial = sender(() => ({ status: 200, redirected: false, retry_after: null, body: null }));
  trial.add(entry("m1"));
  await trial.made.flush();
  assert.deepEqual([trial.left(), trial.link()], [["m1"], "wrong_network"]);
});

test("a receipt for one of two lets go of that one only", async () => {
  let times = 0;
  const trial = sender(() => (++times === 1 ? ok([receipt("m1")]) : Promise.reject(new TypeError("network"))));
  trial.add(entry("m1"), entry("m2"));
  await trial.made.flush();
  assert.deepEqual([trial.left(), trial.sent], [["m2"], [["m1", "m2"], ["m2"]]]);
});

test("a refusal keeps the entry with its sentence, and nothing behind it waits", async () => {
  const results = ({ command: { id } }) => (id === "m1" ? { kind: "refusal", id, ...REFUSAL } : receipt(id));
  const trial = sender((entries) => ok(entries.map(results)));
  trial.add(entry("m1"), entry("m2"));
  await trial.made.flush();
  const [kept] = trial.outbox.values();
  assert.deepEqual([kept.command.id, kept.refusal, trial.left()], ["m1", REFUSAL, ["m1"]]);
  await trial.made.flush();
  assert.equal(trial.sent.length, 1);
});

test("one mark that spoils a whole request is found by halving, and all others go through", async () => {
  const isSpoilt = (entries) => entries.some(({ command }) => command.id === "bad");
  const trial = sender((entries) => (isSpoilt(entries) ? problem(400, "unreadable") : takeAll(entries)));
  trial.add(...["m1", "m2", "bad", "m3", "m4"].map((id) => entry(id)));
  await trial.made.flush();
  assert.deepEqual(trial.left(), ["bad"]);
  assert.equal([...trial.outbox.values()][0].refusal.detail, "A sentence.");
});

test("a browser that keeps nothing is told of", async () => {
  const told = [];
  const entries = () => Promise.reject(new Error("blocked"));
  await new Sender({ entries, post: takeAll, settle: () => {}, tell: (message) => told.push(message) }).flush();
  assert.deepEqual(told, [{ type: "link", link: "storage", detail: "" }]);
});

test("an entry that the server always fails at needs its judge after a few tries, and holds up no other", async () => {
  const fault = { status: 500, redirected: false, retry_after: null, body: { type: "server-error", detail: "failed", status: 500 } };
  const is_bad = ({ command }) => command.id === "m2";
  const trial = sender((entries) => (entries.some(is_bad) ? fault : takeAll(entries)));
  trial.add(entry("m1"), entry("m2"), entry("m3"));
  for (let tries = 0; tries < MOST_FAULTS; tries += 1) await trial.made.flush();
  assert.deepEqual([trial.left(), trial.link()], [["m2"], "ok"]);
  assert.deepEqual(sendable([...trial.outbox.values()], JUDGE), []);
});

test("a sign-off that was refused holds up neither itself signed anew nor a message", () => {
  const entries = [
    entry("s1", { kind: "seal", refusal: REFUSAL }),
    entry("g1", { kind: "signature", command: { seal: "s1" } }),
    entry("p1", { kind: "message", refusal: REFUSAL }),
    entry("s2", { kind: "seal" }),
    entry("g2", { kind: "signature", command: { seal: "s2" } }),
  ];
  assert.deepEqual(sendable(entries, JUDGE).map(({ command }) => command.id), ["s2", "g2"]);
});
