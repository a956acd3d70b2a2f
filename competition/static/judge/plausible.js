/** What makes a reading unlikely: taken all the same, but only after the judge has said that it is right. Pure. */

import { compare, product } from "./decimals.js";
import { areSame, isOutside } from "./readings.js";

/** A decimal point one place off makes a value ten times or a tenth of what it should be, give or take. */
const SLIPPED = [
  ["7", "14"],
  ["0.07", "0.14"],
];

/** What is unlikely about one value by itself: `outside` the instrument's range, about ten times off (`tenfold`), or null. */
export function doubtOf(aspect, value) {
  if (isOutside(aspect, value)) return "outside";
  return aspect.kind === "measurement" && isTenfold(value, aspect.nominal) ? "tenfold" : null;
}

/** The figures that the sentence about a doubt names. */
export function doubtFacts({ least, most, nominal, unit }) {
  return { least: least ?? "−∞", most: most ?? "∞", nominal, unit };
}

/**
 * Whether all readings are the very ones of the entrant before, as when a sheet is filled in from the one above.
 *
 * A measured value that is just the nominal one, or no deviation at all, is no wonder twice.
 */
export function isCopied(aspect, values, before) {
  if (aspect.kind !== "measurement" && aspect.kind !== "time") return false;
  if (!before || before.state !== "marked" || !areSame(values, before.values)) return false;
  return aspect.kind === "time" || values.some((value) => compare(value, aspect.nominal) !== 0);
}

function isTenfold(value, nominal) {
  if (compare(nominal, "0") === 0) return false;
  const [size, wanted] = [value, nominal].map((text) => text.replace(/^-/, ""));
  return SLIPPED.some(([from, to]) => compare(size, product(wanted, from)) >= 0 && compare(size, product(wanted, to)) <= 0);
}
