/**
 * The form of one sub-criterion, filled for the sheet that the address names: every change becomes an entry of the outbox, its card
 * says in words where that is, and a sheet that was read back whole can be signed. The next entrant is a change of the address's
 * hash: nothing is loaded.
 */

import { openTablet } from "./app.js";
import { AspectCard } from "./aspect-card.js";
import { BenchClock } from "./bench-clock.js";
import * as cells from "./cells.js";
import { points, sum } from "./decimals.js";
import { Drafts } from "./drafts.js";
import { Entering, isSeen, newMemory, remember } from "./entering.js";
import { Pad } from "./pad.js";
import { timeLeft } from "./panel-view.js";
import { preview } from "./preview.js";
import { ProblemDialog } from "./problem.js";
import { expectedReadings, inWords, isPointless, weighed } from "./readings.js";
import { Scans } from "./scans.js";
import { isOpen, signOffOf } from "./sign-off.js";
import { Signing } from "./signing.js";
import { addressOf, eventOf, sheetOf } from "./snapshot.js";
import { Thread } from "./thread.js";
import { Top } from "./top.js";
import { Undo } from "./undo.js";
import { uuid7 } from "./uuid7.js";
import { neighbours } from "./walk.js";
import { Way, goTo } from "./way.js";
import { WhyDialog } from "./why.js";
import { dataBlock, said, textOf, timeOfDay } from "./words.js";

const TICK_MS = 1_000;

class ScoreSheet {
  #facts = dataBlock("facts");
  #sub = this.#facts.sub_criterion;
  #words = dataBlock("words");
  #language = document.documentElement.lang;
  #cards = new Map();
  #memories = new Map();
  #drafted = new Map();
  #id = null;
  #is_kept = true;
  #tablet;
  #drafts;
  #undo;
  #entering;
  #top;
  #clock;
  #signing;
  #problem;
  #thread;
  #way;

