/**
 * A page of the desk follows its event: at each hint from the server it fetches itself anew and puts its marked parts in place.
 *
 * `data-live` on an element names the socket's address; `data-live-part` marks the elements of the page (each with an id) whose
 * content is replaced. What somebody is just working in is left as it is until they are done.
 */

import { BY_SCRIPT } from "./desk.js";
import { LiveStream } from "./live.js";

export const LEAST_MS = 1_000;
export const POLL_MS = 10_000;
const SESSION_ENDED = 4401;

/**
 * Does a work whenever it is asked for, never twice at once and at most every `least` milliseconds; what is asked meanwhile, once
 * more afterwards.
 */
export class Coalesced {
  #work;
  #least;
  #later;
  #isBusy = false;
  #isWanted = false;

  constructor(work, least = LEAST_MS, later = (next, ms) => setTimeout(next, ms)) {
    this.#work = work;
    this.#least = least;
    this.#later = later;
  }

  async ask() {
    this.#isWanted = true;
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#isWanted = false;
    try {
      await this.#work();
    } catch {
      // Without a network there is nothing new; the next hint or poll asks again.
    }
    this.#later(() => {
      this.#isBusy = false;
      if (this.#isWanted) this.ask();
    }, this.#least);
  }
}

class LivePage {
  #root;
  #stream;
  #refreshing = new Coalesced(() => this.#refresh());
  #isOwed = false;

  constructor(root) {
    this.#root = root;
    this.#stream = new LiveStream(() => root.dataset.live);
  }

  start() {
    // What changed between the making of this page and the opening of the socket, or while it was away, is fetched once more.
    this.#stream.addEventListener("opened", () => this.#refreshing.ask());
    this.#stream.addEventListener("message", ({ detail }) => detail.type === "changed" && this.#refreshing.ask());
    this.#stream.addEventListener("closed", ({ detail }) => detail === SESSION_ENDED && !inUse(document.body) && location.reload());
    for (const moment of ["visibilitychange", "focusout", "toggle"]) {
      document.addEventListener(moment, () => this.#isOwed && this.#refreshing.ask(), { capture: true });
    }
    setInterval(() => this.#stream.isOpen || this.#refreshing.ask(), POLL_MS);
    this.#stream.start();
  }

  /** Put the fresh parts in place; what must not be disturbed now is owed until the page is looked at or the work in it done. */
  async #refresh() {
    this.#isOwed = document.hidden;
    if (document.hidden) return;
    const answer = await fetch(location.href, { headers: BY_SCRIPT });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live-part]")) {
      const next = fresh.getElementById(part.id);
      if (!next || part.innerHTML === next.innerHTML) continue;
      if (inUse(part)) this.#isOwed = true;
      else part.replaceChildren(...next.childNodes);
    }
  }
}

/** Whether somebody is working inside this element: the focus is there, something that they opened, or what they typed. */
function inUse(element) {
  const focus = document.activeElement;
  return (
    (focus !== element && element.contains(focus)) ||
    element.querySelector("details[open], dialog[open]") !== null ||
    [...element.querySelectorAll("input, textarea, select")].some(isChanged)
  );
}

function isChanged(control) {
  if (control instanceof HTMLSelectElement) {
    const usual = [...control.options].findIndex((option) => option.defaultSelected);
    return control.selectedIndex !== Math.max(usual, 0);
  }
  return control.value !== control.defaultValue || Boolean(control.checked) !== Boolean(control.defaultChecked);
}

if (typeof document !== "undefined") {
  for (const root of document.querySelectorAll("[data-live]")) new LivePage(root).start();
}
