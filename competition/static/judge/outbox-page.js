/** The outbox: every entry that waits on this tablet, the ways to move it on, and how the tablet itself is. */

import { openTablet } from "./app.js";
import { canSeal, download, sealed } from "./rescue.js";
import { othersOf, waitingOf } from "./waiting.js";
import { once, said, span, tintOf } from "./words.js";

const TICK_MS = 1_000;
const SKEW_TOLD_MS = 120_000;
const TONES = { on_tablet: "wait", waits: "wait", sending: "note", attention: "bad" };

class OutboxPage {
  #tablet;
  #words;
  #language = document.documentElement.lang;
  #template = document.querySelector("[data-template=entry]");
  #entries = document.querySelector("[data-entries]");
  #asking = document.querySelector("[data-asking]");
  #drawn = "";

  async start() {
    this.#tablet = await openTablet({ page: { isBusy: () => this.#asking.open } });
    this.#words = this.#tablet.words;
    const show = once(() => this.#show());
    for (const type of ["entry", "sending", "link", "snapshot", "photograph", "update"]) this.#tablet.addEventListener(type, show);
    document.querySelector("[data-send-now]").addEventListener("click", () => this.#sendNow());
    document.querySelector("[data-rescue]").addEventListener("click", () => this.#rescue());
    setInterval(() => this.#tick(), TICK_MS);
    this.#show();
    this.#tick();
    this.#showSpace();
  }

  // Showing --------------------------------------------------------------------------------------------------------------

  #show() {
    const waiting = waitingOf(this.#tablet, this.#language);
    document.querySelector("[data-none]").hidden = Boolean(waiting.length);
    const drawn = JSON.stringify(waiting);
    if (drawn !== this.#drawn) this.#draw(waiting);
    this.#drawn = drawn;
    this.#showOthers();
    this.#showTablet();
    this.#tick();
  }

  /** Draw the entries anew; a key that had the focus has it again, and where it is gone the page does. */
  #draw(waiting) {
    const focused = this.#entries.contains(document.activeElement) ? document.activeElement : null;
    const { key } = focused?.closest(".entry").dataset ?? {};
    this.#entries.replaceChildren(...waiting.map((each) => this.#item(each)));
    if (!focused) return;
    const item = [...this.#entries.children].find((each) => each.dataset.key === key);
    const way = item?.querySelector(focused.matches("[data-again]") ? "[data-again]" : "[data-set-aside]");
    (way?.checkVisibility() ? way : document.querySelector("main")).focus({ preventScroll: true });
  }

  #item(each) {
    const item = this.#template.content.cloneNode(true).firstElementChild;
    const part = (name) => item.querySelector(`[data-${name}]`);
    item.dataset.key = each.key;
    part("code").hidden = each.code === null;
    if (each.code !== null) Object.assign(part("code"), { textContent: each.code }).dataset.tint = tintOf(each.code);
    part("what").textContent = each.what;
    part("value").textContent = each.value;
    part("age").dataset.at = each.at;
    part("state").textContent = this.#words[`state_${each.state}`];
    part("state").dataset.tone = TONES[each.state];
    part("refusal").hidden = part("ways").hidden = each.refusal === null;
    part("refusal").textContent = each.refusal ?? "";
    part("again").addEventListener("click", () => this.#again(each));
    part("set-aside").addEventListener("click", () => this.#setAside(each));
    return item;
  }

  async #showOthers() {
    const others = othersOf(this.#tablet.others, this.#tablet.otherPhotographs);
    const names = (await this.#tablet.recall("judges")) ?? {};
    document.querySelector("[data-others]").hidden = !others.length;
    const lines = others.map(({ judge_id, n, at }) => {
      const data = { n, judge: names[judge_id] ?? this.#words.somebody, at: this.#moment(at) };
      return Object.assign(document.createElement("li"), { textContent: said(this.#words, "others_entry", data) });
    });
    document.querySelector("[data-others-list]").replaceChildren(...lines);
  }

  #showTablet() {
    const { snapshot, link, upkeep } = this.#tablet;
    const show = (name, text) => (document.querySelector(`[data-${name}]`).textContent = text);
    show("device", snapshot?.device || "–");
    show("judge", snapshot?.judge ?? "–");
    show("connection", this.#words[`link_${link}`]);
    show("offline", this.#words[`offline_${upkeep.offline}`]);
    show("kept", this.#words[`kept_${upkeep.is_kept}`]);
    if (link === "revoked") this.#say(this.#words.revoked_here, "bad");
  }

  async #showSpace() {
    const { usage, quota } = (await navigator.storage?.estimate?.().catch(() => null)) ?? {};
    if (quota === undefined) return;
    const megabytes = (bytes) => Math.ceil(bytes / 1_000_000);
    const text = said(this.#words, "space", { used: megabytes(usage), most: megabytes(quota) });
    document.querySelector("[data-space]").textContent = text;
  }

  /** Ages and clocks run on. */
  #tick() {
    const { clock } = this.#tablet;
    for (const place of this.#entries.querySelectorAll("[data-age]")) {
      const { at } = place.dataset;
      place.textContent = said(this.#words, "age", { at: this.#moment(at), age: span(Date.now() - Date.parse(at)) });
    }
    const skew = clock.skew();
    const key = skew === null ? "clocks_unknown" : Math.abs(skew) > SKEW_TOLD_MS ? "clocks_off" : "clocks";
    const data = { server: this.#moment(clock.now()), tablet: this.#moment(Date.now()) };
    document.querySelector("[data-clocks]").textContent = said(this.#words, key, data);
  }

  #time(moment) {
    return new Date(moment).toLocaleTimeString(this.#language, { hourCycle: "h23" });
  }

  /** A moment of today by its time, an older one with its day. */
  #moment(at) {
    const moment = new Date(at);
    if (moment.toDateString() === new Date().toDateString()) return this.#time(moment);
    return moment.toLocaleString(this.#language, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
  }

  // Ways on --------------------------------------------------------------------------------------------------------------

  async #sendNow() {
    await this.#tablet.flush();
    if (this.#tablet.link !== "revoked") this.#say(this.#tablet.entries.length ? this.#words.sent_now : "", "note");
  }

  #again({ entry, photograph }) {
    if (entry) this.#tablet.again(entry);
    else this.#tablet.againPhotograph(photograph.id);
  }

  async #setAside({ entry, photograph, code, what, value }) {
    this.#asking.querySelector("[data-asking-what]").textContent = [code, what, value].filter(Boolean).join(" · ");
    this.#asking.returnValue = "";
    this.#asking.showModal();
    await new Promise((resolve) => this.#asking.addEventListener("close", resolve, { once: true }));
    if (this.#asking.returnValue !== "aside") return;
    if (entry) this.#tablet.setAside(entry);
    else this.#tablet.setPhotographAside(photograph.id);
  }

  async #rescue() {
    const { snapshot, entries } = this.#tablet;
    const fault = !entries.length ? "rescue_empty" : !snapshot?.rescue_key ? "rescue_no_key" : canSeal() ? null : "rescue_insecure";
    if (fault) {
      this.#say(this.#words[fault], "wait");
      return;
    }
    const made_at = new Date().toISOString();
    const name = `leitai-rescue-${made_at.slice(0, 16).replace(/\D/g, "")}.json`;
    download(await sealed({ snapshot, entries, made_at }), name);
    this.#say(said(this.#words, "rescue_saved", { n: entries.length, name }), "good");
  }

  #say(sentence, tone) {
    const note = document.querySelector("[data-note]");
    note.dataset.tone = tone;
    if (note.textContent !== sentence) note.textContent = sentence;
    note.hidden = !sentence;
  }
}

new OutboxPage().start();
