/** The frame of every board's page: follows the stream, says honestly how fresh it is, and lets its kind's view show the rest. */

import { connectionOf, receive, shapeOf, skewOf, titleFit, withSample } from "./board-state.js";
import { CONNECT_MS, LiveStream, SILENCE_MS } from "./live.js";
import { HALL, clockOf, momentOf, set, textOf, wordOf } from "./page.js";

const TICK_MS = 250;
const PROBE_MS = 1_000;
const MOST_PROBES = 3;
/** A board that was taken down may be opened again. */
const LOOK_AGAIN_MS = 60_000;
/** How a board ends: as the stream says it with its farewell, and a plain answer with its status. */
const ENDS = { 4404: "gone", 404: "gone", 4403: "refused", 403: "refused" };
const TONES_OF_CONNECTION = { live: "good", gone: "bad", refused: "bad" };
const TONES = { official: "good", provisional: "note", frozen: "note", rehearsal: "wait" };

/**
 * Follow the board of this page with its kind's `view`.
 *
 * A view has `show(state, before)`: draw `{ board, revision, at, rows }` (`before` is what was drawn last, null at first). It may
 * have `start()`, called once; `tick(now)`, called four times a second with the server's time in ms; `page` and `pages`.
 */
export function followBoard(view) {
  new BoardFrame(document.querySelector("[data-board]"), view).start();
}

class BoardFrame {
  #root;
  #view;
  #state = null;
  #stream;
  #samples = [];
  #isFetched = false;
  #probes = 0;
  #probeAt = 0;
  #shown = "";
  #told = "";
  #ticking = null;
  #hasEnded = false;

