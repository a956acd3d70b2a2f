/** How far a measured value may be off: fixed, between limits, by the size of the machine, or in proportion to a length. Pure. */

import { Fraction, NOTHING } from "./fractions.js";
import { say } from "./preview-links.js";

/** The deviation that `tolerance`, which is not between limits, allows to both sides; without a tolerance there is none. */
export function allowedBy(tolerance) {
  switch (tolerance?.kind) {
    case "fixed":
      return Fraction.of(tolerance.allowed);
    case "by_size":
      return Fraction.of(stepFor(tolerance).allowed);
    case "by_length":
      return Fraction.of(tolerance.allowed).times(Fraction.of(tolerance.length)).over(Fraction.of(tolerance.per));
    default:
      return NOTHING;
  }
}

/** The lowest and the highest deviation that a measurement does not mind, `[lower, upper]`; null where that side is free. */
export function sidesOf({ credit, tolerance }) {
  if (credit.kind === "ranges") return [NOTHING, NOTHING];
  if (credit.kind === "grades") return [null, NOTHING];
  if (tolerance?.kind === "limits") return [tolerance.lower, tolerance.upper].map((side) => (side ? Fraction.of(side) : null));
  const limit = allowedBy(tolerance);
  return [limit.negated(), limit];
}

/** How the deviation allowed came about; nothing to tell when it is fixed. */
export function derivation(tolerance, unit, places) {
  const figure = `${allowedBy(tolerance).shown(places)} ${unit}`;
  if (tolerance?.kind === "by_size") {
    const [size, upTo] = [tolerance.size, stepFor(tolerance).up_to].map((text) => Fraction.of(text).shown(0));
    const zh = `测量范围 ${size} mm，属 ≤${upTo} mm 一档 → 允差 ${figure}`;
    return [say(zh, `size ${size} mm, step up to ${upTo} mm → ${figure} allowed`)];
  }
  if (tolerance?.kind === "by_length") {
    const [per, length] = [tolerance.per, tolerance.length].map((text) => Fraction.of(text).shown(0));
    const portion = Fraction.of(tolerance.allowed).shown(places);
    const zh = `每 ${per} mm 允差 ${portion} ${unit}，测量长度 ${length} mm → 允差 ${figure}`;
    return [say(zh, `${portion} ${unit} per ${per} mm, over ${length} mm → ${figure} allowed`)];
  }
  return [];
}

/** The readings from `low` to `high` in figures; null when they are free to both sides. */
export function reach(low, high, places) {
  if (!low) return high && `≤ ${high.shown(places)}`;
  return high ? between(low, high, places) : `≥ ${low.shown(places)}`;
}

/** The readings from `low` to `high` in figures. */
export function between(low, high, places) {
  return `${low.shown(places)} … ${high.shown(places)}`;
}

/** The first step of a table that reaches the size measured over; the scheme's check makes sure that there is one. */
function stepFor({ size, steps }) {
  return steps.find((step) => !Fraction.of(size).exceeds(Fraction.of(step.up_to)));
}
