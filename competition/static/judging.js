/** The clocks of re-votes on the judging page run down; without scripts the page says when each ends. */

const TICK_MS = 500;
/** The last seconds are shown in bold. */
const HURRY_SECONDS = 20;

/** Seconds as m:ss; nothing is left below zero. */
export function left(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Each `<time data-until>` says how many seconds were left when the page was made; the part it stands in may be fetched anew. */
class Clocks {
  #ends = new WeakMap();

  tick() {
    for (const clock of document.querySelectorAll("time[data-until]")) {
      if (!this.#ends.has(clock)) this.#ends.set(clock, performance.now() + Number(clock.dataset.until) * 1000);
      const seconds = (this.#ends.get(clock) - performance.now()) / 1000;
      clock.textContent = left(seconds);
      clock.toggleAttribute("data-hurry", seconds < HURRY_SECONDS);
    }
  }
}

if (typeof document !== "undefined") {
  const clocks = new Clocks();
  clocks.tick();
  setInterval(() => clocks.tick(), TICK_MS);
}
