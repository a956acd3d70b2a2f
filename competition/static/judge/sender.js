/**
 * Sends what is in the outbox: one request in flight, several marks in one batch, in order, until a receipt names each.
 *
 * An entry leaves the outbox only by a receipt with its own id. Whatever else comes back (nothing, a sign-in page of the venue's
 * wifi, a busy server, a locked tablet) leaves it there to be sent again under the same id; a refusal leaves it there too, for
 * its judge to look at.
 */

import { readAnswer } from "./answers.js";

export const BATCH = 50;
export const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

export class Sender {
  sending = new Set();
  #entries;
  #post;
  #settle;
  #tell;
  #later;
  #size = BATCH;
  #failures = 0;
  #wanted = false;
  #running = null;

  /**
   * `entries()` gives those that may be sent now, in order; `post(request)` resolves with the facts of the answer to a request of
   * `nextRequest`, and rejects when there was none; `settle(outcomes)` keeps what an answer says of each entry, before the next
   * request. `tell` hears `{ type: "sending" }` and `{ type: "link", link, detail }`; `later(work, ms)` is a timer.
   */
  constructor({ entries, post, settle, tell, later = (work, ms) => setTimeout(work, ms) }) {
    this.#entries = entries;
    this.#post = post;
    this.#settle = settle;
    this.#tell = tell;
    this.#later = later;
  }

  /** Send what there is, now; resolves when nothing is left or when sending has to wait. */
  flush() {
    this.#wanted = true;
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run() {
    try {
      while (this.#wanted) {
        this.#wanted = false;
        this.#size = BATCH;
        while (await this.#sendNext());
      }
    } catch {
      this.#tell({ type: "link", link: "storage", detail: "" });
    } finally {
      this.#running = null;
    }
  }

  async #sendNext() {
    const request = nextRequest(await this.#entries(), this.#size);
    if (!request) return false;
    const answer = await this.#ask(request);
    if (answer.link === "not_taken" && request.entries.length > 1) {
      // One bad mark spoils a whole request: halve until it is found; the others go through.
      this.#size = Math.ceil(request.entries.length / 2);
      return true;
    }
    if (answer.link === "not_taken") {
      answer.results = new Map([[request.entries[0].command.id, { kind: "refusal", ...answer.problem }]]);
      this.#size = BATCH;
    }
    if (!answer.results) {
      this.#putOff(answer);
      return false;
    }
    await this.#settle(outcomesOf(request.entries, answer.results));
    this.#failures = 0;
    this.#tell({ type: "link", link: "ok", detail: "" });
    return true;
  }

  #putOff({ link, problem, retry_after_ms }) {
    this.#tell({ type: "link", link, detail: problem?.detail ?? "" });
    const wait = retry_after_ms ?? RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)];
    this.#failures += 1;
    this.#later(() => this.flush(), wait);
  }

  async #ask(request) {
    this.#setSending(request.entries.map((entry) => entry.command.id));
    try {
      return readAnswer(await this.#post(request), this.sending);
    } catch {
      return { link: "offline" };
    } finally {
      this.#setSending([]);
    }
  }

  #setSending(ids) {
    this.sending = new Set(ids);
    this.#tell({ type: "sending" });
  }
}

/** The entries that may be sent: this judge's, in order, without those refused and those that wait for a refused one. */
export function sendable(entries, judge_id) {
  const own = entries.filter((entry) => entry.judge_id === judge_id);
  const refused = own.filter((entry) => entry.refusal);
  const sheets = new Set(refused.map((entry) => entry.sheet_id));
  const ids = new Set(refused.map((entry) => entry.command.id));
  const waits = ({ kind, sheet_id, command }) =>
    ((kind === "seal" || kind === "signature") && sheets.has(sheet_id)) || (kind === "retraction" && ids.has(command.mark));
  return own.filter((entry) => !entry.refusal && !waits(entry));
}

/** The next request, `{ kind, event_id, entries }`: marks of one event that follow each other, or one entry of another kind. */
export function nextRequest(entries, size = BATCH) {
  const [first] = entries;
  if (!first) return null;
  const { kind, event_id } = first;
  const end = entries.findIndex((entry) => entry.kind !== "mark" || entry.event_id !== event_id);
  const together = kind === "mark" ? entries.slice(0, end < 0 ? undefined : end).slice(0, size) : [first];
  return { kind, event_id, entries: together };
}

/** What an answer says of each entry that it speaks of: `{ entry, receipt }` or `{ entry, refusal }`. */
function outcomesOf(entries, results) {
  return entries.flatMap((entry) => {
    const result = results.get(entry.command.id);
    if (!result) return [];
    if (result.kind !== "refusal") return [{ entry, receipt: result }];
    return [{ entry, refusal: { type: result.type, detail: result.detail } }];
  });
}
