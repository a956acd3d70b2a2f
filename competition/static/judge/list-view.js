/** Draws the list of sheets from the page's templates. */

import { CLOCK_TONES, clockAt, clockInWords } from "./session-clock.js";
import { addressOf } from "./snapshot.js";
import { said, textOf, timeOfDay, tintOf } from "./words.js";

const TONES = {
  todo: "", begun: "note", signing: "wait", signed: "good", reopened: "bad", revote: "bad", attention: "bad",
};
const POINTED_MS = 2_000;

export class ListView {
  #tablet;
  #words;
  #place = document.querySelector("[data-events]");
  #drawn = "";

  constructor(tablet) {
    this.#tablet = tablet;
    this.#words = tablet.words;
  }

  /** Show the list; nothing is touched while it is as it was. */
  show(list) {
    const { snapshot, upkeep, clock } = this.#tablet;
    this.#setText("[data-judge]", snapshot?.judge);
    this.#showNothing(snapshot, list);
    this.#setText("[data-offline]", this.#words[`offline_${isWeChat() ? "wechat" : upkeep.offline}`]);
    const drawn = JSON.stringify(list);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const before = new Map([...this.#place.querySelectorAll("details")].map((each) => [each.dataset.session, each]));
    const focused = document.activeElement?.dataset?.focus;
    this.#place.replaceChildren(...list.map((each) => this.#event(each, before)));
    if (focused) this.#place.querySelector(`[data-focus="${focused}"]`)?.focus({ preventScroll: true });
    this.tick(list, clock.now());
  }

  /** Move the clocks of the sessions on. */
  tick(list, now) {
    for (const { event, running } of list) {
      const [place, clock] = [this.#place.querySelector(`[data-clock="${event.id}"]`), clockAt(running, now)];
      if (!place || !clock) continue;
      place.textContent = clockInWords(this.#words, clock);
      place.dataset.tone = CLOCK_TONES[clock.doing] ?? "";
    }
  }

  /** The link to a sheet. */
  rowOf(sheet_id) {
    return this.#place.querySelector(`.sheet-row[data-sheet-id="${sheet_id}"]`);
  }

  /** Bring an entrant's card under the eye and the keyboard. */
  pointAt(sheet_id) {
    const row = this.rowOf(sheet_id);
    const card = row.closest(".entrant");
    row.closest("details").open = true;
    card.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
    card.classList.add("pointed");
    setTimeout(() => card.classList.remove("pointed"), POINTED_MS);
  }

  #showNothing(snapshot, list) {
    const place = document.querySelector("[data-nothing]");
    const is_some = list.some(({ event }) => event.sheets.length);
    place.hidden = is_some;
    if (snapshot && !is_some) place.textContent = this.#words.no_sheets;
    else if (!snapshot && this.#tablet.link !== "ok") place.textContent = this.#words.no_snapshot;
  }

  #event({ event, running, sessions, next, signed }, before) {
    const section = made("event");
    const total = event.sheets.length;
    const part = (name) => section.querySelector(`[data-${name}]`);
    const title = part("name");
    title.id = `event-${event.id}`;
    section.setAttribute("aria-labelledby", title.id);
    title.textContent = textOf(event.name);
    part("competition").textContent = textOf(event.competition);
    part("done").textContent = said(this.#words, "done", { done: signed, total });
    Object.assign(part("progress"), { value: signed, max: total });
    part("all-signed").hidden = !total || signed < total;
    if (next) this.#fillNext(part("next"), event, next, running);
    const shown = running?.number ?? sessions[0]?.number;
    part("sessions").replaceChildren(...sessions.map((each) => this.#session(event, each, each.number === shown, before)));
    return section;
  }

  #fillNext(link, event, { sheet, state }, running) {
    link.hidden = false;
    link.href = addressOf(event, sheet);
    link.dataset.sheetId = sheet.id;
    link.dataset.focus = "next";
    fillCode(link, sheet.code);
    link.querySelector("[data-why]").textContent = this.#words[`next_${state}`];
    link.querySelector("[data-sub]").textContent = textOf(subOf(event, sheet).name);
    link.querySelector("[data-where]").textContent = this.#where(sheet, running);
  }

  /** A session: open when its turn comes; in between as the judge left it. */
  #session(event, { number, session, is_running, entrants }, is_shown, before) {
    const details = made("session");
    const part = (name) => details.querySelector(`[data-${name}]`);
    details.dataset.session = `${event.id} ${number}`;
    details.dataset.shown = is_shown ? "yes" : "no";
    details.querySelector("summary").dataset.focus = details.dataset.session;
    const was = before.get(details.dataset.session);
    details.open = was?.dataset.shown === details.dataset.shown ? was.open : is_shown;
    part("title").textContent = number ? said(this.#words, "session", { number }) : this.#words.no_session;
    if (session) {
      const time = (moment) => timeOfDay(moment, event.time_zone);
      part("times").textContent = said(this.#words, "session_times", { from: time(session.starts_at), to: time(session.ends_at) });
    }
    if (is_running) part("clock").dataset.clock = event.id;
    details.dataset.running = is_running ? "yes" : "no";
    part("entrants").replaceChildren(...entrants.map((entrant) => this.#entrant(event, entrant)));
    return details;
  }

  #entrant(event, { code, sheets }) {
    const item = made("entrant");
    const part = (name) => item.querySelector(`[data-${name}]`);
    const left = sheets.filter(({ state }) => state !== "signed").length;
    const [{ sheet }] = sheets;
    item.dataset.done = left ? "no" : "yes";
    fillCode(item, code);
    part("entrant-name").textContent = sheet.name;
    part("bench").textContent = sheet.bench ? said(this.#words, "bench", { bench: sheet.bench }) : "";
    part("left").textContent = left ? said(this.#words, "left", { left, total: sheets.length }) : this.#words.none_left;
    part("sheets").replaceChildren(...sheets.map((each) => this.#sheet(event, each)));
    return item;
  }

  #sheet(event, { sheet, state, n, marked }) {
    const row = made("sheet");
    const part = (name) => row.querySelector(`[data-${name}]`);
    const sub = subOf(event, sheet);
    part("sheet").href = addressOf(event, sheet);
    part("sheet").dataset.sheetId = part("sheet").dataset.focus = sheet.id;
    part("sub-id").textContent = sub.id;
    part("sub-name").textContent = textOf(sub.name);
    part("count").textContent = said(this.#words, "count", { n: marked, m: sub.aspects.length });
    part("reason").hidden = sheet.reopened_for === null || sheet.sealed_at !== null;
    part("reason").textContent = said(this.#words, "reopened_for", { reason: sheet.reopened_for });
    part("waiting").hidden = !n;
    part("waiting").textContent = n ? said(this.#words, "waiting", { n }) : "";
    part("state").textContent = this.#words[`state_${state}`];
    part("state").dataset.tone = TONES[state];
    return row;
  }

  #where({ name, bench, session }, running) {
    const key = running && session && session !== running.number ? "bench_in_session" : "bench";
    return [name, bench ? said(this.#words, key, { bench, session }) : ""].filter(Boolean).join(" · ");
  }

  #setText(selector, text) {
    const place = document.querySelector(selector);
    if (text && place.textContent !== text) place.textContent = text;
  }
}

function made(name) {
  return document.querySelector(`[data-template="${name}"]`).content.cloneNode(true).firstElementChild;
}

function fillCode(place, code) {
  const chip = place.querySelector("[data-code]");
  chip.textContent = code;
  chip.dataset.tint = tintOf(code);
}

function subOf(event, sheet) {
  return event.sub_criteria.find((sub) => sub.id === sheet.sub_criterion);
}

function isWeChat() {
  return /MicroMessenger/i.test(navigator.userAgent);
}