  constructor(root, view) {
    this.#root = root;
    this.#view = view;
    this.#stream = new LiveStream(
      () => root.dataset.liveAddress,
      () => this.#state?.revision ?? null,
      { hasEvents: true },
    );
  }

  start() {
    const { isCurrent, serverTime } = this.#root.dataset;
    this.#root.dataset.scripted = "";
    this.#stream.addEventListener("message", (event) => this.#hear(event.detail));
    this.#stream.addEventListener("connection", () => this.#showConnection());
    this.#stream.addEventListener("opened", () => (this.#isFetched = false));
    this.#stream.addEventListener("closed", ({ detail }) => ENDS[detail] && this.#end(ENDS[detail]));
    if (isCurrent === "yes") this.#stream.heard();
    this.#samples = [Date.parse(serverTime) - Date.now()];
    this.#view.start?.();
    this.#stream.start();
    this.#stayAwake();
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
  }

  #hear(message) {
    if (this.#hasEnded) return;
    if (message.type === "status" || message.type === "patch") {
      this.#samples = withSample(this.#samples, Date.parse(message.at) - Date.now());
    }
    const before = this.#state;
    const { state, gap } = receive(before, message);
    this.#state = state;
    if (state !== before) this.#show(before);
    if (gap) this.#fetch();
  }

  /**
   * The state by plain HTTP: after a gap, and every second where no stream gets through. How old it may be, the answer says itself.
   * One that hangs, as in a network that was cut, is not waited for.
   */
  async #fetch() {
    if (this.#probes >= MOST_PROBES) return;
    this.#probes += 1;
    this.#probeAt = performance.now() + PROBE_MS * (0.75 + Math.random() / 2);
    try {
      const answer = await this.#ask();
      if (ENDS[answer.status]) this.#end(ENDS[answer.status]);
      if (!answer.ok) throw new Error(answer.statusText);
      const snapshot = await answer.json();
      this.#isFetched = Number(answer.headers.get("Age") ?? 0) * 1000 < SILENCE_MS;
      if (this.#isFetched) this.#stream.heard();
      // While it was on its way the stream may have told more.
      if (this.#state === null || snapshot.revision >= this.#state.revision) this.#hear(snapshot);
    } catch {
      this.#isFetched = false;
    } finally {
      this.#probes -= 1;
    }
    this.#showConnection();
  }

  #ask() {
    return fetch(this.#root.dataset.stateAddress, { cache: "no-cache", signal: AbortSignal.timeout(CONNECT_MS) });
  }

  /** Taken down, or not for this pass any more: the page says so where the board was, and asks no further. */
  #end(connection) {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#stream.stop();
    clearInterval(this.#ticking);
    const farewell = this.#root.querySelector("[data-farewell]");
    for (const part of [...this.#root.children]) if (!part.matches("header, footer") && part !== farewell) part.remove();
    for (const part of this.#root.querySelectorAll("[data-publication], .moment, [data-pager], .legend")) part.remove();
    set(farewell, wordOf(farewell, connection));
    farewell.hidden = false;
    this.#sayConnection(connection, Date.now());
    this.#tellParent();
    if (connection === "gone") setInterval(() => this.#lookAgain(), LOOK_AGAIN_MS);
  }

  async #lookAgain() {
    const answer = await this.#ask().catch(() => null);
    if (answer?.ok) location.reload();
  }

  #show(before) {
    const { board } = this.#state;
    if (shapeOf(board) !== this.#root.dataset.shape) {
      location.reload();
      return;
    }
    this.#showHead(board, before?.board);
    this.#view.show(this.#state, before);
    this.#showConnection();
  }

  #showHead(board, before) {
    const root = this.#root;
    root.dataset.status = board.status;
    root.dataset.named = board.has_names ? "yes" : "no";
    const title = root.querySelector("[data-title]");
    if (title) {
      set(title, textOf(board.title));
      title.dataset.fit = titleFit(title.textContent);
    }
    const publication = root.querySelector("[data-publication]");
    if (publication) {
      publication.hidden = board.status === "live";
      publication.dataset.tone = TONES[board.status] ?? "plain";
      set(publication, wordOf(publication, board.status));
    }
    this.#showMoment("[data-published]", board.published_at);
    this.#showMoment("[data-frozen]", board.frozen_at);
    if (before && JSON.stringify(before.theme) !== JSON.stringify(board.theme)) this.#dress(board.theme);
    const count = root.querySelector("[data-count]");
    if (count) set(count, wordOf(count, "count", { count: this.#state.rows.length }));
    root.querySelector("[data-nobody]")?.toggleAttribute("hidden", this.#state.rows.length > 0);
  }

  #showMoment(selector, at) {
    const moment = this.#root.querySelector(selector);
    if (!moment) return;
    moment.hidden = !at;
    if (at) set(moment, wordOf(moment, "time", { time: momentOf(new Date(at), this.#root.dataset.timeZone) }));
  }

  /** Another theme: its colours come anew, and the logo with them. */
  #dress(theme) {
    const colours = document.querySelector("link[data-theme-colours]");
    colours.href = `${colours.href.split("?")[0]}?revision=${this.#state.revision}`;
    const logo = this.#root.querySelector("[data-logo]");
    if (logo) logo.src = theme.logo ? logo.dataset.address.replace("{digest}", theme.logo) : logo.dataset.mark;
    const occasion = this.#root.querySelector("[data-occasion]");
    if (occasion) set(occasion, textOf(theme.name) || occasion.dataset.competition);
  }

  #tick() {
    if (this.#stream.needsFetch && performance.now() >= this.#probeAt && !document.hidden) this.#fetch();
    this.#view.tick?.(Date.now() + skewOf(this.#samples));
    this.#showConnection();
  }

  #showConnection() {
    if (this.#hasEnded) return;
    const { isOpen, heardAt, hasFailed } = this.#stream;
    const now = performance.now();
    const connection = connectionOf({ isOpen: isOpen || this.#isFetched, heardAt, now });
    const isKnown = connection !== "reconnecting" || hasFailed;
    const shown = `${connection} ${this.#root.dataset.status}`;
    if (isKnown && shown !== this.#shown) {
      this.#shown = shown;
      this.#sayConnection(connection, Date.now() - (now - (heardAt ?? now)));
    }
    this.#tellParent();
  }

  #sayConnection(connection, since) {
    const chip = this.#root.querySelector("[data-connection-word]");
    this.#root.dataset.connection = connection;
    if (!chip) return;
    set(chip, wordOf(chip, connection, { time: clockOf(since, this.#root.dataset.timeZone) }));
    chip.dataset.tone = TONES_OF_CONNECTION[connection] ?? "wait";
    // What is prepared, frozen or published is not live: good news about the connection would only confuse.
    chip.hidden = connection === "live" && this.#root.dataset.status !== "live";
  }

  /** Our own page that shows this one in a frame, a hall screen's, hears what is shown and how good the connection is. */
  #tellParent() {
    if (window.parent === window || !isOurs(window.parent)) return;
    const word = {
      leitai: "board",
      address: location.pathname + location.search,
      page: this.#view.page ?? 1,
      pages: this.#view.pages ?? 1,
      revision: this.#state?.revision ?? null,
      connection: this.#root.dataset.connection,
    };
    const told = JSON.stringify(word);
    if (told === this.#told) return;
    this.#told = told;
    window.parent.postMessage(word, location.origin);
  }

  /** A hall screen must not fall asleep; where the browser cannot promise that, the machine's settings have to. */
  async #stayAwake() {
    if (!HALL.matches || !("wakeLock" in navigator)) return;
    const ask = () => document.hidden || navigator.wakeLock.request("screen").catch(() => {});
    document.addEventListener("visibilitychange", ask);
    await ask();
  }
}

function isOurs(other) {
  try {
    return other.location.origin === location.origin;
  } catch {
    return false;
  }
}
