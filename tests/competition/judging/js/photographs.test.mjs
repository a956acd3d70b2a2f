import assert from "node:assert/strict";
import { test } from "node:test";

import { PhotographQueue } from "../../../../competition/static/judge/photographs.js";

const PICTURE = { size: 1_000 };

/** A queue over a store in memory, to a server that answers as `answer(photograph)` says. */
function queue(answer) {
  const kept = new Map();
  const [sent, received, later] = [[], [], []];
  const store = {
    putPhotograph: async (photograph) => kept.set(photograph.id, photograph),
    removePhotograph: async (id) => kept.delete(id),
    photographs: async () => [...kept.values()],
  };
  const made = new PhotographQueue({
    store,
    put: async (photograph) => {
      sent.push(photograph.id);
      return answer(photograph);
    },
    judge: () => "judge",
    told: () => {},
    received: (photograph) => received.push(photograph.id),
    later: (_, ms) => later.push(ms),
  });
  return { made, kept, sent, received, later };
}

function photograph(id, judge_id = "judge") {
  return { id, event_id: "event", sheet_id: "sheet", judge_id, aspect: "A1.1", taken_at: "", blob: PICTURE };
}

const answered = (status, body) => ({ status, redirected: false, retry_after: null, body });
const taken = ({ id }) => answered(200, { kind: "receipt", id, position: 1, revision: 1 });
const refused = () => answered(422, { type: "x", title: "", status: 422, detail: "No picture." });

test("pictures go one by one, each until its receipt; another judge's stay", async () => {
  const trial = queue(taken);
  trial.kept.set("theirs", photograph("theirs", "another"));
  await trial.made.add(photograph("p1"));
  await trial.made.add(photograph("p2"));
  await trial.made.flush();
  assert.deepEqual([trial.sent, trial.received, [...trial.kept.keys()]], [["p1", "p2"], ["p1", "p2"], ["theirs"]]);
  assert.deepEqual(trial.made.others.map(({ id, bytes }) => [id, bytes]), [["theirs", 1_000]]);
});

test("without an answer a picture waits, and is not sent again before its time", async () => {
  const trial = queue(() => Promise.reject(new TypeError("network")));
  await trial.made.add(photograph("p1"));
  await trial.made.flush();
  await trial.made.flush();
  assert.deepEqual([trial.sent, trial.later, [...trial.kept.keys()]], [["p1"], [1_000], ["p1"]]);
  await trial.made.flush({ now: true });
  assert.deepEqual(trial.later, [1_000, 2_000]);
});

test("a refused picture stays for its judge, who sends it again or lets go of it", async () => {
  let answer = refused;
  const trial = queue((each) => answer(each));
  await trial.made.add(photograph("p1"));
  await trial.made.flush();
  assert.deepEqual(trial.made.own.map(({ refusal }) => refusal.detail), ["No picture."]);
  answer = taken;
  await trial.made.again("p1");
  await trial.made.flush();
  assert.deepEqual([trial.sent, trial.made.own], [["p1", "p1"], []]);
  answer = refused;
  await trial.made.add(photograph("p2"));
  await trial.made.flush();
  await trial.made.setAside("p2");
  assert.deepEqual(trial.made.own, []);
});
