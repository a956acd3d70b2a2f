/** The judge's sheets as the list shows them: whose turn it is, what is next, and where each sheet stands. Pure. */

import { runningSession } from "./session-clock.js";

/** How urgent a sheet is to its judge, first to last; a sheet that is signed is done. */
const URGENCY = ["attention", "revote", "reopened", "begun", "todo"];

/** The events of a snapshot for the list at `now` (milliseconds, the server's time), with what waits on the tablet. */
export function listOf(tablet, entries, now) {
  return tablet.events.map((event) => {
    const running = runningSession(event, now);
    const sheets = event.sheets.map((sheet) => ({ sheet, ...standingOf(sheet, entries, now) }));
    const sessions = groupsBy(sheets, ({ sheet }) => sheet.session).map(([number, own]) => ({
      number,
      session: event.sessions.find((each) => each.number === number),
      is_running: number === running?.number,
      entrants: groupsBy(own, ({ sheet }) => sheet.code).map(([code, its]) => ({ code, sheets: its })),
    }));
    sessions.sort((one, other) => other.is_running - one.is_running || one.number - other.number);
    return { event, running, sessions, next: nextOf(sessions), signed: sheets.filter(({ state }) => state === "signed").length };
  });
}

/** Where a sheet stands: `{ state, n, marked, expected }`; `n` entries of it wait on the tablet. */
export function standingOf(sheet, entries, now) {
  const own = entries.filter((entry) => entry.sheet_id === sheet.id && entry.kind !== "message");
  const n = own.filter((entry) => !entry.refusal).length;
  const waiting = own.filter(({ kind, refusal }) => kind === "mark" && !refusal).map(({ command }) => command.aspect);
  const marked = new Set([...sheet.marks.map((mark) => mark.aspect), ...sheet.settled, ...waiting]).size;
  return { state: stateOf(sheet, own, marked, now), n, marked };
}

/** What a text of a scanner, of a link or of a judge means: `{ bench, event }`, `{ code }`, or null. */
export function targetOf(text) {
  const trimmed = text.trim();
  const hash = new URLSearchParams(trimmed.split("#")[1] ?? "");
  if (hash.get("bench")) return { bench: Number(hash.get("bench")), event: hash.get("event") };
  if (hash.get("code")) return { code: hash.get("code").toUpperCase() };
  if (/^\d{1,4}$/.test(trimmed)) return { bench: Number(trimmed), event: null };
  return /^[A-Za-z]{1,4}-?\d{1,4}$/.test(trimmed) ? { code: trimmed.toUpperCase() } : null;
}

/** The entrant that a target means, as `{ event, entrant, session }` of the list: at a bench whoever competes there now. */
export function entrantFor(list, target) {
  const places = list.flatMap(({ event, running, sessions }) =>
    sessions.flatMap(({ number, session, entrants }) => entrants.map((entrant) => ({ event, running, number, session, entrant }))),
  );
  if (target.code) return places.find(({ entrant }) => entrant.code === target.code) ?? null;
  const there = places.filter(
    ({ event, entrant }) => entrant.sheets[0].sheet.bench === target.bench && (!target.event || event.id === target.event),
  );
  return there.find(({ running, number }) => running?.number === number) ?? there[0] ?? null;
}

function stateOf(sheet, own, marked, now) {
  if (own.some((entry) => entry.refusal)) return "attention";
  if (sheet.revotes.some((revote) => revote.awaits_own && revote.is_open && now < Date.parse(revote.closes_at))) return "revote";
  if (sheet.sealed_at) return "signed";
  if (own.some(({ kind }) => kind === "seal")) return "signing";
  if (sheet.reopened_for !== null) return "reopened";
  return marked ? "begun" : "todo";
}

/** The sheet to go on with: in the session that runs, or the first that has any to do. */
function nextOf(sessions) {
  for (const { entrants } of sessions) {
    const sheets = entrants.flatMap((entrant) => entrant.sheets);
    for (const urgency of URGENCY) {
      const found = sheets.find(({ state }) => state === urgency);
      if (found) return found;
    }
  }
  return null;
}

function groupsBy(many, keyOf) {
  const groups = new Map();
  for (const each of many) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  return [...groups];
}
