/** Signal a problem about a sheet or one of its aspects, and read what the chief judge answers. */

import { uuid7 } from "./uuid7.js";

/** The messages about a sheet in the order they were said, with those that wait on this tablet last. */
export function threadOf(messages, sheet_id, entries) {
  const about = messages.filter((message) => message.sheet_id === sheet_id);
  const ids = new Set(about.map(({ id }) => id));
  const answers = messages.filter(({ answers, id }) => ids.has(answers) && !ids.has(id));
  const said = [...about, ...answers].sort((one, other) => Date.parse(one.said_at) - Date.parse(other.said_at));
  const waiting = entries
    .filter(({ kind }) => kind === "message")
    .map(({ command, at, refusal }) => {
      return { ...command, kind: "problem", sender: null, said_at: at, waits: refusal ? "refused" : "on_tablet" };
    });
  return [...said, ...waiting];
}

export class Problems {
  #page;
  #tablet;
  #words;
  #dialog = document.querySelector("[data-problem-dialog]");
  #shown = "";

  /** `page.current()` gives `{ event, sheet }`, `page.clock(iso)` a time of day; `page.done(key)` hears that it was kept. */
  constructor({ page, tablet, words }) {
    this.#page = page;
    this.#tablet = tablet;
    this.#words = words;
    document.querySelector("[data-problem-open]").addEventListener("click", () => this.ask(null));
    this.#dialog.querySelector("[data-problem-go]").addEventListener("click", () => this.#send());
  }

  /** Ask for the words of a problem about an aspect, or about the sheet as a whole (null). */
  ask(aspect) {
    this.#part("about").value = aspect ?? "";
    this.#part("words").value = "";
    this.#part("fault").textContent = "";
    this.#dialog.showModal();
    this.#part("words").focus();
  }

  /** Show what was said about a sheet. */
  show(sheet, entries) {
    const thread = threadOf(this.#tablet.snapshot.messages, sheet.id, entries);
    const shown = JSON.stringify([sheet.id, thread]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    document.querySelector("[data-thread]").replaceChildren(...thread.map((message) => this.#message(message)));
  }

  async #send() {
    const words = this.#part("words").value.trim();
    if (!words) {
      this.#part("fault").textContent = this.#words.problem_empty;
      this.#part("words").focus();
      return;
    }
    const { event, sheet } = this.#page.current();
    const command = { id: uuid7(), words, sheet_id: sheet.id, aspect: this.#part("about").value || null };
    try {
      await this.#tablet.add("message", { event_id: event.id, sheet_id: sheet.id, command });
      this.#dialog.close();
      this.#page.done("problem_aloud");
    } catch {
      this.#part("fault").textContent = this.#words.alert_storage;
    }
  }

  #message({ kind, sender, words, aspect, said_at, waits }) {
    const item = document.createElement("li");
    item.dataset.kind = kind;
    const who = sender ?? this.#words.problem_own;
    const when = waits ? this.#words[`problem_${waits}`] : this.#page.clock(said_at);
    const head = [who, aspect, when].filter(Boolean).join(" · ");
    item.append(
      Object.assign(document.createElement("small"), { textContent: head }),
      Object.assign(document.createElement("p"), { textContent: words }),
    );
    return item;
  }

  #part(name) {
    return this.#dialog.querySelector(`[data-problem-${name}]`);
  }
}
