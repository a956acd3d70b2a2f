/** What waits on a tablet, entry by entry, in words. Pure. */

import { inWords } from "./readings.js";
import { sendable } from "./sender.js";
import { sheetOf, subCriterionOf } from "./snapshot.js";
import { said, textOf } from "./words.js";

/** Everything of this judge's that waits: `{ key, code, what, value, at, state, refusal, entry | photograph }`, oldest first. */
export function waitingOf({ snapshot, entries, photographs, sending, judge_id, words }, language) {
  const may_go = new Set(sendable(entries, judge_id).map(({ sequence }) => sequence));
  const told = entries.map((entry) => ({
    key: `entry-${entry.sequence}`,
    code: sheetOf(snapshot, entry.sheet_id)?.code ?? null,
    ...entryInWords(snapshot, entry, words, language),
    at: entry.at,
    state: stateOf(entry, sending.has(entry.command.id), may_go.has(entry.sequence)),
    refusal: entry.refusal?.detail ?? null,
    entry,
  }));
  const pictures = photographs.map((photograph) => ({
    key: `photograph-${photograph.id}`,
    code: sheetOf(snapshot, photograph.sheet_id)?.code ?? null,
    what: aspectInWords(snapshot, photograph, "what_photograph", words, language),
    value: said(words, "kilobytes", { n: Math.ceil(photograph.bytes / 1_000) }),
    at: photograph.taken_at,
    state: photograph.refusal ? "attention" : "on_tablet",
    refusal: photograph.refusal?.detail ?? null,
    photograph,
  }));
  return [...told, ...pictures];
}

/** What other judges left here: `{ judge_id, n, at }` for each. */
export function othersOf(others, photographs) {
  const found = new Map();
  for (const { judge_id, at, taken_at } of [...others, ...photographs]) {
    const { n, since } = found.get(judge_id) ?? { n: 0, since: at ?? taken_at };
    found.set(judge_id, { n: n + 1, since: [since, at ?? taken_at].sort()[0] });
  }
  return [...found].map(([judge_id, { n, since }]) => ({ judge_id, n, at: since }));
}

function entryInWords(snapshot, { kind, sheet_id, command }, words, language) {
  if (kind === "message") return { what: words.what_message, value: command.words };
  const sub = subCriterionOf(snapshot, sheet_id);
  if (!sub) return { what: words.what_unknown, value: "" };
  if (kind === "retraction") return { what: words.what_retraction, value: "" };
  if (kind === "mark") {
    const aspect = sub.aspects.find(({ id }) => id === command.aspect);
    const key = command.supersedes ? "what_correction" : "what_mark";
    const what = aspectInWords(snapshot, { sheet_id, aspect: command.aspect }, key, words, language);
    return { what, value: aspect ? inWords(aspect, command, words, language) : "" };
  }
  const key = kind === "seal" ? "what_seal" : `what_signature_${command.role}`;
  return { what: said(words, key, { sub: textOf(sub.name, language) }), value: "" };
}

function aspectInWords(snapshot, { sheet_id, aspect: id }, key, words, language) {
  const aspect = subCriterionOf(snapshot, sheet_id)?.aspects.find((each) => each.id === id);
  return said(words, key, { aspect: id, name: aspect ? textOf(aspect.name, language) : "" });
}

function stateOf(entry, is_sending, may_go) {
  if (entry.refusal) return "attention";
  if (is_sending) return "sending";
  return may_go ? "on_tablet" : "waits";
}
