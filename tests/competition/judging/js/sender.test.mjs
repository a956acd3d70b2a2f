import assert from "node:assert/strict";
import { test } from "node:test";

import { BATCH, RETRY_MS, Sender, batchOf, readAnswer } from "../../../../competition/static/judge/sender.js";

const JUDGE = "judge";

/** An outbox in memory: the same three verbs. */
class MemoryOutbox {
  entries = new Map();
  #last = 0;

  async put(entry) {
    const sequence = entry.sequence ?? ++this.#last;
    this.entries.set(sequence, { ...entry, sequence });
    return this.entries.get(sequence);
  }

  async all() {
    return [...this.entries.values()].sort((a, b) => a.sequence - b.sequence);
  }

  async remove(sequence) {
    this.entries.delete(sequence);
  }
}

/** A sender over a server that answers as `answer(marks)` says; keeps what was sent, told and put off. */
function sender(answer) {
  const store = new MemoryOutbox();
  const [sent, told, later] = [[], [], []];
  const post = async (event_id, marks) => {
    sent.push(marks.map((mark) => mark.id));
    return answer(marks, event_id);
  };
  const made = new Sender({ store, post, judge_id: JUDGE, tell: (message) => told.push(message), later: (_, ms) => later.push(ms) });
  return { made, store, sent, told, later };
}

