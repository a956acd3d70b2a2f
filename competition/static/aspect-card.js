/** The card of one aspect: its controls give readings, and it shows what became of them. It decides nothing. */

import { flagsOf, standing } from "./cells.js";
import { compare, padded, points } from "./decimals.js";
import { expectedReadings, inWords, isOutside, readNumber } from "./readings.js";
import { said } from "./words.js";

const TONES = { blank: "", draft: "wait", on_tablet: "wait", sending: "note", received: "good", attention: "bad" };

export class AspectCard {
  #element;
  #aspect;
  #words;
  #language;
  #sheet = null;

  constructor(element, aspect, words, language) {
    this.#element = element;
    this.#aspect = aspect;
    this.#words = words;
    this.#language = language;
  }

  /** Let the judge enter. `sheet` gives `{ pad, cell(), draft(values), enter(values, state), again(entry), setAside(entry) }`. */
  open(sheet) {
    this.#sheet = sheet;
    this.#element.querySelector("[data-entry]").disabled = false;
    this.#element.addEventListener("click", ({ target }) => this.#tapped(target.closest("button")));
  }

  /** Let nothing be entered any more. */
  close() {
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
    else if (button.matches("[data-enter-counts]") && this.#sheet.cell().draft) this.#sheet.enter(this.#sheet.cell().draft);
    else if (button.matches("[data-again]")) this.#sheet.again(this.#sheet.cell().refused.at(-1));
    else if (button.matches("[data-set-aside]")) this.#sheet.setAside(this.#sheet.cell().refused.at(-1));
  }

  async #askReadings(place) {
    const aspect = this.#aspect;
    const is_score = aspect.kind === "score";
    const task = {
      title: `${aspect.id} ${this.#element.querySelector("h2").lastChild.textContent.trim()}`,
      guide: this.#element.querySelector(is_score ? ".reading small" : ".ladder").cloneNode(true),
      unit: this.#element.querySelector(".reading .unit").textContent,
      places: is_score ? undefined : (aspect.places ?? 3),
      signed: !is_score && !(aspect.least && compare(aspect.least, "0") >= 0),
      values: this.#texts(),
      read: (typed) => ({ ...readNumber(aspect, typed), most: points(aspect.points), step: aspect.step ?? "0.5" }),
      doubt: (value) => (isOutside(aspect, value) ? this.#outside() : ""),
      keep: (values) => this.#sheet.draft(values),
    };
    await this.#sheet.pad.ask(task, place);
    const { draft } = this.#sheet.cell();
    if (draft?.every(Boolean)) this.#sheet.enter(draft);
  }

  #outside() {
    const { least, most, unit } = { least: "−∞", most: "∞", unit: "mm", ...this.#aspect };
    return said(this.#words, "outside", { least, most, unit });
  }

  /** Count one fault more or less; the first tap makes every other item a visible 0, and nothing is entered yet. */
  #count(button, step) {
    const place = Number(button.closest("[data-item]").dataset.item);
    const counts = this.#texts().map((text) => text || "0");
    counts[place] = String(Math.max(0, Number(counts[place]) + step));
    this.#sheet.draft(counts);
  }

  /** The readings as they stand, entered or not; "" where there is none. */
  #texts() {
    const cell = this.#sheet?.cell();
    const mark = cell && standing(cell);
    const marked = mark?.state === "marked" ? mark.values : [];
    return cell?.draft ?? Array.from({ length: expectedReadings(this.#aspect) }, (_, n) => marked[n] ?? "");
  }

  // Showing --------------------------------------------------------------------------------------------------------------

  #showControls(cell, mark) {
    const is_marked = mark?.state === "marked";
    for (const key of this.#element.querySelectorAll("[data-value]")) {
      key.setAttribute("aria-pressed", Boolean(is_marked && compare(key.dataset.value, mark.values[0]) === 0));
    }
    for (const key of this.#element.querySelectorAll("[data-without]")) {
      key.setAttribute("aria-pressed", mark?.state === key.dataset.without);
    }
    const texts = cell.draft ?? (is_marked ? mark.values : []);
    for (const [n, place] of this.#element.querySelectorAll("[data-shown]").entries()) {
      place.textContent = texts[n] ? this.#figure(texts[n]) : (place.dataset.blank ?? "");
      place.classList.toggle("blank", !texts[n]);
    }
    this.#element.querySelector("[data-enter-counts]")?.setAttribute("aria-disabled", !cell.draft);
  }

  #figure(text) {
    return this.#aspect.kind === "measurement" ? padded(text, this.#aspect.places ?? 3) : text;
  }

  #showOutcome(cell, mark, state) {
    const part = (name) => this.#element.querySelector(`[data-${name}]`);
    const chip = part("chip");
    chip.dataset.tone = TONES[state];
    const position = state === "received" ? cell.received.position : undefined;
    chip.textContent = said(this.#words, position ? "state_received_at" : `state_${state}`, { position });
    const { received } = cell;
    const most = points(this.#aspect.points);
    part("gives").textContent = state === "received" ? said(this.#words, "gives", { points: points(received.points), most }) : "";
    part("step").textContent = this.#explained(cell, mark, state);
  }

  #explained(cell, mark, state) {
    if (state === "draft") return this.#draftInWords(cell.draft);
    if (state !== "received") return mark ? inWords(this.#aspect, mark, this.#words, this.#language) : "";
    // Each fault has a step of its own; of all other kinds the last step holds the whole chain.
    const steps = this.#aspect.kind === "deduction" ? cell.received.steps : cell.received.steps.slice(-1);
    return steps.map((step) => (this.#language.startsWith("zh") ? step.zh : step.en)).join(" · ");
  }

  #draftInWords(draft) {
    const left = draft.filter((text) => !text).length;
    if (left) return said(this.#words, "readings_left", { n: left });
    const counts = inWords(this.#aspect, { state: "marked", values: draft }, this.#words, this.#language);
    if (this.#aspect.kind !== "deduction") return counts;
    return said(this.#words, "told", { label: counts, text: this.#words.press_enter });
  }

  #showFlags(cell) {
    const list = this.#element.querySelector("[data-flags]");
    const sentences = flagsOf(cell).map((flag) => this.#words[`flag_${flag}`]);
    if (cell.aside) {
      const reading = inWords(this.#aspect, cell.aside.mark, this.#words, this.#language);
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
    const label = inWords(this.#aspect, entry.mark, this.#words, this.#language);
    place.querySelector("[data-attention-text]").textContent = said(this.#words, "told", { label, text: entry.refusal.detail });
  }
}
