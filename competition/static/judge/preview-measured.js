/** What measured values give: which reading counts, how far outside it lies, what that keeps, and the steps that say so. Pure. */

import { Fraction, highest, mean, NOTHING, stepsIn } from "./fractions.js";
import { alike, BEYOND_LAST_BAND, chain, gives, keeps, listed, loses, say } from "./preview-links.js";
import { allowedBy, between, derivation, reach, sidesOf } from "./preview-tolerance.js";

const TAKEN = { worst: say("最差", "worst"), best: say("最好", "best"), mean: say("平均", "mean") };

/** The points that all readings of a measurement give, and the steps to them. */
export function measuredPreview(aspect, values) {
  const rule = ruleOf(aspect);
  const measured = whatCounts(rule, values);
  const { points, links } = credited(rule, measured);
  const steps = [...toldBefore(rule), chain(...readings(rule, values, measured), ...links, gives(points, rule.points))];
  return { points, steps };
}

/** What can be told while readings are missing: how each lies by itself, unless only the mean of all will count. */
export function measuredSoFar(aspect, values) {
  const rule = ruleOf(aspect);
  if (rule.take === "mean") return [listed(values, rule.places, rule.unit)];
  const told = (value) => chain(listed([value], rule.places, rule.unit), ...credited(rule, measure(rule, value)).links);
  return [...toldBefore(rule), ...values.map(told)];
}

/** A measurement with its defaults, and its figures as fractions. */
function ruleOf(aspect) {
  const { credit, tolerance = null, nominal = "0", unit = "mm", places = 3, take = "worst" } = aspect;
  const rule = { credit: credit ?? { kind: "bands" }, tolerance, unit, places, take };
  return { ...rule, points: Fraction.of(aspect.points), nominal: Fraction.of(nominal), sides: sidesOf(rule) };
}

/** How the tolerance came about, where there is one to both sides that was worked out. */
function toldBefore({ credit, tolerance, unit, places }) {
  return credit.kind === "bands" || credit.kind === "linear" ? derivation(tolerance, unit, places) : [];
}

function readings(rule, values, measured) {
  const asRead = listed(values, rule.places, rule.unit);
  if (values.length === 1) return [asRead];
  const [name, figure] = [TAKEN[rule.take], measured.value.shown(rule.places)];
  return [asRead, say(`${name.zh} ${figure}`, `${name.en} ${figure}`)];
}

/** The reading that counts, or the mean of all: the worst is the farthest outside, then off the nominal value, then the higher. */
function whatCounts(rule, values) {
  if (values.length === 1) return measure(rule, values[0]);
  if (rule.take === "mean") return measure(rule, mean(values));
  const way = rule.take === "worst" ? 1 : -1;
  return values.map((value) => measure(rule, value)).reduce((held, next) => (way * badness(next, held) > 0 ? next : held));
}

function badness(one, other) {
  return one.excess.compare(other.excess) || one.off.size().compare(other.off.size()) || one.value.compare(other.value);
}

/** A value, how far it is off the nominal one, and by how much it lies outside what is allowed, on which side. */
function measure({ nominal, sides: [lower, upper] }, value) {
  const off = value.minus(nominal);
  if (upper && off.exceeds(upper)) return { value, off, excess: off.minus(upper), side: "above" };
  if (lower && lower.exceeds(off)) return { value, off, excess: lower.minus(off), side: "below" };
  return { value, off, excess: NOTHING, side: "within" };
}

/** The points that a measured value gives, and the links that lead there from the reading. */
function credited(rule, measured) {
  switch (rule.credit.kind) {
    case "ranges":
      return byRanges(rule, measured);
    case "grades":
      return byGrades(rule, measured);
    default: {
      const { points, links } = beyondTolerance(rule, measured);
      return { points, links: [...(rule.tolerance?.kind === "limits" ? byLimits : byTolerance)(rule, measured), ...links] };
    }
  }
}

