/**
 * The reconnecting socket: follows a stream of JSON messages for as long as the page is open, and always knows how fresh it is.
 *
 * It tells its owner by events: a `message` came; the `connection` is another than it was; it was `opened` (again) or `closed` by
 * the server, with a code; and `fetch` the state, where the network forbids sockets. It never gives up by itself.
 */

export const RETRY_FIRST_MS = 250;
export const RETRY_MOST_MS = 1_500;
export const CONNECT_MS = 4_000;
export const SILENCE_MS = 10_000;
export const TICK_MS = 500;
export const FAILURES_BEFORE_FETCH = 2;

/** How long to wait before the next try: longer each time, and never all followers in the same instant. */
export function backoff(failures, random = Math.random()) {
  return Math.min(RETRY_FIRST_MS * 2 ** failures, RETRY_MOST_MS) * (0.5 + random / 2);
}

export class LiveStream extends EventTarget {
  #address;
  #since;
  #socket = null;
  #timer = null;
  #deadline = null;
  #failures = 0;
  #heardAt = null;
  #isOpen = false;
  #isStopped = false;
  #ticking = null;

  /** `address()` gives the socket's URL; `since()` the revision the page has, where its stream goes on from one, or null. */
  constructor(address, since = () => null) {
    super();
    this.#address = address;
    this.#since = since;
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

  start() {
    addEventListener("online", () => this.#retryNow());
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

  /** Say something, if anybody is there to hear it; whether there is. */
  send(value) {
    if (this.#isOpen) this.#socket.send(JSON.stringify(value));
    return this.#isOpen;
  }

  /** Something good was heard by another way than the socket, such as a fetched state. */
  heard() {
    this.#heardAt = performance.now();
  }

  #connect() {
    clearTimeout(this.#timer);
    if (this.#isStopped || this.#socket) return;
    const url = new URL(this.#address(), location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const since = this.#since();
    if (since !== null) url.searchParams.set("since", since);
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#deadline = setTimeout(() => this.#fail(socket), CONNECT_MS);
    socket.addEventListener("open", () => clearTimeout(this.#deadline));
    socket.addEventListener("message", (event) => this.#take(socket, event));
    socket.addEventListener("close", (event) => this.#fail(socket, event.code));
    socket.addEventListener("error", () => this.#fail(socket));
  }

  #take(socket, event) {
    if (socket !== this.#socket) return;
    const wasOpen = this.#isOpen;
    this.#failures = 0;
    this.#isOpen = true;
    this.heard();
    if (!wasOpen) this.dispatchEvent(new Event("opened"));
    this.dispatchEvent(new CustomEvent("message", { detail: JSON.parse(event.data) }));
    this.#tell();
  }

  #fail(socket, code = null) {
    if (socket !== this.#socket) return;
    this.#drop();
    this.#failures += 1;
    if (code !== null) this.dispatchEvent(new CustomEvent("closed", { detail: code }));
    if (this.#isStopped) return;
    this.#tell();
    if (this.#failures >= FAILURES_BEFORE_FETCH) this.dispatchEvent(new Event("fetch"));
    this.#timer = setTimeout(() => this.#connect(), backoff(this.#failures - 1));
  }

  #drop() {
    clearTimeout(this.#deadline);
    const socket = this.#socket;
    this.#socket = null;
    this.#isOpen = false;
    socket?.close();
  }

  #retryNow() {
    if (this.#socket === null) this.#connect();
    this.#tell();
  }

  /** A network that was cut closes nothing: a socket that is silent for too long is taken for lost. */
  #tick() {
    const isSilent = this.#heardAt !== null && performance.now() - this.#heardAt > SILENCE_MS;
    if (this.#isOpen && isSilent) this.#fail(this.#socket);
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("connection"));
  }
}
