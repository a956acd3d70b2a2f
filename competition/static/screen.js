/**
 * The page of a hall screen: follows its orders (which board, black, a message, reload) and reports what it shows.
 *
 * The board in the frame tells how it is by messages to this window; the server is told every ten seconds, and when it changes.
 */

import { LiveStream } from "./live.js";

export const REPORT_MS = 10_000;
export const REPORT_LEAST_MS = 1_000;
export const REST_MS = 5_000;
/** A frame whose board says nothing in this time after it was loaded has met a server that was away: it is loaded again. */
export const BOARD_SILENCE_MS = 20_000;
/** Who was let go before having a name gave way to others that ask for a code, and does not push them out at once. */
export const WAITING_MS = 20_000;
/** After an update of the server, who knows which of its processes answers: a page is not left earlier than this. */
export const RENEW_LEAST_MS = 20_000;
const UNKNOWN_SCREEN = 4404;

const CONNECTIONS = ["unknown", "live", "reconnecting", "stale"];

/** What a board said of itself; null where it is not a board that speaks. */
export function boardWord(data) {
  if (data?.leitai !== "board") return null;
  const counted = (number, usual) => (Number.isSafeInteger(number) && number >= 0 ? number : usual);
  return {
    address: String(data.address ?? ""),
    page: counted(data.page, 1),
    pages: counted(data.pages, 1),
    revision: counted(data.revision, null),
    connection: CONNECTIONS.includes(data.connection) ? data.connection : "unknown",
  };
}

/** What this screen reports: the board's last word, where one is shown, with this page's version and size. */
export function reportOf(word, version, size) {
  const shown = word ?? { address: "", page: 1, pages: 1, revision: null, connection: "unknown" };
  return { ...shown, version, width: size.width, height: size.height };
}

class HallScreen {
  #root;
  #stream;
  #frame;
  #word = null;
  #reported = "";
  #reportedAt = -Infinity;
  #reporting = null;
  #silence = null;
  #resting = null;
  #asking = null;
  #loadedAt = performance.now();

  constructor(root) {
    this.#root = root;
    this.#frame = root.querySelector("[data-frame]");
    this.#stream = new LiveStream(() => root.dataset.live);
  }

  start() {
    this.#stream.addEventListener("message", ({ detail }) => this.#hear(detail));
    this.#stream.addEventListener("opened", () => this.#report({ anyway: true }));
    this.#stream.addEventListener("closed", ({ detail }) => detail === UNKNOWN_SCREEN && this.#askAnew());
    addEventListener("message", (event) => this.#hearBoard(event));
    addEventListener("resize", () => this.#report());
    for (const moment of ["pointermove", "pointerdown"]) addEventListener(moment, () => this.#rest());
    addEventListener("dblclick", () => toggleFullScreen());
    document.addEventListener("visibilitychange", () => keepAwake());
    setInterval(() => this.#report({ anyway: true }), REPORT_MS);
    this.#frame.addEventListener("load", () => this.#expectBoard());
    this.#rest();
    keepAwake();
    this.#stream.start();
  }

  #hear(message) {
    if (message.type === "order") this.#obey(message);
    const isOther = message.type === "hello" && message.version !== this.#root.dataset.version;
    if (isOther && performance.now() - this.#loadedAt > RENEW_LEAST_MS) this.#renew();
  }

  #obey(order) {
    if (String(order.reload) !== this.#root.dataset.reload) return this.#renew();
    const isNamed = order.name !== "";
    this.#part("pairing").hidden = isNamed;
    this.#part("idle").hidden = !isNamed || order.address !== null;
    this.#part("name").textContent = order.name;
    this.#part("blank").hidden = !order.is_blank;
    this.#part("message-zh").textContent = order.message.zh;
    this.#part("message-en").textContent = order.message.en;
    this.#part("message").hidden = !order.message.zh && !order.message.en;
    this.#show(order.address);
  }

  #show(address) {
    this.#frame.hidden = address === null;
    if (address === this.#frame.getAttribute("src")) return;
    this.#word = null;
    if (address === null) this.#frame.removeAttribute("src");
    else this.#frame.setAttribute("src", address);
    this.#report();
  }

  /** Only the board in our own frame is believed. */
  #hearBoard(event) {
    if (event.origin !== location.origin || event.source !== this.#frame.contentWindow) return;
    const word = boardWord(event.data);
    if (word === null) return;
    clearTimeout(this.#silence);
    this.#word = word;
    this.#report();
  }

  /** A board that was loaded and never says a word is loaded again, once the server is there. */
  #expectBoard() {
    clearTimeout(this.#silence);
    const address = this.#frame.getAttribute("src");
    if (address === null || this.#word !== null) return;
    this.#silence = setTimeout(() => {
      if (this.#stream.isOpen) this.#frame.setAttribute("src", address);
      else this.#expectBoard();
    }, BOARD_SILENCE_MS);
  }

  /** Tell the server how it is: when something changed, and now and then anyway; never more than once a second. */
  #report({ anyway = false } = {}) {
    clearTimeout(this.#reporting);
    const report = reportOf(this.#word, this.#root.dataset.version, sizeOf());
    const text = JSON.stringify(report);
    if (text === this.#reported && !anyway) return;
    const wait = this.#reportedAt + REPORT_LEAST_MS - performance.now();
    if (wait > 0) {
      this.#reporting = setTimeout(() => this.#report({ anyway }), wait);
    } else if (this.#stream.send(report)) {
      this.#reported = text;
      this.#reportedAt = performance.now();
    }
  }

  #askAnew() {
    const isNamed = this.#part("pairing").hidden;
    this.#asking ??= setTimeout(() => {
      this.#asking = null;
      this.#renew();
    }, isNamed ? 0 : WAITING_MS);
  }

  /** Load everything anew, once the server is sure to answer: a page that it cannot answer would stay for ever. */
  async #renew() {
    this.#loadedAt = Infinity;
    try {
      const answer = await fetch(location.href, { method: "GET", cache: "no-store" });
      if (answer.ok) location.reload();
    } catch {
      // The server is away again; whoever asked for this asks again when it is back.
    }
    this.#loadedAt = performance.now();
  }

  #rest() {
    clearTimeout(this.#resting);
    this.#root.removeAttribute("data-rests");
    this.#resting = setTimeout(() => this.#root.setAttribute("data-rests", ""), REST_MS);
  }

  #part(name) {
    return this.#root.querySelector(`[data-${name}]`);
  }
}

/** The pixels that the screen really has. */
function sizeOf() {
  const ratio = window.devicePixelRatio || 1;
  return { width: Math.round(innerWidth * ratio), height: Math.round(innerHeight * ratio) };
}

/** The lock is lost whenever the page is out of sight, and asked for again. */
async function keepAwake() {
  if (document.hidden || !navigator.wakeLock) return;
  try {
    await navigator.wakeLock.request("screen");
  } catch {
    // A battery that is low, or a policy: the screen's own settings decide then.
  }
}

function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

if (typeof document !== "undefined") {
  for (const root of document.querySelectorAll("[data-screen]")) new HallScreen(root).start();
}
