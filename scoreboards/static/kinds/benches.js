/** The clock of a session, from one second to the next by the server's clock, and the session's benches. */

import { fit } from "../board-state.js";
import { followBoard } from "../board.js";
import { face } from "../countdown.js";
import { clockOf, set, wordOf } from "../page.js";
import { ListView } from "../rows.js";
import { benchScene, clockWord, extraFace } from "./bench-scene.js";

class BenchesView extends ListView {
  #state = null;
  #scene = null;
  #now = Date.now();

  /** Those of the session that is looked at. */
  shown(rows) {
    return super.shown(rows.filter((row) => row.session === this.#scene?.session.number));
  }

  isChanged(row, old) {
    return row.extra !== old.extra;
  }

  show(state, before) {
    this.#state = state;
    this.#scene = benchScene(state, this.#now);
    super.show(state, before);
    this.#showClock();
  }

  tick(now) {
    super.tick();
    this.#now = now;
    if (this.#state === null) return;
    const before = this.#scene;
    this.#scene = benchScene(this.#state, now);
    if (this.#scene?.session.number !== before?.session.number) super.show(this.#state, this.#state);
    if (this.#scene?.left !== before?.left || this.#scene?.phase !== before?.phase) this.#showClock();
  }

  fill(tr, row) {
    tr.dataset.state = row.state;
    tr.toggleAttribute("data-done", row.progress === 100);
    set(tr.querySelector(".bench-number"), row.bench);
    set(tr.querySelector(".code"), row.code);
    const name = tr.querySelector(".name");
    name.dataset.fit = fit(row.name);
    set(name, row.name);
    set(tr.querySelector(".delegation"), row.delegation);
    tr.querySelector("progress").value = row.progress;
    const table = this.body.parentElement;
    set(tr.querySelector(".share"), row.state === "competing" ? `${row.progress}%` : wordOf(table, row.state));
    this.#showExtra(tr, row);
  }

  #showClock() {
    const section = this.root.querySelector("[data-session]");
    const scene = this.#scene;
    section.dataset.phase = scene?.phase ?? "none";
    if (scene === null) return;
    const { session, left, spent, rows } = scene;
    const shown = face(left);
    const clock = section.querySelector("[data-session-face]");
    const bar = section.querySelector("progress");
    const title = section.querySelector("[data-session-title]");
    clock.dataset.length = shown.length;
    set(clock, shown);
    bar.max = session.seconds;
    bar.value = spent;
    set(title, wordOf(section, "title", { number: session.number }));
    set(section.querySelector("[data-session-word]"), this.#word(section));
    const sum = section.querySelector("[data-session-sum]");
    set(sum, wordOf(sum, "sum", { done: rows.filter((row) => row.progress === 100).length, count: rows.length }));
    for (const row of rows) {
      const tr = this.body.querySelector(`[data-code="${CSS.escape(row.code)}"]`);
      if (tr) this.#showExtra(tr, row);
    }
  }

  #word(section) {
    const { session, endsAt, phase, goingOn } = this.#scene;
    const at = phase === "due" ? Date.parse(session.starts_at) : endsAt;
    const time = clockOf(at, this.root.dataset.timeZone).slice(0, 5);
    return wordOf(section, clockWord(this.#scene), { time, count: goingOn });
  }

  #showExtra(tr, row) {
    const extra = tr.querySelector(".bench-extra");
    extra.toggleAttribute("data-own", this.#scene?.phase === "over");
    set(extra, extraFace(row, this.#scene));
  }
}

followBoard(new BenchesView(document.querySelector("[data-board]")));
