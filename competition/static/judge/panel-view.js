/** What a panel gave for an aspect, once everybody has: each vote by name, mean beside median; and a re-vote and its clock. */

import { points } from "./decimals.js";
import { Fraction, mean } from "./fractions.js";
import { inWords, isPointless } from "./readings.js";
import { asTime } from "./times.js";
import { said } from "./words.js";

/** The mean and the median of points, as texts; null where nobody gave any. */
export function middle(figures) {
  if (!figures.length) return null;
  const sorted = figures.map(Fraction.of).sort((one, other) => one.compare(other));
  const half = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[half] : mean([sorted[half - 1], sorted[half]]);
  return { mean: mean(sorted).figure(), median: median.figure() };
}

/** What is left until a moment, as m:ss; never below nothing. */
export function timeLeft(until, now) {
  return asTime(String(Math.max(0, Math.ceil((Date.parse(until) - now) / 1_000))), 0);
}

export class PanelView {
  #element;
  #aspect;
  #words;
  #language;
  #shown = "";

  constructor(element, aspect, words, { language }) {
    this.#element = element;
    this.#aspect = aspect;
    this.#words = words;
    this.#language = language;
  }

  /** Show the panel's votes on a sheet, and the `awaited` re-vote, if there is one, with what is left of its time. */
  show(sheet, cell, awaited, now) {
    const votes = sheet.panel.find((view) => view.aspect === this.#aspect.id) ?? null;
    this.#showRevote(awaited, now);
    const shown = JSON.stringify([sheet.id, votes, cell.revote?.is_open]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const place = this.#element.querySelector("[data-panel]");
    place.hidden = !votes;
    place.replaceChildren(...(votes ? this.#parts(votes, cell) : []));
  }

  #showRevote(revote, now) {
    const place = this.#element.querySelector("[data-revote]");
    place.hidden = !revote;
    if (!revote) return;
    place.querySelector("[data-revote-left]").textContent = said(this.#words, "revote_left", {
      time: timeLeft(revote.closes_at, now),
    });
  }

  #parts({ votes, is_apart }, { revote }) {
    const head = make("p", "panel-head", this.#words.panel_head);
    if (is_apart) head.append(" ", make("span", "apart", this.#words.far_apart));
    const has_first = votes.some((vote) => vote.first);
    const table = make("table", "votes");
    table.append(this.#tableHead(has_first), ...votes.map((vote) => this.#row(vote, has_first)));
    const middles = this.#middles(votes);
    const waits = revote?.is_open ? [make("p", "soft", this.#words.revote_runs)] : [];
    return [head, table, ...(middles ? [middles] : []), ...waits];
  }

  #tableHead(has_first) {
    const row = make("tr");
    const names = ["panel_judge", ...(has_first ? ["panel_first"] : []), "panel_vote", "panel_points"];
    row.append(...names.map((name) => Object.assign(make("th", "", this.#words[name]), { scope: "col" })));
    return row;
  }

  /** Who did not vote again has no first vote apart from the one that stands. */
  #row(vote, has_first) {
    const row = make("tr", vote.is_own ? "own" : "");
    const judge = Object.assign(make("th", "", vote.is_own ? said(this.#words, "panel_own", vote) : vote.judge), { scope: "row" });
    const cells = [make("td", "", this.#reading(vote)), make("td", "figure", this.#points(vote))];
    const first = vote.first ? this.#reading({ state: "marked", values: vote.first }) : "–";
    if (has_first) cells.unshift(make("td", "first", first));
    row.append(judge, ...cells);
    return row;
  }

  #middles(votes) {
    if (isPointless(this.#aspect)) return null;
    const both = middle(votes.filter((vote) => vote.state === "marked").map((vote) => vote.points));
    if (!both) return null;
    return make("p", "middles", said(this.#words, "panel_middle", { mean: points(both.mean), median: points(both.median) }));
  }

  /** A level by its number alone: what it means stands on the keys above. */
  #reading(vote) {
    if (this.#aspect.kind === "judgement" && vote.state === "marked") return String(Number(vote.values[0]));
    return inWords(this.#aspect, vote, this.#words, this.#language);
  }

  #points(vote) {
    return vote.state === "marked" && !isPointless(this.#aspect) ? points(vote.points) : "–";
  }
}

function make(name, className = "", textContent = "") {
  return Object.assign(document.createElement(name), { className, textContent });
}
