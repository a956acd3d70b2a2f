/**
 * One aspect of one sheet as the tablet knows it, from blank to received. Pure.
 *
 * `received` is the mark that counts on the server. `queued` are this tablet's entries about the aspect (marks, and retractions of
 * marks) that have no receipt yet, in the order they were made; `refused` those the server would not take. `before` holds, by the
 * id of a mark, the one that stood before it, as far as this page saw it. `aside` is the last mark that was received but kept
 * without effect, with its receipt. `draft` is what is typed or counted but not entered: one text for each reading, "" where there
 * is none yet. `settled`: not the whole panel marks the aspect, and enough other judges have; a draft of it is dropped. `revote` is
 * the re-vote of the aspect, if there was one. An entry whose readings are none of this aspect's is sent like any and never stands.
 */

import { isFit } from "./readings.js";

/**
 * The cell of an aspect, from the sheet as the server last told it and the outbox's entries of this sheet.
 *
 * `memory` is `{ before, restored, asides }`: what stood before each mark, by its id; and by aspect what stands again after a mark
 * was taken back, until the server says so, and what stands aside.
 */
export function cellOf(aspect, { sheet, entries = [], memory = {}, draft = null }) {
  const received = sheet.marks.find((mark) => mark.aspect === aspect.id) ?? memory.restored?.get(aspect.id) ?? null;
  const marks = entries.filter(({ kind, command }) => kind === "mark" && command.aspect === aspect.id);
  const ids = new Set([received?.id, ...marks.map(({ command }) => command.id)]);
  const own = entries.filter((entry) => marks.includes(entry) || (entry.kind === "retraction" && ids.has(entry.command.mark)));
  const cell = {
    aspect,
    received,
    queued: own.filter(({ kind, command, refusal }) => !refusal && (kind === "retraction" || isFit(aspect, command))),
    refused: own.filter((entry) => entry.refusal),
    before: memory.before ?? new Map(),
    aside: memory.asides?.get(aspect.id) ?? null,
    settled: sheet.settled.includes(aspect.id),
    revote: sheet.revotes.findLast((revote) => revote.aspect === aspect.id) ?? null,
    draft: null,
  };
  return { ...cell, draft: isSettled(cell) ? null : draft };
}

/** What the judge last said about the aspect, acknowledged or not; null while blank, or once all of it was taken back. */
export function standing(cell) {
  const before = new Map(cell.before);
  let held = cell.received;
  for (const { kind, command } of cell.queued) {
    if (kind === "mark") {
      before.set(command.id, held);
      held = command;
    } else if (held?.id === command.mark) held = before.get(command.mark) ?? null;
  }
  return held;
}

/** The id that a correction must supersede, or null. */
export function currentId(cell) {
  return standing(cell)?.id ?? null;
}

/** Whether a received mark is being taken back and only the server knows what stood before it: nothing can follow it yet. */
export function isUncertain(cell) {
  const takesBack = ({ kind, command }) => kind === "retraction" && command.mark === cell.received?.id;
  return cell.queued.some(takesBack) && !cell.before.has(cell.received.id);
}

/** Whether others have marked the aspect for the panel, and this judge has not. */
export function isSettled(cell) {
  return cell.settled && standing(cell) === null;
}

/** Whether the judge still has to mark the aspect. */
export function isMissing(cell) {
  return standing(cell) === null && !cell.settled;
}

/** The re-vote that waits for this judge's new vote, at `now` (milliseconds of the server's time); null when none does. */
export function awaitedRevote(cell, now) {
  const { revote } = cell;
  if (!revote?.awaits_own || Date.parse(revote.closes_at) <= now) return null;
  return standing(cell)?.revote === revote.id ? null : revote;
}

/** The state of a cell as one word: blank, settled, draft, revote, on_tablet, sending, received or attention. */
export function stateOf(cell, sending, now) {
  if (cell.refused.length) return "attention";
  if (cell.draft) return "draft";
  if (awaitedRevote(cell, now)) return "revote";
  if (cell.queued.some(({ command }) => sending.has(command.id))) return "sending";
  if (cell.queued.length) return "on_tablet";
  if (cell.received) return "received";
  return cell.settled ? "settled" : "blank";
}

/** What is noticed about a cell, as flag words; of a mark that stands aside first. */
export function flagsOf(cell) {
  return [...new Set([...(cell.aside?.receipt.flags ?? []), ...(cell.received?.flags ?? [])])];
}

/** The aspects that the judge still has to mark, in order. */
export function missing(cells) {
  return cells.filter(isMissing).map((cell) => cell.aspect.id);
}

/**
 * What keeps a sheet from being signed: `attention`, `draft`, `revote`, `missing`, `uncertain` or nothing (null), and how many.
 *
 * Marks that are still on the tablet do not: the sign-off follows them.
 */
export function signBlock(cells, now) {
  for (const [why, isSo] of Object.entries(BLOCKS)) {
    const n = cells.filter((cell) => isSo(cell, now)).length;
    if (n) return { why, n };
  }
  return null;
}

/** The first cell that keeps a sheet from being signed for this reason. */
export function firstBlocked(cells, why, now) {
  return cells.find((cell) => BLOCKS[why](cell, now));
}

/** The marks that a sign-off of these cells names, in the order of the sheet. */
export function signedMarks(cells) {
  return cells.flatMap((cell) => currentId(cell) ?? []);
}

const BLOCKS = {
  attention: (cell) => cell.refused.length > 0,
  draft: (cell) => cell.draft !== null,
  revote: (cell, now) => awaitedRevote(cell, now) !== null,
  uncertain: isUncertain,
  missing: isMissing,
};
