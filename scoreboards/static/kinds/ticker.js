/** What was marked last: a list that grows from the top, or over a picture a line that passes. */

import { figure, fit, points } from "../board-state.js";
import { followBoard } from "../board.js";
import { STILL, set, textOf, wordOf } from "../page.js";
import { ageOf, nextOf, shiftOf } from "./ticker-line.js";

const CALM_MS = 1_500;
const MOVE_MS = 500;
const FADE_MS = 400;
const HIGHLIGHT_MS = 2_400;
const REST_MS = 6_000;
const WIDTHS_A_SECOND = 0.06;
const EASE = "cubic-bezier(0.2, 0, 0, 1)";

function fillEntrant(element, row) {
  const name = element.querySelector(".name");
  name.dataset.fit = fit(row.name);
  set(name, row.name);
  set(element.querySelector(".code"), row.entrant);
  set(element.querySelector(".delegation"), row.delegation);
}

function nameOf(board, id) {
  const column = board.columns.find((one) => one.id === id);
  return column ? textOf(column.name) : "";
}

/** The list. However fast marks come, it moves on as a whole and not before one can read it. */
class ListOfMarks {
  #root;
  #body;
  #blank = document.querySelector("[data-row-template]").content.firstElementChild;
  #elements = new Map();
  #state = null;
  #drawn = null;
  #drawnAt = -CALM_MS;
  #light = [];

