/** Signing: the sheet is read back, its judge signs on the tablet, then the competitor does; both wait in the outbox like marks. */

import { signBlock, signedMarks } from "./cells.js";
import { Hold } from "./hold.js";
import { awaitsCompetitor, isOpen, signOffOf, signaturesOf } from "./sign-off.js";
import { SignaturePad, pictureOf } from "./signature-pad.js";
import { uuid7 } from "./uuid7.js";
import { said } from "./words.js";

const DIGEST_SHOWN = 8;

export class Signing {
  #page;
  #tablet;
  #words;
  #ink;
  #other_ink;
  #dialog = document.querySelector("[data-signing]");
  #handover = document.querySelector("[data-handover]");
  #shown = "";
  #is_handed_over = false;
  #is_keeping = false;
  #read = "";

  /**
   * `page` tells what is shown: `current()` gives `{ event, sheet, entries, cells, now }`, `clock(iso)` a time of day, `goTo(why)`
   * brings what keeps the sheet from being signed under the eye, `failed()` hears that nothing is kept, `done(key)` that it was.
   */
  constructor({ page, tablet, words }) {
    this.#page = page;
    this.#tablet = tablet;
    this.#words = words;
    const ink = (dialog, go) => new SignaturePad(dialog.querySelector("[data-ink-field]"), () => this.#inked(dialog, go));
    this.#ink = ink(this.#dialog, "[data-signing-go]");
    this.#other_ink = ink(this.#handover, "[data-handover-go]");
    this.#on("[data-sign]", () => this.#readBack());
    this.#on("[data-signing-go]", () => this.#sign());
    this.#on("[data-handover-open]", () => this.#handOver());
    this.#on("[data-handover-go]", () => this.#signOther());
    this.#on("[data-seal-again]", () => this.#deal(() => this.#tablet.again(this.#waiting().entry)));
    this.#on("[data-seal-drop]", () => this.#deal(() => this.#tablet.setAside(this.#waiting().entry)));
    // On a keyboard Enter ends the name that is typed; it neither signs nor closes.
    this.#dialog.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
    });
    new Hold(this.#handover.querySelector("[data-handover-back]"), () => this.#close(this.#handover));
    // The tablet is in the competitor's hands: nothing else is within reach, not by Escape or a gesture that goes back either.
    this.#handover.addEventListener("keydown", (event) => event.key === "Escape" && event.preventDefault());
    this.#handover.addEventListener("close", () => this.#is_handed_over && this.#handover.showModal());
  }

  /** Show how the sign-off of a sheet stands, and every signature under it. */
  show({ sheet, entries, cells, now }) {
    const sign_off = signOffOf(sheet, entries);
    const is_open = isOpen(sign_off);
    const part = (name) => document.querySelector(`[data-${name}]`);
    for (const state of ["sealed", "on_tablet", "refused"]) part(`seal-${state}`).hidden = sign_off.state !== state;
    part("shown-sheet").dataset.closed = is_open ? "no" : "yes";
    part("handover-open").hidden = !awaitsCompetitor(sheet, entries);
    part("sign").hidden = part("sign-why").hidden = !is_open;
    part("read-back-title").textContent = this.#words[is_open ? "read_back" : "was_signed"];
    if (sign_off.state === "sealed") part("sealed-at").textContent = this.#sealed(sheet);
    if (sign_off.entry?.refusal) part("seal-fault").textContent = sign_off.entry.refusal.detail;
    if (is_open) this.#showBlock(sheet, signBlock(cells, now));
    this.#showSignatures(sheet, entries);
  }

  #sealed({ sealed_at, sheet_digest }) {
    const at = said(this.#words, "signed_at", { at: this.#page.clock(sealed_at) });
    return sheet_digest ? `${at} · ${said(this.#words, "digest", { digest: sheet_digest.slice(0, DIGEST_SHOWN) })}` : at;
  }

