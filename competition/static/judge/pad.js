/**
 * The keypad: a dialog for numbers, with the entrant's code, what is allowed, the unit, and keys made for a finger.
 *
 * It takes typed keys as well (a keyboard, or a caliper that types): the field is a real one, only the system's own keyboard is
 * kept away. What is not a number is refused here, visibly, before anything is stored; what is unlikely has to be held to confirm.
 */

import { Hold } from "./hold.js";
import { said } from "./words.js";

/** Faults that show while typing; the others only when Enter is pressed, since a number grows into its range. */
const TOLD_AT_ONCE = ["not_a_number", "too_many_decimals", "too_large"];
/** Beginnings of a number that are not one yet. */
const UNFINISHED = /^[+-]?\.?$/;
const ENTERED = "entered";
/** The key beside Enter, by what the reading may have: a sign or the colons of a time. */
const EXTRA_KEYS = { sign: "sign", colon: ":" };

export class Pad {
  #dialog;
  #words;
  #parts;
  #hold;
  #task = null;
  #place = 0;

  constructor(dialog, words) {
    this.#dialog = dialog;
    this.#words = words;
    const part = (name) => dialog.querySelector(`[data-pad-${name}]`);
    this.#parts = Object.fromEntries(
      ["form", "title", "guide", "tabs", "input", "unit", "live", "fault", "enter", "close"].map((name) => [name, part(name)]),
    );
    this.#hold = new Hold(this.#parts.enter, () => this.#enter({ is_confirmed: true }));
    this.#parts.form.addEventListener("submit", (event) => this.#submitted(event));
    this.#parts.input.addEventListener("input", () => this.#check());
    this.#parts.input.addEventListener("keydown", (event) => this.#holdByKey(event));
    this.#parts.input.addEventListener("keyup", (event) => event.key === "Enter" && this.#hold.release());
    this.#parts.close.addEventListener("click", () => dialog.close());
    this.#parts.tabs.addEventListener("click", ({ target }) => this.#switchTo(target.closest("[data-tab]")));
    dialog.addEventListener("click", ({ target }) => this.#press(target.closest("[data-key]")?.dataset.key));
    dialog.addEventListener("close", () => this.#task.done(dialog.returnValue === ENTERED));
  }

  /**
   * Ask for readings, beginning with the one at `place`; resolves with whether the last was entered, or the dialog only closed.
   *
   * `task` is `{ title, guide, unit, places, extra, values, read(typed), write(value), tell(values), doubt(values, place),
   * keep(values, confirmed) }`: `values` are texts, "" where there is none; `guide` is a node telling what is allowed; `extra` is
   * the key beside Enter, `sign`, `colon` or none (null); `read` gives `{ value }` or `{ fault, … }`, and `write` the text that
   * reads as a value; `tell` says what values come to; `doubt` gives a sentence for an unlikely value, or ""; `keep` hears every
   * reading as it is entered, and whether it was held to confirm. `typed` is what an instrument has typed and entered already.
   */
  ask(task, { place, typed = null }) {
    return new Promise((resolve) => {
      this.#task = { ...task, values: [...task.values], done: resolve };
      this.#parts.title.textContent = task.title;
      this.#parts.guide.replaceChildren(task.guide);
      this.#parts.unit.textContent = task.unit;
      this.#dialog.querySelector('[data-key="."]').disabled = task.places === 0;
      for (const [name, key] of Object.entries(EXTRA_KEYS)) {
        const is_shown = task.extra === name || (name === "sign" && !task.extra);
        this.#dialog.querySelector(`[data-key="${key}"]`).hidden = !is_shown;
      }
      this.#dialog.querySelector('[data-key="sign"]').disabled = !task.extra;
      this.#dialog.returnValue = "";
      this.#dialog.showModal();
      this.#show(place);
      if (typed !== null) this.type(typed);
    });
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** Take what an instrument typed and entered, for the reading that is asked for. */
  type(text) {
    this.#parts.input.value = text;
    this.#check();
    this.#enter();
  }

  #show(place) {
    this.#place = place;
    const { input, tabs } = this.#parts;
    const { values } = this.#task;
    tabs.hidden = values.length === 1;
    tabs.replaceChildren(...values.map((value, n) => this.#tab(value, n)));
    input.value = this.#written(values[place]);
    this.#check();
    input.focus();
    input.select();
  }

  #written(value) {
    return value && this.#task.write(value);
  }

  #tab(value, n) {
    const text = this.#written(value);
    const tab = document.createElement("button");
    tab.type = "button";
    tab.dataset.tab = n;
    tab.setAttribute("aria-pressed", n === this.#place);
    tab.setAttribute("aria-label", `${said(this.#words, "reading_n", { n: n + 1 })} ${text}`);
    tab.textContent = said(this.#words, "told", { label: n + 1, text: text || "–" });
    return tab;
  }

  #nextBlank() {
    const { values } = this.#task;
    const order = values.map((_, n) => (this.#place + 1 + n) % values.length);
    return order.find((n) => n !== this.#place && !values[n]) ?? null;
  }

  #press(key) {
    if (!key) return;
    const { input } = this.#parts;
    const [from, to] = [input.selectionStart, input.selectionEnd];
    if (key === "erase") input.setRangeText("", from === to ? Math.max(0, from - 1) : from, to, "end");
    else if (key === "sign") input.value = input.value.startsWith("-") ? input.value.slice(1) : `-${input.value}`;
    else input.setRangeText(key, from, to, "end");
    input.focus();
    this.#check();
  }

  /** Look at what is typed so far: its fault, if it shows already, or what it would come to. */
  #check() {
    const typed = this.#parts.input.value;
    const { value, fault, ...data } = this.#task.read(typed);
    const at_once = TOLD_AT_ONCE.includes(fault) && !UNFINISHED.test(typed.trim());
    this.#setHold(false);
    this.#tell(at_once ? this.#fault(fault, { typed, ...data }) : "");
    this.#parts.live.textContent = fault ? "" : this.#task.tell(this.#with(value));
  }

  #with(value) {
    return this.#task.values.map((other, n) => (n === this.#place ? value : other));
  }

  // Entering -------------------------------------------------------------------------------------------------------------

  get #isHeld() {
    return this.#parts.enter.dataset.hold !== undefined;
  }

  #setHold(is_held) {
    const { enter } = this.#parts;
    enter.toggleAttribute("data-hold", is_held);
    enter.textContent = this.#words[is_held ? "hold" : this.#nextBlank() === null ? "enter" : "next_reading"];
  }

