/** What a scanner or a caliper types outside of a field: a figure is a reading, a bench or a code says whose sheet is wanted. */

import { isMissing } from "./cells.js";
import { targetOf } from "./list.js";
import { runningSession } from "./session-clock.js";
import { isFigure, isMeant } from "./walk.js";
import { Wedge } from "./wedge.js";
import { said } from "./words.js";

export class Scans {
  #page;
  #cards;
  #pad;
  #words;

  /**
   * `page` tells what is shown and hears what to do: `current()`, `order()`, `warn(code)` that somebody else was scanned,
   * `done(key, data)` that the right one was; `cards` are by aspect.
   */
  constructor({ page, cards, pad, words }) {
    this.#page = page;
    this.#cards = cards;
    this.#pad = pad;
    this.#words = words;
    new Wedge().addEventListener("scan", ({ detail }) => this.#hear(detail.text.trim()));
  }

  #hear(text) {
    const current = this.#page.current();
    if (!current) return;
    if (this.#pad.isOpen) this.#pad.type(text);
    else if (document.querySelector("dialog[open]")) return;
    else if (isFigure(text)) this.#read(text, current);
    else this.#select(text, current);
  }

  /** Into the aspect that has the focus, or the next that is open. */
  #read(text, { cells }) {
    const focused = document.activeElement?.closest("[data-aspect]")?.dataset.aspect;
    const takes = ({ aspect }) => this.#cards.get(aspect.id).takesNumbers;
    const isNext = (cell) => isMissing(cell) && takes(cell);
    const into = cells.find((cell) => cell.aspect.id === focused && takes(cell)) ?? cells.find(isNext);
    if (into) this.#cards.get(into.aspect.id).askReadings(undefined, text);
  }

  /** Another entrant's sheet comes up, unless something on this one is begun: then the judge is only warned. */
  #select(text, { event, sheet, cells, now }) {
    const target = targetOf(text);
    if (!target) return;
    const running = runningSession(event, now)?.number ?? null;
    if (isMeant(sheet, target, running)) {
      this.#page.done("scanned_aloud", { code: sheet.code });
      return;
    }
    const wanted = this.#page.order().find((other) => isMeant(other, target, running));
    if (wanted && !cells.some((cell) => cell.draft)) location.hash = wanted.id;
    else this.#page.warn(wanted?.code ?? target.code ?? said(this.#words, "bench_n", target));
  }
}
