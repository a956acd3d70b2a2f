/**
 * The reconnecting stream: follows JSON messages for as long as the page is open, and always knows how fresh it is.
 *
 * They come by a socket; where the network lets none through while it answers otherwise, by server-sent events at the same
 * address, if there are any. It tells its owner by events: a `message` came; the `connection` is another than it was; it was
 * `opened` (again) or `closed` by the server, with a code; and `fetch` the state, as long as no stream comes through. It never
 * gives up by itself.
 */

export const RETRY_FIRST_MS = 250;
export const RETRY_MOST_MS = 1_500;
export const CONNECT_MS = 4_000;
/** For so long after something was heard another way it is the stream's own way that fails, not the network. */
export const REACHED_MS = 5_000;
/** Messages come at least every ten seconds; with the ticks that look for it a silence is noticed within as long. */
export const SILENCE_MS = 9_500;
export const TICK_MS = 500;
export const FAILURES_BEFORE_FETCH = 2;
/** A socket calls whatever comes a message; server-sent events are called by what they say. */
const MESSAGES = ["message", "snapshot", "patch", "status"];
const MISSES_BEFORE_CHANGE = 2;
const HANGING_MS = 1_000;

/** How long to wait before the next try: longer each time, and never all followers in the same instant. */
export function backoff(failures, random = Math.random()) {
  return Math.min(RETRY_FIRST_MS * 2 ** failures, RETRY_MOST_MS) * (0.5 + random / 2);
}

export class LiveStream extends EventTarget {
  #address;
  #since;
  #hasEvents;
  #isByEvents = false;
  #link = null;
  #triedAt = 0;
  #timer = null;
  #deadline = null;
  #failures = 0;
  #misses = 0;
  #reachedAt = -Infinity;
  #heardAt = null;
  #isOpen = false;
  #isStopped = false;
  #ticking = null;

  /**
   * `address()` gives the stream's URL; `since()` the revision the page has, where its stream goes on from one, or null;
   * `hasEvents`: the address gives server-sent events as well.
   */
  constructor(address, since = () => null, { hasEvents = false } = {}) {
    super();
    this.#address = address;
    this.#since = since;
    this.#hasEvents = hasEvents;
  }

  get isOpen() {
    return this.#isOpen;
  }

  get heardAt() {
    return this.#heardAt;
  }

  get hasFailed() {
    return this.#failures > 0;
  }

  /** Whether it is time to ask for the state another way: tries fail, or the one after a failure hangs. */
  get needsFetch() {
    return !this.#isOpen && (this.#failures >= FAILURES_BEFORE_FETCH || (this.hasFailed && this.#isHanging));
  }

  start() {
    addEventListener("online", () => this.#returned());
    addEventListener("pageshow", () => this.#retryNow());
    document.addEventListener("visibilitychange", () => document.hidden || this.#retryNow());
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
    this.#connect();
  }

  /** End for good. */
  stop() {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#ticking);
    this.#drop();
  }

  /** Say something, if anybody is there to hear it over a socket; whether there is. */
  send(value) {
    const canSend = this.#isOpen && !this.#isByEvents;
    if (canSend) this.#link.send(JSON.stringify(value));
    return canSend;
  }

  /** Something good was heard by another way, such as a fetched state: the network is there, and a try that hangs is lost. */
  heard() {
    this.#heardAt = this.#reachedAt = performance.now();
    if (this.#isOpen || !this.#isHanging) return;
    this.#drop();
    this.#connect();
  }

  get #isHanging() {
    return this.#link !== null && performance.now() - this.#triedAt >= HANGING_MS;
  }

  #connect() {
    clearTimeout(this.#timer);
    if (this.#isStopped || this.#link) return;
    const url = new URL(this.#address(), location.href);
    if (!this.#isByEvents) url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const since = this.#since();
    if (since !== null) url.searchParams.set("since", since);
    const link = this.#isByEvents ? new EventSource(url) : new WebSocket(url);
    this.#link = link;
    this.#triedAt = performance.now();
    this.#deadline = setTimeout(() => this.#fail(link), CONNECT_MS);
    // A proxy may answer for a stream of events and keep back what is in it: there only a message counts.
    if (!this.#isByEvents) link.addEventListener("open", () => clearTimeout(this.#deadline));
    for (const name of MESSAGES) link.addEventListener(name, (event) => this.#take(link, event));
    link.addEventListener("close", (event) => this.#fail(link, event.code));
    link.addEventListener("error", () => this.#fail(link));
    // How a stream of events says farewell: with what a socket says as it closes.
    link.addEventListener("closed", (event) => this.#fail(link, JSON.parse(event.data).code));
  }

  #take(link, event) {
    if (link !== this.#link) return;
    const wasOpen = this.#isOpen;
    clearTimeout(this.#deadline);
    this.#failures = 0;
    this.#misses = 0;
    this.#isOpen = true;
    this.#heardAt = performance.now();
    if (!wasOpen) this.dispatchEvent(new Event("opened"));
    this.dispatchEvent(new CustomEvent("message", { detail: JSON.parse(event.data) }));
    this.#tell();
  }

  #fail(link, code = null) {
    if (link !== this.#link) return;
    const wasOpen = this.#isOpen;
    this.#drop();
    this.#failures += 1;
    if (!wasOpen) this.#miss();
    if (code !== null) this.dispatchEvent(new CustomEvent("closed", { detail: code }));
    if (this.#isStopped) return;
    this.#tell();
    if (this.needsFetch) this.dispatchEvent(new Event("fetch"));
    this.#timer = setTimeout(() => this.#connect(), backoff(this.#failures - 1));
  }

  /** No stream came although the network is there: after some of these the other way is tried. */
  #miss() {
    if (!this.#hasEvents || performance.now() - this.#reachedAt > REACHED_MS) return;
    this.#misses += 1;
    if (this.#misses % MISSES_BEFORE_CHANGE === 0) this.#isByEvents = !this.#isByEvents;
  }

  #drop() {
    clearTimeout(this.#deadline);
    const link = this.#link;
    this.#link = null;
    this.#isOpen = false;
    link?.close();
  }

  #retryNow() {
    if (this.#link === null) this.#connect();
    this.#tell();
  }

  /** The network is back: what was asked of it while it was away will not be answered. */
  #returned() {
    if (!this.#isOpen) this.#drop();
    this.#retryNow();
  }

  /** A network that was cut closes nothing: a link that is silent for too long is taken for lost. */
  #tick() {
    const isSilent = this.#heardAt !== null && performance.now() - this.#heardAt > SILENCE_MS;
    if (this.#isOpen && isSilent) this.#fail(this.#link);
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("connection"));
  }
}
