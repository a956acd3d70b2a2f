/** A board that is a list: keyed rows that move to their places, pages of a hall screen, and what has just changed lit up. */

import { movers, nextPage, pagesOf, transitionOf } from "./board-state.js";
import { HALL, STILL, set } from "./page.js";

const PAGE_MS = 10_000;
const MOVE_MS = 500;
const FADE_MS = 400;
const HIGHLIGHT_MS = 2_400;
const CLIMBED_MS = 8_000;
const LEAST_ROWS = 6;
const GLOW = "glow";
const EASE = "cubic-bezier(0.2, 0, 0, 1)";

/**
 * The rows of `[data-rows]`, each an element with `data-code`, made from the `<template data-row-template>`.
 *
 * A kind extends it and gives `fill(element, row, state)`, `isChanged(row, old)` and `pinned(rows)`; `[data-lit]` in a row are the
 * figures that light up when they changed. `--row` is the least height of a row in rem. On an overlay `data-top` is how many rows
 * there are, and `data-entrant` who alone is shown.
 */
export class ListView {
  root;
  body;
  #blank;
  #elements = new Map();
  #rows;
  #pages = [];
  #page = 0;
  #turnAt = performance.now() + PAGE_MS;
  #isPaused = false;
  #fading = [];
  #sliding = [];
  #climbed = new Map();

  constructor(root) {
    this.root = root;
    this.body = root.querySelector("[data-rows]");
    this.#blank = document.querySelector("[data-row-template]").content.firstElementChild;
    for (const element of this.body.children) this.#elements.set(element.dataset.code, element);
    this.#rows = [...this.#elements].map(([code, { dataset }]) => ({ code, rank: Number(dataset.rank) || null }));
  }

