/** What faults take: of each kind up to its cap, in all down to the aspect's floor, and the steps that say so. Pure. */

import { Fraction, highest, lowest, total } from "./fractions.js";
import { chain, gives, named, say } from "./preview-links.js";

/** The points that are left after these counts of faults, and the steps to them. */
export function deductionPreview(aspect, counts) {
  const [most, least] = [Fraction.of(aspect.points), leastOf(aspect)];
  const lost = total(aspect.items.map((item, place) => takenBy(item, counts[place])));
  const rest = most.minus(lost);
  const points = highest([rest, least]);
  const faults = faultsSoFar(aspect, counts);
  const inAll = faults.length ? say(`合计 −${lost.shown(2)}`, `−${lost.shown(2)} in all`) : say("无扣分", "nothing deducted");
  const isFloored = !least.isZero() && least.exceeds(rest);
  const floor = isFloored ? [say(`最低 ${least.shown(2)}`, `not below ${least.shown(2)}`)] : [];
  return { points, steps: [...faults, chain(inAll, ...floor, gives(points, most))] };
}

/** A step for each kind of fault that was found. */
export function faultsSoFar(aspect, counts) {
  return aspect.items.flatMap((item, place) => (counts[place].isZero() ? [] : [fault(item, counts[place])]));
}

/**
 * What each count takes, and where taps no longer do: `{ items: [{ taken, capped }], taken, used_up }`.
 *
 * An item is `capped` once one more fault would take nothing more; the aspect is `used_up` once it is down to its floor.
 */
export function deductionLeft(aspect, counts) {
  const figures = aspect.items.map((item, place) => takenBy(item, Fraction.of(counts[place] || "0")));
  const lost = total(figures);
  const items = aspect.items.map(({ cap = null }, place) => ({
    taken: figures[place].figure(),
    capped: cap !== null && !Fraction.of(cap).exceeds(figures[place]),
  }));
  const rest = Fraction.of(aspect.points).minus(lost);
  return { items, taken: lost.figure(), used_up: !rest.exceeds(leastOf(aspect)) };
}

function fault(item, count) {
  const { zh, en } = named(item.name);
  const [each, whole, off] = [Fraction.of(item.each), wholeOf(item, count), takenBy(item, count)];
  const figures = `${count.shown(0)} × ${each.shown(2)} = ${whole.shown(2)}`;
  const [mostZh, mostEn] = whole.exceeds(off) ? [`，最多 ${off.shown(2)}`, `, at most ${off.shown(2)}`] : ["", ""];
  return say(`${zh}：${figures}${mostZh} → −${off.shown(2)}`, `${en}: ${figures}${mostEn} → −${off.shown(2)}`);
}

function takenBy(item, count) {
  const [whole, cap] = [wholeOf(item, count), item.cap ?? null];
  return cap === null ? whole : lowest([whole, Fraction.of(cap)]);
}

function wholeOf(item, count) {
  return count.times(Fraction.of(item.each));
}

function leastOf({ least = "0" }) {
  return Fraction.of(least);
}
