/** What the judge's pages share: sending what is in the outbox, and the line that says in words where everything entered is. */

import { Sender } from "./sender.js";
import { send } from "./server.js";
import { lineOf, said } from "./words.js";

const LOOK_AGAIN_MS = 10_000;
const SETTLE_MS = 150;

/** Start sending what is in the outbox, now and whenever there is reason to hope; `hear` gets what the sender tells. */
export function startSending({ outbox, judge_id, words, hear = () => {} }) {
  const line = new Line(outbox, words, judge_id);
  const sender = new Sender({
    store: outbox,
    judge_id,
    post: (event_id, marks) => send(`/events/${event_id}/marks`, { sent_at: new Date().toISOString(), marks }),
    tell: (message) => {
      hear(message);
      // A receipt proves the connection, whatever the browser thinks of the network: the server may be this very machine.
      if (message.type === "receipt") line.apart = false;
      line.update(sender);
    },
  });
  const flush = () => sender.flush();
  addEventListener("online", () => {
    line.apart = false;
    flush();
    line.update(sender);
  });
  addEventListener("offline", () => {
    line.apart = true;
    line.update(sender);
  });
  addEventListener("pageshow", flush);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());
  setInterval(flush, LOOK_AGAIN_MS);
  flush().then(() => line.update(sender));
  return sender;
}

class Line {
  apart = !navigator.onLine;
  #outbox;
  #words;
  #judge_id;
  #timer = null;
  #line = document.querySelector("[data-line]");
  #alert = document.querySelector("[data-alert]");

  constructor(outbox, words, judge_id) {
    this.#outbox = outbox;
    this.#words = words;
    this.#judge_id = judge_id;
  }

  /** Say it once things have settled, so that the line does not flicker through every state of a quick connection. */
  update(sender) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#show(sender), SETTLE_MS);
  }

  async #show(sender) {
    let [link, entries] = [sender.link, []];
    try {
      entries = (await this.#outbox.all()).filter((entry) => entry.judge_id === this.#judge_id);
    } catch {
      link = "storage";
    }
    if (link === "ok" && this.apart) link = "offline";
    const refused = entries.filter((entry) => entry.refusal).length;
    const { tone, key, n } = lineOf({ link, queued: entries.length - refused, refused });
    this.#line.dataset.tone = tone;
    this.#line.textContent = said(this.#words, key, { n, link: this.#words[`link_${link}`] });
    this.#warn(link, sender.detail);
  }

  /** What needs more than a line: a sentence and the way on. */
  #warn(link, detail) {
    const sentence = this.#words[`alert_${link}`] ?? (link === "revoked" || link === "fault" ? detail : "");
    this.#alert.hidden = !sentence;
    this.#alert.querySelector("[data-alert-text]").textContent = sentence;
    for (const way of this.#alert.querySelectorAll("[data-way]")) way.hidden = way.dataset.way !== link;
  }
}
