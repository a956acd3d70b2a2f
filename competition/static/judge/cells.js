/**
 * One aspect of one sheet as the tablet knows it, from blank to received. Pure: every function gives a new cell.
 *
 * `received` is the mark that counts on the server. `queued` are this tablet's entries for the aspect that have no receipt yet, in
 * the order they were made; `refused` those the server would not take. `aside` is the last mark that was received but kept
 * without effect, with its receipt. `draft` is what is typed or counted but not entered: one text for each reading, "" where
 * there is none yet. `settled`: not the whole panel marks the aspect, and enough other judges have; a draft of it is dropped.
 */

/** Flags under which a received mark does not count until the chief judge decides. */
const WITHOUT_EFFECT = ["conflict", "late"];

/** The cell of an aspect, given the mark in force when the page was made (or null), and whether others settled it by then. */
export function cellOf(aspect, mark = null, settled = false) {
  return { aspect, received: mark, queued: [], refused: [], aside: null, draft: null, settled };
}

/** The cell once an entry is stored on this tablet; a refused entry waits for its judge, all others for a receipt. */
export function withEntry(cell, entry) {
  const others = without(cell, entry);
  return entry.refusal ? { ...others, refused: [...others.refused, entry] } : { ...others, queued: [...others.queued, entry] };
}

/** The cell without an entry that is on this tablet no longer. */
export function without(cell, entry) {
  const differs = (other) => other.sequence !== entry.sequence;
  return { ...cell, queued: cell.queued.filter(differs), refused: cell.refused.filter(differs) };
}

/** The cell once the server has taken an entry: it counts, or it stands aside and what counted before still does. */
export function withReceipt(cell, entry, receipt) {
  const rest = without(cell, entry);
  if (WITHOUT_EFFECT.some((flag) => receipt.flags.includes(flag))) return { ...rest, aside: { mark: entry.mark, receipt } };
  const { id, aspect, values, state } = entry.mark;
  const { flags, points, steps, position } = receipt;
  return { ...rest, received: { id, aspect, values, state, flags, points, steps, position }, aside: null };
}

/** The cell with what the server now says counts; a position that is known stays. */
export function withReceived(cell, mark) {
  const position = mark && mark.id === cell.received?.id ? cell.received.position : undefined;
  return { ...cell, received: mark && { ...mark, position } };
}

/** The cell as others have settled it, or no longer have; a draft of what they settled is dropped. */
export function withSettled(cell, settled) {
  const after = { ...cell, settled };
  return isSettled(after) ? withDraft(after, null) : after;
}

/** The cell with readings that are not entered yet; null drops them. */
export function withDraft(cell, draft) {
  return { ...cell, draft };
}

/** What the judge last said about the aspect, acknowledged or not; null while blank. */
export function standing(cell) {
  return cell.queued.at(-1)?.mark ?? cell.received;
}

/** The id that a correction must supersede, or null. */
export function currentId(cell) {
  return standing(cell)?.id ?? null;
}

/** Whether others have marked the aspect for the panel, and this judge has not. */
export function isSettled(cell) {
  return cell.settled && standing(cell) === null;
}

/** Whether the judge still has to mark the aspect. */
export function isMissing(cell) {
  return standing(cell) === null && !cell.settled;
}

/** The state of a cell as one word: blank, settled, draft, on_tablet, sending, received or attention. */
export function stateOf(cell, sending = new Set()) {
  if (cell.refused.length) return "attention";
  if (cell.draft) return "draft";
  if (cell.queued.some((entry) => sending.has(entry.mark.id))) return "sending";
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

/** What keeps a sheet from being signed: `attention`, `draft`, `missing`, `on_tablet` or nothing (null), and how many. */
export function signBlock(cells) {
  const counts = {
    attention: cells.filter((cell) => cell.refused.length).length,
    draft: cells.filter((cell) => cell.draft).length,
    missing: missing(cells).length,
    on_tablet: cells.reduce((count, cell) => count + cell.queued.length, 0),
  };
  const why = ["attention", "draft", "missing", "on_tablet"].find((reason) => counts[reason]);
  return why ? { why, n: counts[why] } : null;
}
