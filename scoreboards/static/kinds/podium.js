/** The reveal on a screen: draws the scene of a step as the server would, and lets the next step enter. */

import { fit, points } from "../board-state.js";
import { followBoard } from "../board.js";
import { HALL, STILL, textOf } from "../page.js";
import { changeOf, delaysOf, furtherAwards, namedBy, sceneOf } from "./podium-scene.js";

const OPEN_MS = 700;
const FLY_MS = 650;
const HEADING = { delay: 150, duration: 500 };
const WINNERS = { first: 450, each: 260, within: 900 };
const ENTER_MS = 650;
const SWEEP_MS = 900;
const TOTAL_LATER_MS = 320;
const PLINTHS = { first: 100, each: 140, within: 280 };
const PLINTH_MS = 600;
const HOLDERS = { first: 650, each: 420, within: 840 };
const CALM_MS = 300;
const SLIPS = 60;
const SLIPS_LATER_MS = 450;
const SLIPS_MS = 2_200;
const PAGE_MS = 9_000;
/** Columns end within a pixel of where they should. */
const ROUNDING = 0.01;
const EASE = "cubic-bezier(0.16, 1, 0.3, 1)";

class PodiumView {
  #root;
  #roll;
  #blankWinner;
  #blankGroup;
  #running = [];
  #page = 0;
  #turnAt = null;

  constructor(root) {
    this.#root = root;
    this.#roll = root.querySelector("[data-roll]");
    this.#blankWinner = document.querySelector("template[data-winner]").content.querySelector("li");
    this.#blankGroup = document.querySelector("template[data-group]").content.querySelector("div");
  }

  show(state, before) {
    if (before && storyOf(before) === storyOf(state)) return;
    this.#settle();
    const change = STILL.matches || document.hidden ? "none" : changeOf(before, state);
    const scene = sceneOf(state);
    const old = before ? sceneOf(before) : null;
    const cards = change === "enter" && old.view === "moment" ? this.#cards() : [];
    this.#draw(scene, state.board);
    if (change === "enter") this.#enter(scene, old, cards);
    if (change === "back" || change === "jump") this.#calm();
  }

  get page() {
    return this.#page + 1;
  }

