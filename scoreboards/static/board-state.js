/** What a board shows, and how it gets from one moment to the next: pure functions, no page and no network. */

export const STALE_MS = 9_500;
export const MOST_MOVERS = 6;
export const ROWS_ON_SCREEN = 12;

/** How wide is short, and how wide medium, in letters: of a name, and of a board's title. */
const NAME = [10, 20];
const TITLE = [24, 48];
const MOST_PLACES = 6;
const CUT_PLACES = 4;
const WIDE_FROM = 0x2e80;
const SAMPLES_KEPT = 8;

/**
 * A message of the stream applied to what is known: the new state, and whether something is missing in between.
 * A snapshot is the truth; a patch fits only on its base; whatever is older than what is known says nothing new.
 */
export function receive(state, message) {
  switch (message.type) {
    case "snapshot":
      return { state: message, gap: false };
    case "patch":
      return applyPatch(state, message);
    case "status":
      return { state, gap: state === null || message.revision > state.revision || message.status !== state.board.status };
    default:
      return { state, gap: false };
  }
}

export function applyPatch(state, patch) {
  if (state === null || patch.base > state.revision) return { state, gap: true };
  if (patch.revision <= state.revision) return { state, gap: false };
  if (patch.base < state.revision) return { state, gap: true };
  const rows = new Map(state.rows.map((row) => [row.code, row]));
  for (const code of patch.gone ?? []) rows.delete(code);
  for (const row of patch.rows) rows.set(row.code, row);
  const ordered = [...rows.values()].sort((a, b) => a.place - b.place);
  return { state: { ...state, revision: patch.revision, at: patch.at, rows: ordered }, gap: false };
}

/** What a page is built for; when it is another than the page was made with, the page is asked for anew. */
export function shapeOf(board) {
  return [board.kind, ...board.columns.map((column) => column.id), "/", ...board.awards.map((award) => award.id)].join(" ");
}

/**
 * How far the server's clock is ahead of this one, in ms, from the last things heard: each says when it was told, and a slow
 * network can only make that look earlier, so the latest-looking is the truest.
 */
export function skewOf(samples) {
  return samples.length ? Math.max(...samples) : 0;
}

export function withSample(samples, sample) {
  return [...samples.slice(1 - SAMPLES_KEPT), sample];
}

/** The pages of a hall screen: the `pinned` first stay on every page, the others take turns, as many on one page as on the next. */
export function pagesOf(rows, size = ROWS_ON_SCREEN, pinned = 0) {
  if (rows.length <= size) return [rows];
  const first = rows.slice(0, pinned);
  const others = rows.slice(pinned);
  const turn = Math.ceil(others.length / Math.ceil(others.length / (size - pinned)));
  const pages = [];
  for (let start = 0; start < others.length; start += turn) pages.push([...first, ...others.slice(start, start + turn)]);
  return pages;
}

export function nextPage(page, pages, step = 1) {
  return pages > 0 ? (((page + step) % pages) + pages) % pages : 0;
}

/** The codes that stand elsewhere on the screen than before; who was not on it, or no longer is, does not move. */
export function movers(before, after) {
  const old = new Map(before.map((code, place) => [code, place]));
  return after.filter((code, place) => old.has(code) && old.get(code) !== place);
}

/** How a change of order is shown: rows that move, or, when that would be a turmoil, one calm fade. */
export function transitionOf(before, after) {
  if (before.length === after.length && before.every((code, place) => code === after[place])) return "none";
  const stay = new Set(before);
  const come = after.filter((code) => !stay.has(code)).length;
  return movers(before, after).length + come <= MOST_MOVERS ? "move" : "fade";
}

/** What the corner says about the connection. `heardAt` is when anything was last heard, in ms; null before the first word. */
export function connectionOf({ isOpen, heardAt, now }) {
  if (heardAt !== null && now - heardAt >= STALE_MS) return "stale";
  return isOpen && heardAt !== null ? "live" : "reconnecting";
}

/** Points of a column with two places, a half rounded up, from a decimal in text: no float ever touches a mark. */
export function figure(value) {
  return value === null ? "–" : cut(value, 2);
}

function cut(value, places) {
  const [, sign, whole, fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value) ?? [null, "", "0"];
  const digits = (whole + fraction.padEnd(places + 1, "0")).slice(0, whole.length + places + 1);
  const rounded = (BigInt(digits) + 5n) / 10n;
  const text = rounded.toString().padStart(places + 1, "0");
  return `${rounded === 0n ? "" : sign}${text.slice(0, -places)}.${text.slice(-places)}`;
}

/** A total as the scheme rounded it; a dash before anything is marked. */
export function total(row) {
  return row.rank === null ? "–" : points(row.total);
}

/** All places of a figure, two at least; where it has no last one, cut and marked ≈. */
export function points(value) {
  const [whole, fraction = ""] = value.split(".");
  const places = fraction.replace(/0+$/, "");
  return places.length > MOST_PLACES ? `≈${cut(value, CUT_PLACES)}` : `${whole}.${places.padEnd(2, "0")}`;
}

/** Which size a name is set in: Chinese characters count as two, and four of them are as wide as eight letters. */
export function fit(words, [short, medium] = NAME) {
  let width = 0;
  for (const character of words) width += character.codePointAt(0) >= WIDE_FROM ? 2 : 1;
  return width <= short ? "short" : width <= medium ? "medium" : "long";
}

/** Which size a board's title is set in. */
export function titleFit(title) {
  return fit(title, TITLE);
}