  /** A key that is to be held does nothing when it is only pressed. */
  #submitted(event) {
    event.preventDefault();
    if (!this.#isHeld) this.#enter();
  }

  #holdByKey(event) {
    if (event.key !== "Enter" || !this.#isHeld) return;
    event.preventDefault();
    if (!event.repeat) this.#hold.start();
  }

  #enter({ is_confirmed = false } = {}) {
    if (!this.#store(is_confirmed)) {
      this.#parts.input.focus();
      return;
    }
    const next = this.#nextBlank();
    if (next === null) this.#dialog.close(ENTERED);
    else this.#show(next);
  }

  #switchTo(tab) {
    if (!tab) return;
    const untouched = this.#parts.input.value === this.#written(this.#task.values[this.#place]);
    if (untouched || this.#store(false)) this.#show(Number(tab.dataset.tab));
  }

  /** Take what is typed as this reading; false, and told why, when it cannot be or has to be confirmed first. */
  #store(is_confirmed) {
    const typed = this.#parts.input.value;
    const { value, fault, ...data } = this.#task.read(typed);
    if (fault) {
      this.#tell(this.#fault(fault, { typed, ...data }));
      return false;
    }
    const values = this.#with(value);
    const doubt = this.#task.doubt(values, this.#place);
    if (doubt && !is_confirmed) {
      this.#setHold(true);
      this.#tell(doubt, "wait");
      return false;
    }
    this.#task.values = values;
    this.#task.keep([...values], Boolean(doubt));
    return true;
  }

  #fault(fault, data) {
    const { places } = this.#task;
    if (fault === "too_many_decimals" && places === 0) return said(this.#words, "fault_no_decimals");
    return said(this.#words, `fault_${fault}`, { n: places, ...data });
  }

  #tell(sentence, tone = "bad") {
    const { fault, input } = this.#parts;
    fault.textContent = sentence;
    fault.dataset.tone = tone;
    input.setAttribute("aria-invalid", Boolean(sentence) && tone === "bad");
  }
}
