/**
 * The stopwatch of a timed aspect: start, lap (the next run begins at once), stop. It never enters what it measured.
 *
 * A start is kept in this browser with the server's time and the tablet's own, so that neither a reload nor a sleep costs it.
 */

import { asTime } from "./times.js";

const PREFIX = "leitai.stopwatch";
const AGREE_MS = 2_000;
/** So long the server may take to say what time it is, before the tablet's own clock has to do. */
const MOST_ASKED_MS = 2_000;

/** A moment as a start is kept: by the server's time and by the tablet's (ms), and whether the server's is known, and heard now. */
export function momentOf({ clock, link }, wall = Date.now()) {
  return { server: clock.now(), wall, is_known: clock.isSure(), is_heard: link === "ok" && clock.isSure() };
}

/**
 * Milliseconds from one moment to another: by the server's time, which hardly ever differs from the tablet's in this.
 *
 * Where it does, either the tablet's clock was put right in between, or the server was first heard then, or the tablet slept out of
 * its reach. Only in the first case, which the server being heard at the end tells, is the server's time the right one.
 */
export function elapsed(start, end) {
  const [by_server, by_wall] = [end.server - start.server, end.wall - start.wall];
  const is_sure = (start.is_known && end.is_heard) || Math.abs(by_server - by_wall) < AGREE_MS;
  return Math.max(0, Math.floor(is_sure ? by_server : by_wall));
}

/** Milliseconds as seconds with so many decimals, cut as a watch shows them: a text, exact. */
export function asSeconds(ms, places) {
  const digits = String(ms).padStart(4, "0");
  const fraction = digits.slice(-3).padEnd(places, "0").slice(0, places);
  return digits.slice(0, -3) + (fraction ? `.${fraction}` : "");
}

export class Stopwatch {
  #element;
  #places;
  #tablet;
  #hear;
  #key = null;
  #start = null;
  #frame = 0;
  #awake = null;

  /** `hear(seconds)` gets each run as it ends. */
  constructor(element, { places, tablet, hear }) {
    this.#element = element;
    this.#places = places;
    this.#tablet = tablet;
    this.#hear = hear;
    const on = (name, work) => element.querySelector(`[data-watch-${name}]`)?.addEventListener("click", work);
    on("start", () => this.#run(momentOf(this.#tablet)));
    on("lap", () => this.#end({ goes_on: true }));
    on("stop", () => this.#end({ goes_on: false }));
  }

  /** Show the watch of this sheet's aspect: running, if it was left running. */
  show(sheet_id, aspect_id) {
    const key = `${PREFIX}.${sheet_id}.${aspect_id}`;
    if (key === this.#key) return;
    this.#key = key;
    this.#start = kept(key);
    this.#render();
  }

  get isRunning() {
    return this.#start !== null;
  }

  #run(start) {
    this.#start = start;
    keep(this.#key, start);
    this.#render();
  }

  async #end({ goes_on }) {
    const [start, key, pressed] = [this.#start, this.#key, momentOf(this.#tablet)];
    this.#run(goes_on ? pressed : null);
    const end = await this.#madeSure(pressed);
    if (key !== this.#key) return;
    if (goes_on && this.#start === pressed) this.#run(end);
    this.#hear(asSeconds(elapsed(start, end), this.#places));
  }

  /** The moment as the server tells it: a tablet that slept and one whose clock was set look alike until it is heard. */
  async #madeSure(pressed) {
    const { clock, link } = this.#tablet;
    if (clock.isSure() || link !== "ok") return pressed;
    const began = performance.now();
    await Promise.race([this.#tablet.refresh(), new Promise((resolve) => setTimeout(resolve, MOST_ASKED_MS))]);
    const since = performance.now() - began;
    const now = momentOf(this.#tablet);
    return { ...now, server: now.server - since, wall: now.wall - since };
  }

  #render() {
    cancelAnimationFrame(this.#frame);
    const part = (name) => this.#element.querySelector(`[data-watch-${name}]`);
    this.#element.dataset.running = this.isRunning ? "yes" : "no";
    const had_focus = this.#element.contains(document.activeElement);
    part("start").hidden = this.isRunning;
    part("stop").hidden = !this.isRunning;
    const lap = part("lap");
    if (lap) lap.disabled = !this.isRunning;
    if (had_focus && document.activeElement === document.body) part(this.isRunning ? "stop" : "start").focus();
    this.#stayAwake();
    this.#tick();
  }

  #tick() {
    const ms = this.isRunning ? elapsed(this.#start, momentOf(this.#tablet)) : 0;
    this.#element.querySelector("[data-watch-time]").textContent = asTime(asSeconds(ms, this.#places), this.#places);
    if (this.isRunning) this.#frame = requestAnimationFrame(() => this.#tick());
  }

  /** Keep the screen on while a run is timed, where the browser can. */
  #stayAwake() {
    this.#awake?.then((lock) => lock?.release());
    this.#awake = this.isRunning && navigator.wakeLock ? navigator.wakeLock.request("screen").catch(() => null) : null;
  }
}

function kept(key) {
  try {
    const start = JSON.parse(localStorage.getItem(key));
    return Number.isFinite(start?.server) && Number.isFinite(start.wall) ? start : null;
  } catch {
    return null;
  }
}

function keep(key, start) {
  try {
    if (start) localStorage.setItem(key, JSON.stringify(start));
    else localStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing times all the same, for as long as the page is open.
  }
}
