/** What a judge typed or tapped, as readings of an aspect: checked before anything is stored, and said back in words. Pure. */

import { compare, isMultiple, padded, product, sum } from "./decimals.js";
import { asTime, inSeconds } from "./times.js";
import { said } from "./words.js";

const LARGEST_READING = "1000000";
const TYPED = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/**
 * A typed number as a reading of `aspect`: `{ value }`, or `{ fault }` naming what keeps it from being one.
 *
 * The faults are `empty`, `not_a_number`, `not_a_time`, `too_many_decimals`, `too_large`, `out_of_range` and `off_step`.
 */
export function readNumber(aspect, typed) {
  const text = typed.normalize("NFKC").replaceAll("。", ".").replaceAll("−", "-").trim();
  if (!text) return { fault: "empty" };
  const written = aspect.kind === "time" ? inSeconds(text) : text;
  if (written === null) return { fault: "not_a_time" };
  const match = TYPED.exec(written);
  if (!match || (!match[2] && !match[3])) return { fault: "not_a_number" };
  const [, sign, whole, fraction = ""] = match;
  const number = (whole || "0").replace(/^0+(?=\d)/, "") + (fraction ? `.${fraction}` : "");
  const value = sign === "-" && /[1-9]/.test(number) ? `-${number}` : number;
  if (compare(number, LARGEST_READING) > 0) return { fault: "too_large" };
  const fault = faultOf(aspect, value, fraction.length);
  if (fault) return { fault };
  return { value: isRead(aspect) ? padded(value, placesOf(aspect)) : value };
}

/** Whether a measured value lies outside what the instrument can show: taken all the same, but worth a second look. */
export function isOutside(aspect, value) {
  if (aspect.kind !== "measurement") return false;
  const { least = null, most = null } = aspect;
  return (least !== null && compare(value, least) < 0) || (most !== null && compare(value, most) > 0);
}

/** How many values one judge gives for an aspect, at most. */
export function expectedReadings(aspect) {
  if (aspect.kind === "measurement") return aspect.readings ?? 1;
  if (aspect.kind === "time") return aspect.runs ?? 1;
  return aspect.kind === "deduction" ? aspect.items.length : 1;
}

/** Whether these texts are all that an aspect needs: each is there, or, where only the best run counts, one is. */
export function isWhole(aspect, texts) {
  return texts.every(Boolean) || (mayBeFewer(aspect) && texts.some(Boolean));
}

/** Whether an aspect can do with fewer values than it has places for. */
export function mayBeFewer(aspect) {
  return aspect.kind === "time" && aspect.take === "best" && expectedReadings(aspect) > 1;
}

/** Whether a run can take no time: of several that are summed, as where one holds the seconds of penalties. */
function mayBeNothing(aspect) {
  return aspect.take === "sum" && expectedReadings(aspect) > 1;
}

/** The most points that one judge can give. */
export function mostOf(aspect) {
  return (aspect.kind === "score" ? aspect.most : null) ?? aspect.points;
}

/** What a judge's points come to on the sheet: a score's factor multiplies them. */
export function weighed(aspect, points) {
  return aspect.kind === "score" ? product(points, aspect.factor ?? "1") : points;
}

/** Whether an aspect gives no points at all: a time that is a result by itself. */
export function isPointless(aspect) {
  return aspect.kind === "time" && aspect.credit.kind === "itself";
}

/** The decimals that a reading may have; undefined where the step alone decides. */
export function placesOf(aspect) {
  if (aspect.kind === "measurement") return aspect.places ?? 3;
  if (aspect.kind === "time" || aspect.kind === "external") return aspect.places ?? 2;
  if (aspect.kind === "score") return isMultiple(stepOf(aspect), "1") ? 0 : undefined;
  return 0;
}

/** What a reading lies between, where the kind says so: `{ least, most }`. */
export function rangeOf(aspect) {
  switch (aspect.kind) {
    case "score":
      return { least: aspect.least ?? "0", most: aspect.most ?? aspect.points };
    case "count":
      return { least: "0", most: String(aspect.possible) };
    case "external":
      return { least: "0", most: aspect.out_of };
    default:
      return null;
  }
}

/** What a score is a multiple of. */
export function stepOf(aspect) {
  return aspect.step ?? "0.5";
}

/** What a count or a score that is blank starts from: one step towards the middle shows the first figure. */
export function stepStart(aspect, way) {
  const range = rangeOf(aspect);
  return aspect.kind === "score" && way < 0 ? range.most : (range?.least ?? "0");
}

/** A count or a score one step up (1) or down (-1), within what it can be. */
export function stepped(aspect, text, way) {
  const step = aspect.kind === "score" ? stepOf(aspect) : "1";
  const value = sum([text, way < 0 ? product(step, "-1") : step]);
  const { least, most } = rangeOf(aspect) ?? { least: "0", most: null };
  if (compare(value, least) < 0) return least;
  return most !== null && compare(value, most) > 0 ? most : value;
}

/** Whether a reading can be below zero. */
export function maySign(aspect) {
  if (aspect.kind === "score") return compare(aspect.least ?? "0", "0") < 0;
  return aspect.kind === "measurement" && !(aspect.least && compare(aspect.least, "0") >= 0);
}

/** Whether two lists of readings say the same; 0.50 is 0.5. */
export function areSame(values, others) {
  return values.length === others.length && values.every((value, place) => compare(value, others[place]) === 0);
}

/** Whether readings are such as this aspect has: not those of another version of the scheme, or of somebody else's program. */
export function isFit(aspect, { state, values }) {
  if (state !== "marked") return true;
  const levels = { choice: aspect.options, judgement: aspect.levels }[aspect.kind];
  if (levels) return values.length === 1 && Number(values[0]) in levels;
  const most = expectedReadings(aspect);
  return values.length === most || (mayBeFewer(aspect) && values.length > 0 && values.length < most);
}

/** One reading as it is written for the eye, and may be typed again. */
export function written(aspect, value) {
  if (aspect.kind === "time") return asTime(value, placesOf(aspect));
  return aspect.kind === "measurement" ? padded(value, placesOf(aspect)) : value;
}

/** A mark's readings for the eye, in the reader's language. */
export function inWords(aspect, mark, words, language) {
  if (mark.state !== "marked") return words[mark.state];
  if (!isFit(aspect, mark)) return mark.values.join(", ");
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
      return `${mark.values.map((value) => written(aspect, value)).join(", ")} ${aspect.unit ?? "mm"}`;
    case "time":
      return mark.values.map((value) => written(aspect, value)).join(", ");
    case "count":
      return said(words, "progress", { n: Number(first), m: aspect.possible });
    case "external":
      return said(words, "progress", { n: first, m: aspect.out_of });
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

/** Whether a reading is taken off an instrument or a watch, and so has all the decimals that it shows. */
function isRead({ kind }) {
  return kind === "measurement" || kind === "time";
}

function faultOf(aspect, value, decimals) {
  const range = rangeOf(aspect);
  if (range && (compare(value, range.least) < 0 || compare(value, range.most) > 0)) return "out_of_range";
  if (aspect.kind === "score") return isMultiple(value, stepOf(aspect)) ? null : "off_step";
  if (aspect.kind === "time" && !mayBeNothing(aspect) && compare(value, "0") === 0) return "not_a_time";
  return decimals > placesOf(aspect) ? "too_many_decimals" : null;
}
