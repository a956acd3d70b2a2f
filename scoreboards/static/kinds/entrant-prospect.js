/** What an entrant's page draws and reckons, from decimals in text: pure functions, the same as on the server. */

/** A range is drawn on a line of so many parts, the worse end first. */
export const WHOLE = 1000;

/**
 * The entrant's own row among its neighbours; `places` and `totals` that are still possible, as `{ start, end, now }` on their
 * line, null when nothing can change; `gaps`: by code what a neighbour has more, null where one of the two has no place yet.
 */
export function prospectsOf({ board, rows }) {
  const { focus } = board;
  const own = rows.find((row) => row.code === focus.code);
  const gaps = {};
  for (const row of rows) if (row !== own) gaps[row.code] = row.rank && own.rank ? difference(row.total, own.total) : null;
  let [places, totals] = [null, null];
  if (focus.best !== null && focus.worst !== null) places = placesOf(focus.best, focus.worst, own.rank ?? focus.worst);
  if (focus.least !== null && focus.most !== null) {
    const [least, most, now] = aligned([focus.least, focus.most, own.total]);
    const whole = most > now ? most : now;
    totals = { start: share(least, whole), end: share(most, whole), now: share(now, whole) };
  }
  return { own, places, totals, gaps };
}

/** What `a` is more than `b`, as text; below zero it is less. */
export function difference(a, b) {
  const places = Math.max(placesIn(a), placesIn(b));
  return written(units(a, places) - units(b, places), places);
}

function placesOf(best, worst, now) {
  const last = Math.max(worst, now);
  const span = Math.max(last - 1, 1);
  const [start, end, at] = [worst, best, now].map((place) => Math.floor(((last - place) * WHOLE) / span));
  return last > 1 ? { start, end, now: at } : { start, end: WHOLE, now: WHOLE };
}

function share(part, whole) {
  return whole > 0n ? Number(((part > 0n ? part : 0n) * BigInt(WHOLE)) / whole) : 0;
}

function aligned(texts) {
  const places = Math.max(...texts.map(placesIn));
  return texts.map((text) => units(text, places));
}

function placesIn(text) {
  return (text.split(".")[1] ?? "").length;
}

function units(text, places) {
  const [whole, fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(places, "0"));
}

function written(value, places) {
  const [sign, size] = value < 0n ? ["-", -value] : ["", value];
  const digits = size.toString().padStart(places + 1, "0");
  return places ? `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}` : sign + digits;
}
