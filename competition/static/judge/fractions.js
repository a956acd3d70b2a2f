/** Exact fractions: nothing is rounded until a figure is written down, and then as the server writes it. Pure. */

import { parts, shown, written } from "./decimals.js";

const SETTLED_PLACES = 150;
const FIGURE_DIGITS = 28;

/** A whole number above another; the one below is never zero or less. */
export class Fraction {
  #above;
  #below;

  constructor(above, below) {
    this.#above = above;
    this.#below = below;
  }

  /** A decimal, such as "12.060", or a whole number. */
  static of(decimal) {
    const { units, places } = parts(String(decimal));
    return new Fraction(units, 10n ** BigInt(places));
  }

  plus(other) {
    if (this.#below === other.#below) return new Fraction(this.#above + other.#above, this.#below);
    return new Fraction(this.#above * other.#below + other.#above * this.#below, this.#below * other.#below);
  }

  minus(other) {
    return this.plus(other.negated());
  }

  times(other) {
    return new Fraction(this.#above * other.#above, this.#below * other.#below);
  }

  over(other) {
    const sign = other.#above < 0n ? -1n : 1n;
    return new Fraction(sign * this.#above * other.#below, sign * this.#below * other.#above);
  }

  negated() {
    return new Fraction(-this.#above, this.#below);
  }

  size() {
    return this.#above < 0n ? this.negated() : this;
  }

  /** The whole number at or next to it towards zero. */
  whole() {
    return new Fraction(this.#above / this.#below, 1n);
  }

  isZero() {
    return this.#above === 0n;
  }

  /** Below, at or above zero, as this is less than, equal to or greater than `other`. */
  compare(other) {
    const [left, right] = [this.#above * other.#below, other.#above * this.#below];
    return left < right ? -1 : left > right ? 1 : 0;
  }

  exceeds(other) {
    return this.compare(other) > 0;
  }

  /** For a sentence: so many decimals at least, more where it has them; beyond six cut and marked ≈. */
  shown(places) {
    return shown(plain(this.#settled(), SETTLED_PLACES), places);
  }

  /** As a figure to write down: exact when it ends within 28 digits, without zeros at its end. */
  figure() {
    const units = this.#settled();
    const cut = 10n ** BigInt(Math.max(0, String(units < 0n ? -units : units).length - FIGURE_DIGITS));
    return plain(toEven(units, cut) * cut, SETTLED_PLACES);
  }

  /** In units of the last decimal that the server settles figures at. */
  #settled() {
    return toEven(this.#above * 10n ** BigInt(SETTLED_PLACES), this.#below);
  }
}

export const NOTHING = Fraction.of("0");
export const ONE = Fraction.of("1");

/** The sum of any number of fractions. */
export function total(fractions) {
  return fractions.reduce((whole, each) => whole.plus(each), NOTHING);
}

/** The mean of at least one fraction. */
export function mean(fractions) {
  return total(fractions).over(Fraction.of(fractions.length));
}

/** The highest of at least one fraction. */
export function highest(fractions) {
  return fractions.reduce((most, each) => (each.exceeds(most) ? each : most));
}

/** The lowest of at least one fraction. */
export function lowest(fractions) {
  return fractions.reduce((least, each) => (least.exceeds(each) ? each : least));
}

/** How many steps of `per` there are in `amount`, which is not negative: a part of one counts as `count` says. */
export function stepsIn(amount, per, count) {
  const steps = amount.over(per);
  if (count === "exact") return steps;
  const full = steps.whole();
  return count === "begun" && steps.exceeds(full) ? full.plus(ONE) : full;
}

/** `dividend / divisor` to the nearest whole number; a half goes to the even one. */
function toEven(dividend, divisor) {
  const whole = dividend / divisor;
  const rest = 2n * (dividend - whole * divisor);
  const size = rest < 0n ? -rest : rest;
  const isUp = size > divisor || (size === divisor && whole % 2n !== 0n);
  return isUp ? whole + (dividend < 0n ? -1n : 1n) : whole;
}

/** So many units of that place as text, without zeros at its end. */
function plain(units, places) {
  return written(units, places).replace(/\.?0+$/, "");
}
