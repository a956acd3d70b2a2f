/**
 * Presenting a reveal: Next, Back and the curtain by button, key or clicker without leaving the page, which follows what anybody
 * else does within a second.
 *
 * Every form names the step that it wants. After the page has changed, by whomever, its buttons are deaf for a moment, so that a
 * second tap, or a tap that came a moment too late, never takes a step that its owner did not see coming.
 */

import { BY_SCRIPT } from "./desk.js";

const POLL_MS = 1_000;
const DEAF_MS = 700;
const KEYS = new Map(Object.entries({
  " ": "next",
  ArrowRight: "next",
  PageDown: "next",
  ArrowLeft: "back",
  PageUp: "back",
  p: "pause",
  P: "pause",
  b: "pause",
  ".": "pause",
}));

/** Which button a key presses: none while somebody types, nor the space bar where it presses what has the focus. */
export function buttonOf({ key, repeat, isModified, isTyping, isOnControl }) {
  if (repeat || isModified || isTyping || (isOnControl && key === " ")) return null;
  return KEYS.get(key) ?? null;
}

class Presenting {
  #root;
  #isBusy = false;
  #deafness = null;

  constructor(root) {
    this.#root = root;
  }

  start() {
    this.#root.addEventListener("submit", (event) => this.#send(event));
    addEventListener("keydown", (event) => this.#key(event));
    setInterval(() => this.#look(), POLL_MS);
  }

  async #send(event) {
    event.preventDefault();
    if (this.#isBusy || this.#root.hasAttribute("data-deaf")) return;
    this.#isBusy = true;
    const form = event.target;
    const body = new URLSearchParams(new FormData(form));
    form.setAttribute("aria-busy", "true");
    try {
      await this.#take(await fetch(form.action, { method: "POST", body, headers: BY_SCRIPT }));
    } catch {
      // Without an answer nobody knows whether it was done: the browser asks again in its own way, and says what is wrong.
      form.submit();
    } finally {
      form.removeAttribute("aria-busy");
      this.#isBusy = false;
    }
  }

  #key(event) {
    const name = buttonOf({
      key: event.key,
      repeat: event.repeat,
      isModified: event.ctrlKey || event.metaKey || event.altKey,
      isTyping: event.target.closest("input, select, textarea") !== null,
      isOnControl: event.target.closest("button, summary, a") !== null,
    });
    const button = name && this.#root.querySelector(`[data-key="${name}"]`);
    if (!button) return;
    event.preventDefault();
    if (!button.disabled) button.form.requestSubmit(button);
  }

  /** Whether somebody else has moved the reveal. */
  async #look() {
    if (document.hidden || this.#isBusy) return;
    try {
      const answer = await fetch(this.#root.dataset.markAddress, { headers: { accept: "application/json" } });
      if (answer.status === 401) location.reload();
      if (!answer.ok || this.#isBusy) return;
      const { mark } = await answer.json();
      if (mark !== this.#root.dataset.mark) await this.#take(await fetch(location.href, { headers: BY_SCRIPT }));
    } catch {
      // Without a network there is nothing new; the next look asks again.
    }
  }

  async #take(answer) {
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = fresh.querySelector("[data-presenting]");
    if (!next) {
      location.assign(answer.url);
      return;
    }
    if (next.dataset.mark !== this.#root.dataset.mark) this.#deafen();
    this.#root.dataset.mark = next.dataset.mark;
    for (const part of this.#root.querySelectorAll("[data-part]")) {
      const other = fresh.getElementById(part.id);
      if (part.innerHTML !== other.innerHTML) part.replaceChildren(...other.childNodes);
    }
    // A screen reader is told where the reveal is now: what was replaced does not speak by itself.
    this.#root.querySelector("[data-said]").textContent = this.#root.querySelector("#now-heading, #mode-heading").textContent;
  }

  #deafen() {
    this.#root.setAttribute("data-deaf", "");
    clearTimeout(this.#deafness);
    this.#deafness = setTimeout(() => this.#root.removeAttribute("data-deaf"), DEAF_MS);
  }
}

if (typeof document !== "undefined") {
  for (const root of document.querySelectorAll("[data-presenting]")) new Presenting(root).start();
}
