/** What times give: which run counts, the points for time left, time over or a band, and the steps that say so. Pure. */

import { Fraction, highest, lowest, mean, NOTHING, stepsIn, total } from "./fractions.js";
import { BEYOND_LAST_BAND, chain, gains, gives, keeps, listed, loses, say } from "./preview-links.js";

const SECONDS = "s";
const NO_TIME = say("没有有效时间", "no time that counts");
const TAKEN = { best: say("最快", "best"), worst: say("最慢", "worst"), mean: say("平均", "mean"), sum: say("合计", "sum") };
const TAKES = { best: lowest, worst: highest, mean, sum: total };

/** The points that all runs give, and the steps to them; a time that is only compared gives none. */
export function timedPreview(aspect, values) {
  const rule = ruleOf(aspect);
  const { points, links } = timeCounts(rule, values) ? taken(rule, values) : { points: NOTHING, links: [NO_TIME] };
  const end = rule.credit.kind === "itself" ? say("只比用时，不计分", "only compared, without points") : gives(points, rule.points);
  return { points, steps: [chain(...asRead(rule, values), ...links, end)] };
}

/** What can be told while runs are missing that are all needed: the times so far, and that no later one helps. */
export function timedSoFar(aspect, values) {
  const rule = ruleOf(aspect);
  return [chain(...asRead(rule, values), ...(beyondStop(rule, values).length ? [NO_TIME] : []))];
}

/** A timed aspect with its defaults, and its figures as fractions. */
function ruleOf({ credit, stop = null, runs = 1, take = "best", places = 2, points }) {
  return { credit, stop: stop && Fraction.of(stop), runs, take, places, points: Fraction.of(points) };
}

/** The runs, and which of them the stop has taken out. */
function asRead(rule, values) {
  const links = [listed(values, rule.places, SECONDS)];
  const late = beyondStop(rule, values);
  if (!late.length) return links;
  const [beyond, stop] = [late.map((value) => value.shown(rule.places)).join(", "), rule.stop.shown(0)];
  return [...links, say(`${beyond} 超过 ${stop} s 的截止时间，不计`, `${beyond} is beyond the stop at ${stop} s`)];
}

function beyondStop({ stop }, values) {
  return stop ? values.filter((value) => value.exceeds(stop)) : [];
}

/** Whether there is a time at all: every run that is needed is there and within the stop. */
function timeCounts(rule, values) {
  const inTime = values.length - beyondStop(rule, values).length;
  return inTime > 0 && (rule.take === "best" || inTime >= rule.runs);
}

function taken(rule, values) {
  const late = beyondStop(rule, values);
  const time = TAKES[rule.take](values.filter((value) => !late.includes(value)));
  const { points, links } = credited(rule, time);
  if (values.length === 1) return { points, links };
  const [name, figure] = [TAKEN[rule.take], time.shown(rule.places)];
  return { points, links: [say(`${name.zh} ${figure}`, `${name.en} ${figure}`), ...links] };
}

function credited(rule, time) {
  switch (rule.credit.kind) {
    case "left":
      return timeLeft(rule, time);
    case "over":
      return timeOver(rule, time);
    case "bands":
      return byBand(rule, time);
    default:
      return { points: NOTHING, links: [] };
  }
}

function timeLeft({ credit, points, places }, time) {
  const [end, per] = [Fraction.of(credit.limit), Fraction.of(credit.per)];
  const [left, limit] = [end.minus(time), end.shown(0)];
  if (!left.exceeds(NOTHING)) return { points: NOTHING, links: [say(`${limit} s 内无剩余时间`, `nothing left of ${limit} s`)] };
  const gained = Fraction.of(credit.gain).times(stepsIn(left, per, credit.count ?? "full"));
  const rest = left.shown(places);
  const links = [
    say(`${limit} s 内剩余 ${rest} s`, `${rest} s left of ${limit} s`),
    gains(left, credit, `${per.shown(0)} s`, gained),
  ];
  if (!gained.exceeds(points)) return { points: gained, links };
  const most = points.shown(2);
  return { points, links: [...links, say(`最多 ${most}`, `at most ${most}`)] };
}

function timeOver({ credit, points, places }, time) {
  const [end, per] = [Fraction.of(credit.limit), Fraction.of(credit.per)];
  const [over, limit] = [time.minus(end), end.shown(0)];
  if (!over.exceeds(NOTHING)) return { points, links: [say(`在 ${limit} s 之内`, `within ${limit} s`)] };
  const lost = Fraction.of(credit.lose).times(stepsIn(over, per, credit.count ?? "begun"));
  const beyond = over.shown(places);
  const links = [
    say(`超出 ${limit} s 达 ${beyond} s`, `+${beyond} s over ${limit} s`),
    loses(over, credit, `${per.shown(0)} s`, lost),
  ];
  return { points: highest([points.minus(lost), NOTHING]), links };
}

function byBand({ credit, points }, time) {
  const band = credit.bands.find(({ up_to }) => !time.exceeds(Fraction.of(up_to)));
  if (!band) return { points: NOTHING, links: [BEYOND_LAST_BAND] };
  const [upTo, keep] = [Fraction.of(band.up_to).shown(0), Fraction.of(band.keep)];
  return { points: points.times(keep), links: [say(`不超过 ${upTo} s`, `up to ${upTo} s`), keeps(keep)] };
}
