/** The head of a sheet: whose it is, above everything else; and in a strip below it what could make it the wrong one. */

import { runningSession } from "./session-clock.js";
import { said, timeOfDay, tintOf } from "./words.js";

export class Top {
  #element = document.querySelector("[data-top]");
  #words;
  #time_zone;
  #slots = new Map();
  #scanned = null;
  #said = [];
  #shown_id = null;

  constructor(words, time_zone) {
    this.#words = words;
    this.#time_zone = time_zone;
    const list = this.#element.querySelector("[data-warnings]");
    list.addEventListener("click", ({ target }) => this.#tapped(target.closest("button")));
    // Whatever is scrolled to stops clear of the head, however many warnings stand in it.
    new ResizeObserver(() => {
      document.documentElement.style.setProperty("--head", `${this.#element.offsetHeight}px`);
    }).observe(this.#element);
  }

  /** Show whose sheet this is and what to beware of; the cards below stay where they are on the screen. */
  show({ event, sheet, now, awaited }) {
    for (const place of document.querySelectorAll("[data-code]")) place.textContent = sheet.code;
    for (const place of document.querySelectorAll("[data-tinted]")) place.dataset.tint = tintOf(sheet.code);
    this.#element.querySelector("[data-place]").textContent = this.#place(sheet);
    document.title = `${sheet.code} · ${this.#words.title}`;
    const warnings = [...this.#revotes(awaited), ...this.#session(event, sheet, now), ...this.#others(sheet), ...this.#said];
    this.#showWarnings(warnings, { is_same: this.#shown_id === sheet.id });
    this.#shown_id = sheet.id;
  }

  /** Other tablets have a sheet open, or none has any more. */
  hearSlot({ sheet_id, tablets }) {
    this.#slots.set(sheet_id, tablets);
  }

  /** Somebody else was scanned: the warning stands until the judge has seen it. */
  warnScanned(code) {
    this.#scanned = code;
  }

  /** The chief judge says something. */
  hearMessage({ id, sender, words }) {
    this.#said.push({ key: id, tone: "note", text: said(this.#words, "told", { label: sender, text: words }), is_to_see: true });
  }

  /** A new sheet: what was scanned is dealt with. */
  turn() {
    this.#scanned = null;
  }

  #place({ name, bench, session }) {
    const place = bench ? said(this.#words, "bench", { bench, session }) : "";
    return [name, place].filter(Boolean).join(" · ");
  }

  #revotes(awaited) {
    return awaited.map(({ id, address, aspect, code, left }) => {
      const text = said(this.#words, "revote_waits", { aspect, code });
      return { key: `${id} ${address}`, tone: "bad", text, left: said(this.#words, "revote_left", { time: left }), address };
    });
  }

  #session(event, sheet, now) {
    const running = runningSession(event, now)?.number;
    if (!running || !sheet.session || sheet.session === running) return [];
    const starts = event.sessions.find(({ number }) => number === sheet.session)?.starts_at;
    const at = starts ? timeOfDay(starts, this.#time_zone) : "–";
    const text = said(this.#words, "other_session", { code: sheet.code, session: sheet.session, at, running });
    return [{ key: "session", tone: "wait", text }];
  }

  #others(sheet) {
    const found = [];
    if (this.#scanned) {
      const text = said(this.#words, "other_scanned", { scanned: this.#scanned, code: sheet.code });
      found.push({ key: "scanned", tone: "bad", text, is_to_see: true });
    }
    const tablets = this.#slots.get(sheet.id) ?? [];
    if (tablets.length) {
      found.push({ key: "slot", tone: "wait", text: said(this.#words, "slot", { tablets: tablets.join(", ") }) });
    }
    return found;
  }

  #showWarnings(warnings, { is_same }) {
    const list = this.#element.querySelector("[data-warnings]");
    const before = this.#element.offsetHeight;
    const known = new Map([...list.children].map((item) => [item.dataset.key, item]));
    list.replaceChildren(...warnings.map((warning) => this.#warning(warning, known.get(warning.key))));
    const grown = this.#element.offsetHeight - before;
    if (grown && is_same) scrollBy({ top: grown, behavior: "instant" });
  }

  /** A warning that stands already is kept, so that neither the focus nor a screen reader loses it. */
  #warning({ key, tone, text, left = "", address, is_to_see }, known) {
    const item = known ?? document.createElement("li");
    Object.assign(item.dataset, { key, tone });
    if (!known) {
      const clock = document.createElement("b");
      clock.role = "timer";
      item.append(document.createElement("span"), clock);
      if (address || is_to_see) item.append(this.#way(key, address));
    }
    const [what, clock] = item.children;
    if (what.textContent !== text) what.textContent = text;
    if (clock.textContent !== left) clock.textContent = left;
    return item;
  }

  #way(key, address) {
    if (address) {
      const look = { className: "button", textContent: this.#words.revote_go, href: address };
      return Object.assign(document.createElement("a"), look);
    }
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: this.#words.seen });
    button.dataset.seen = key;
    return button;
  }

  #tapped(button) {
    if (!button) return;
    if (button.dataset.seen === "scanned") this.#scanned = null;
    this.#said = this.#said.filter(({ key }) => key !== button.dataset.seen);
    button.closest("li").remove();
    const next = this.#element.querySelector("[data-warnings] button") ?? this.#element.querySelector("[data-whose]");
    next.focus({ preventScroll: true });
  }
}
