/** The card of one aspect: its controls give readings, and it shows what became of them. It decides nothing. */

import { flagsOf, isSettled, standing } from "./cells.js";
import { compare, points } from "./decimals.js";
import * as readings from "./readings.js";
import { said } from "./words.js";

const TONES = { blank: "", settled: "", draft: "wait", on_tablet: "wait", sending: "note", received: "good", attention: "bad" };

export class AspectCard {
  #element;
  #aspect;
  #words;
  #language;
  #sheet = null;
  #is_open = false;

  constructor(element, aspect, words, language) {
    this.#element = element;
    this.#aspect = aspect;
    this.#words = words;
    this.#language = language;
  }

  /** Let the judge enter. `sheet` gives `{ pad, cell(), draft(values), enter(values, state), again(entry), setAside(entry) }`. */
  open(sheet) {
    this.#sheet = sheet;
    this.#is_open = true;
    this.#element.addEventListener("click", ({ target }) => this.#tapped(target.closest("button")));
  }

  /** Let nothing be entered any more. */
  close() {
    this.#is_open = false;
    this.#element.querySelector("[data-entry]").disabled = true;
  }

  /** Show the cell in `state`. */
  show(cell, state) {
    const mark = standing(cell);
    this.#element.dataset.state = state;
    this.#showControls(cell, mark);
    this.#showOutcome(cell, mark, state);
    this.#showFlags(cell);
    this.#showAttention(cell);
  }

  // Taps -----------------------------------------------------------------------------------------------------------------

