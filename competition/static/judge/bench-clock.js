/** The clock in the head of a sheet: what the bench still has by the server's clock, and without a network by its last word. */

import { face } from "../countdown.js";
import { CLOCK_TONES, clockAt, clockInWords } from "./session-clock.js";
import { said, timeOfDay } from "./words.js";

const TICK_MS = 250;

/** How old the server's last word may be before that is said: it speaks every five seconds, and is asked every ten. */
const HEARD_WITHIN_MS = 20_000;

export class BenchClock {
  #tablet;
  #words;
  #time_zone;
  #changed;
  #element = document.querySelector("[data-bench-clock]");
  #sheet = null;
  #session;
  #told = "";

  /** `changed(what)` is called when the clock that is shown does something else, such as standing still; not every second. */
  constructor({ tablet, words, time_zone, changed }) {
    this.#tablet = tablet;
    this.#words = words;
    this.#time_zone = time_zone;
    this.#changed = changed;
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** Show the clock of this sheet's entrant from now on. */
  show({ event, sheet }) {
    this.#sheet = sheet;
    this.#session = event.sessions.find(({ number }) => number === sheet.session);
    this.#tick();
  }

  #tick() {
    const clock = this.#sheet && clockAt(this.#session, this.#tablet.clock.now(), this.#sheet.bench);
    this.#element.dataset.none = clock ? "no" : "yes";
    if (!clock) return;
    const says = this.#isKnown() ? clockInWords(this.#words, clock) : "";
    this.#element.dataset.tone = CLOCK_TONES[clock.doing] ?? "";
    put(this.#element.querySelector("[data-clock-says]"), says);
    put(this.#element.querySelector("[data-clock-note]"), this.#note(clock));
    this.#tell(`${this.#sheet.id} ${clock.doing}`, says);
  }

  /** A clock that stands still, or waits, says the same at any time; one that runs only what time it is tells. */
  #isKnown() {
    return !this.#tablet.clock.hasParted() || this.#session.started_at === null || this.#session.paused_at !== null;
  }

  #note({ given }) {
    const { clock, link, snapshot } = this.#tablet;
    const heard = clock.heardAt();
    const is_old = heard === null ? link !== "ok" : clock.now() - heard > HEARD_WITHIN_MS;
    if (is_old || clock.hasParted()) {
      return said(this.#words, "clock_heard", { at: timeOfDay(heard ?? snapshot.server_time, this.#time_zone) });
    }
    return given ? said(this.#words, "clock_given", { time: face(given) }) : "";
  }

  #tell(told, says) {
    const [before, now] = [this.#told.split(" "), told.split(" ")];
    this.#told = told;
    if (says && before[0] === now[0] && before[1] !== now[1]) this.#changed(says);
  }
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
