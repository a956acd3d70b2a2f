/**
 * A key that is held to confirm: about a second under the finger, or Enter or Space held as long; progress shows on the key.
 *
 * On a keyboard, a switch or a screen reader it may be pressed twice instead. A finger that taps twice does not confirm.
 */

export const HOLD_MS = 1_000;
export const TWICE_MS = 4_000;

const HOLDING_KEYS = ["Enter", " "];

export class Hold {
  #key;
  #confirm;
  #since = null;
  #pressed_at = null;
  #frame = 0;

  /** Make a button one to hold; `confirm` is called once for each time it was held long enough. */
  constructor(key, confirm) {
    this.#key = key;
    this.#confirm = confirm;
    key.addEventListener("pointerdown", (event) => event.button === 0 && this.start());
    for (const end of ["pointerup", "pointerleave", "pointercancel"]) key.addEventListener(end, () => this.end());
    key.addEventListener("keydown", (event) => this.#down(event));
    key.addEventListener("keyup", () => this.release());
    key.addEventListener("blur", () => this.end());
    key.addEventListener("contextmenu", (event) => this.#since !== null && event.preventDefault());
    key.addEventListener("click", (event) => this.#clicked(event));
  }

  /** Begin to hold, as by another key that stands for this one. */
  start() {
    if (this.#since !== null || !this.#isActive()) return;
    this.#since = performance.now();
    this.#frame = requestAnimationFrame(() => this.#tick());
  }

  /** Let go. */
  end() {
    if (this.#since === null) return;
    cancelAnimationFrame(this.#frame);
    this.#since = null;
    this.#show(0);
  }

  /** A key of the keyboard went up again, held too short: the second such press within a few seconds confirms. */
  release() {
    if (this.#since === null) return;
    this.end();
    this.#press();
  }

  #press(now = performance.now()) {
    const is_second = this.#pressed_at !== null && now - this.#pressed_at < TWICE_MS;
    this.#pressed_at = is_second ? null : now;
    if (is_second) this.#done();
  }

  #down(event) {
    if (!HOLDING_KEYS.includes(event.key) || !this.#isActive()) return;
    event.preventDefault();
    if (!event.repeat) this.start();
  }

  #clicked(event) {
    if (this.#isActive() && event.pointerType === "" && event.detail === 0) this.#press();
  }

  #tick() {
    const held = performance.now() - this.#since;
    this.#show(Math.min(1, held / HOLD_MS));
    if (held >= HOLD_MS) this.#done();
    else this.#frame = requestAnimationFrame(() => this.#tick());
  }

  #done() {
    this.end();
    this.#confirm();
  }

  #show(part) {
    this.#key.style.setProperty("--held", part);
  }

  /** A key that is held only at times says when by `data-hold`. */
  #isActive() {
    return this.#key.dataset.hold !== undefined && !this.#key.disabled;
  }
}
