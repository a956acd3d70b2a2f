/** What a judge typed or tapped, as readings of an aspect: checked before anything is stored, and said back in words. Pure. */

import { compare, isMultiple, padded } from "./decimals.js";

const LARGEST_READING = "1000000";
const TYPED = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/**
 * A typed number as a reading of `aspect`: `{ value }`, or `{ fault }` naming what keeps it from being one.
 *
 * The faults are `empty`, `not_a_number`, `too_many_decimals`, `too_large`, and for a score `out_of_range` and `off_step`.
 */
export function readNumber(aspect, typed) {
  const text = typed.normalize("NFKC").replaceAll("。", ".").replaceAll("−", "-").trim();
  if (!text) return { fault: "empty" };
  const match = TYPED.exec(text);
  if (!match || (!match[2] && !match[3])) return { fault: "not_a_number" };
  const [, sign, whole, fraction = ""] = match;
  const number = (whole || "0").replace(/^0+(?=\d)/, "") + (fraction ? `.${fraction}` : "");
  const value = sign === "-" && /[1-9]/.test(number) ? `-${number}` : number;
  if (compare(number, LARGEST_READING) > 0) return { fault: "too_large" };
  return aspect.kind === "score" ? readScore(aspect, value) : readMeasured(aspect, value, fraction.length);
}

/** Whether a measured value lies outside what the instrument can show: taken all the same, but worth a second look. */
export function isOutside(aspect, value) {
  const { least = null, most = null } = aspect;
  return (least !== null && compare(value, least) < 0) || (most !== null && compare(value, most) > 0);
}

/** How many values one judge gives for an aspect. */
export function expectedReadings(aspect) {
  if (aspect.kind === "measurement") return aspect.readings ?? 1;
  return aspect.kind === "deduction" ? aspect.items.length : 1;
}

/** Whether two lists of readings say the same; 0.50 is 0.5. */
export function areSame(values, others) {
  return values.length === others.length && values.every((value, place) => compare(value, others[place]) === 0);
}

/** A mark's readings for the eye, in the reader's language. */
export function inWords(aspect, mark, words, language) {
  if (mark.state !== "marked") return words[mark.state];
  const say = (text) => (language.startsWith("zh") ? text.zh || text.en : text.en || text.zh);
  const [first] = mark.values;
  switch (aspect.kind) {
    case "binary":
      return compare(first, "1") === 0 ? words.yes : words.no;
    case "choice":
      return say(aspect.options[Number(first)].name);
    case "judgement":
      return `${Number(first)} · ${say(aspect.levels[Number(first)])}`;
    case "measurement":
      return `${mark.values.map((value) => padded(value, aspect.places ?? 3)).join(", ")} ${aspect.unit ?? "mm"}`;
    case "deduction": {
      const found = aspect.items.flatMap((item, place) => {
        const count = Number(mark.values[place]);
        return count ? [`${count} × ${say(item.name)}`] : [];
      });
      return found.join("; ") || words.no_faults;
    }
    default:
      return first;
  }
}

function readMeasured(aspect, value, decimals) {
  const places = aspect.places ?? 3;
  return decimals > places ? { fault: "too_many_decimals" } : { value: padded(value, places) };
}

function readScore(aspect, value) {
  if (compare(value, "0") < 0 || compare(value, aspect.points) > 0) return { fault: "out_of_range" };
  return isMultiple(value, aspect.step ?? "0.5") ? { value } : { fault: "off_step" };
}
