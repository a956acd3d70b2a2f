/** The medal table. */

import { fit } from "../board-state.js";
import { followBoard } from "../board.js";
import { set } from "../page.js";
import { ListView } from "../rows.js";

const PINNED = 3;

class MedalsView extends ListView {
  pinned(rows) {
    return Math.min(rows.length, PINNED);
  }

  isChanged(row, old) {
    return row.counts.join() !== old.counts.join();
  }

  fill(tr, row) {
    tr.dataset.rank = row.rank;
    const rank = tr.querySelector("[data-rank-text]");
    rank.toggleAttribute("data-shared", row.shared);
    set(rank, row.rank);
    const name = tr.querySelector(".name");
    name.dataset.fit = fit(row.name);
    set(name, row.name);
    tr.querySelectorAll(".count").forEach((cell, index) => {
      cell.toggleAttribute("data-none", row.counts[index] === 0);
      set(cell.querySelector("b"), row.counts[index]);
    });
    set(tr.querySelector(".total"), row.counts.reduce((sum, count) => sum + count, 0));
  }
}

followBoard(new MedalsView(document.querySelector("[data-board]")));
