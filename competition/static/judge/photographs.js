/** The photographs that wait here: sent one at a time and apart, so that a picture on a slow network never keeps a mark waiting. */

import { readAnswer } from "./answers.js";
import { Retry } from "./retry.js";

export class PhotographQueue {
  /** This judge's photographs that are not sent, without their pictures, and those of other judges. */
  own = [];
  others = [];
  #store;
  #put;
  #judge;
  #told;
  #received;
  #retry;
  #is_due = true;
  #running = null;

  /**
   * `put(photograph)` resolves with the facts of the answer; `judge()` is whose tablet this is; `told` hears that what waits is
   * another, `received(photograph, receipt)` that the server has one.
   */
  constructor({ store, put, judge, told, received, later }) {
    this.#store = store;
    this.#put = put;
    this.#judge = judge;
    this.#told = told;
    this.#received = received;
    this.#retry = new Retry(() => this.flush({ now: true }), later);
  }

  /** Keep a photograph, or its changed form, and send it. */
  async add(photograph) {
    await this.#store.putPhotograph(photograph);
    await this.read();
    this.flush({ now: true });
  }

  /** Send a refused one once more. */
  async again(id) {
    const { refusal: _, ...photograph } = await this.find(id);
    await this.add(photograph);
  }

  /** Let go of one that is not sent. */
  async setAside(id) {
    await this.#store.removePhotograph(id);
    await this.read();
  }

  /** One that waits, with its picture. */
  async find(id) {
    return (await this.#store.photographs()).find((one) => one.id === id);
  }

  /** Read what waits. */
  async read() {
    const all = (await this.#store.photographs()).map(({ blob, ...rest }) => ({ ...rest, bytes: blob.size }));
    this.own = all.filter((one) => one.judge_id === this.#judge());
    this.others = all.filter((one) => one.judge_id !== this.#judge());
    this.#told();
  }

  /** Send what there is, unless a failure is still to be waited for; `now`: do not wait. */
  flush({ now = false } = {}) {
    if (now) this.#is_due = true;
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run() {
    try {
      await this.#sendAll();
    } catch {
      // A browser that keeps nothing is told of by the entries, which come first.
    } finally {
      this.#running = null;
    }
  }

  async #sendAll() {
    while (this.#is_due) {
      const all = await this.#store.photographs();
      const next = all.find((one) => one.judge_id === this.#judge() && !one.refusal);
      if (!next) return;
      const answer = await this.#ask(next);
      if (answer.results) await this.#taken(next, answer.results.get(next.id));
      else if (answer.link === "not_taken") await this.#store.putPhotograph({ ...next, refusal: answer.problem });
      else this.#putOff(answer);
      await this.read();
    }
  }

  async #taken(photograph, receipt) {
    this.#retry.succeeded();
    await this.#store.removePhotograph(photograph.id);
    this.#received(photograph, receipt);
  }

  async #ask(photograph) {
    try {
      return readAnswer(await this.#put(photograph), new Set([photograph.id]));
    } catch {
      return { link: "offline" };
    }
  }

  #putOff({ retry_after_ms }) {
    this.#is_due = false;
    this.#retry.failed(retry_after_ms);
  }
}