  #tapped(button) {
    if (!button) return;
    const { value, without, reading } = button.dataset;
    if (value !== undefined) this.#sheet.enter([value]);
    else if (without) this.#sheet.enter([], without);
    else if (reading !== undefined) this.#askReadings(Number(reading));
    else if (button.matches("[data-more]")) this.#count(button, 1);
    else if (button.matches("[data-less]")) this.#count(button, -1);
    else if (button.matches("[data-no-faults]")) this.#sheet.enter(this.#aspect.items.map(() => "0"));
    else if (button.matches("[data-enter-draft]")) this.#enterDraft();
    else if (button.matches("[data-again]")) this.#sheet.again(this.#sheet.cell().refused.at(-1));
    else if (button.matches("[data-set-aside]")) this.#sheet.setAside(this.#sheet.cell().refused.at(-1));
  }

  async #askReadings(place) {
    const aspect = this.#aspect;
    const guide = this.#element.querySelector("[data-guide]").cloneNode(true);
    guide.hidden = false;
    const task = {
      title: `${aspect.id} ${this.#element.querySelector("h2").lastChild.textContent.trim()}`,
      guide,
      unit: this.#element.querySelector("[data-unit]").textContent,
      places: readings.placesOf(aspect),
      extra: aspect.kind === "time" ? "colon" : readings.maySign(aspect) ? "sign" : null,
      values: this.#texts(),
      read: (typed) => ({ ...readings.readNumber(aspect, typed), ...readings.rangeOf(aspect), step: readings.stepOf(aspect) }),
      write: (value) => readings.written(aspect, value),
      doubt: (value) => (readings.isOutside(aspect, value) ? this.#outside() : ""),
      keep: (values) => this.#sheet.draft(values),
    };
    await this.#sheet.pad.ask(task, place);
    if (this.#sheet.cell().draft?.every(Boolean)) this.#enterDraft();
  }

  /** Make a mark of what is typed or counted; of several runs, of those there are. */
  #enterDraft() {
    const { draft } = this.#sheet.cell();
    if (draft && readings.isWhole(this.#aspect, draft)) this.#sheet.enter(draft.filter(Boolean));
  }

  #outside() {
    const { least, most, unit } = { least: "−∞", most: "∞", unit: "mm", ...this.#aspect };
    return said(this.#words, "outside", { least, most, unit });
  }

  /** Count one more or less; the first tap makes every other item a visible 0, and nothing is entered yet. */
  #count(button, step) {
    const place = Number(button.closest("[data-item]").dataset.item);
    const counts = this.#texts().map((text) => text || "0");
    const most = this.#aspect.possible ?? Infinity;
    counts[place] = String(Math.min(most, Math.max(0, Number(counts[place]) + step)));
    this.#sheet.draft(counts);
  }

  /** The readings as they stand, entered or not; "" where there is none. */
  #texts() {
    const cell = this.#sheet?.cell();
    const mark = cell && standing(cell);
    const marked = mark?.state === "marked" ? mark.values : [];
    return cell?.draft ?? Array.from({ length: readings.expectedReadings(this.#aspect) }, (_, n) => marked[n] ?? "");
  }

  // Showing --------------------------------------------------------------------------------------------------------------

  #showControls(cell, mark) {
    const entry = this.#element.querySelector("[data-entry]");
    if (entry) entry.disabled = !this.#is_open || isSettled(cell);
    const is_marked = mark?.state === "marked";
    for (const key of this.#element.querySelectorAll("[data-value]")) {
      key.setAttribute("aria-pressed", Boolean(is_marked && compare(key.dataset.value, mark.values[0]) === 0));
    }
    for (const key of this.#element.querySelectorAll("[data-without]")) {
      const is_pressed = mark?.state === key.dataset.without;
      key.setAttribute("aria-pressed", is_pressed);
      if (is_pressed) key.closest("details")?.setAttribute("open", "");
    }
    const texts = cell.draft ?? (is_marked ? mark.values : []);
    for (const [n, place] of this.#element.querySelectorAll("[data-shown]").entries()) {
      place.textContent = texts[n] ? readings.written(this.#aspect, texts[n]) : (place.dataset.blank ?? "");
      place.classList.toggle("blank", !texts[n]);
    }
    const is_ready = Boolean(cell.draft && readings.isWhole(this.#aspect, cell.draft));
    this.#element.querySelector("[data-enter-draft]")?.setAttribute("aria-disabled", !is_ready);
  }

  #showOutcome(cell, mark, state) {
    const part = (name) => this.#element.querySelector(`[data-${name}]`);
    const chip = part("chip");
    chip.dataset.tone = TONES[state];
    const position = state === "received" ? cell.received.position : undefined;
    chip.textContent = said(this.#words, position ? "state_received_at" : `state_${state}`, { position });
    part("gives").textContent = state === "received" ? this.#gives(cell.received) : "";
    part("step").textContent = this.#explained(cell, mark, state);
  }

  #gives(received) {
    if (readings.isPointless(this.#aspect)) return "";
    const most = readings.mostOf(this.#aspect);
    const key = compare(most, "0") === 0 ? "takes" : "gives";
    return said(this.#words, key, { points: points(received.points), most: points(most) });
  }

  #explained(cell, mark, state) {
    if (state === "draft") return this.#draftInWords(cell.draft);
    if (state !== "received") return mark ? readings.inWords(this.#aspect, mark, this.#words, this.#language) : "";
    // Each fault has a step of its own; of all other kinds the last step holds the whole chain.
    const steps = this.#aspect.kind === "deduction" ? cell.received.steps : cell.received.steps.slice(-1);
    return steps.map((step) => (this.#language.startsWith("zh") ? step.zh : step.en)).join(" · ");
  }

  #draftInWords(draft) {
    if (!readings.isWhole(this.#aspect, draft)) {
      return said(this.#words, "readings_left", { n: draft.filter((text) => !text).length });
    }
    const mark = { state: "marked", values: draft.filter(Boolean) };
    const label = readings.inWords(this.#aspect, mark, this.#words, this.#language);
    const key = this.#element.querySelector("[data-enter-draft]");
    return key ? said(this.#words, "told", { label, text: said(this.#words, "press", { key: key.textContent }) }) : label;
  }

  #showFlags(cell) {
    const list = this.#element.querySelector("[data-flags]");
    const sentences = flagsOf(cell).map((flag) => this.#words[`flag_${flag}`]);
    if (cell.aside) {
      const reading = readings.inWords(this.#aspect, cell.aside.mark, this.#words, this.#language);
      sentences.unshift(said(this.#words, "aside", { reading }));
    }
    list.hidden = !sentences.length;
    list.replaceChildren(
      ...sentences.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })),
    );
  }

  #showAttention(cell) {
    const place = this.#element.querySelector("[data-attention]");
    const entry = cell.refused.at(-1);
    place.hidden = !entry;
    if (!entry) return;
    const label = readings.inWords(this.#aspect, entry.mark, this.#words, this.#language);
    place.querySelector("[data-attention-text]").textContent = said(this.#words, "told", { label, text: entry.refusal.detail });
  }
}
