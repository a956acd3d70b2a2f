/** The judge's list: all sheets, where each stands and what is next; messages; the ways to an entrant; and the lock. */

import { openTablet } from "./app.js";
import { ListView } from "./list-view.js";
import { entrantFor, listOf, targetOf } from "./list.js";
import { MessageList } from "./message-list.js";
import { ProblemDialog } from "./problem.js";
import { ScanDialog, canScan } from "./scan.js";
import { runningSession } from "./session-clock.js";
import { eventOf, sheetOf, subCriterionOf } from "./snapshot.js";
import { Wedge } from "./wedge.js";
import { once, said, textOf } from "./words.js";

const TICK_MS = 1_000;

class TabletPage {
  #tablet;
  #view;
  #list = [];
  #note = document.querySelector("[data-note]");
  #find = document.querySelector("[data-find]");

  async start() {
    const isBusy = () => Boolean(document.querySelector("dialog[open]") || this.#find.elements.find.value);
    this.#tablet = await openTablet({ page: { isBusy } });
    const { words } = this.#tablet;
    this.#view = new ListView(this.#tablet);
    const messages = new MessageList(this.#tablet);
    await messages.start();
    const show = once(() => this.#show());
    for (const type of ["snapshot", "entry", "link", "update"]) this.#tablet.addEventListener(type, show);
    setInterval(() => this.#tick(), TICK_MS);
    this.#prepareProblem(words);
    new Wedge().addEventListener("scan", ({ detail }) => this.#choose(detail.text));
    this.#find.addEventListener("submit", (event) => this.#findTyped(event));
    this.#prepareScan(words);
    document.querySelector("[data-lock]").addEventListener("click", () => this.#lock());
    document.querySelector("[data-events]").addEventListener("click", (event) => this.#askFirst(event));
    addEventListener("hashchange", () => this.#followHash());
    this.#show();
    this.#followHash();
  }

  #show() {
    const { snapshot, entries, link, clock } = this.#tablet;
    // A tablet that is locked and keeps nothing has nothing to show but the way to its PIN.
    if (!snapshot && link === "locked") location.replace("/judge/unlock");
    this.#list = snapshot ? listOf(snapshot, entries, clock.now()) : [];
    this.#view.show(this.#list);
  }

  /** Clocks run on; when a session begins or ends the list is another. */
  #tick() {
    const { snapshot, clock } = this.#tablet;
    const now = clock.now();
    const is_same = snapshot && this.#list.every(({ event, running }) => runningSession(event, now) === running);
    if (is_same) this.#view.tick(this.#list, now);
    else if (snapshot) this.#show();
  }

  // Choosing an entrant --------------------------------------------------------------------------------------------------

  #followHash() {
    if (!/[#&](bench|code)=/.test(location.hash) || !this.#tablet.snapshot) return;
    const { hash } = location;
    history.replaceState(null, "", "/judge");
    this.#choose(hash);
  }

  #findTyped(event) {
    event.preventDefault();
    const field = this.#find.elements.find;
    if (!field.value.trim()) return;
    this.#choose(field.value);
    field.value = "";
  }

  /** Open the sheet of the entrant that a text means; where there are several to do, show them. */
  #choose(text) {
    const target = targetOf(text);
    const place = target && entrantFor(this.#list, target);
    if (!place) {
      this.#say(said(this.#tablet.words, "not_found", { text: target?.code ?? target?.bench ?? text }), "bad");
      return;
    }
    this.#say("");
    const open = place.entrant.sheets.filter(({ state }) => state !== "signed");
    const [first] = [...open, ...place.entrant.sheets];
    if (open.length === 1 || place.entrant.sheets.length === 1) this.#view.rowOf(first.sheet.id).click();
    else this.#view.pointAt(first.sheet.id);
  }

  /** A sheet of another session than the one that runs is opened only when its judge says so. */
  async #askFirst(event) {
    const link = event.target.closest("a[data-sheet-id]");
    const sheet = link && sheetOf(this.#tablet.snapshot, link.dataset.sheetId);
    const { running } = this.#list.find((each) => each.event.id === eventOf(this.#tablet.snapshot, sheet?.id)?.id) ?? {};
    if (!sheet || !running || !sheet.session || sheet.session === running.number) return;
    event.preventDefault();
    const dialog = document.querySelector("[data-other-session]");
    const data = { code: sheet.code, session: sheet.session, running: running.number };
    dialog.querySelector("[data-other-session-text]").textContent = said(this.#tablet.words, "other_session", data);
    dialog.returnValue = "";
    dialog.showModal();
    await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
    if (dialog.returnValue === "open") location.assign(link.href);
  }

  #prepareProblem(words) {
    const place = (sheet_id) => {
      const { snapshot } = this.#tablet;
      const event = (sheet_id && eventOf(snapshot, sheet_id)) || snapshot.events[0];
      return { event_id: event.id, sheet_id: sheet_id || null, aspect: null };
    };
    const dialog = new ProblemDialog({ tablet: this.#tablet, place, told: () => this.#say(words.problem_kept, "good") });
    document.querySelector("[data-problem]").addEventListener("click", () => {
      const { snapshot } = this.#tablet;
      const sheets = snapshot?.events.flatMap((event) => event.sheets) ?? [];
      const label = (sheet) => `${sheet.code} · ${textOf(subCriterionOf(snapshot, sheet.id).name)}`;
      if (sheets.length) dialog.ask("", sheets.map((sheet) => new Option(label(sheet), sheet.id)));
    });
  }

  #prepareScan(words) {
    const button = document.querySelector("[data-scan]");
    const dialog = new ScanDialog(document.querySelector("[data-scanning]"), words);
    button.hidden = !canScan();
    button.addEventListener("click", async () => {
      const text = await dialog.scan();
      if (text) this.#choose(text);
    });
  }

  // Locking --------------------------------------------------------------------------------------------------------------

  async #lock() {
    const kept = await this.#tablet.lock();
    if (kept) this.#say(said(this.#tablet.words, kept.why === "queued" ? "lock_queued" : "lock_offline", { n: kept.n }), "wait");
    else location.assign("/judge/unlock");
  }

  #say(sentence, tone = "wait") {
    this.#note.dataset.tone = tone;
    this.#note.textContent = sentence;
    this.#note.hidden = !sentence;
    if (sentence) this.#note.scrollIntoView({ block: "nearest" });
  }
}

new TabletPage().start();
