// A board's page come alive: follows the stream, turns the pages of a hall screen, and moves the rows.

import {
  changedTotals,
  connectionOf,
  figure,
  fit,
  movers,
  nextPage,
  pagesOf,
  pinnedOf,
  receive,
  total,
  transitionOf,
} from "./board-state.js";
import { LiveStream, SILENCE_MS } from "./live.js";

const PAGE_MS = 10_000;
const MOVE_MS = 500;
const FADE_MS = 400;
const HIGHLIGHT_MS = 2_400;
const LEAST_ROWS = 6;
const HALL = matchMedia("(min-width: 1100px) and (min-aspect-ratio: 5/4)");
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const EASE = "cubic-bezier(0.2, 0, 0, 1)";

class BoardPage {
  #root;
  #body;
  #blank;
  #rows = new Map();
  #state = null;
  #stream;
  #isFetched = false;
  #page = 0;
  #pages = [];
  #turnAt = performance.now() + PAGE_MS;
  #isPaused = false;

  constructor(root) {
    this.#root = root;
    this.#body = root.querySelector("[data-rows]");
    this.#blank = document.querySelector("[data-row-template]").content.querySelector("tr");
    for (const tr of this.#body.rows) this.#rows.set(tr.dataset.code, tr);
    this.#stream = new LiveStream(
      () => root.dataset.liveAddress,
      () => this.#state?.revision ?? null,
    );
  }

