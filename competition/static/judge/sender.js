/**
 * Sends what is in the outbox: one request in flight, several marks in one batch, in order, until a receipt names each.
 *
 * A mark leaves the outbox only by a receipt with its own id. Whatever else comes back (nothing, a sign-in page of the venue's
 * wifi, a busy server, a locked tablet) leaves it there to be sent again under the same id; a refusal leaves it there too, for
 * its judge to look at.
 */

export const BATCH = 50;
export const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

export class Sender {
  link = "ok";
  detail = "";
  sending = new Set();
  #store;
  #post;
  #judge_id;
  #tell;
  #later;
  #size = BATCH;
  #failures = 0;
  #wanted = false;
  #running = null;

  /**
   * `store` is an outbox; `post(event_id, marks)` resolves with the answer's facts (see `readAnswer`) and rejects when there was
   * none; `tell` hears `{ type: "queued" | "sending" | "receipt" | "refusal" | "link", … }`; `later(work, ms)` is a timer.
   */
  constructor({ store, post, judge_id, tell, later = (work, ms) => setTimeout(work, ms) }) {
    this.#store = store;
    this.#post = post;
    this.#judge_id = judge_id;
    this.#tell = tell;
    this.#later = later;
  }

  /** Keep a mark on this tablet, then send it; rejects when this browser cannot keep it, and then nothing was entered. */
  async add(entry) {
    const stored = await this.#store.put({ ...entry, judge_id: this.#judge_id });
    this.#tell({ type: "queued", entry: stored });
    this.flush();
    return stored;
  }

  /** Send a refused entry once more, just as it is. */
  async again({ refusal: _, ...entry }) {
    const stored = await this.#store.put(entry);
    this.#tell({ type: "queued", entry: stored });
    this.flush();
  }

  /** Let go of a refused entry: only ever its judge's own decision. */
  async setAside(entry) {
    await this.#store.remove(entry.sequence);
    this.#tell({ type: "set_aside", entry });
  }

  /** Say that marks cannot be kept or sent, and why. */
  fail(link) {
    this.#setLink(link);
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
        while (await this.#sendBatch());
      }
    } catch {
      this.#setLink("storage");
    } finally {
      this.#running = null;
    }
  }

  async #sendBatch() {
    const batch = batchOf(await this.#store.all(), this.#judge_id, this.#size);
    if (!batch.length) return false;
    const answer = await this.#ask(batch);
    if (answer.link === "not_taken" && batch.length > 1) {
      // One bad mark spoils a whole request: halve until it is found; the others go through.
      this.#size = Math.ceil(batch.length / 2);
      return true;
    }
    if (answer.link === "not_taken") {
      answer.results = new Map([[batch[0].mark.id, { kind: "refusal", ...answer.problem }]]);
      this.#size = BATCH;
    }
    if (!answer.results) {
      this.#setLink(answer.link, answer.problem?.detail);
      const wait = answer.retry_after_ms ?? RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)];
      this.#failures += 1;
      this.#later(() => this.flush(), wait);
      return false;
    }
    await this.#settle(batch, answer.results);
    this.#failures = 0;
    this.#setLink("ok");
    return true;
  }

  async #ask(batch) {
    this.#setSending(batch.map((entry) => entry.mark.id));
    try {
      return readAnswer(await this.#post(batch[0].event_id, batch.map((entry) => entry.mark)), this.sending);
    } catch {
      return { link: "offline" };
    } finally {
      this.#setSending([]);
    }
  }

  async #settle(batch, results) {
    for (const entry of batch) {
      const result = results.get(entry.mark.id);
      if (result?.kind === "receipt") {
        await this.#store.remove(entry.sequence);
        this.#tell({ type: "receipt", entry, receipt: result });
      } else if (result) {
        const refused = await this.#store.put({ ...entry, refusal: { type: result.type, detail: result.detail } });
        this.#tell({ type: "refusal", entry: refused });
      }
    }
  }

  #setSending(ids) {
    this.sending = new Set(ids);
    this.#tell({ type: "sending" });
  }

  #setLink(link, detail = "") {
    this.link = link;
    this.detail = detail;
    this.#tell({ type: "link" });
  }
}

/** The next entries to send in one request: this judge's, of one event, in order, without those that were refused. */
export function batchOf(entries, judge_id, size = BATCH) {
  const waiting = entries.filter((entry) => entry.judge_id === judge_id && !entry.refusal);
  return waiting.filter((entry) => entry.event_id === waiting[0].event_id).slice(0, size);
}

/**
 * What an answer means: `{ link, results?, problem?, retry_after_ms? }`.
 *
 * `results` (by mark id) are there only when our server answered for at least one mark of this request. `not_taken` is a refusal
 * of the request as a whole. An answer that is not in our server's words comes from somebody else: `wrong_network`.
 */
export function readAnswer({ status, redirected, retry_after, body }, ids) {
  const results = status === 200 && !redirected ? receiptsIn(body, ids) : null;
  if (results) return { link: "ok", results };
  const problem = problemIn(body);
  if ([429, 502, 503, 504].includes(status)) return { link: "busy", retry_after_ms: Number(retry_after) * 1_000 || undefined };
  if (!problem || redirected) return { link: "wrong_network" };
  if (status === 401) return { link: "locked", problem };
  if (problem.type === "device-is-revoked") return { link: "revoked", problem };
  if (problem.type === "page-expired") return { link: "expired", problem };
  return status >= 500 ? { link: "fault", problem } : { link: "not_taken", problem };
}

function receiptsIn(body, ids) {
  if (!Array.isArray(body?.results)) return null;
  const mine = body.results.filter((result) => ids.has(result?.id) && isResult(result));
  return mine.length ? new Map(mine.map((result) => [result.id, result])) : null;
}

function isResult({ kind, position, detail }) {
  return (kind === "receipt" && Number.isInteger(position)) || (kind === "refusal" && typeof detail === "string");
}

function problemIn(body) {
  const { type, detail, status } = body ?? {};
  return typeof type === "string" && typeof detail === "string" && Number.isInteger(status) ? { type, detail } : null;
}
