/**
 * Sends what is in the outbox: one request in flight, several marks in one batch, in order, until a receipt names each.
 *
 * An entry leaves the outbox only by a receipt with its own id. Whatever else comes back (nothing, a sign-in page of the venue's
 * wifi, a busy server, a locked tablet) leaves it there to be sent again under the same id; a refusal leaves it there too, for
 * its judge to look at.
 */

import { readAnswer } from "./answers.js";
import { Retry } from "./retry.js";

export const BATCH = 50;
/** So often one entry alone may meet a fault of the server before the entries behind it go on without it. */
export const MOST_FAULTS = 3;

export class Sender {
  sending = new Set();
  #entries;
  #post;
  #settle;
  #tell;
  #retry;
  #size = BATCH;
  #faults = new Map();
  #wanted = false;
  #running = null;

  /**
   * `entries()` gives those that may be sent now, in order; `post(request)` resolves with the facts of the answer to a request of
   * `nextRequest`, and rejects when there was none; `settle(outcomes)` keeps what an answer says of each entry, before the next
   * request. `tell` hears `{ type: "sending" }` and `{ type: "link", link, detail }`; `later(work, ms)` is a timer.
   */
  constructor({ entries, post, settle, tell, later }) {
    this.#entries = entries;
    this.#post = post;
    this.#settle = settle;
    this.#tell = tell;
    this.#retry = new Retry(() => this.flush(), later);
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
    const is_spoilt = answer.link === "not_taken" || answer.link === "fault";
    if (is_spoilt && request.entries.length > 1) {
      // One bad mark spoils a whole request: halve until it is found; the others go through.
      this.#size = Math.ceil(request.entries.length / 2);
      return true;
    }
    if (answer.link === "not_taken" || (answer.link === "fault" && this.#isGivenUp(request.entries[0]))) {
      answer.results = new Map([[request.entries[0].command.id, { kind: "refusal", ...answer.problem }]]);
      this.#size = BATCH;
    }
    if (!answer.results) {
      this.#putOff(answer);
      return false;
    }
    await this.#settle(outcomesOf(request.entries, answer.results));
    this.#retry.succeeded();
    this.#tell({ type: "link", link: "ok", detail: "" });
    return true;
  }

  #putOff({ link, problem, retry_after_ms }) {
    this.#tell({ type: "link", link, detail: problem?.detail ?? "" });
    this.#retry.failed(retry_after_ms);
  }

  /** Whether an entry met the server's fault often enough by itself: it then needs its judge, and holds up no other. */
  #isGivenUp({ command }) {
    const faults = (this.#faults.get(command.id) ?? 0) + 1;
    this.#faults.set(command.id, faults);
    return faults >= MOST_FAULTS;
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
  const sheets = new Set(refused.filter(isOfCell).map((entry) => entry.sheet_id));
  const ids = new Set(refused.map((entry) => entry.command.id));
  const waits = ({ kind, sheet_id, command }) =>
    ((kind === "seal" || kind === "signature") && sheets.has(sheet_id)) || ids.has(command.mark) || ids.has(command.seal);
  return own.filter((entry) => !entry.refusal && !waits(entry));
}

/** Whether an entry says what stands on a sheet; a refused message, or a sign-off that is signed anew, holds nothing up. */
function isOfCell({ kind }) {
  return kind === "mark" || kind === "retraction";
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
