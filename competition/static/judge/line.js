/** The line that says in words, on every page of the tablet, where everything entered is; and what needs more than a line. */

import { lineOf, said } from "./words.js";

const SETTLE_MS = 150;
const SKEW_TOLD_MS = 120_000;
const SKEW_IN_HOURS_MS = 7_200_000;
const LANGUAGE_TOLD_MS = 6_000;

export class Line {
  #tablet;
  #timer = null;
  #line = document.querySelector("[data-line]");
  #alert = document.querySelector("[data-alert]");
  #is_skew_seen = false;
  #is_language_refused = false;

  constructor(tablet) {
    this.#tablet = tablet;
    const way = (name, go) => this.#alert.querySelector(`[data-way="${name}"]`).addEventListener("click", go);
    for (const name of ["fault", "expired", "storage"]) way(name, () => location.reload());
    way("update", () => tablet.upkeep.takeUpdate());
    way("skew", () => {
      this.#is_skew_seen = true;
      this.update();
      // The key goes away with its sentence; the keyboard must not go with it.
      document.querySelector("main").focus({ preventScroll: true });
    });
    for (const link of document.querySelectorAll("[data-language]")) {
      link.addEventListener("click", (event) => this.#changeLanguage(event, link.href));
    }
  }

  /** Say it once things have settled, so that the line does not flicker through every state of a quick connection. */
  update() {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#show();
    }, SETTLE_MS);
  }

  #show() {
    const { words, entries, photographs, link } = this.#tablet;
    const refused = [...entries, ...photographs].filter((one) => one.refusal).length;
    const queued = entries.filter((entry) => !entry.refusal).length;
    const line = lineOf({ link, queued, refused, photographs: photographs.length });
    const text = line.said.map(({ key, n }) => said(words, key, { n, link: words[`link_${link}`] })).join(" · ");
    this.#line.dataset.tone = line.tone;
    if (this.#line.textContent !== text) this.#line.textContent = text;
    this.#warn(link);
  }

  /** A sentence and the way on. */
  #warn(link) {
    const { words, detail, clock } = this.#tablet;
    const way = words[`alert_${link}`] || link === "revoked" || link === "fault" ? link : this.#other(clock);
    const sentence = way === "revoked" || way === "fault" ? detail : (words[`alert_${way}`] ?? "");
    const text = this.#alert.querySelector("[data-alert-text]");
    const minutes = Math.round(Math.abs(clock.skew() ?? 0) / 60_000);
    const filled = said({ sentence }, "sentence", { minutes, hours: Math.round(minutes / 60) });
    if (text.textContent !== filled) text.textContent = filled;
    for (const each of this.#alert.querySelectorAll("[data-way]")) each.hidden = !way.startsWith(each.dataset.way);
    this.#alert.hidden = !filled;
  }

  async #changeLanguage(event, address) {
    event.preventDefault();
    if (await this.#tablet.upkeep.changeLanguage(address)) return;
    this.#is_language_refused = true;
    this.update();
    setTimeout(() => {
      this.#is_language_refused = false;
      this.update();
    }, LANGUAGE_TOLD_MS);
  }

  /** What is worth a sentence while the connection needs none: a new version, a clock that is wrong. */
  #other(clock) {
    if (this.#is_language_refused) return "language";
    if (this.#tablet.upkeep.is_update_ready) return "update";
    const skew = Math.abs(clock.skew() ?? 0);
    if (this.#is_skew_seen || skew <= SKEW_TOLD_MS) return "";
    return skew < SKEW_IN_HOURS_MS ? "skew" : "skew_hours";
  }
}
