/** The links that the steps of a reading are made of, in both languages and in the server's words. Pure. */

import { Fraction, stepsIn } from "./fractions.js";

const PERCENT = Fraction.of("100");

export const BEYOND_LAST_BAND = say("超过最后一档", "beyond the last band");

/** A sentence in both languages. */
export function say(zh, en) {
  return { zh, en };
}

/** A name as a scheme has it: in both languages, or in one. */
export function named({ zh = "", en = "" }) {
  return say(zh, en);
}

/** Figures, which are the same in both languages. */
export function alike(figures) {
  return say(figures, figures);
}

/** One step made of several links, joined by arrows. */
export function chain(...links) {
  return say(links.map((link) => link.zh).join(" → "), links.map((link) => link.en).join(" → "));
}

/** Readings as they came, with their unit. */
export function listed(values, places, unit) {
  return alike(`${values.map((value) => value.shown(places)).join(", ")} ${unit}`);
}

/** A share of the points, in percent. */
export function keeps(share) {
  const percent = share.times(PERCENT).shown(0);
  return say(`保留 ${percent} %`, `keeps ${percent} %`);
}

/** So many parts of the points. */
export function partOf(points, part, whole) {
  const [share, full] = [`${part.shown(0)}/${whole.shown(0)}`, points.shown(2)];
  return say(`${full} 的 ${share}`, `${share} of ${full}`);
}

/** What the steps beyond a limit take; `step` is the size of one, as it is shown. */
export function loses(amount, { lose, per, count = "begun" }, step, lost) {
  const [one, whole] = [Fraction.of(lose).shown(2), lost.shown(2)];
  if (count === "exact") return say(`每超 ${step} 扣 ${one}，按比例扣 ${whole}`, `${one} for each ${step}, in proportion: −${whole}`);
  const times = stepsIn(amount, Fraction.of(per), count).shown(0);
  const each = count === "full" ? "每超满" : "每超";
  return say(`${each} ${step} 扣 ${one}，计 ${times} 次，扣 ${whole}`, `${times} × ${step} ${count}, ${one} each: −${whole}`);
}

/** What the steps before a limit give. */
export function gains(amount, { gain, per, count = "full" }, step, gained) {
  const [one, whole] = [Fraction.of(gain).shown(2), gained.shown(2)];
  if (count === "exact") return say(`每 ${step} 得 ${one}，按比例得 ${whole}`, `${one} for each ${step}, in proportion: +${whole}`);
  const times = stepsIn(amount, Fraction.of(per), count).shown(0);
  const each = count === "full" ? "每满" : "每";
  return say(`${each} ${step} 得 ${one}，计 ${times} 次，得 ${whole}`, `${times} × ${step} ${count}, ${one} each: +${whole}`);
}

/** The end of every chain: how many of the points there are. */
export function gives(points, most) {
  const [given, full] = [points.shown(2), most.shown(2)];
  return say(`得 ${given} / ${full} 分`, `${given} of ${full}`);
}