  /** From here on: before the first word of the stream the rows are those of the page. */
  start() {
    addEventListener("keydown", (event) => this.#key(event));
    addEventListener("resize", () => this.#layOut());
    HALL.addEventListener("change", () => this.#layOut());
    document.fonts.ready.then(() => this.#layOut());
    this.#layOut();
  }

  /** Put a row's facts into its element. */
  fill(element, row, state) {
    throw new Error(`nobody fills ${element.localName} with ${row.code} of ${state.board.id}`);
  }

  /** Whether a row is to glow: it was this before. */
  isChanged() {
    return false;
  }

  /** How many of the first rows stay on every page. */
  pinned() {
    return 0;
  }

  /** Which rows there are to show, in their order. */
  shown(rows) {
    const { top, entrant } = this.root.dataset;
    const wanted = entrant ? rows.filter((row) => row.code === entrant) : rows;
    return top ? wanted.slice(0, Number(top)) : wanted;
  }

  get page() {
    return this.#page + 1;
  }

  get pages() {
    return this.#pages.length;
  }

  show(state, before) {
    const isStill = before === null || STILL.matches || document.hidden;
    const places = isStill ? null : this.#places();
    const old = new Map(before?.rows.map((row) => [row.code, row]));
    this.#rows = this.shown(state.rows);
    const changed = this.#rows.filter((row) => {
      const was = old.get(row.code);
      return was && was !== row && this.isChanged(row, was);
    });
    this.#keep(new Set(this.#rows.map((row) => row.code)));
    const texts = isStill ? null : this.#litTexts(changed);
    for (const row of this.#rows) this.fill(this.#elementOf(row.code), row, state);
    this.#layOut();
    if (isStill) return;
    this.#move(places);
    for (const row of changed) {
      this.#light(this.#elements.get(row.code), texts);
      if (row.place < old.get(row.code).place) this.#climb(this.#elements.get(row.code));
    }
  }

  /** Turn the page when its time is over. */
  tick() {
    for (const [element, until] of this.#climbed) if (performance.now() >= until) this.#rest(element);
    if (HALL.matches && !this.#isPaused && !document.hidden && performance.now() >= this.#turnAt) this.#turn(1);
  }

  #keep(codes) {
    for (const [code, element] of this.#elements) {
      if (codes.has(code)) continue;
      element.remove();
      this.#elements.delete(code);
    }
  }

  #elementOf(code) {
    let element = this.#elements.get(code);
    if (!element) {
      element = this.#blank.cloneNode(true);
      element.dataset.code = code;
      this.#elements.set(code, element);
    }
    return element;
  }

  /** Puts the rows in their order and shows those of this page; a list shows them all. */
  #layOut() {
    const rows = this.#rows;
    const pinned = this.pinned(rows);
    this.#pages = HALL.matches && !this.root.dataset.top ? pagesOf(rows, this.#rowsThatFit(), pinned) : [rows];
    this.#page = Math.min(this.#page, this.#pages.length - 1);
    const shown = new Set(this.#pages[this.#page].map((row) => row.code));
    const isPaged = this.#pages.length > 1;
    let last = null;
    rows.forEach(({ code }, place) => {
      const element = this.#elements.get(code);
      const next = last ? last.nextElementSibling : this.body.firstElementChild;
      if (next !== element) this.body.insertBefore(element, next);
      last = element;
      element.hidden = !shown.has(code);
      if (isPaged && place < pinned) element.dataset.pinned = place === pinned - 1 ? "last" : "yes";
      else delete element.dataset.pinned;
    });
    this.#showPager(isPaged);
  }

  #rowsThatFit() {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const row = Number.parseFloat(getComputedStyle(this.body).getPropertyValue("--row")) * rem;
    return Math.max(LEAST_ROWS, Math.floor((this.body.getBoundingClientRect().height + 1) / row));
  }

  #showPager(isPaged) {
    const pager = this.root.querySelector("[data-pager]");
    if (!pager) return;
    pager.hidden = !isPaged;
    pager.toggleAttribute("data-paused", this.#isPaused);
    if (!isPaged) return;
    set(pager.querySelector("[data-page]"), `${this.#page + 1}/${this.#pages.length}`);
    const ticks = pager.querySelector("[data-ticks]");
    while (ticks.childElementCount < this.#pages.length) ticks.append(document.createElement("i"));
    while (ticks.childElementCount > this.#pages.length) ticks.lastElementChild.remove();
    [...ticks.children].forEach((tick, index) => tick.toggleAttribute("data-on", index === this.#page));
  }

  #turn(step) {
    const page = nextPage(this.#page, this.#pages.length, step);
    this.#turnAt = performance.now() + PAGE_MS;
    if (page === this.#page) return;
    this.#page = page;
    this.#layOut();
    if (!STILL.matches) this.#fade(this.#visible().filter((element) => !element.dataset.pinned));
  }

  #key(event) {
    if (!HALL.matches || event.target.closest("a, button")) return;
    if (event.key === "ArrowRight") this.#turn(1);
    else if (event.key === "ArrowLeft") this.#turn(-1);
    else if (event.key === " ") {
      event.preventDefault();
      this.#isPaused = !this.#isPaused;
      this.#turnAt = performance.now() + PAGE_MS;
      this.#showPager(this.#pages.length > 1);
    }
  }

  #visible() {
    return [...this.body.children].filter((element) => !element.hidden);
  }

  #places() {
    return new Map(this.#visible().map((element) => [element.dataset.code, element.getBoundingClientRect()]));
  }

  /** FLIP: each row that stands elsewhere starts where it was seen last and moves to its place, by transform alone. */
  #move(places) {
    const visible = this.#visible();
    const after = visible.map((element) => element.dataset.code);
    const before = [...places.keys()];
    const transition = transitionOf(before, after);
    if (transition === "none") return;
    for (const animation of this.#sliding.splice(0)) animation.cancel();
    if (transition === "fade") {
      this.#fade(visible);
      return;
    }
    const moved = new Set(movers(before, after));
    const slides = visible
      .filter((element) => moved.has(element.dataset.code))
      .map((element) => [element, places.get(element.dataset.code), element.getBoundingClientRect()]);
    this.#sliding = slides.map(([element, old, now]) => slide(element, old.left - now.left, old.top - now.top));
    this.#fade(visible.filter((element) => !places.has(element.dataset.code)));
  }

  /** One fade at a time: when more changes while rows come up, they come up with it. */
  #fade(elements) {
    if (this.#fading.some((animation) => animation.playState === "running")) return;
    const timing = { duration: FADE_MS, easing: EASE };
    this.#fading = elements.map((element) => element.animate([{ opacity: 0 }, { opacity: 1 }], timing));
  }

  /** Who goes up by their own doing carries a sign of it for a while; who is pushed down by that does not. */
  #climb(element) {
    element.dataset.climbed = "";
    this.#climbed.set(element, performance.now() + CLIMBED_MS);
  }

  #rest(element) {
    delete element.dataset.climbed;
    this.#climbed.delete(element);
  }

  #litTexts(rows) {
    const lit = rows.flatMap(({ code }) => [...(this.#elements.get(code)?.querySelectorAll("[data-lit]") ?? [])]);
    return new Map(lit.map((part) => [part, part.textContent]));
  }

  /** A row that changed glows for a while, and in it what is another than before. */
  #light(element, texts) {
    if (!element || element.hidden) return;
    const style = getComputedStyle(this.root);
    const [ink, glow] = [style.getPropertyValue("--brand-accent-bright"), style.getPropertyValue("--glow")];
    light(element, { backgroundColor: glow });
    for (const lit of element.querySelectorAll("[data-lit]")) {
      if (texts.get(lit) !== lit.textContent) light(lit, { color: ink });
    }
  }
}

/** Light something up for a while; where it still glows from before, from anew. */
function light(element, colour) {
  for (const animation of element.getAnimations()) if (animation.id === GLOW) animation.cancel();
  element.animate([colour, { ...colour, offset: 0.6 }, {}], { id: GLOW, duration: HIGHLIGHT_MS });
}

/** Who goes up goes over the others. */
function slide(element, x, y) {
  const zIndex = y > 0 ? 1 : 0;
  const way = [{ transform: `translate(${x}px, ${y}px)`, zIndex }, { transform: "none", zIndex }];
  return element.animate(way, { duration: MOVE_MS, easing: EASE });
}
