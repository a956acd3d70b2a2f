/** The card of one aspect: its controls give readings, and it shows what they come to. It decides nothing. */

import { awaitedRevote, isSettled, isUncertain, standing } from "./cells.js";
import { compare, points } from "./decimals.js";
import { Outcome } from "./outcome.js";
import { PanelView } from "./panel-view.js";
import { Pictures } from "./pictures.js";
import { doubtFacts, doubtOf, isCopied } from "./plausible.js";
import { deductionLeft, previewDraft } from "./preview.js";
import * as readings from "./readings.js";
import { Stopwatch } from "./stopwatch.js";
import { said } from "./words.js";

/** Within this a second tap is the same one: it must not deal with another entry. */
const DOUBLE_TAP_MS = 800;

export class AspectCard {
  #dealt_at = -Infinity;
  #element;
  #aspect;
  #words;
  #desk;
  #outcome;
  #panel;
  #pictures;
  #watch = null;
  #cell = null;

  /**
   * `desk` is what the card is laid on: `{ language, tablet, pad, previous(id), draft(id, values), enter(id, values, state,
   * confirmed), again(entry), setAside(entry), photograph(id), signal(id) }`.
   */
  constructor(element, aspect, words, desk) {
    this.#element = element;
    this.#aspect = aspect;
    this.#words = words;
    this.#desk = desk;
    this.#outcome = new Outcome(element, aspect, words, desk.language);
    this.#panel = new PanelView(element, aspect, words, desk);
    this.#pictures = new Pictures(element, aspect, words, desk);
    element.addEventListener("click", ({ target }) => this.#tapped(target.closest("button")));
    const watch = element.querySelector("[data-watch]");
    if (watch) {
      const options = { places: readings.placesOf(aspect), tablet: desk.tablet, hear: (seconds) => this.#timed(seconds) };
      this.#watch = new Stopwatch(watch, options);
    }
  }

  /** Whether something goes on here that a new page would take from the judge. */
  get isBusy() {
    return Boolean(this.#cell?.draft) || Boolean(this.#watch?.isRunning);
  }

  /** Show the cell of a sheet: `{ sheet, cell, state, now, is_open }`. */
  show(view) {
    const { sheet, cell, state, now, is_open } = view;
    const is_other = this.#element.dataset.sheet !== sheet.id;
    this.#cell = cell;
    this.#element.dataset.sheet = sheet.id;
    this.#element.dataset.state = state;
    this.#showControls(cell, is_open, is_other);
    this.#showCaps(cell);
    this.#outcome.show(cell, state);
    this.#panel.show(sheet, cell, awaitedRevote(cell, now), now);
    this.#pictures.show(sheet, is_open);
    this.#watch?.show(sheet.id, this.#aspect.id);
  }

  /** Open the pad for what is next to measure, or for the reading at `place`; `typed` is what an instrument has typed already. */
  async askReadings(place = this.#firstBlank(), typed = null) {
    const aspect = this.#aspect;
    const { language, pad } = this.#desk;
    const guide = this.#element.querySelector("[data-guide]").cloneNode(true);
    guide.hidden = false;
    let confirmed = false;
    const task = {
      title: `${aspect.id} ${this.#element.querySelector("h2").lastChild.textContent.trim()}`,
      guide,
      unit: this.#element.querySelector("[data-unit]").textContent,
      places: readings.placesOf(aspect),
      extra: aspect.kind === "time" ? "colon" : readings.maySign(aspect) ? "sign" : null,
      values: this.#texts(),
      read: (text) => ({ ...readings.readNumber(aspect, text), ...readings.rangeOf(aspect), step: readings.stepOf(aspect) }),
      write: (value) => readings.written(aspect, value),
      tell: (values) => this.#told(values, language),
      doubt: (values, n) => this.#doubt(values, n),
      keep: (values, was_confirmed) => {
        confirmed ||= was_confirmed;
        this.#desk.draft(aspect.id, values);
      },
    };
    const is_entered = await pad.ask(task, { place, typed });
    if (is_entered && this.#cell.draft?.every(Boolean)) this.#enterDraft(confirmed);
  }

  /** Whether a number that an instrument types can be a reading here. */
  get takesNumbers() {
    const fieldset = this.#element.querySelector("[data-entry]");
    return !fieldset.disabled && this.#element.querySelector("[data-reading]") !== null;
  }

  // Taps -----------------------------------------------------------------------------------------------------------------

  #tapped(button) {
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    const { value, without, reading } = button.dataset;
    const enter = (...reading) => this.#desk.enter(this.#aspect.id, ...reading);
    if (value !== undefined) enter([value]);
    else if (without) enter([], without);
    else if (reading !== undefined) this.askReadings(Number(reading));
    else if (button.matches("[data-more]")) this.#step(button, 1);
    else if (button.matches("[data-less]")) this.#step(button, -1);
    else if (button.matches("[data-no-faults]")) enter(this.#aspect.items.map(() => "0"));
    else if (button.matches("[data-enter-draft]")) this.#enterDraft();
    else if (button.matches("[data-again]")) this.#deal(() => this.#desk.again(this.#cell.refused.at(-1)));
    else if (button.matches("[data-set-aside]")) this.#deal(() => this.#desk.setAside(this.#cell.refused.at(-1)));
    else if (button.matches("[data-problem]")) this.#desk.signal(this.#aspect.id);
  }

  /** Deal with what needs attention: its keys go away with it, so the card has the focus from here on. */
  #deal(work) {
    if (performance.now() - this.#dealt_at < DOUBLE_TAP_MS) return;
    this.#dealt_at = performance.now();
    this.#element.querySelector("h2").focus({ preventScroll: true });
    work();
  }

  /** Make a mark of what is typed, counted or timed; of several runs, of those there are. */
  #enterDraft(confirmed = false) {
    const { draft } = this.#cell;
    if (draft && readings.isWhole(this.#aspect, draft)) {
      this.#desk.enter(this.#aspect.id, draft.filter(Boolean), "marked", confirmed);
    }
  }

  /** One more or less; the first tap makes every other item a visible 0, and nothing is entered yet. */
  #step(button, way) {
    const place = Number(button.closest("[data-item]").dataset.item);
    const texts = this.#texts().map((text, n) => text || (n === place ? readings.stepStart(this.#aspect, way) : "0"));
    texts[place] = readings.stepped(this.#aspect, texts[place], way);
    this.#desk.draft(this.#aspect.id, texts);
  }

  /** A run that the watch measured: into the next place that is free, or the last. */
  #timed(seconds) {
    if (readings.readNumber(this.#aspect, seconds).fault) return;
    const texts = this.#texts();
    texts[this.#firstBlank()] = seconds;
    this.#desk.draft(this.#aspect.id, texts);
  }

  /** The readings as they stand, entered or not; "" where there is none. */
  #texts() {
    const mark = standing(this.#cell);
    const marked = mark?.state === "marked" ? mark.values : [];
    return this.#cell.draft ?? Array.from({ length: readings.expectedReadings(this.#aspect) }, (_, n) => marked[n] ?? "");
  }

  #firstBlank() {
    const texts = this.#texts();
    const place = texts.findIndex((text) => !text);
    return place < 0 ? texts.length - 1 : place;
  }

  /** What is unlikely about the reading at `place` among these, as a sentence, or "". */
  #doubt(values, place) {
    const doubt = doubtOf(this.#aspect, values[place]);
    if (doubt) return said(this.#words, `doubt_${doubt}`, doubtFacts(this.#aspect));
    const before = this.#desk.previous(this.#aspect.id);
    const is_copied = values.every(Boolean) && isCopied(this.#aspect, values, before?.mark);
    return is_copied ? said(this.#words, "doubt_copied", { code: before.code }) : "";
  }

  #told(values, language) {
    const told = previewDraft(this.#aspect, values);
    return told ? told.steps.map((step) => (language.startsWith("zh") ? step.zh : step.en)).join(" · ") : "";
  }

  // Showing --------------------------------------------------------------------------------------------------------------

  #showControls(cell, is_open, is_other) {
    const mark = standing(cell);
    this.#element.querySelector("[data-entry]").disabled = !is_open || isSettled(cell) || isUncertain(cell);
    const is_marked = mark?.state === "marked";
    for (const key of this.#element.querySelectorAll("[data-value]")) {
      key.setAttribute("aria-pressed", Boolean(is_marked && compare(key.dataset.value, mark.values[0]) === 0));
    }
    if (is_other) this.#element.querySelector(".without details").open = false;
    for (const key of this.#element.querySelectorAll("[data-without]")) {
      const is_pressed = mark?.state === key.dataset.without;
      key.setAttribute("aria-pressed", is_pressed);
      if (is_pressed && key.closest("details")) key.closest("details").open = true;
    }
    const texts = cell.draft ?? (is_marked ? mark.values : []);
    for (const [n, place] of this.#element.querySelectorAll("[data-shown]").entries()) {
      place.textContent = texts[n] ? readings.written(this.#aspect, texts[n]) : place.dataset.blank;
      place.classList.toggle("blank", !texts[n]);
    }
    const is_ready = Boolean(cell.draft && readings.isWhole(this.#aspect, cell.draft));
    this.#element.querySelector("[data-enter-draft]")?.setAttribute("aria-disabled", !is_ready);
  }

  /** What each fault has taken so far, and where one more would take nothing. */
  #showCaps(cell) {
    if (this.#aspect.kind !== "deduction") return;
    const left = deductionLeft(this.#aspect, this.#texts());
    for (const [n, place] of this.#element.querySelectorAll("[data-taken]").entries()) {
      const { taken, capped } = left.items[n];
      const key = capped ? "taken_capped" : "taken";
      place.textContent = compare(taken, "0") === 0 ? "" : said(this.#words, key, { taken: points(taken) });
      place.closest("[data-item]").dataset.capped = capped ? "yes" : "no";
    }
    const used_up = this.#element.querySelector("[data-used-up]");
    used_up.textContent = left.used_up && (cell.draft || standing(cell)) ? this.#words.used_up : "";
  }
}
