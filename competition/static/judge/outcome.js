/** What became of an aspect's readings: where the mark is, what it gives by the scheme, what was noticed about it. */

import { flagsOf, standing } from "./cells.js";
import { compare, points } from "./decimals.js";
import { preview, previewDraft } from "./preview.js";
import { inWords, isPointless, isWhole, mostOf } from "./readings.js";
import { said } from "./words.js";

const TONES = {
  blank: "",
  settled: "",
  draft: "wait",
  revote: "wait",
  on_tablet: "wait",
  sending: "note",
  received: "good",
  attention: "bad",
};

export class Outcome {
  #element;
  #aspect;
  #words;
  #language;

  constructor(element, aspect, words, language) {
    this.#element = element;
    this.#aspect = aspect;
    this.#words = words;
    this.#language = language;
  }

  /** Show what became of a cell in `state`. */
  show(cell, state) {
    const mark = standing(cell);
    this.#showLine(cell, mark, state);
    this.#showDifference(cell.received);
    this.#showFlags(cell);
    this.#showAttention(cell);
  }

  #showLine(cell, mark, state) {
    const chip = this.#part("chip");
    chip.dataset.tone = TONES[state];
    const position = state === "received" ? cell.received.position : undefined;
    const text = said(this.#words, position ? "state_received_at" : `state_${state}`, { position });
    if (chip.textContent !== text) chip.textContent = text;
    const told = cell.draft ? previewDraft(this.#aspect, cell.draft) : this.#told(mark);
    this.#part("gives").textContent = told?.points ? this.#gives(told.points) : "";
    this.#part("step").textContent = cell.draft ? this.#draftInWords(cell.draft, told) : this.#steps(told, mark);
  }

  /** What a mark gives: in the server's words once it has spoken, before that in the tablet's own. */
  #told(mark) {
    if (!mark) return null;
    return mark.points === undefined ? preview(this.#aspect, mark.values, mark.state) : mark;
  }

  #gives(given) {
    if (isPointless(this.#aspect)) return "";
    const most = mostOf(this.#aspect);
    const key = compare(most, "0") === 0 ? "takes" : "gives";
    return said(this.#words, key, { points: points(given), most: points(most) });
  }

  /** Each fault has a step of its own; of all other kinds the last step holds the whole chain. */
  #steps(told, mark) {
    if (!told) return "";
    const steps = this.#aspect.kind === "deduction" && mark?.state === "marked" ? told.steps : told.steps.slice(-1);
    return steps.map((step) => this.#say(step)).join(" · ");
  }

  #draftInWords(draft, told) {
    const label = this.#steps(told, { state: "marked" });
    if (!isWhole(this.#aspect, draft)) {
      const left = said(this.#words, "readings_left", { n: draft.filter((text) => !text).length });
      return label ? `${label} · ${left}` : left;
    }
    const key = this.#element.querySelector("[data-enter-draft]");
    return key ? `${label} · ${said(this.#words, "press", { key: key.textContent })}` : label;
  }

  /** The server reckons again; should it come to something else, its figure counts, and that is told. */
  #showDifference(received) {
    const place = this.#part("differs");
    const own = received && preview(this.#aspect, received.values, received.state);
    place.hidden = !own || compare(own.points, received.points) === 0;
    if (place.hidden) return;
    const data = { points: points(received.points), most: points(mostOf(this.#aspect)), own: points(own.points) };
    place.textContent = said(this.#words, "server_says", data);
  }

  #showFlags(cell) {
    const list = this.#part("flags");
    const sentences = flagsOf(cell).map((flag) => this.#words[`flag_${flag}`]);
    if (cell.aside) sentences.unshift(said(this.#words, "aside", { reading: this.#reading(cell.aside.mark) }));
    list.hidden = !sentences.length;
    list.replaceChildren(
      ...sentences.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })),
    );
  }

  #showAttention(cell) {
    const place = this.#part("attention");
    const entry = cell.refused.at(-1);
    place.hidden = !entry;
    if (!entry) return;
    const label = entry.kind === "retraction" ? this.#words.taking_back : this.#reading(entry.command);
    place.querySelector("[data-attention-text]").textContent = said(this.#words, "told", { label, text: entry.refusal.detail });
  }

  #reading(mark) {
    return inWords(this.#aspect, mark, this.#words, this.#language);
  }

  #say({ zh, en }) {
    return this.#language.startsWith("zh") ? zh || en : en || zh;
  }

  #part(name) {
    return this.#element.querySelector(`[data-${name}]`);
  }
}
