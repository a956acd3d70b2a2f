/** The bar at the thumb: to the entrants before and after, to the next open aspect, and after signing to who is next. */

import { missing } from "./cells.js";
import { runningSession } from "./session-clock.js";
import { isOpen, signOffOf } from "./sign-off.js";
import { inOrder, neighbours, nextOpen } from "./walk.js";
import { said } from "./words.js";

export class Way {
  #tablet;
  #words;
  #sub_criterion;
  #next = document.querySelector("[data-next]");

  constructor({ tablet, words, sub_criterion }) {
    this.#tablet = tablet;
    this.#words = words;
    this.#sub_criterion = sub_criterion;
    this.#next.addEventListener("click", () => this.#goOn());
    document.addEventListener("click", (event) => this.#followed(event));
  }

  /** The sheets of this form in the order they are walked, whoever competes now first. */
  order({ event, now }) {
    return inOrder(event.sheets, this.#sub_criterion, runningSession(event, now)?.number);
  }

  /** Show the ways on from what is shown now. */
  show(current) {
    const { sheet, cells, is_open } = current;
    const open = missing(cells);
    this.#part("progress").textContent = said(this.#words, "progress", { n: cells.length - open.length, m: cells.length });
    this.#part("progress-bar").value = cells.length - open.length;
    const order = this.order(current);
    const { before, after } = neighbours(order, sheet.id);
    this.#showTurn("before", before);
    this.#showTurn("after", after);
    if (is_open && open.length) this.#showNext(`aspect-${open[0]}`, this.#words.next_open);
    else if (is_open) this.#showNext("read-back", this.#words.read_back);
    else this.#showFollowing(nextOpen(order, sheet.id, (other) => this.#isUnsigned(other)));
  }

  #showTurn(name, other) {
    const way = this.#part(name);
    way.toggleAttribute("data-none", !other);
    if (other) way.href = `#${other.id}`;
    else way.removeAttribute("href");
    way.setAttribute("aria-label", other ? said(this.#words, `go_${name}`, { code: other.code }) : this.#words[`none_${name}`]);
  }

  #showFollowing(following) {
    if (following) this.#showNext(following.id, said(this.#words, "next_entrant", { code: following.code }));
    else this.#showNext("", this.#words.all_sheets);
  }

  #showNext(to, text) {
    this.#next.dataset.to = to;
    if (this.#next.textContent !== text) this.#next.textContent = text;
  }

  #isUnsigned(sheet) {
    return isOpen(signOffOf(sheet, this.#tablet.entries.filter((entry) => entry.sheet_id === sheet.id)));
  }

  #goOn() {
    const { to } = this.#next.dataset;
    const part = document.getElementById(to);
    if (part) goTo(part);
    else if (to) location.hash = to;
    else location.assign("/judge");
  }

  /** Links to parts of this page scroll there; the hash stays the sheet's. */
  #followed(event) {
    const link = event.target.closest("a[href^='#']");
    const part = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!part) return;
    event.preventDefault();
    goTo(part);
  }

  #part(name) {
    return document.querySelector(`[data-${name}]`);
  }
}

/** Bring a card under the eye, and the keyboard to its first control. */
export function goTo(element) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
  const control = element.querySelector("fieldset:enabled button:enabled, [data-sign]:not([hidden])");
  (control ?? element.querySelector("h2") ?? element).focus({ preventScroll: true });
}
