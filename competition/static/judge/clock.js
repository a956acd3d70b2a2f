/**
 * The server's time on this tablet, whatever its own clock says: marks carry the tablet's clock, everything shown the server's.
 *
 * Each answer with the server's time was on its way for a while, so that it gives a time that is too early, never too late: the
 * latest of them is the best. One that says much less means that the server's own clock was put back.
 */

const PUT_BACK_MS = 5_000;
const JUMP_MS = 2_000;

export class ServerClock {
  #ahead = null;
  #gap = null;
  #heard = null;
  #kept;
  #tablet;
  #steady;

  /** `kept`: how far the tablet ran ahead when last known; `tablet()` and `steady()` are its two clocks, in milliseconds. */
  constructor({ kept = null, tablet = () => Date.now(), steady = () => performance.now() } = {}) {
    this.#kept = kept;
    this.#tablet = tablet;
    this.#steady = steady;
  }

  /** Hear the server's time, as ISO text; anything else is nothing. */
  hear(server_time) {
    const ahead = Date.parse(server_time ?? "") - this.#steady();
    if (Number.isNaN(ahead)) return;
    this.#heard = this.#steady();
    this.#gap = this.#tablet() - this.#heard;
    if (this.#ahead === null || ahead > this.#ahead || this.#ahead - ahead > PUT_BACK_MS) this.#ahead = ahead;
  }

  /** The server's time now, in milliseconds; offline by what was last known, at first by the tablet's clock. */
  now() {
    return this.#ahead === null ? this.#tablet() - (this.#kept ?? 0) : this.#steady() + this.#ahead;
  }

  /** When the server was heard last, by its own time in milliseconds; null where it has not been since the page is open. */
  heardAt() {
    return this.#heard === null ? null : this.#heard + this.#ahead;
  }

  /** Whether this tablet has slept since it last heard the server, or had its clock set: either parts its own two clocks. */
  hasParted() {
    return this.#gap !== null && Math.abs(this.#tablet() - this.#steady() - this.#gap) >= JUMP_MS;
  }

  /** Whether the server was heard, and nothing has parted the tablet's clocks since. */
  isSure() {
    return this.#gap !== null && !this.hasParted();
  }

  /** How far the tablet's clock runs ahead of the server's, in milliseconds; null while that is not known. */
  skew() {
    return this.#ahead === null ? this.#kept : this.#tablet() - this.now();
  }
}