function entry(id, event_id = "event") {
  return { event_id, sheet_id: "sheet", mark: { id, aspect: "A1.1" } };
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

const takeAll = (marks) => ok(marks.map((mark) => receipt(mark.id)));

async function left({ store }) {
  return (await store.all()).map((kept) => kept.mark.id);
}

test("a mark is stored before it is sent and let go of only by its receipt", async () => {
  const trial = sender((marks) => {
    assert.equal(trial.store.entries.size, 1);
    return takeAll(marks);
  });
  await trial.made.add(entry("m1"));
  await trial.made.flush();
  assert.deepEqual([trial.sent, await left(trial)], [[["m1"]], []]);
  assert.deepEqual(trial.told.map((message) => message.type), ["queued", "sending", "sending", "receipt", "link"]);
});

test("a mark that this browser cannot keep is not entered at all", async () => {
  const trial = sender(takeAll);
  trial.store.put = () => Promise.reject(new Error("quota"));
  await assert.rejects(trial.made.add(entry("m1")));
  assert.deepEqual([trial.sent, trial.told], [[], []]);
});

test("what queues up while a request is in flight goes as one batch, in order, one request at a time", async () => {
  let in_flight = 0;
  const trial = sender(async (marks) => {
    in_flight += 1;
    assert.equal(in_flight, 1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    in_flight -= 1;
    return takeAll(marks);
  });
  await trial.made.add(entry("m1"));
  await Promise.all(["m2", "m3", "m4"].map((id) => trial.made.add(entry(id))));
  await trial.made.flush();
  assert.deepEqual(trial.sent, [["m1"], ["m2", "m3", "m4"]]);
});

test("a batch never grows beyond its size and never mixes events", () => {
  const many = Array.from({ length: BATCH + 5 }, (_, n) => ({ ...entry(`m${n}`, n === 3 ? "other" : "event"), judge_id: JUDGE }));
  const batch = batchOf(many, JUDGE);
  assert.equal(batch.length, BATCH);
  assert.ok(batch.every((kept) => kept.event_id === "event"));
});

test("another judge's marks and refused ones wait on the tablet", () => {
  const theirs = { ...entry("m1"), judge_id: "another" };
  const refused = { ...entry("m2"), judge_id: JUDGE, refusal: { type: "x", detail: "" } };
  assert.deepEqual(batchOf([theirs, refused], JUDGE), []);
});

test("no answer leaves everything queued; the same ids are sent again, later and later", async () => {
  const trial = sender(() => Promise.reject(new TypeError("network")));
  await trial.made.add(entry("m1"));
  for (const _ of RETRY_MS) await trial.made.flush();
  assert.deepEqual([await left(trial), trial.made.link], [["m1"], "offline"]);
  assert.deepEqual(new Set(trial.sent.flat()), new Set(["m1"]));
  assert.deepEqual(trial.later, [...RETRY_MS, RETRY_MS.at(-1)].slice(0, trial.later.length));
});

test("a captive portal clears nothing: neither its page with 200, nor its redirect, nor a JSON of its own", async () => {
  const foreign = [
    { status: 200, redirected: false, retry_after: null, body: null },
    { status: 0, redirected: true, retry_after: null, body: null },
    { ...takeAll([{ id: "m1" }]), redirected: true },
    { status: 200, redirected: false, retry_after: null, body: { ok: true } },
    ok([{ kind: "receipt", id: "somebody else's", position: 1 }]),
    ok([{ kind: "receipt", id: "m1" }]),
    { status: 511, redirected: false, retry_after: null, body: null },
    { status: 404, redirected: false, retry_after: null, body: null },
  ];
  for (const answer of foreign) {
    const trial = sender(() => answer);
    await trial.made.add(entry("m1"));
    await trial.made.flush();
    assert.deepEqual([await left(trial), trial.made.link], [["m1"], "wrong_network"], JSON.stringify(answer));
  }
});

test("a receipt for one of two lets go of that one only", async () => {
  let times = 0;
  const trial = sender((marks) => (++times === 1 ? ok([receipt("m1")]) : Promise.reject(new TypeError(marks.length))));
  await trial.store.put({ ...entry("m1"), judge_id: JUDGE });
  await trial.store.put({ ...entry("m2"), judge_id: JUDGE });
  await trial.made.flush();
  assert.deepEqual([await left(trial), trial.sent], [["m2"], [["m1", "m2"], ["m2"]]]);
});

test("a refusal keeps the mark with its sentence, and nothing behind it waits", async () => {
  const trial = sender((marks) => ok(marks.map(({ id }) => (id === "m1" ? { kind: "refusal", id, type: "x", detail: "Why." } : receipt(id)))));
  await trial.store.put({ ...entry("m1"), judge_id: JUDGE });
  await trial.store.put({ ...entry("m2"), judge_id: JUDGE });
  await trial.made.flush();
  const [kept] = await trial.store.all();
  assert.deepEqual([kept.mark.id, kept.refusal, await left(trial)], ["m1", { type: "x", detail: "Why." }, ["m1"]]);
  await trial.made.flush();
  assert.equal(trial.sent.length, 1);
});

test("a refused mark is sent again when its judge says so, under its own id", async () => {
  let refuse = true;
  const trial = sender((marks) => (refuse ? ok([{ kind: "refusal", id: marks[0].id, type: "x", detail: "Why." }]) : takeAll(marks)));
  await trial.made.add(entry("m1"));
  await trial.made.flush();
  refuse = false;
  await trial.made.again((await trial.store.all())[0]);
  await trial.made.flush();
  assert.deepEqual([trial.sent, await left(trial)], [[["m1"], ["m1"]], []]);
});

test("one mark that spoils a whole request is found by halving, and all others go through", async () => {
  const trial = sender((marks) => (marks.some(({ id }) => id === "bad") ? problem(400, "unreadable") : takeAll(marks)));
  for (const id of ["m1", "m2", "bad", "m3", "m4"]) await trial.store.put({ ...entry(id), judge_id: JUDGE });
  await trial.made.flush();
  assert.deepEqual(await left(trial), ["bad"]);
  assert.equal((await trial.store.all())[0].refusal.detail, "A sentence.");
});

test("each answer means one thing", () => {
  const ids = new Set(["m1"]);
  const links = [
    [takeAll([{ id: "m1" }]), "ok"],
    [problem(401, "device-is-locked"), "locked"],
    [problem(403, "device-is-revoked"), "revoked"],
    [problem(403, "page-expired"), "expired"],
    [problem(503, "busy"), "busy"],
    [problem(500, "unexpected"), "fault"],
    [problem(404, "not-found"), "not_taken"],
    [problem(413, "too-many-marks"), "not_taken"],
    [{ status: 502, redirected: false, retry_after: null, body: null }, "busy"],
    [{ status: 404, redirected: false, retry_after: null, body: null }, "wrong_network"],
  ];
  for (const [answer, link] of links) assert.equal(readAnswer(answer, ids).link, link);
  assert.equal(readAnswer({ ...problem(503, "busy"), retry_after: "2" }, ids).retry_after_ms, 2_000);
});
