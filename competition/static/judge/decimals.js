/** Exact decimals: texts such as "12.060" compared, added and shown; a mark never becomes a float. */

const WRITTEN = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const MOST_PLACES = 6;
const CUT_PLACES = 4;

/** Below, at or above zero, as `a` is less than, equal to or greater than `b`. */
export function compare(a, b) {
  const [left, right] = aligned(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The sum of any number of decimals, as text. */
export function sum(texts) {
  let [units, places] = [0n, 0];
  for (const text of texts) {
    const next = parts(text);
    const shared = Math.max(places, next.places);
    units = scaled({ units, places }, shared) + scaled(next, shared);
    places = shared;
  }
  return written(units, places);
}

/** The product of two decimals, as text. */
export function product(a, b) {
  const [left, right] = [parts(a), parts(b)];
  return written(left.units * right.units, left.places + right.places);
}

/** Whether `value` is a whole number of steps. */
export function isMultiple(value, step) {
  const [units, each] = aligned(value, step);
  return each !== 0n && units % each === 0n;
}

/** The same value with at least so many decimal places. */
export function padded(text, places) {
  const value = parts(text);
  const shared = Math.max(places, value.places);
  return written(scaled(value, shared), shared);
}

/** Points for the eye: two places at least; thirds, which have no last decimal, cut and marked ≈. As the server shows them. */
export function points(text) {
  return shown(text, 2);
}

/** A decimal for a sentence: so many places at least, more where it has them; beyond six cut and marked ≈. */
export function shown(text, least) {
  let { units, places } = parts(text);
  while (places > least && units % 10n === 0n) {
    units /= 10n;
    places -= 1;
  }
  if (places <= MOST_PLACES) return padded(written(units, places), least);
  const cut = 10n ** BigInt(places - CUT_PLACES);
  const [sign, size] = units < 0n ? ["-", -units] : ["", units];
  return `≈${sign}${written((size + cut / 2n) / cut, CUT_PLACES)}`;
}

/** A decimal as a whole number of units of its last place: `{ units, places }`. */
export function parts(text) {
  const match = WRITTEN.exec(text);
  if (!match) throw new RangeError(`not a decimal: ${text}`);
  const [, sign, whole, fraction = "", exponent = "0"] = match;
  const units = BigInt(sign + whole + fraction);
  const places = fraction.length - Number(exponent);
  return places < 0 ? { units: units * 10n ** BigInt(-places), places: 0 } : { units, places };
}

function aligned(a, b) {
  const [left, right] = [parts(a), parts(b)];
  const places = Math.max(left.places, right.places);
  return [scaled(left, places), scaled(right, places)];
}

function scaled({ units, places }, wanted) {
  return units * 10n ** BigInt(wanted - places);
}

/** So many units of that place, as text. */
export function written(units, places) {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  return places ? `${sign}${whole}.${digits.slice(-places)}` : sign + whole;
}