  constructor(root) {
    this.#root = root;
    this.#body = root.querySelector("[data-rows]");
    for (const element of this.#body.children) this.#elements.set(element.dataset.code, element);
  }

  show(state) {
    this.#state = state;
    if (this.#drawn === null) this.#draw();
  }

  tick(now) {
    if (this.#state !== this.#drawn && performance.now() - this.#drawnAt >= CALM_MS) this.#draw();
    const table = this.#body.parentElement;
    for (const element of this.#body.children) {
      const { unit, count } = ageOf(element.dataset.at, now);
      set(element.querySelector(".ago"), wordOf(table, unit, { count }));
    }
  }

  #draw() {
    const { board, rows } = this.#state;
    const isStill = this.#drawn === null || STILL.matches || document.hidden;
    const before = [...this.#body.children].map((element) => element.dataset.code);
    const old = new Map(this.#drawn?.rows.map((row) => [row.code, row]));
    const after = rows.map((row) => row.code);
    const elements = rows.map((row) => this.#filled(row, board));
    const isOther = before.join() !== after.join();
    this.#drawn = this.#state;
    this.#drawnAt = performance.now();
    this.#elements = new Map(elements.map((element) => [element.dataset.code, element]));
    if (isOther) this.#body.replaceChildren(...elements);
    if (isStill) return;
    if (isOther) this.#move(shiftOf(before, after), elements);
    this.#lighten(elements.filter((_, place) => old.get(after[place])?.at !== rows[place].at));
  }

  #filled(row, board) {
    const element = this.#elements.get(row.code) ?? this.#blank.cloneNode(true);
    element.dataset.code = row.code;
    element.dataset.at = row.at;
    fillEntrant(element, row);
    set(element.querySelector(".column"), nameOf(board, row.column));
    set(element.querySelector(".points"), figure(row.points));
    set(element.querySelector(".total b"), points(row.total));
    set(element.querySelector(".rank b"), row.rank ?? "–");
    return element;
  }

  /** New marks push the list down as one; any other change is a calm fade. */
  #move(shift, elements) {
    if (shift === null) {
      this.#body.animate([{ opacity: 0.2 }, { opacity: 1 }], { duration: FADE_MS, easing: EASE });
      return;
    }
    const first = elements[shift];
    const distance = first.getBoundingClientRect().top - elements[0].getBoundingClientRect().top;
    // What is above its place comes out from under the head.
    const start = { transform: `translateY(${-distance}px)`, clipPath: `inset(${distance}px 0 0)` };
    this.#body.animate([start, { transform: "none", clipPath: "inset(0)" }], { duration: MOVE_MS, easing: EASE });
  }

  #lighten(elements) {
    for (const animation of this.#light.splice(0)) animation.cancel();
    const style = getComputedStyle(this.#root);
    const [ink, marked] = [style.getPropertyValue("--brand-ink"), style.getPropertyValue("--surface-marked")];
    for (const element of elements) {
      this.#light.push(element.animate([{ backgroundColor: marked }, { backgroundColor: marked, offset: 0.6 }, {}], HIGHLIGHT_MS));
      for (const lit of element.querySelectorAll("[data-lit]")) {
        this.#light.push(lit.animate([{ color: ink }, { color: ink, offset: 0.6 }, {}], HIGHLIGHT_MS));
      }
    }
  }
}

/** The line. Marks pass from right to left, one behind the other; where nothing may move, one after the other stands in it. */
class PassingLine {
  #line;
  #blank = document.querySelector("[data-row-template]").content.firstElementChild;
  #state = null;
  #passed = new Map();
  #last = null;
  #tail = null;
  #restedAt = -REST_MS;

  constructor(root) {
    this.#line = root.querySelector("[data-line]");
  }

  show(state, before) {
    this.#state = state;
    if (before === null) this.#takeOver(state.rows);
  }

  tick() {
    if (this.#state === null || this.#state.rows.length === 0) return;
    if (STILL.matches) this.#stand();
    else if (this.#tail === null || this.#hasRoom()) this.#pass(this.#next());
  }

  /** The marks that the page came with start from where they stand; those out of sight come when it is their turn. */
  #takeOver(rows) {
    for (const row of rows) this.#passed.set(row.code, row.at);
    if (STILL.matches) return;
    const { left, right } = this.#line.getBoundingClientRect();
    const items = [...this.#line.children].map((item) => [item, item.getBoundingClientRect().left]);
    this.#line.dataset.passes = "";
    for (const [item, start] of items) {
      if (start < right) this.#send(item, start - left);
      else item.remove();
    }
    this.#last = this.#tail?.dataset.code ?? null;
  }

  #next() {
    const row = nextOf(this.#state.rows, this.#passed, this.#last);
    this.#passed.set(row.code, row.at);
    this.#last = row.code;
    return row;
  }

  #hasRoom() {
    return this.#tail.getBoundingClientRect().right <= this.#line.getBoundingClientRect().right;
  }

  #pass(row) {
    const item = this.#itemOf(row);
    this.#line.dataset.passes = "";
    this.#line.append(item);
    const { left, right } = this.#line.getBoundingClientRect();
    const behind = this.#tail ? Math.max(this.#tail.getBoundingClientRect().right, right) : right;
    this.#send(item, behind - left);
  }

  #send(item, from) {
    const width = item.getBoundingClientRect().width;
    const speed = this.#line.getBoundingClientRect().width * WIDTHS_A_SECOND;
    const way = item.animate([{ transform: `translateX(${from}px)` }, { transform: `translateX(${-width}px)` }], {
      duration: ((from + width) / speed) * 1000,
      fill: "both",
    });
    this.#tail = item;
    way.finished.then(() => {
      if (this.#tail === item) this.#tail = null;
      item.remove();
    });
  }

  #stand() {
    if (performance.now() - this.#restedAt < REST_MS) return;
    this.#restedAt = performance.now();
    const item = this.#itemOf(this.#next());
    delete this.#line.dataset.passes;
    this.#line.replaceChildren(item);
    item.animate([{ opacity: 0 }, { opacity: 1 }], FADE_MS);
  }

  #itemOf(row) {
    const item = this.#blank.cloneNode(true);
    item.dataset.code = row.code;
    set(item.querySelector(".entrant"), row.name || row.entrant);
    set(item.querySelector(".delegation"), row.delegation);
    set(item.querySelector(".column"), nameOf(this.#state.board, row.column));
    set(item.querySelector(".points"), figure(row.points));
    set(item.querySelector(".total"), points(row.total));
    set(item.querySelector(".rank"), row.rank ?? "–");
    return item;
  }
}

const root = document.querySelector("[data-board]");
followBoard(root.querySelector("[data-line]") ? new PassingLine(root) : new ListOfMarks(root));