  get pages() {
    return Math.max(1, Math.ceil((this.#roll.scrollWidth + columnGap(this.#roll)) / this.#pageWidth - ROUNDING));
  }

  /** A list that is longer than a hall screen turns its pages once everything is revealed. */
  tick(now) {
    if (!HALL.matches || this.#root.dataset.last !== "yes" || this.pages === 1) return;
    this.#turnAt ??= now + PAGE_MS;
    if (now < this.#turnAt) return;
    this.#turnAt = now + PAGE_MS;
    this.#page = (this.#page + 1) % this.pages;
    this.#roll.scrollLeft = this.#page * this.#pageWidth;
    if (!STILL.matches) this.#play(this.#roll, [{ opacity: 0 }, {}], { duration: CALM_MS });
  }

  get #pageWidth() {
    return this.#roll.clientWidth + columnGap(this.#roll) || 1;
  }

  #draw(scene, board) {
    const root = this.#root;
    Object.assign(root.dataset, {
      view: scene.view,
      curtain: scene.isClosed ? "closed" : "open",
      beside: scene.groups.length,
      last: scene.isLast ? "yes" : "no",
    });
    const winners = (rows, named) => rows.map((row) => this.#winner(row, board.awards, named));
    root.querySelector("[data-heading] > span").textContent = scene.view === "curtain" ? "" : textOf(board.reveal.heading);
    const list = root.querySelector("[data-winners]");
    list.dataset.crowd = scene.crowd;
    list.replaceChildren(...(scene.view === "moment" ? winners(scene.latest, scene.named) : []));
    for (const block of root.querySelectorAll("[data-place]")) {
      const here = scene.podium.filter((row) => row.rank === Number(block.dataset.place));
      block.dataset.held = here.length;
      block.querySelector("[data-holders]").replaceChildren(...winners(here, scene.named));
    }
    this.#roll.replaceChildren(...scene.groups.map((group) => this.#group(group, board.awards)));
    this.#roll.scrollLeft = this.#page = 0;
    this.#turnAt = null;
    this.#showWatermark(board.status === "rehearsal");
    this.#prompt(board, winners);
  }

  #winner(row, awards, named) {
    const item = this.#blankWinner.cloneNode(true);
    item.dataset.code = row.code;
    item.dataset.rank = row.rank ?? "";
    const place = item.querySelector(".winner-place");
    place.textContent = row.rank ?? "–";
    place.toggleAttribute("data-tied", row.shared);
    const name = item.querySelector(".winner-name");
    name.textContent = row.name || row.code;
    name.dataset.fit = fit(name.textContent);
    item.querySelector(".winner-delegation").textContent = row.delegation;
    item.querySelector(".winner-total").textContent = points(row.total);
    item.querySelector(".winner-awards").replaceChildren(
      ...furtherAwards(awards, row, named).map((award) => {
        const tag = document.createElement("span");
        tag.dataset.medal = award.medal ?? "";
        tag.textContent = textOf(award.name);
        return tag;
      }),
    );
    return item;
  }

  #group({ award, rows }, awards) {
    const group = this.#blankGroup.cloneNode(true);
    group.dataset.medal = award?.medal ?? "";
    const heading = group.querySelector("h3");
    heading.hidden = !award;
    heading.textContent = award ? textOf(award.name) : "";
    group.querySelector("ol").replaceChildren(...rows.map((row) => this.#winner(row, awards, award ? [award.id] : [])));
    return group;
  }

  #showWatermark(isRehearsal) {
    const watermark = document.querySelector("[data-watermark]");
    if (watermark) watermark.hidden = !isRehearsal;
  }

  #prompt(board, winners) {
    if (board.audience !== "presenter") return;
    const { prompt } = board;
    const aside = this.#root.querySelector("[data-prompter]");
    aside.querySelector("[data-prompt-heading]").textContent = prompt ? textOf(prompt.heading) : "";
    const rows = prompt ? winners(prompt.rows, namedBy(board.awards, prompt.heading)) : [];
    aside.querySelector("[data-prompt-rows]").replaceChildren(...rows);
    aside.querySelector("[data-prompt-end]").hidden = prompt !== null;
  }

  /** The cards on the stage, and where they stand. */
  #cards() {
    const cards = this.#root.querySelectorAll("[data-winners] > li");
    return [...cards].map((card) => ({ card, from: card.getBoundingClientRect() }));
  }

  // Those of the step before fly to their places beside; then the heading comes, then one after the other, the best at last.
  #enter(scene, old, cards) {
    const later = old.isClosed ? OPEN_MS : 0;
    this.#fly(cards, old.crowd);
    const heading = this.#root.querySelector("[data-heading]");
    this.#play(heading, [{ opacity: 0, transform: "translateY(40%)" }, {}], { ...HEADING, delay: later + HEADING.delay });
    const isNewPodium = scene.view === "podium" && old.view !== "podium";
    if (isNewPodium) this.#raise(later);
    // On a podium that just rose, those whom an earlier step brought take their places too.
    const delays = delaysOf(isNewPodium ? scene.podium : scene.latest, scene.view === "podium" ? HOLDERS : WINNERS);
    for (const [code, delay] of delays) this.#present(code, later + delay);
    if (scene.isLast) this.#finish(scene, later + Math.max(...delays.values()));
  }

  #raise(later) {
    const blocks = [...this.#root.querySelectorAll("[data-place]")].sort((a, b) => a.dataset.place - b.dataset.place);
    const delays = delaysOf(
      blocks.map((block) => ({ code: block })),
      PLINTHS,
    );
    for (const [block, delay] of delays) {
      const plinth = block.querySelector(".reveal-plinth");
      this.#play(plinth, [{ transform: "scaleY(0)" }, {}], { delay: later + delay, duration: PLINTH_MS });
    }
  }

  #present(code, delay) {
    const card = find(this.#root.querySelector(".reveal-stage"), code);
    const block = card.closest("[data-place]");
    const from = block ? "translateY(-2.5rem) scale(0.9)" : "translateY(3rem) scale(0.94)";
    this.#play(card, [{ opacity: 0, transform: from }, {}], { delay, duration: ENTER_MS });
    this.#play(card.querySelector(".winner-total"), [{ opacity: 0 }, {}], { delay: delay + TOTAL_LATER_MS, duration: ENTER_MS });
    const sweep = [
      { opacity: 0, transform: "translateX(-100%) skewX(-18deg)" },
      { opacity: 1, offset: 0.4 },
      { opacity: 0, transform: "translateX(220%) skewX(-18deg)" },
    ];
    const shining = block?.querySelector(".reveal-plinth") ?? card;
    this.#play(shining, sweep, { delay: delay + TOTAL_LATER_MS, duration: SWEEP_MS, pseudoElement: "::after" });
    if (block) this.#play(block, [{ opacity: 0 }, {}], { delay, duration: ENTER_MS, pseudoElement: "::before" });
  }

