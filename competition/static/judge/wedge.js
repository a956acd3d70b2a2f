/**
 * A scanner or a caliper that types: a burst of keys, faster than anybody types, ended by Enter. Heard anywhere on the page but
 * in a field, which takes what is typed itself.
 */

const FASTEST_FINGERS_MS = 60;
const SHORTEST = 2;

export class Wedge extends EventTarget {
  #burst = new Burst();

  constructor() {
    super();
    document.addEventListener("keydown", (event) => this.#hear(event), { capture: true });
  }

  #hear(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.("input, textarea, select")) return;
    const text = this.#burst.key(event.key, event.timeStamp);
    if (text === null) return;
    // Enter would also press the button that has the focus.
    event.preventDefault();
    event.stopPropagation();
    this.dispatchEvent(new CustomEvent("scan", { detail: { text } }));
  }
}

/** Tells bursts from typing. Pure but for what it remembers. */
export class Burst {
  #text = "";
  #last_at = -Infinity;

  /** A key at a time in milliseconds; gives the text that a burst ended with this key typed, else null. */
  key(key, at) {
    const is_fast = at - this.#last_at < FASTEST_FINGERS_MS;
    const before = is_fast ? this.#text : "";
    this.#last_at = at;
    if (key === "Enter") {
      this.#text = "";
      return before.length >= SHORTEST ? before : null;
    }
    this.#text = key.length === 1 ? before + key : is_fast && key === "Shift" ? before : "";
    return null;
  }
}
