/** One entrant's page: place, total, what is still possible and what it takes, as it changes. */

import { figure, fit, points, total } from "../board-state.js";
import { followBoard } from "../board.js";
import { STILL, set, wordOf } from "../page.js";
import { prospectsOf } from "./entrant-prospect.js";

const LIT_MS = 2_400;
const COPIED_MS = 2_000;

class EntrantView {
  #root;
  #blank;

  constructor(root) {
    this.#root = root;
    this.#blank = document.querySelector("template[data-near-template]").content.querySelector("li");
  }

  start() {
    const button = this.#root.querySelector("[data-share-page]");
    button.hidden = !navigator.share && !navigator.clipboard;
    button.addEventListener("click", () => this.#share(button));
  }

  show(state, before) {
    const now = prospectsOf(state);
    const old = before?.rows.find((row) => row.code === now.own.code);
    this.#showHead(now.own, state.board);
    this.#showChances(now, state.board.focus);
    this.#showNear(state.rows, now);
    this.#showFigures(now.own);
    if (old && !STILL.matches) this.#light(now.own, old);
  }

  #showHead(own, { status }) {
    const root = this.#root;
    root.dataset.state = own.state;
    root.querySelector(".entrant-head").dataset.rank = own.rank ?? "";
    const place = root.querySelector("[data-place]");
    set(place, own.rank ?? "–");
    place.toggleAttribute("data-tied", own.shared);
    const name = root.querySelector("[data-name]");
    set(name, own.name || own.code);
    name.dataset.fit = fit(own.name || own.code);
    set(root.querySelector("[data-delegation]"), own.delegation);
    const code = root.querySelector("[data-code-text]");
    code.hidden = !own.name;
    set(code, own.code);
    set(root.querySelector("[data-total]"), total(own));
    root.querySelector(".entrant-progress progress").value = own.progress;
    set(root.querySelector("[data-share]"), own.state === "competing" ? `${own.progress}%` : wordOf(root, own.state));
    set(root.querySelector("[data-standing]"), wordOf(root, status));
  }

  #showChances({ places, totals }, focus) {
    const root = this.#root;
    root.querySelector("[data-chances]").hidden = !places && !totals && focus.needs.length === 0;
    root.querySelector('[data-range="places"]').hidden = !places;
    root.querySelector('[data-range="totals"]').hidden = !totals;
    if (places) this.#showRange("places", places, `${focus.best} – ${focus.worst}`);
    if (totals) this.#showRange("totals", totals, `${points(focus.least)} – ${points(focus.most)}`);
    for (const line of root.querySelectorAll("[data-need]")) {
      const need = focus.needs.find(({ place }) => place === Number(line.dataset.need));
      line.hidden = !need;
      if (!need) continue;
      line.dataset.tone = need.points === null ? "reached" : need.is_possible ? "open" : "shut";
      const isLevel = line.dataset.tone === "open" && points(need.points) === "0.00";
      const word = isLevel ? "level" : line.dataset.tone;
      set(line.querySelector("[data-lacks]"), wordOf(root, word, { points: need.points && points(need.points) }));
    }
  }

  #showRange(name, line, words) {
    const range = this.#root.querySelector(`[data-range="${name}"]`);
    set(range.querySelector("[data-span]"), words);
    const open = range.querySelector("[data-open]");
    open.setAttribute("x", line.start);
    open.setAttribute("width", line.end - line.start);
    range.querySelector("[data-now]").setAttribute("x", line.now);
  }

  #showNear(rows, { own, gaps }) {
    const root = this.#root;
    const lines = rows.map((row) => {
      const line = this.#blank.cloneNode(true);
      line.dataset.code = row.code;
      line.dataset.rank = row.rank ?? "";
      if (row === own) line.setAttribute("aria-current", "true");
      set(line.querySelector(".near-place"), row.rank ?? "–");
      const name = line.querySelector(".near-name");
      set(name, row.name || row.code);
      name.href = root.dataset.address.replace("{code}", encodeURIComponent(row.code));
      set(line.querySelector(".near-gap"), this.#gap(gaps[row.code] ?? null));
      set(line.querySelector(".near-total"), total(row));
      return line;
    });
    root.querySelector("[data-near]").replaceChildren(...lines);
  }

  #gap(gap) {
    if (gap === null) return "";
    if (points(gap.replace("-", "")) === "0.00") return wordOf(this.#root, "same");
    return gap.startsWith("-")
      ? wordOf(this.#root, "less", { points: points(gap.slice(1)) })
      : wordOf(this.#root, "more", { points: points(gap) });
  }

  #showFigures(own) {
    [...this.#root.querySelector("[data-figures]").children].forEach((line, index) => {
      line.toggleAttribute("data-blank", own.figures[index] === null);
      set(line.querySelector("b"), figure(own.figures[index]));
      line.querySelector("progress").setAttribute("value", own.figures[index] ?? 0);
    });
  }

  /** What changed lights up for a moment. */
  #light(own, old) {
    const accent = getComputedStyle(this.#root).getPropertyValue("--brand-ink");
    const lines = [...this.#root.querySelector("[data-figures]").children];
    const changed = lines.filter((_, index) => own.figures[index] !== old.figures[index]);
    const lit = changed.map((line) => line.querySelector("b"));
    if (total(own) !== total(old)) lit.push(this.#root.querySelector("[data-total]"));
    if (own.rank !== old.rank) lit.push(this.#root.querySelector("[data-place]"));
    for (const element of lit) element.animate([{ color: accent }, { color: accent, offset: 0.6 }, {}], LIT_MS);
  }

  async #share(button) {
    const url = location.href;
    try {
      if (navigator.share) {
        await navigator.share({ title: document.title, url });
        return;
      }
      await navigator.clipboard.writeText(url);
      const said = button.textContent;
      set(button, wordOf(button, "copied"));
      setTimeout(() => set(button, said), COPIED_MS);
    } catch {
      // Whoever thinks better of it has shared nothing.
    }
  }
}

followBoard(new EntrantView(document.querySelector("[data-entrant-page]")));
