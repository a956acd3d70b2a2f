/**
 * One score sheet: every change becomes a mark in the outbox, its card says in words where that mark is, and a sheet that was
 * read back whole can be signed.
 */

import { AspectCard } from "./aspect-card.js";
import * as cells from "./cells.js";
import { points, sum } from "./decimals.js";
import { Drafts } from "./drafts.js";
import { startSending } from "./judge.js";
import { Outbox } from "./outbox.js";
import { Pad } from "./pad.js";
import { areSame, expectedReadings, inWords, isPointless, mostOf, weighed } from "./readings.js";
import { ask, send } from "./server.js";
import { uuid7 } from "./uuid7.js";
import { WhyDialog } from "./why.js";
import { dataBlock, said } from "./words.js";

const LOOK_AGAIN_MS = 10_000;

class ScoreSheet {
  #facts = dataBlock("facts");
  #words = dataBlock("words");
  #language = document.documentElement.lang;
  #sheet = this.#facts.sheet;
  #revision = this.#facts.revision;
  #drafts = new Drafts(this.#sheet.id);
  #cells = new Map();
  #cards = new Map();
  #outbox = new Outbox();
  #sender;
  #why;
  #entering = Promise.resolve();
  #seal_id = uuid7();

  async start() {
    this.#makeCells();
    const kept = await this.#outbox.all().catch(() => null);
    for (const entry of kept ?? []) if (this.#isMine(entry)) this.#update(entry.mark.aspect, cells.withEntry, entry);
    const hear = (message) => this.#hear(message);
    this.#sender = startSending({ outbox: this.#outbox, judge_id: this.#facts.judge_id, words: this.#words, hear });
    // A browser that keeps nothing takes no marks: the controls stay closed, and the line says why.
    if (kept && !this.#sheet.sealed_at) this.#openControls();
    this.#render();
    this.#watch();
  }

  #makeCells() {
    for (const aspect of this.#facts.sub_criterion.aspects) {
      const mark = this.#sheet.marks.find((mark) => mark.aspect === aspect.id);
      const position = this.#facts.positions[aspect.id];
      const settled = this.#sheet.settled.includes(aspect.id);
      this.#cells.set(aspect.id, cells.cellOf(aspect, mark && { ...mark, position }, settled));
      const element = document.querySelector(`[data-aspect="${CSS.escape(aspect.id)}"]`);
      this.#cards.set(aspect.id, new AspectCard(element, aspect, this.#words, this.#language));
    }
  }

  #openControls() {
    const pad = new Pad(document.querySelector("[data-pad]"), this.#words);
    this.#why = new WhyDialog(document.querySelector("[data-why]"), this.#words);
    for (const [id, card] of this.#cards) {
      const { aspect } = this.#cells.get(id);
      this.#keepDraft(id, this.#drafts.get(id, expectedReadings(aspect)));
      card.open({
        pad,
        cell: () => this.#cells.get(id),
        draft: (values) => this.#keepDraft(id, values),
        enter: (values, state) => this.#enter(id, values, state),
        again: (entry) => this.#sender.again(entry),
        setAside: (entry) => this.#sender.setAside(entry),
      });
    }
    document.querySelector("[data-sign]").addEventListener("click", () => this.#readBack());
    document.querySelector("[data-signing-go]").addEventListener("click", () => this.#sign());
    document.querySelector("[data-next]").addEventListener("click", (event) => this.#goOn(event));
  }

  #watch() {
    addEventListener("pageshow", (event) => event.persisted && this.#refresh());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#refresh());
    setInterval(() => document.visibilityState === "visible" && this.#awaitsOthers() && this.#refresh(), LOOK_AGAIN_MS);
  }

  /** Whether another judge may take work off this sheet: an aspect that not the whole panel marks is to do. */
  #awaitsOthers() {
    return [...this.#cells.values()].some((cell) => cell.aspect.judges && cells.isMissing(cell));
  }

  // Entering -------------------------------------------------------------------------------------------------------------

  #keepDraft(id, values) {
    const draft = cells.isSettled(this.#cells.get(id)) ? null : values;
    this.#drafts.set(id, draft);
    this.#update(id, cells.withDraft, draft);
  }

  /** Make a mark of readings; one at a time, so that each supersedes the one before. */
  #enter(id, values, state = "marked") {
    this.#entering = this.#entering.then(() => this.#enterNow(id, values, state));
    return this.#entering;
  }

  async #enterNow(id, values, state) {
    const before = cells.standing(this.#cells.get(id));
    if (cells.isSettled(this.#cells.get(id))) return;
    if (before && before.state === state && areSame(before.values, values)) {
      this.#keepDraft(id, null);
      return;
    }
    const why = before ? await this.#why.ask(id, this.#inWords(id, before), this.#inWords(id, { values, state })) : {};
    if (!why) {
      this.#keepDraft(id, null);
      return;
    }
    const mark = {
      id: uuid7(),
      sheet_id: this.#sheet.id,
      aspect: id,
      base: this.#revision,
      made_at: new Date().toISOString(),
      values,
      state,
      supersedes: cells.currentId(this.#cells.get(id)),
      reason: why.reason ?? null,
      note: why.note ?? "",
    };
    try {
      await this.#sender.add({ event_id: this.#facts.event_id, sheet_id: this.#sheet.id, mark });
      this.#keepDraft(id, null);
    } catch {
      this.#closeControls();
      this.#sender.fail("storage");
    }
  }

  #closeControls() {
    for (const card of this.#cards.values()) card.close();
  }

  // Hearing from the sender ----------------------------------------------------------------------------------------------

  #hear(message) {
    const { type, entry } = message;
    if (type === "sending") this.#render();
    if (!entry || !this.#isMine(entry)) return;
    const id = entry.mark.aspect;
    if (type === "queued") this.#update(id, cells.withEntry, entry);
    else if (type === "set_aside") this.#update(id, cells.without, entry);
    else if (type === "refusal") {
      this.#update(id, cells.withEntry, entry);
      this.#announce("refused_aloud", { aspect: id, detail: entry.refusal.detail });
    } else if (type === "receipt") this.#received(entry, message.receipt);
  }

  #received(entry, receipt) {
    const { aspect: id } = entry.mark;
    this.#revision = Math.max(this.#revision, receipt.revision);
    this.#update(id, cells.withReceipt, entry, receipt);
    const { aspect, aside } = this.#cells.get(id);
    const most = points(mostOf(aspect));
    const key = isPointless(aspect) ? "received_plain_aloud" : "received_aloud";
    this.#announce(key, { aspect: id, points: points(receipt.points), most });
    if (aside) this.#refresh();
  }

  /** Look at the sheet as the server has it now: this page may be old, or another tablet may have marked. */
  async #refresh() {
    const tablet = await ask("/judge/sheets").catch(() => null);
    const event = tablet?.events?.find((event) => event.id === this.#facts.event_id);
    const sheet = event?.sheets.find((sheet) => sheet.id === this.#sheet.id);
    if (!sheet || tablet.judge_id !== this.#facts.judge_id) return;
    if (sheet.sealed_at !== this.#sheet.sealed_at || sheet.reopened_for !== this.#sheet.reopened_for) {
      this.#overtaken();
      return;
    }
    this.#revision = event.revision;
    const kept = await this.#outbox.all();
    for (const [id, cell] of this.#cells) {
      const gone = [...cell.queued, ...cell.refused].filter((entry) => !kept.some(({ sequence }) => sequence === entry.sequence));
      for (const entry of gone) this.#update(id, cells.without, entry);
      this.#update(id, cells.withReceived, sheet.marks.find((mark) => mark.aspect === id) ?? null);
      this.#settle(id, sheet.settled.includes(id));
    }
  }

  #settle(id, settled) {
    this.#update(id, cells.withSettled, settled);
    if (cells.isSettled(this.#cells.get(id))) this.#drafts.set(id, null);
  }

  /** The sheet was signed or reopened elsewhere: this page is another sheet now, unless it still has something to tell. */
  #overtaken() {
    if (![...this.#cells.values()].some((cell) => cell.aside || cell.draft)) {
      location.reload();
      return;
    }
    this.#closeControls();
    document.querySelector("[data-overtaken]").hidden = false;
  }

  // Signing --------------------------------------------------------------------------------------------------------------

  #readBack() {
    const block = cells.signBlock([...this.#cells.values()]);
    if (block) {
      this.#goTo(this.#firstWith(block.why));
      return;
    }
    document.querySelector("[data-signing-sum]").textContent = this.#sum();
    document.querySelector("[data-signing-fault]").textContent = "";
    document.querySelector("[data-signing]").showModal();
  }

  async #sign() {
    const go = document.querySelector("[data-signing-go]");
    const marks = [...this.#cells.values()].flatMap((cell) => cell.received?.id ?? []);
    go.disabled = true;
    const answer = await send(`/score-sheets/${this.#sheet.id}/seal`, { id: this.#seal_id, marks }).catch(() => null);
    go.disabled = false;
    if (answer?.status === 200 && answer.body?.id === this.#seal_id && Number.isInteger(answer.body.position)) {
      history.scrollRestoration = "manual";
      location.reload();
      return;
    }
    const foreign = answer && typeof answer.body?.detail !== "string";
    const sentence = foreign ? this.#words.alert_wrong_network : answer?.body.detail ?? this.#words.sign_offline;
    document.querySelector("[data-signing-fault]").textContent = sentence;
    if (answer?.status === 409) this.#refresh();
  }

  #sum() {
    const received = [...this.#cells.values()].filter((cell) => cell.received);
    return received.length ? points(sum(received.map((cell) => weighed(cell.aspect, cell.received.points)))) : "–";
  }

  // Showing --------------------------------------------------------------------------------------------------------------

  #update(id, change, ...data) {
    this.#cells.set(id, change(this.#cells.get(id), ...data));
    this.#renderCell(id);
    this.#renderWhole();
  }

  #render() {
    for (const id of this.#cells.keys()) this.#renderCell(id);
    this.#renderWhole();
  }

  #renderCell(id) {
    const cell = this.#cells.get(id);
    this.#cards.get(id).show(cell, cells.stateOf(cell, this.#sender?.sending));
    const row = document.querySelector(`[data-row="${CSS.escape(id)}"]`);
    const mark = cells.standing(cell);
    row.dataset.missing = cells.isMissing(cell) ? "yes" : "no";
    row.querySelector("[data-row-reading]").textContent = mark ? this.#inWords(id, mark) : this.#blankInWords(cell);
    const has_points = mark && mark === cell.received && !isPointless(cell.aspect);
    row.querySelector("[data-row-points]").textContent = has_points ? points(weighed(cell.aspect, mark.points)) : "–";
  }

  #renderWhole() {
    if (this.#sheet.sealed_at) return;
    const all = [...this.#cells.values()];
    const [n, m] = [all.length - cells.missing(all).length, all.length];
    document.querySelector("[data-sum]").textContent = this.#sum();
    document.querySelector("[data-progress]").textContent = said(this.#words, "progress", { n, m });
    document.querySelector("[data-progress-bar]").value = n;
    const block = cells.signBlock(all);
    const why = document.querySelector("[data-sign-why]");
    const sentence = block ? said(this.#words, `sign_${block.why}`, { n: block.n }) : this.#words.sign_ready;
    if (why.textContent !== sentence) why.textContent = sentence;
    why.dataset.ready = block ? "no" : "yes";
    document.querySelector("[data-sign]").setAttribute("aria-disabled", Boolean(block));
    const next = document.querySelector("[data-next]");
    const [open] = cells.missing(all);
    next.textContent = this.#words[open ? "next_open" : "read_back"];
    next.hash = open ? `aspect-${open}` : "read-back";
  }

  #firstWith(why) {
    const is = {
      attention: (cell) => cell.refused.length,
      draft: (cell) => cell.draft,
      missing: cells.isMissing,
      on_tablet: (cell) => cell.queued.length,
    }[why];
    const [id] = [...this.#cells].find(([, cell]) => is(cell));
    return document.getElementById(`aspect-${id}`);
  }

  #goOn(event) {
    event.preventDefault();
    this.#goTo(document.querySelector(event.currentTarget.hash.replaceAll(".", "\\.")));
  }

  /** Bring a card under the eye, and the keyboard to its first control. */
  #goTo(element) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
    element.querySelector("fieldset button, [data-sign]")?.focus({ preventScroll: true });
  }

  #blankInWords(cell) {
    return cells.isSettled(cell) ? this.#words.state_settled : this.#words.missing;
  }

  #inWords(id, mark) {
    return inWords(this.#cells.get(id).aspect, mark, this.#words, this.#language);
  }

  #announce(key, data) {
    document.querySelector("[data-announce]").textContent = said(this.#words, key, data);
  }

  #isMine(entry) {
    return entry.sheet_id === this.#sheet.id && entry.judge_id === this.#facts.judge_id && this.#cells.has(entry.mark.aspect);
  }
}

new ScoreSheet().start();
