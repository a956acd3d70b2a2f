/** Signals a problem to the chief judge: a few words, and the sheet they are about. Queued like a mark; the answer comes back. */

import { sheetOf, eventOf, subCriterionOf } from "./snapshot.js";
import { uuid7 } from "./uuid7.js";
import { textOf } from "./words.js";

export class ProblemDialog {
  #tablet;
  #told;
  #dialog = document.querySelector("[data-problem-dialog]");

  /** `told(sentence)` says on the page that the message is kept. */
  constructor(tablet, told) {
    this.#tablet = tablet;
    this.#told = told;
    for (const button of document.querySelectorAll("[data-problem]")) button.addEventListener("click", () => this.open());
    this.#part("close").addEventListener("click", () => this.#dialog.close());
    this.#part("form").addEventListener("submit", (event) => this.#send(event));
  }

  /** Ask for the words; the sheet that is open on this page is what they are about, unless another is chosen. */
  open() {
    const { snapshot, sheet_id } = this.#tablet;
    if (!snapshot?.events.length) return;
    const options = snapshot.events.flatMap((event) => event.sheets).map((sheet) => {
      const label = `${sheet.code} · ${textOf(subCriterionOf(snapshot, sheet.id).name)}`;
      return new Option(label, sheet.id, false, sheet.id === sheet_id);
    });
    const [none] = this.#part("sheet").options;
    this.#part("sheet").replaceChildren(none, ...options);
    this.#part("fault").textContent = "";
    this.#dialog.showModal();
    this.#part("words").focus();
  }

  async #send(event) {
    event.preventDefault();
    const { snapshot, words } = this.#tablet;
    const said = this.#part("words").value.trim();
    if (!said) {
      this.#part("fault").textContent = words.problem_empty;
      return;
    }
    const sheet_id = this.#part("sheet").value || null;
    const about = sheetOf(snapshot, sheet_id) ? eventOf(snapshot, sheet_id) : snapshot.events[0];
    const command = { id: uuid7(), words: said, sheet_id, aspect: null };
    try {
      await this.#tablet.add("message", { event_id: about.id, sheet_id, command });
    } catch {
      this.#part("fault").textContent = words.alert_storage;
      return;
    }
    this.#part("words").value = "";
    this.#dialog.close();
    this.#told(words.problem_kept);
  }

  #part(name) {
    return document.querySelector(`[data-problem-${name}]`);
  }
}