  #showBlock({ code }, block) {
    const [why, sign] = ["[data-sign-why]", "[data-sign]"].map((selector) => document.querySelector(selector));
    const sentence = block ? said(this.#words, `sign_${block.why}`, { n: block.n }) : this.#words.sign_ready;
    if (why.textContent !== sentence) why.textContent = sentence;
    why.dataset.ready = block ? "no" : "yes";
    sign.textContent = said(this.#words, "sign_of", { code });
    sign.setAttribute("aria-disabled", Boolean(block));
  }

  #showSignatures(sheet, entries) {
    const all = signaturesOf(sheet, entries);
    const shown = JSON.stringify([sheet.id, all.map(({ role, at, state }) => [role, at, state])]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const list = document.querySelector("[data-signatures]");
    list.hidden = !all.length;
    list.replaceChildren(...all.map((signature) => this.#signature(signature)));
  }

  #signature({ role, drawing, at, state, entry }) {
    const item = document.createElement("li");
    item.dataset.state = state;
    item.dataset.role = role;
    const who = Object.assign(document.createElement("strong"), { textContent: this.#words[`role_${role}`] });
    const chip = Object.assign(document.createElement("span"), { className: "state" });
    chip.dataset.tone = { holds: "good", void: "bad", on_tablet: "wait", refused: "bad" }[state];
    chip.textContent = said(this.#words, `signature_${state}`, { at: this.#page.clock(at) });
    item.append(who, chip, ...(drawing ? [pictureOf(drawing)] : []));
    if (state === "refused" && entry.kind === "signature") item.append(...this.#ways(entry));
    return item;
  }

  #ways(entry) {
    const why = Object.assign(document.createElement("p"), { className: "fault", textContent: entry.refusal.detail });
    const way = (key, work) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: this.#words[key] });
      button.addEventListener("click", () => this.#deal(work));
      return button;
    };
    return [why, way("again", () => this.#tablet.again(entry)), way("drop", () => this.#tablet.setAside(entry))];
  }

  // The judge ------------------------------------------------------------------------------------------------------------

  #readBack() {
    const { cells, now } = this.#page.current();
    const block = signBlock(cells, now);
    if (block) {
      this.#page.goTo(block.why);
      return;
    }
    this.#ink.clear();
    this.#read = signedMarks(cells).join();
    this.#dialog.querySelector("[data-signing-sum]").textContent = document.querySelector("[data-sum]").textContent;
    this.#dialog.showModal();
  }

  async #sign() {
    const { event, sheet, entries, cells, now } = this.#page.current();
    const drawing = this.#ink.drawing();
    if (!drawing || signBlock(cells, now) || signedMarks(cells).join() !== this.#read) {
      this.#tell(this.#dialog, drawing ? this.#words.sign_changed : this.#words.sign_unsigned);
      return;
    }
    const command = { id: uuid7(), marks: signedMarks(cells), drawing };
    const is_kept = await this.#keep("seal", { event_id: event.id, sheet_id: sheet.id, command }, this.#dialog, "signed_aloud");
    // Who signs anew lets go of the signature that was not taken.
    const refused = entries.filter(({ kind, refusal }) => kind === "seal" && refusal);
    if (is_kept) for (const entry of refused) await this.#tablet.setAside(entry);
  }

  // The competitor -------------------------------------------------------------------------------------------------------

  /** A view for the competitor's eyes: whose sheet it is, what every line gave, and a field to sign on. */
  #handOver() {
    const { sheet } = this.#page.current();
    const table = document.querySelector("#read-back table").cloneNode(true);
    for (const link of table.querySelectorAll("a")) link.replaceWith(...link.childNodes);
    this.#handover.querySelector("[data-handover-lines]").replaceChildren(table);
    this.#handover.querySelector("[data-handover-name]").textContent = sheet.name;
    this.#other_ink.clear();
    this.#other_ink.setNameless(!sheet.name);
    this.#is_handed_over = true;
    this.#handover.showModal();
    this.#handover.scrollTop = 0;
  }

  async #signOther() {
    const { event, sheet } = this.#page.current();
    const drawing = this.#other_ink.drawing();
    if (!drawing) {
      this.#tell(this.#handover, this.#words.sign_unsigned);
      return;
    }
    const command = { id: uuid7(), seal: this.#waiting().seal, role: "competitor", drawing };
    await this.#keep("signature", { event_id: event.id, sheet_id: sheet.id, command }, this.#handover, "countersigned_aloud");
  }

  // Both -----------------------------------------------------------------------------------------------------------------

  /** Keep it, once however often the key is tapped; resolves with whether it is kept. */
  async #keep(kind, entry, dialog, key) {
    if (this.#is_keeping) return false;
    this.#is_keeping = true;
    try {
      await this.#tablet.add(kind, entry);
      this.#close(dialog);
      this.#page.done(key);
      this.#goOn();
      return true;
    } catch {
      this.#tell(dialog, this.#words.alert_storage);
      this.#page.failed();
      return false;
    } finally {
      this.#is_keeping = false;
    }
  }

  #close(dialog) {
    this.#is_handed_over = false;
    dialog.close();
  }

  /** The key that had the focus is gone with what it did: the next thing to do has it. */
  #goOn() {
    const next = [...document.querySelectorAll("[data-handover-open], [data-next]")].find((key) => !key.hidden);
    next.focus();
  }

  /** Deal with a signature that was not taken: its keys go away with it. */
  #deal(work) {
    document.querySelector("main").focus({ preventScroll: true });
    work();
  }

  #inked(dialog, go) {
    const ink = dialog === this.#dialog ? this.#ink : this.#other_ink;
    dialog.querySelector(go).setAttribute("aria-disabled", !ink?.drawing());
    this.#tell(dialog, "");
  }

  #tell(dialog, sentence) {
    dialog.querySelector("[data-ink-fault]").textContent = sentence;
  }

  #waiting() {
    const { sheet, entries } = this.#page.current();
    return signOffOf(sheet, entries);
  }

  #on(selector, work) {
    document.querySelector(selector).addEventListener("click", work);
  }
}
