/** The next try after a failure: later each time, and never more than one of them waits. */

export const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

export class Retry {
  #work;
  #later;
  #failures = 0;
  #tries = 0;

  /** `work` is what is tried again; `later(work, ms)` is a timer. */
  constructor(work, later = (next, ms) => setTimeout(next, ms)) {
    this.#work = work;
    this.#later = later;
  }

  /** It failed: try again, when the server said when, then. What else failed before is not tried by itself any more. */
  failed(wait = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)]) {
    this.#failures += 1;
    this.#tries += 1;
    const tried = this.#tries;
    this.#later(() => tried === this.#tries && this.#work(), wait);
  }

  /** It went well: the next failure is a first one. */
  succeeded() {
    this.#failures = 0;
  }
}
