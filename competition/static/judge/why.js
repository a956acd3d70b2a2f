/** Asks why a mark is corrected: a short list, one tap. */

export class WhyDialog {
  #dialog;
  #words;
  #done = null;

  constructor(dialog, words) {
    this.#dialog = dialog;
    this.#words = words;
    for (const button of dialog.querySelectorAll("[data-reason]")) {
      button.addEventListener("click", () => this.#choose(button.dataset.reason));
    }
    dialog.querySelector("[data-why-cancel]").addEventListener("click", () => dialog.close());
    // Enter, on a keyboard, ends the words that are written.
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#choose("other");
    });
    dialog.addEventListener("close", () => this.#done(null));
  }

  /** Ask; resolves with `{ reason, note }`, or null when the mark is to stay as it was. */
  ask(aspect, from, to) {
    const part = (name) => this.#dialog.querySelector(`[data-why-${name}]`);
    part("title").textContent = this.#words.why_title.replace("{aspect}", aspect);
    part("from").textContent = from;
    part("to").textContent = to;
    part("note").value = "";
    part("fault").textContent = "";
    this.#dialog.showModal();
    return new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  #choose(reason) {
    const note = this.#dialog.querySelector("[data-why-note]");
    if (reason === "other" && !note.value.trim()) {
      this.#dialog.querySelector("[data-why-fault]").textContent = this.#words.why_other;
      note.focus();
      return;
    }
    this.#done({ reason, note: note.value.trim() });
    this.#dialog.close();
  }
}
