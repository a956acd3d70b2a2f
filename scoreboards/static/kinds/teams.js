/** The standing of delegations. */

import { fit } from "../board-state.js";
import { followBoard } from "../board.js";
import { set, wordOf } from "../page.js";
import { ListView } from "../rows.js";
import { teamFigure } from "./team-figure.js";

const PINNED = 3;

class TeamsView extends ListView {
  pinned(rows) {
    return rows.slice(0, PINNED).filter((row) => row.rank !== null).length;
  }

  isChanged(row, old) {
    return row.figure !== old.figure;
  }

  show(state, before) {
    super.show(state, before);
    const head = this.root.querySelector("[data-measure]");
    if (state.board.measure) set(head, wordOf(head, state.board.measure));
  }

  fill(tr, row, { board }) {
    tr.dataset.rank = row.rank ?? "";
    const rank = tr.querySelector("[data-rank-text]");
    rank.toggleAttribute("data-shared", row.shared);
    set(rank, row.rank ?? "–");
    const name = tr.querySelector(".name");
    name.dataset.fit = fit(row.name);
    set(name, row.name);
    const members = row.members.map((member) => member.name || member.code).join(" · ");
    set(tr.querySelector(".members"), row.rank === null ? wordOf(this.body, "few") : members);
    const figure = tr.querySelector(".total");
    figure.toggleAttribute("data-blank", row.figure === null);
    set(figure, teamFigure(row.figure, board.measure));
  }
}

followBoard(new TeamsView(document.querySelector("[data-board]")));
