/** Entering: every change becomes a mark in the outbox, one at a time, each superseding the one before; and taking it back. */

import { awaitedRevote, isSettled, isUncertain, standing } from "./cells.js";
import { areSame } from "./readings.js";
import { isWithoutEffect } from "./snapshot.js";
import { uuid7 } from "./uuid7.js";

/** What this page saw of a sheet's marks beyond what the server and the outbox tell (see `cells.js`). */
export function newMemory() {
  return { before: new Map(), restored: new Map(), asides: new Map(), aspects: new Map() };
}

/** Fold into the memory what a receipt means for what stood before. */
export function remember(memory, { kind, command }, receipt) {
  if (kind === "mark") {
    memory.restored.delete(command.aspect);
    if (isWithoutEffect(receipt)) memory.asides.set(command.aspect, { mark: command, receipt });
    else memory.asides.delete(command.aspect);
  } else if (kind === "retraction") {
    const before = memory.before.get(command.mark);
    if (before) memory.restored.set(memory.aspects.get(command.mark), before);
  }
}

/** Whether the panel sees each other's votes on an aspect: then none is taken back any more, only corrected. */
export function isSeen(sheet, aspect_id) {
  return sheet.panel.some(({ aspect }) => aspect === aspect_id);
}

export class Entering {
  #page;
  #tablet;
  #why;
  #undo;
  #running = Promise.resolve();

  /**
   * `page` tells what is shown: `at(id)` gives `{ event, sheet, cell, memory, now, is_open }` of an aspect, `inWords(id, mark)`
   * says a mark, `keepDraft(id, values)` keeps what is begun, `failed()` hears that nothing can be kept.
   */
  constructor({ page, tablet, why, undo }) {
    this.#page = page;
    this.#tablet = tablet;
    this.#why = why;
    this.#undo = undo;
  }

  /** Make a mark of readings. */
  enter(id, values, state = "marked", is_confirmed = false) {
    const { sheet } = this.#page.at(id);
    return this.#inTurn(() => this.#enterNow(sheet.id, id, values, state, is_confirmed));
  }

  /** Take back an entry that was just made. */
  takeBack({ event_id, sheet_id, command }) {
    const taken_back = { id: uuid7(), mark: command.id, made_at: new Date().toISOString() };
    return this.#inTurn(() => this.#keep("retraction", { event_id, sheet_id, command: taken_back }));
  }

  /** Resolves once everything that was entered is kept. */
  async settled() {
    for (let last = null; last !== this.#running; await last) last = this.#running;
  }

  /** One after the other; one that fails keeps no other from being entered. */
  #inTurn(work) {
    const done = this.#running.then(work);
    this.#running = done.catch(() => {});
    return done;
  }

  async #enterNow(sheet_id, id, values, state, is_confirmed) {
    const { event, sheet, cell, memory, now, is_open } = this.#page.at(id);
    if (sheet.id !== sheet_id || !is_open || isSettled(cell) || isUncertain(cell)) return;
    const before = standing(cell);
    const revote = awaitedRevote(cell, now);
    const is_same = before && before.state === state && areSame(before.values, values);
    const why = is_same && !revote ? null : await this.#reason(id, before, revote, { values, state });
    if (!why) {
      this.#page.keepDraft(id, null);
      return;
    }
    const command = {
      id: uuid7(),
      sheet_id,
      aspect: id,
      base: event.revision,
      made_at: new Date().toISOString(),
      values,
      state,
      supersedes: before?.id ?? null,
      reason: why.reason ?? null,
      note: why.note ?? "",
      ...(revote ? { revote: revote.id } : {}),
      ...(is_confirmed ? { confirmed: true } : {}),
    };
    memory.before.set(command.id, before);
    memory.aspects.set(command.id, id);
    // What is entered is a draft no more, or the card would ask for it again while it is being kept.
    this.#page.keepDraft(id, null);
    const entry = await this.#keep("mark", { event_id: event.id, sheet_id, command });
    if (entry && !isSeen(sheet, id)) this.#undo.offer(entry, `${id}: ${this.#page.inWords(id, command)}`);
    else if (!entry) this.#page.keepDraft(id, state === "marked" ? values : null);
  }

  /** Why a mark is corrected; nothing to ask for where there was none, or where a re-vote asks for it. Null: it stays as it was. */
  async #reason(id, before, revote, after) {
    if (!before || revote) return {};
    return this.#why.ask(id, this.#page.inWords(id, before), this.#page.inWords(id, after));
  }

  async #keep(kind, entry) {
    try {
      return await this.#tablet.add(kind, entry);
    } catch {
      this.#page.failed();
      return null;
    }
  }
}