/** What lies beyond the tolerance keeps or loses; nothing to tell within, or where it is pass or fail. */
function beyondTolerance({ credit, points, places }, measured) {
  if (measured.side === "within") return { points, links: [] };
  if (credit.kind === "linear") {
    const [lose, per] = [Fraction.of(credit.lose), Fraction.of(credit.per)];
    const lost = lose.times(stepsIn(measured.excess, per, credit.count ?? "begun"));
    return { points: highest([points.minus(lost), NOTHING]), links: [loses(measured.excess, credit, per.shown(places), lost)] };
  }
  const { bands = [] } = credit;
  const isReached = ({ side = "both", over_up_to }) =>
    (side === "both" || side === measured.side) && !measured.excess.exceeds(Fraction.of(over_up_to));
  const band = bands.find(isReached);
  if (!band) return { points: NOTHING, links: bands.length ? [BEYOND_LAST_BAND] : [] };
  return kept(points, Fraction.of(band.keep), []);
}

/** Within or beyond a tolerance to both sides; the side is told where it matters. */
function byTolerance({ credit, tolerance, nominal, places }, measured) {
  const off = measured.off.size().shown(places);
  const links = nominal.isZero() ? [] : [say(`与 ${nominal.shown(places)} 相差 ${off}`, `${off} off ${nominal.shown(places)}`)];
  const [over, limit] = [measured.excess.shown(places), allowedBy(tolerance).shown(places)];
  if (measured.side === "within") return [...links, say(`在允差 ${limit} 之内`, `within ${limit}`)];
  const [zh, en] = [`超出允差 ${limit} 达 ${over}`, `+${over} over ${limit}`];
  const isSided = credit.kind === "bands" && (credit.bands ?? []).some(({ side = "both" }) => side !== "both");
  if (!isSided) return [...links, say(zh, en)];
  return [...links, measured.side === "above" ? say(`偏大，${zh}`, `${en}, above`) : say(`偏小，${zh}`, `${en}, below`)];
}

/** Within or beyond limits of their own to each side, told as the readings they stand for. */
function byLimits({ nominal, places, sides }, measured) {
  const [low, high] = sides.map((side) => side && nominal.plus(side));
  const over = measured.excess.shown(places);
  if (measured.side === "above") return [say(`高于上限 ${high.shown(places)} 达 ${over}`, `${over} above ${high.shown(places)}`)];
  if (measured.side === "below") return [say(`低于下限 ${low.shown(places)} 达 ${over}`, `${over} below ${low.shown(places)}`)];
  const within = reach(low, high, places);
  return [within === null ? say("两侧都不限", "free to both sides") : meets(within)];
}

function byRanges({ credit, points, nominal, places }, { value, off }) {
  const wanted = nominal.shown(places);
  if (off.isZero()) return { points, links: [say(`等于 ${wanted}`, `equals ${wanted}`)] };
  const ranges = credit.ranges.map(({ lower, upper, keep }) => [lower, upper, keep].map(Fraction.of));
  const held = ranges.find(([lower, upper]) => !lower.exceeds(value) && !value.exceeds(upper));
  if (!held) return { points: NOTHING, links: [alike(`≠ ${wanted}`), say("不在任何一档之内", "within none of the ranges")] };
  const [lower, upper, keep] = held;
  return kept(points, keep, [meets(between(lower, upper, places))]);
}

function byGrades({ credit, points, nominal }, { value }) {
  const grades = credit.grades.map((grade) => Fraction.of(grade));
  const [grade, wanted] = [value, nominal].map((figure) => grades.findIndex((each) => !figure.exceeds(each)));
  if (grade < 0) {
    const last = grades.at(-1).shown(0);
    return { points: NOTHING, links: [say(`超过最后一级 ${last}`, `beyond the last grade ${last}`)] };
  }
  const reached = grades[grade].shown(0);
  const links = [say(`属 ${reached} 级`, `grade ${reached}`)];
  if (wanted < 0 || grade <= wanted) return { points, links: [...links, meets(`≤ ${nominal.shown(0)}`)] };
  const [worse, required] = [grade - wanted, grades[wanted].shown(0)];
  links.push(say(`比 ${required} 级差 ${worse} 级`, `worse than ${required} by ${worse}`));
  const keep = credit.keep?.[worse - 1];
  return keep === undefined ? { points: NOTHING, links: [...links, BEYOND_LAST_BAND] } : kept(points, Fraction.of(keep), links);
}

/** A share of the points, told after what it is kept for. */
function kept(points, share, links) {
  return { points: points.times(share), links: [...links, keeps(share)] };
}

function meets(requirement) {
  return say(`符合 ${requirement}`, `meets ${requirement}`);
}
