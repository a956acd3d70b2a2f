/** Signals a problem to the chief judge: a few words and what they are about. Queued like a mark; the answer comes back. */

import { uuid7 } from "./uuid7.js";

export class ProblemDialog {
  #tablet;
  #place;
  #told;
  #is_keeping = false;
  #dialog = document.querySelector("[data-problem-dialog]");

  /**
   * `place(about)` gives `{ event_id, sheet_id, aspect }` for what the judge chose that it is about ("": the first choice), and
   * `told()` hears that the message is kept.
   */
  constructor({ tablet, place, told }) {
    this.#tablet = tablet;
    this.#place = place;
    this.#told = told;
    this.#part("close").addEventListener("click", () => this.#dialog.close());
    this.#part("form").addEventListener("submit", (event) => this.#send(event));
  }

  /** Ask for the words; `about` is chosen already. Without `options` the page has the choices it came with. */
  ask(about = "", options = null) {
    const choices = this.#part("about");
    if (options) choices.replaceChildren(choices.options[0], ...options);
    choices.value = about;
    this.#part("words").value = "";
    this.#part("fault").textContent = "";
    this.#dialog.showModal();
    this.#part("words").focus();
  }

  async #send(event) {
    event.preventDefault();
    const words = this.#part("words").value.trim();
    if (!words) {
      this.#tell(this.#tablet.words.problem_empty);
      return;
    }
    if (this.#is_keeping) return;
    this.#is_keeping = true;
    const { event_id, sheet_id, aspect } = this.#place(this.#part("about").value);
    try {
      await this.#tablet.add("message", { event_id, sheet_id, command: { id: uuid7(), words, sheet_id, aspect } });
    } catch {
      this.#tell(this.#tablet.words.alert_storage);
      return;
    } finally {
      this.#is_keeping = false;
    }
    this.#dialog.close();
    this.#told();
  }

  #tell(sentence) {
    this.#part("fault").textContent = sentence;
    this.#part("words").focus();
  }

  #part(name) {
    return this.#dialog.querySelector(`[data-problem-${name}]`);
  }
}
