/** Readings that are begun but not entered: kept in this browser, so that a reload in the middle costs nothing. */

const PREFIX = "leitai.draft";

export class Drafts {
  #sheet_id;

  constructor(sheet_id) {
    this.#sheet_id = sheet_id;
  }

  /** The draft of an aspect with so many readings, or null. */
  get(aspect_id, count) {
    try {
      const kept = JSON.parse(localStorage.getItem(this.#key(aspect_id)));
      return Array.isArray(kept) && kept.length === count && kept.every((text) => typeof text === "string") ? kept : null;
    } catch {
      return null;
    }
  }

  /** Keep a draft, or with null let go of it. A browser that keeps nothing costs a draft, never a mark. */
  set(aspect_id, draft) {
    try {
      if (draft) localStorage.setItem(this.#key(aspect_id), JSON.stringify(draft));
      else localStorage.removeItem(this.#key(aspect_id));
    } catch {
      // Told by the outbox, which refuses entry when this browser cannot keep marks.
    }
  }

  #key(aspect_id) {
    return `${PREFIX}.${this.#sheet_id}.${aspect_id}`;
  }
}
