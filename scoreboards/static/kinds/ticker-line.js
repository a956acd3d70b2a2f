/** What a ticker says and how it moves on: pure functions, no page. `ageOf` is the same as the server's `scoreboards/ticker.py`. */

const MINUTE_MS = 60_000;

/** How long ago, in the largest unit of which there is a whole one. */
export function ageOf(at, now) {
  const minutes = Math.floor((now - Date.parse(at)) / MINUTE_MS);
  if (minutes < 1) return { unit: "now", count: 0 };
  if (minutes < 60) return { unit: "minutes", count: minutes };
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? { unit: "hours", count: hours } : { unit: "days", count: Math.floor(hours / 24) };
}

/** How many rows came before the others, which stand as they stood, at most that the last ones left; null when it is otherwise. */
export function shiftOf(before, after) {
  const shift = after.indexOf(before[0]);
  if (shift < 1) return null;
  return after.slice(shift).every((code, place) => code === before[place]) ? shift : null;
}

/**
 * Which row passes next on the line: a mark that did not pass yet, the oldest of those first, as they were given; when all did, once
 * more from the latest on. `passed` maps a code to the `at` with which it passed.
 */
export function nextOf(rows, passed, last) {
  const fresh = rows.filter((row) => passed.get(row.code) !== row.at);
  if (fresh.length > 0) return fresh.at(-1);
  const place = rows.findIndex((row) => row.code === last);
  return rows[(place + 1) % rows.length] ?? null;
}
