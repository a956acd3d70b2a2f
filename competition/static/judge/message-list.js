/** What the chief judge tells this judge: notices and answers, shown until they are read. */

import { said, timeOfDay } from "./words.js";

const READ = "read";

export class MessageList {
  #tablet;
  #read = new Set();
  #list = document.querySelector("[data-messages]");
  #template = document.querySelector("[data-template=message]");

  constructor(tablet) {
    this.#tablet = tablet;
  }

  /** Show what is unread, now and whenever something is said. */
  async start() {
    this.#read = new Set(await this.#tablet.recall(READ));
    this.#tablet.addEventListener("snapshot", () => this.#show());
    this.#show();
  }

  #show() {
    const told = (this.#tablet.snapshot?.messages ?? []).filter(({ kind }) => kind !== "problem");
    const unread = told.filter(({ id }) => !this.#read.has(id));
    const shown = [...this.#list.children].map((item) => item.dataset.message);
    this.#list.hidden = !unread.length;
    if (shown.join() === unread.map(({ id }) => id).join()) return;
    this.#list.replaceChildren(...unread.map((message) => this.#item(message)));
  }

  #item(message) {
    const item = this.#template.content.cloneNode(true).firstElementChild;
    const part = (name) => item.querySelector(`[data-message-${name}]`);
    const { kind, sender, code, said_at, event_id } = message;
    const zone = this.#tablet.snapshot.events.find((event) => event.id === event_id)?.time_zone ?? "UTC";
    const key = kind === "notice" ? "message_notice" : code ? "message_about" : "message_answer";
    item.dataset.message = message.id;
    part("kind").textContent = said(this.#tablet.words, key, { sender, code });
    part("when").textContent = timeOfDay(said_at, zone);
    part("words").textContent = message.words;
    part("read").addEventListener("click", () => this.#markRead(message.id));
    return item;
  }

  #markRead(id) {
    this.#read.add(id);
    this.#tablet.remember(READ, [...this.#read]);
    this.#show();
    const next = this.#list.querySelector("button") ?? document.querySelector("main");
    next.focus({ preventScroll: true });
  }
}
