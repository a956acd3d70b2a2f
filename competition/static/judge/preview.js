/** The live reading: what a judge's readings give and why, figure by figure as the server will say it. Exact and pure. */

import { Fraction, NOTHING } from "./fractions.js";
import { deductionPreview, faultsSoFar } from "./preview-deductions.js";
import { chain, gives, keeps, named, partOf, say } from "./preview-links.js";
import { measuredPreview, measuredSoFar } from "./preview-measured.js";
import { timedPreview, timedSoFar } from "./preview-times.js";
import { isWhole } from "./readings.js";

export { deductionLeft } from "./preview-deductions.js";

const WITHOUT_READING = {
  not_measured: say("未测量 → 不得分", "not measured → no points"),
  absent: say("缺席 → 不得分", "absent → no points"),
  not_attempted: say("未做 → 不得分", "not attempted → no points"),
  did_not_finish: say("未完成 → 不得分", "did not finish → no points"),
  disqualified: say("取消资格 → 不得分", "disqualified → no points"),
  excluded: say("不参评 → 不得分", "excluded → no points"),
};

const KINDS = {
  binary: ofBinary,
  count: ofCount,
  choice: ofChoice,
  measurement: measuredPreview,
  deduction: deductionPreview,
  judgement: ofJudgement,
  score: ofScore,
  time: timedPreview,
  external: ofExternal,
};

/**
 * What readings that the server would take give: `{ points, steps }`, the points as decimal text, the steps as `{ zh, en }`.
 *
 * The same, to the last digit and letter, as `competition.scoring.explain.mark_points`; both are held against each other.
 */
export function preview(aspect, values, state = "marked") {
  if (state !== "marked") return { points: "0", steps: [WITHOUT_READING[state]] };
  const { points, steps } = KINDS[aspect.kind](aspect, values.map(Fraction.of));
  return { points: points.figure(), steps };
}

/**
 * What can be told of texts of which some may still be empty: all of it once they are whole, then as `preview`.
 *
 * Before that `points` is null, and the steps are those that later readings do not change; null while there is nothing at all.
 */
export function previewDraft(aspect, texts) {
  const filled = texts.filter(Boolean);
  if (!filled.length) return null;
  if (isWhole(aspect, texts)) return preview(aspect, filled);
  return { points: null, steps: stepsSoFar(aspect, texts) };
}

/** Only kinds with several readings come here. */
function stepsSoFar(aspect, texts) {
  if (aspect.kind === "deduction") return faultsSoFar(aspect, texts.map((text) => Fraction.of(text || "0")));
  return (aspect.kind === "time" ? timedSoFar : measuredSoFar)(aspect, texts.filter(Boolean).map(Fraction.of));
}

function ofBinary(aspect, [value]) {
  const most = Fraction.of(aspect.points);
  const [points, said] = value.isZero() ? [NOTHING, say("否", "no")] : [most, say("是", "yes")];
  return { points, steps: [chain(said, gives(points, most))] };
}

function ofCount(aspect, [value]) {
  const done = value.shown(0);
  return byShare(aspect, say(`完成 ${done} 项，共 ${aspect.possible} 项`, `${done} of ${aspect.possible} done`), value, aspect.possible);
}

function ofChoice(aspect, [value]) {
  const most = Fraction.of(aspect.points);
  const option = aspect.options[Number(value.shown(0))];
  const { zh, en } = named(option.name);
  const [own, keep] = [option.points ?? null, option.keep ?? null];
  const points = own === null ? most.times(Fraction.of(keep ?? "0")) : Fraction.of(own);
  const kept = own === null && keep !== null ? [keeps(Fraction.of(keep))] : [];
  return { points, steps: [chain(say(`“${zh}”`, `“${en}”`), ...kept, gives(points, most))] };
}

function ofJudgement(aspect, [value]) {
  const [level, highest] = [value.shown(0), aspect.levels.length - 1];
  const { zh, en } = named(aspect.levels[Number(level)]);
  return byShare(aspect, say(`等级 ${level}（最高 ${highest}）：“${zh}”`, `level ${level} of ${highest}: “${en}”`), value, highest);
}

/** A factor is told, but not yet applied: it multiplies the panel's figure. */
function ofScore(aspect, [value]) {
  const [given, factor] = [value.shown(0), Fraction.of(aspect.factor ?? "1").shown(0)];
  const links = [say(`评 ${given} 分`, `${given} given`)];
  if (factor !== "1") links.push(say(`系数 ${factor} 在裁判合计后再乘`, `factor ${factor} is applied to the panel's figure`));
  return { points: value, steps: [chain(...links, gives(value, Fraction.of(aspect.most ?? aspect.points)))] };
}

function ofExternal(aspect, [value]) {
  const [given, outOf] = [value.shown(0), Fraction.of(aspect.out_of).shown(0)];
  return byShare(aspect, say(`成绩 ${given}，满分 ${outOf}`, `${given} out of ${outOf}`), value, aspect.out_of);
}

/** Of the points as many parts as the reading has of a whole. */
function byShare(aspect, said, value, of) {
  const [most, whole] = [Fraction.of(aspect.points), Fraction.of(of)];
  const points = most.times(value).over(whole);
  return { points, steps: [chain(said, partOf(most, value, whole), gives(points, most))] };
}
