/** The ten seconds in which an entry can be taken back without a reason: a bar with the time that is left. */

import { said } from "./words.js";

/** As long as the server takes a retraction without a reason. */
export const UNDO_MS = 10_000;
/** Taken back at the last moment it might reach the server's limit; the key is gone a little before. */
const MARGIN_MS = 300;

export class Undo {
  #bar;
  #words;
  #entry = null;
  #until = 0;
  #frame = 0;

  /** `take(entry)` takes an entry back. */
  constructor(bar, words, take) {
    this.#bar = bar;
    this.#words = words;
    bar.querySelector("[data-undo-go]").addEventListener("click", () => this.#go(take));
    document.addEventListener("keydown", (event) => {
      const is_typing = event.target.matches?.("input, textarea");
      if ((event.ctrlKey || event.metaKey) && event.key === "z" && !is_typing && this.#entry) this.#go(take);
    });
  }

  /** Offer to take this entry back; `sentence` says what was entered. */
  offer(entry, sentence) {
    this.#entry = entry;
    this.#until = performance.now() + UNDO_MS - MARGIN_MS;
    this.#bar.querySelector("[data-undo-what]").textContent = sentence;
    this.#bar.hidden = false;
    cancelAnimationFrame(this.#frame);
    this.#tick();
  }

  /** The aspect whose entry can be taken back, or null. */
  get aspect() {
    return this.#entry?.command.aspect ?? null;
  }

  /** Offer nothing any more: the time is over, or the sheet is another. */
  close() {
    if (!this.#entry) return;
    cancelAnimationFrame(this.#frame);
    const had_focus = this.#bar.contains(document.activeElement);
    this.#entry = null;
    this.#bar.hidden = true;
    if (had_focus) document.querySelector("main").focus({ preventScroll: true });
  }

  #go(take) {
    const entry = this.#entry;
    this.close();
    take(entry);
  }

  #tick() {
    const left = this.#until - performance.now();
    if (left <= 0) {
      this.close();
      return;
    }
    this.#bar.style.setProperty("--left", left / (UNDO_MS - MARGIN_MS));
    const sentence = said(this.#words, "undo_left", { n: Math.ceil(left / 1_000) });
    const place = this.#bar.querySelector("[data-undo-left]");
    if (place.textContent !== sentence) place.textContent = sentence;
    this.#frame = requestAnimationFrame(() => this.#tick());
  }
}
