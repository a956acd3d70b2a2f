/** The standings of an event: every entrant in order, with their figures. */

import { figure, fit, total } from "../board-state.js";
import { followBoard } from "../board.js";
import { HALL, set, wordOf } from "../page.js";
import { ListView } from "../rows.js";

const PINNED = 3;

class StandingsView extends ListView {
  start() {
    super.start();
    this.body.addEventListener("click", (event) => this.#open(event));
  }

  /** The first three places, once there are any. */
  pinned(rows) {
    return rows.slice(0, PINNED).filter((row) => row.rank !== null).length;
  }

  isChanged(row, old) {
    return total(row) !== total(old) || row.figures.some((value, index) => value !== old.figures[index]);
  }

  fill(tr, row, { board }) {
    tr.dataset.rank = row.rank ?? "";
    tr.dataset.state = row.state;
    const rank = tr.querySelector("[data-rank-text]");
    rank.toggleAttribute("data-shared", row.shared);
    set(rank, row.rank ?? "–");
    const door = tr.querySelector(".door");
    set(door, row.code);
    door.href = this.body.dataset.address.replace("{code}", encodeURIComponent(row.code));
    const name = tr.querySelector(".name");
    name.dataset.fit = fit(row.name);
    set(name, row.name);
    set(tr.querySelector(".delegation"), row.delegation);
    tr.querySelectorAll("td.figure").forEach((cell, index) => {
      cell.toggleAttribute("data-blank", row.figures[index] === null);
      set(cell.querySelector(".value"), figure(row.figures[index]));
    });
    const sum = tr.querySelector(".total");
    sum.toggleAttribute("data-blank", row.rank === null);
    set(sum, total(row));
    tr.querySelector("progress").value = row.progress;
    const table = this.body.parentElement;
    set(tr.querySelector(".share"), row.state === "competing" ? `${row.progress}%` : wordOf(table, row.state));
  }

  #open(event) {
    const tr = event.target.closest("tr");
    if (!tr || HALL.matches || event.target.closest("a")) return;
    const isOpen = tr.toggleAttribute("data-open");
    tr.querySelector("[data-more]").setAttribute("aria-expanded", String(isOpen));
  }
}

followBoard(new StandingsView(document.querySelector("[data-board]")));