  async start() {
    const words = this.#words;
    const tablet = await openTablet({ page: { isBusy: () => this.#isBusy() } });
    const parts = { page: this.#asPage(), tablet, words };
    const pad = new Pad(document.querySelector("[data-pad]"), words);
    this.#tablet = tablet;
    this.#undo = new Undo(document.querySelector("[data-undo]"), words, (entry) => this.#takeBack(entry));
    this.#entering = new Entering({ ...parts, why: new WhyDialog(document.querySelector("[data-why]"), words), undo: this.#undo });
    this.#top = new Top(words, this.#facts.time_zone);
    const changed = (what) => this.#announce("clock_aloud", { what });
    this.#clock = new BenchClock({ tablet, words, time_zone: this.#facts.time_zone, changed });
    this.#signing = new Signing(parts);
    this.#thread = new Thread(parts);
    const place = (aspect) => {
      const { event, sheet } = this.#current();
      return { event_id: event.id, sheet_id: sheet.id, aspect: aspect || null };
    };
    this.#problem = new ProblemDialog({ tablet, place, told: () => this.#announce("problem_aloud") });
    document.querySelector("[data-problem-open]").addEventListener("click", () => this.#problem.ask());
    this.#way = new Way({ tablet, words, sub_criterion: this.#sub.id });
    this.#makeCards(pad);
    new Scans({ page: this.#asPage(), cards: this.#cards, pad, words });
    this.#listen();
    this.#turn();
    setInterval(() => this.#render(), TICK_MS);
  }

  /** What the parts of this page may ask it, and tell it. */
  #asPage() {
    return {
      current: () => this.#current(),
      at: (id) => this.#at(id),
      order: () => this.#way.order(this.#current()),
      inWords: (id, mark) => this.#inWords(id, mark),
      clock: (iso) => timeOfDay(iso, this.#facts.time_zone),
      keepDraft: (id, values) => this.#keepDraft(id, values),
      goTo: (why) => this.#goToBlocked(why),
      done: (key, data) => this.#announce(key, data),
      warn: (code) => {
        this.#top.warnScanned(code);
        this.#render();
      },
      failed: () => {
        this.#is_kept = false;
        this.#render();
      },
    };
  }

  #makeCards(pad) {
    const desk = {
      language: this.#language,
      tablet: this.#tablet,
      pad,
      previous: (id) => this.#previous(id),
      draft: (id, values) => this.#keepDraft(id, values),
      enter: (id, ...reading) => this.#entering.enter(id, ...reading),
      again: (entry) => this.#tablet.again(entry),
      setAside: (entry) => this.#tablet.setAside(entry),
      photograph: (aspect) => this.#photographing(aspect),
      signal: (aspect) => this.#problem.ask(aspect),
    };
    for (const aspect of this.#sub.aspects) {
      const element = document.querySelector(`[data-aspect="${CSS.escape(aspect.id)}"]`);
      this.#cards.set(aspect.id, new AspectCard(element, aspect, this.#words, desk));
    }
  }

  #listen() {
    const on = (type, work = () => {}) =>
      this.#tablet.addEventListener(type, ({ detail }) => {
        work(detail);
        this.#render();
      });
    on("entry", (message) => this.#hear(message));
    on("slot", (slot) => this.#top.hearSlot(slot));
    on("message", ({ message }) => this.#top.hearMessage(message));
    on("snapshot", () => this.#id === null && this.#turn());
    for (const type of ["sending", "photograph", "link"]) on(type);
    addEventListener("hashchange", () => this.#turnOnceEntered());
  }

  // Whose sheet ----------------------------------------------------------------------------------------------------------

  /** The next entrant comes up once everything that was tapped for this one is kept. */
  async #turnOnceEntered() {
    if (!document.querySelector("dialog[open]")) await this.#entering.settled();
    this.#turn();
  }

  /** Show the sheet that the address names; a hash that names none leaves what is shown as it is. */
  #turn() {
    const id = location.hash.slice(1);
    const is_first = this.#id === null;
    // A dialog is about the sheet it was opened on, also when a gesture goes back behind it.
    if (!sheetOf(this.#tablet.snapshot, id) || id === this.#id || document.querySelector("dialog[open]")) {
      if (!is_first) history.replaceState(null, "", `#${this.#id}`);
      this.#render();
      return;
    }
    this.#id = id;
    this.#drafts = new Drafts(id);
    this.#drafted = new Map(this.#sub.aspects.map((aspect) => [aspect.id, this.#drafts.get(aspect.id, expectedReadings(aspect))]));
    this.#undo.close();
    this.#top.turn();
    this.#tablet.opened(id);
    const here = new URLSearchParams({ next: location.pathname + location.hash });
    for (const link of document.querySelectorAll("[data-language]")) link.search = here;
    this.#render();
    if (is_first) return;
    scrollTo({ top: 0, behavior: "instant" });
    document.querySelector("[data-whose]").focus({ preventScroll: true });
  }

  /** Everything about the sheet that is shown; null while there is none to show. */
  #current() {
    const { snapshot, entries, clock, link } = this.#tablet;
    const sheet = sheetOf(snapshot, this.#id);
    if (!sheet) return null;
    const event = eventOf(snapshot, this.#id);
    const own = entries.filter((entry) => entry.sheet_id === sheet.id);
    const is_current = event.id === this.#facts.event_id && event.scheme_digest === this.#facts.scheme_digest;
    const is_open = is_current && this.#is_kept && link !== "storage" && isOpen(signOffOf(sheet, own));
    const memory = this.#memory();
    const cellOf = (aspect) => {
      const draft = is_open ? this.#drafted.get(aspect.id) : null;
      return cells.cellOf(aspect, { sheet, entries: own, memory, draft });
    };
    return { event, sheet, entries: own, is_current, is_open, now: clock.now(), cells: this.#sub.aspects.map(cellOf) };
  }

  #at(id) {
    const current = this.#current();
    return { ...current, cell: current.cells.find((cell) => cell.aspect.id === id), memory: this.#memory() };
  }

  #memory() {
    if (!this.#memories.has(this.#id)) this.#memories.set(this.#id, newMemory());
    return this.#memories.get(this.#id);
  }

  /** What was given for an aspect to the entrant before this one in the session, and whose that is. */
  #previous(id) {
    const current = this.#current();
    const { before } = neighbours(this.#way.order(current), this.#id);
    const mark = before?.session === current.sheet.session && before.marks.find((mark) => mark.aspect === id);
    return mark ? { mark, code: before.code } : null;
  }

  // Entering -------------------------------------------------------------------------------------------------------------

  #keepDraft(id, values) {
    this.#drafted.set(id, values);
    this.#drafts.set(id, values);
    this.#render();
  }

  async #takeBack(entry) {
    await this.#entering.takeBack(entry);
    this.#announce("taken_back_aloud", { aspect: entry.command.aspect });
    document.querySelector(`[data-aspect="${CSS.escape(entry.command.aspect)}"] h2`).focus({ preventScroll: true });
  }

  /** What keeps a photograph of the sheet that is shown now, whichever is shown by the time it is made small. */
  #photographing(aspect) {
    const { event, sheet } = this.#current();
    const photograph = { id: uuid7(), event_id: event.id, sheet_id: sheet.id, aspect, taken_at: new Date().toISOString() };
    return (blob) => this.#tablet.addPhotograph({ ...photograph, blob });
  }

  #hear({ type, entry, receipt }) {
    const memory = this.#memories.get(entry.sheet_id);
    if (type === "receipt" && memory) remember(memory, entry, receipt);
    if (type === "queued") this.#is_kept = true;
    if (entry.sheet_id !== this.#id || entry.kind !== "mark") return;
    const { aspect } = entry.command;
    if (type === "refusal") this.#announce("refused_aloud", { aspect, detail: entry.refusal.detail });
    else if (type === "queued") this.#announce("entered_aloud", { aspect, reading: this.#inWords(aspect, entry.command) });
  }

  #isBusy() {
    return Boolean(document.querySelector("dialog[open]")) || [...this.#cards.values()].some((card) => card.isBusy);
  }

  // Showing --------------------------------------------------------------------------------------------------------------

  #render() {
    const current = this.#current();
    document.querySelector("[data-gone]").hidden = Boolean(current);
    document.querySelector("[data-shown-sheet]").hidden = !current;
    if (!current) return;
    const { event, sheet, entries, now, is_open } = current;
    if (!is_open || isSeen(sheet, this.#undo.aspect)) this.#undo.close();
    this.#top.show({ event, sheet, now, awaited: this.#awaited(current) });
    this.#clock.show(current);
    this.#showNotices(current);
    for (const cell of current.cells) {
      const state = cells.stateOf(cell, this.#tablet.sending, now);
      this.#cards.get(cell.aspect.id).show({ sheet, cell, state, now, is_open });
      this.#showRow(cell, state);
    }
    document.querySelector("[data-sum]").textContent = this.#sum(current.cells);
    this.#signing.show(current);
    this.#thread.show(sheet, entries);
    this.#way.show(current);
  }

  #showNotices({ event, sheet, is_current }) {
    const part = (name) => document.querySelector(`[data-${name}]`);
    const reopened = sheet.sealed_at ? null : sheet.reopened_for;
    part("amended").hidden = is_current;
    part("reopened").hidden = reopened === null;
    part("reopened-for").textContent = reopened ?? "";
    part("judge").textContent = said(this.#words, "judge", { judge: this.#tablet.snapshot.judge });
    part("event").textContent = textOf(event.name);
  }

  /** A line to read back: what stands, or why something is still to do. */
  #showRow(cell, state) {
    const row = document.querySelector(`[data-row="${CSS.escape(cell.aspect.id)}"]`);
    const mark = cells.standing(cell);
    const is_to_do = cells.isMissing(cell) || ["draft", "attention", "revote"].includes(state);
    row.dataset.missing = is_to_do ? "yes" : "no";
    const blank = this.#words[cells.isSettled(cell) ? "state_settled" : "missing"];
    row.querySelector("[data-row-reading]").textContent = mark ? this.#inWords(cell.aspect.id, mark) : blank;
    row.querySelector("[data-row-why]").textContent = is_to_do && mark ? this.#words[`state_${state}`] : "";
    const has_points = mark && !isPointless(cell.aspect);
    row.querySelector("[data-row-points]").textContent = has_points ? points(weighed(cell.aspect, given(cell.aspect, mark))) : "–";
  }

  #sum(all) {
    const marked = all.filter((cell) => cells.standing(cell));
    const each = marked.map((cell) => weighed(cell.aspect, given(cell.aspect, cells.standing(cell))));
    return each.length ? points(sum(each)) : "–";
  }

  /** The re-votes that wait for this judge, on whatever sheet of the event, each with the time that is left. */
  #awaited({ event, now }) {
    const marks = [...event.sheets.flatMap((sheet) => sheet.marks), ...this.#tablet.entries.map(({ command }) => command)];
    const answered = new Set(marks.map(({ revote }) => revote));
    const waits = ({ id, awaits_own, closes_at }) => awaits_own && Date.parse(closes_at) > now && !answered.has(id);
    const address = (sheet, aspect) => (sheet.id === this.#id ? `#aspect-${aspect}` : addressOf(event, sheet));
    return event.sheets.flatMap((sheet) =>
      sheet.revotes.filter(waits).map(({ id, aspect, closes_at }) => {
        return { id, aspect, code: sheet.code, address: address(sheet, aspect), left: timeLeft(closes_at, now) };
      }),
    );
  }

  #goToBlocked(why) {
    const { cells: all, now } = this.#current();
    goTo(document.getElementById(`aspect-${cells.firstBlocked(all, why, now).aspect.id}`));
  }

  #inWords(id, mark) {
    return inWords(this.#sub.aspects.find((aspect) => aspect.id === id), mark, this.#words, this.#language);
  }

  #announce(key, data) {
    document.querySelector("[data-announce]").textContent = said(this.#words, key, data);
  }
}

/** What a mark gives: as the server says it, before that as this tablet reckons. */
function given(aspect, mark) {
  return mark.points ?? preview(aspect, mark.values, mark.state).points;
}

new ScoreSheet().start();
