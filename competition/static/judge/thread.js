/** What was said about a sheet: the problems its judge signalled, and what the chief judge answered. */

/** The messages about a sheet in the order they were said, with those that wait on this tablet last. */
export function threadOf(messages, sheet_id, entries) {
  const about = messages.filter((message) => message.sheet_id === sheet_id);
  const ids = new Set(about.map(({ id }) => id));
  const answers = messages.filter(({ answers, id }) => ids.has(answers) && !ids.has(id));
  const said = [...about, ...answers].sort((one, other) => Date.parse(one.said_at) - Date.parse(other.said_at));
  const waiting = entries
    .filter(({ kind, command }) => kind === "message" && !ids.has(command.id))
    .map(({ command, at, refusal }) => {
      return { ...command, kind: "problem", sender: null, said_at: at, waits: refusal ? "refused" : "on_tablet" };
    });
  return [...said, ...waiting];
}

export class Thread {
  #page;
  #tablet;
  #words;
  #shown = "";

  /** `page.clock(iso)` gives a time of day. */
  constructor({ page, tablet, words }) {
    this.#page = page;
    this.#tablet = tablet;
    this.#words = words;
  }

  /** Show what was said about a sheet. */
  show(sheet, entries) {
    const thread = threadOf(this.#tablet.snapshot.messages, sheet.id, entries);
    const shown = JSON.stringify([sheet.id, thread]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    document.querySelector("[data-thread]").replaceChildren(...thread.map((message) => this.#message(message)));
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
}