  /** Likenesses of the cards go where their rows stand now. */
  #fly(cards, crowd) {
    if (cards.length === 0) return;
    const flight = document.createElement("ol");
    flight.className = "reveal-winners reveal-flight";
    flight.dataset.crowd = crowd;
    flight.setAttribute("aria-hidden", "true");
    this.#root.append(flight);
    for (const { card, from } of cards) {
      const row = find(this.#roll, card.dataset.code);
      if (!row) continue;
      const to = row.getBoundingClientRect();
      if (to.width === 0) continue;
      for (const edge of ["left", "top", "width", "height"]) card.style[edge] = `${from[edge]}px`;
      flight.append(card);
      const [x, y] = [to.left - from.left, to.top - from.top];
      const there = `translate(${x}px, ${y}px) scale(${to.width / from.width}, ${to.height / from.height})`;
      this.#play(card, [{}, { opacity: 0.8, offset: 0.5 }, { opacity: 0, transform: there }], { duration: FLY_MS, fill: "both" });
      this.#play(row, [{ opacity: 0 }, { opacity: 0, offset: 0.4 }, {}], { duration: FLY_MS });
    }
    this.#after(() => flight.remove());
  }

  /** The whole list must not tell before the stage does; when the best stands there, slips of paper fall. */
  #finish(scene, delay) {
    for (const { code } of scene.latest) {
      const row = find(this.#roll, code);
      if (row) this.#play(row, [{ opacity: 0 }, {}], { delay: delay + TOTAL_LATER_MS, duration: ENTER_MS });
    }
    this.#scatter(delay + SLIPS_LATER_MS);
  }

  #scatter(delay) {
    const slips = document.createElement("div");
    slips.className = "reveal-slips";
    slips.setAttribute("aria-hidden", "true");
    for (let each = 0; each < SLIPS; each += 1) slips.append(document.createElement("i"));
    this.#root.querySelector(".reveal-stage").append(slips);
    for (const slip of slips.children) {
      const [drift, rise, fall] = [Math.random() * 90 - 45, 20 + Math.random() * 30, 30 + Math.random() * 20];
      const path = [
        { opacity: 0, transform: "translate(0, 0)" },
        { opacity: 1, transform: `translate(${drift / 2}vmin, -${rise}vmin) rotate(${drift * 8}deg)`, offset: 0.3 },
        { opacity: 1, offset: 0.7 },
        { opacity: 0, transform: `translate(${drift}vmin, ${fall}vmin) rotate(${drift * 24}deg) rotateX(540deg)` },
      ];
      this.#play(slip, path, { delay: delay + Math.random() * 200, duration: SLIPS_MS, easing: "cubic-bezier(0.2, 0.6, 0.6, 1)" });
    }
    this.#after(() => slips.remove());
  }

  #calm() {
    for (const part of this.#root.querySelectorAll(".reveal-stage, .reveal-roll")) {
      this.#play(part, [{ opacity: 0 }, {}], { duration: CALM_MS });
    }
  }

  #play(element, frames, timing) {
    const animation = element.animate(frames, { duration: CALM_MS, easing: EASE, fill: "backwards", ...timing });
    this.#running.push(animation);
    return animation;
  }

  /** Tidy up when what was played last has ended. */
  #after(tidy) {
    this.#running.at(-1)?.finished.then(tidy, tidy);
  }

  /** Whatever still moves is at once where it goes: the next step never waits for the one before. */
  #settle() {
    for (const animation of this.#running) animation.cancel();
    this.#running = [];
  }
}

/** Everything that is drawn: what leaves it as it is must not cut an entrance short. */
function storyOf({ board, rows }) {
  return JSON.stringify([board.status, board.reveal, board.awards, board.prompt, rows]);
}

function find(element, code) {
  return element.querySelector(`[data-code="${CSS.escape(code)}"]`);
}

function columnGap(element) {
  return Number.parseFloat(getComputedStyle(element).columnGap) || 0;
}

followBoard(new PodiumView(document.querySelector("[data-reveal]")));