  start() {
    this.#root.dataset.scripted = "";
    this.#stream.addEventListener("message", (event) => this.#hear(event.detail));
    this.#stream.addEventListener("connection", () => this.#tick());
    this.#stream.addEventListener("fetch", () => this.#fetch());
    this.#body.addEventListener("click", (event) => this.#open(event));
    addEventListener("keydown", (event) => this.#key(event));
    addEventListener("resize", () => this.#layOut());
    HALL.addEventListener("change", () => this.#layOut());
    if (this.#root.dataset.isCurrent === "yes") this.#stream.heard();
    this.#layOut();
    this.#stream.start();
    this.#stayAwake();
  }

  #hear(message) {
    const { state, gap } = receive(this.#state, message);
    const before = this.#state;
    this.#state = state;
    if (state !== before) this.#show(before);
    if (gap) this.#fetch();
  }

  // The state by plain HTTP: after a gap, and where no socket gets through. How old it may be, the answer says itself.
  async #fetch() {
    try {
      const answer = await fetch(this.#root.dataset.stateAddress, { cache: "no-cache" });
      if (!answer.ok) throw new Error(answer.statusText);
      this.#isFetched = Number(answer.headers.get("Age") ?? 0) * 1000 < SILENCE_MS;
      if (this.#isFetched) this.#stream.heard();
      this.#hear(await answer.json());
    } catch {
      this.#isFetched = false;
    }
    this.#tick();
  }

  #show(before) {
    const { board, rows } = this.#state;
    if (board.columns.map((column) => column.id).join(" ") !== this.#root.dataset.columns) {
      location.reload();
      return;
    }
    this.#showHead(board, rows);
    const changed = before ? changedTotals(before.rows, rows) : [];
    const places = this.#places();
    const codes = new Set(rows.map((row) => row.code));
    for (const [code, tr] of this.#rows) {
      if (!codes.has(code)) {
        tr.remove();
        this.#rows.delete(code);
      }
    }
    for (const row of rows) this.#fill(row);
    this.#layOut();
    if (before && !STILL.matches) {
      this.#move(places);
      for (const code of changed) this.#highlight(this.#rows.get(code));
    }
  }

  #showHead(board, rows) {
    const root = this.#root;
    const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
    root.querySelector("[data-title]").textContent = board.title[language] || board.title.zh || board.title.en;
    root.dataset.status = board.status;
    root.dataset.named = rows.some((row) => row.name) ? "yes" : "no";
    const publication = root.querySelector("[data-publication]");
    publication.hidden = board.status === "live";
    publication.textContent = publication.dataset[`word${capital(board.status)}`] ?? "";
    publication.dataset.tone = { official: "good", provisional: "note", frozen: "note" }[board.status] ?? "plain";
    const published = root.querySelector("[data-published]");
    published.hidden = !board.published_at;
    if (board.published_at) {
      published.textContent = published.dataset.word.replace("{time}", this.#moment(new Date(board.published_at)));
    }
    const count = root.querySelector("[data-count]");
    count.textContent = count.dataset.word.replace("{count}", rows.length);
    root.querySelector("[data-nobody]")?.toggleAttribute("hidden", rows.length > 0);
  }

  #fill(row) {
    let tr = this.#rows.get(row.code);
    if (!tr) {
      tr = this.#blank.cloneNode(true);
      tr.dataset.code = row.code;
      this.#rows.set(row.code, tr);
    }
    tr.dataset.rank = row.rank ?? "";
    tr.dataset.state = row.state;
    const rank = tr.querySelector("[data-rank-text]");
    rank.toggleAttribute("data-shared", row.shared);
    set(rank, row.rank ?? "–");
    set(tr.querySelector(".code"), row.code);
    const name = tr.querySelector(".name");
    name.dataset.fit = fit(row.name);
    set(name, row.name);
    set(tr.querySelector(".delegation"), row.delegation);
    tr.querySelectorAll("td.figure").forEach((cell, index) => {
      cell.toggleAttribute("data-blank", row.figures[index] === null);
      set(cell.querySelector(".value"), figure(row.figures[index]));
    });
    const sum = tr.querySelector(".total");
    sum.toggleAttribute("data-blank", row.rank === null);
    set(sum, total(row));
    tr.querySelector("progress").value = row.progress;
    const table = this.#body.parentElement;
    set(tr.querySelector(".share"), row.state === "competing" ? `${row.progress}%` : table.dataset[`word${capital(row.state)}`]);
  }

  // Puts the rows in their order and shows those of this page; a list shows them all.
  #layOut() {
    const rows = this.#state?.rows ?? [...this.#rows].map(([code, tr]) => ({ code, rank: tr.dataset.rank || null }));
    this.#pages = HALL.matches ? pagesOf(rows, this.#rowsThatFit()) : [rows];
    this.#page = Math.min(this.#page, this.#pages.length - 1);
    const shown = new Set(this.#pages[this.#page].map((row) => row.code));
    const isPaged = this.#pages.length > 1;
    const pinned = isPaged ? pinnedOf(rows) : 0;
    let last = null;
    rows.forEach(({ code }, place) => {
      const tr = this.#rows.get(code);
      const next = last ? last.nextElementSibling : this.#body.firstElementChild;
      if (next !== tr) this.#body.insertBefore(tr, next);
      last = tr;
      tr.hidden = !shown.has(code);
      if (place < pinned) tr.dataset.pinned = place === pinned - 1 ? "last" : "yes";
      else delete tr.dataset.pinned;
    });
    this.#showPager(isPaged);
  }

  #showPager(isPaged) {
    const pager = this.#root.querySelector("[data-pager]");
    pager.hidden = !isPaged;
    pager.toggleAttribute("data-paused", this.#isPaused);
    if (!isPaged) return;
    set(pager.querySelector("[data-page]"), `${this.#page + 1}/${this.#pages.length}`);
    const ticks = pager.querySelector("[data-ticks]");
    while (ticks.childElementCount < this.#pages.length) ticks.append(document.createElement("i"));
    while (ticks.childElementCount > this.#pages.length) ticks.lastElementChild.remove();
    [...ticks.children].forEach((tick, index) => tick.toggleAttribute("data-on", index === this.#page));
  }

  #rowsThatFit() {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const row = Number.parseFloat(getComputedStyle(this.#root).getPropertyValue("--row")) * rem;
    const table = this.#body.parentElement;
    const room = table.getBoundingClientRect().height - table.tHead.getBoundingClientRect().height;
    return Math.max(LEAST_ROWS, Math.floor(room / row));
  }

  #turn(step) {
    const page = nextPage(this.#page, this.#pages.length, step);
    this.#turnAt = performance.now() + PAGE_MS;
    if (page === this.#page) return;
    this.#page = page;
    this.#layOut();
    if (STILL.matches) return;
    for (const tr of this.#visible()) if (!tr.dataset.pinned) fade(tr);
  }

  #visible() {
    return [...this.#body.rows].filter((tr) => !tr.hidden);
  }

  #places() {
    return new Map(this.#visible().map((tr) => [tr.dataset.code, tr.getBoundingClientRect().top]));
  }

  // FLIP: each row that stands elsewhere starts where it stood and moves to where it stands now, by transform alone.
  #move(places) {
    const before = [...places.keys()];
    const visible = this.#visible();
    const after = visible.map((tr) => tr.dataset.code);
    const transition = transitionOf(before, after);
    if (transition === "none") return;
    if (transition === "fade") {
      for (const tr of visible) fade(tr);
      return;
    }
    const moved = new Set(movers(before, after));
    for (const tr of visible) {
      const old = places.get(tr.dataset.code);
      if (old === undefined) fade(tr);
      else if (moved.has(tr.dataset.code)) slide(tr, old - tr.getBoundingClientRect().top);
    }
  }

  #highlight(tr) {
    if (tr.hidden) return;
    const accent = getComputedStyle(this.#root).getPropertyValue("--accent");
    const marked = getComputedStyle(this.#root).getPropertyValue("--surface-marked");
    tr.querySelector(".total").animate([{ color: accent }, { color: accent, offset: 0.6 }, {}], HIGHLIGHT_MS);
    tr.animate([{ backgroundColor: marked }, { backgroundColor: marked, offset: 0.6 }, {}], HIGHLIGHT_MS);
  }

  #tick() {
    const now = performance.now();
    if (HALL.matches && !this.#isPaused && !document.hidden && now >= this.#turnAt) this.#turn(1);
    const isOpen = this.#stream.isOpen || this.#isFetched;
    const heardAt = this.#stream.heardAt;
    const connection = connectionOf({ isOpen, heardAt, now });
    const isUndecided = connection === "reconnecting" && !this.#stream.hasFailed;
    if (isUndecided) return;
    const chip = this.#root.querySelector("[data-connection-word]");
    const time = heardAt === null ? "" : this.#clock(new Date(Date.now() - (now - heardAt)));
    if (connection !== "stale" || this.#root.dataset.connection !== "stale") {
      set(chip, chip.dataset[`word${capital(connection)}`].replace("{time}", time));
    }
    // What is prepared or published is not live: good news about the connection would only confuse.
    chip.hidden = connection === "live" && this.#root.dataset.status !== "live";
    chip.dataset.tone = connection === "live" ? "good" : "wait";
    this.#root.dataset.connection = connection;
  }

  #open(event) {
    const tr = event.target.closest("tr");
    if (!tr || HALL.matches) return;
    const isOpen = tr.toggleAttribute("data-open");
    tr.querySelector("[data-more]").setAttribute("aria-expanded", String(isOpen));
  }

  #key(event) {
    if (!HALL.matches || event.target.closest("a, button")) return;
    if (event.key === "ArrowRight") this.#turn(1);
    else if (event.key === "ArrowLeft") this.#turn(-1);
    else if (event.key === " ") {
      event.preventDefault();
      this.#isPaused = !this.#isPaused;
      this.#turnAt = performance.now() + PAGE_MS;
      this.#showPager(this.#pages.length > 1);
    }
  }

  // A hall screen must not fall asleep; where the browser cannot promise that, the machine's settings have to.
  async #stayAwake() {
    if (!HALL.matches || !("wakeLock" in navigator)) return;
    const ask = () => document.hidden || navigator.wakeLock.request("screen").catch(() => {});
    document.addEventListener("visibilitychange", ask);
    await ask();
  }

  #clock(date) {
    return format(date, { timeZone: this.#root.dataset.timeZone, timeStyle: "medium" });
  }

  #moment(date) {
    return format(date, { timeZone: this.#root.dataset.timeZone, dateStyle: "short", timeStyle: "short" });
  }
}

// Day and time as the server writes them, so that nothing jumps when the script takes over.
function format(date, options) {
  return new Intl.DateTimeFormat("sv-SE", options).format(date);
}

function set(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}

function fade(tr) {
  tr.animate([{ opacity: 0 }, { opacity: 1 }], { duration: FADE_MS, easing: EASE });
}

function slide(tr, distance) {
  tr.animate([{ transform: `translateY(${distance}px)`, zIndex: distance > 0 ? 1 : 0 }, { transform: "none" }], {
    duration: MOVE_MS,
    easing: EASE,
  });
}

for (const root of document.querySelectorAll("[data-board]")) new BoardPage(root).start();
