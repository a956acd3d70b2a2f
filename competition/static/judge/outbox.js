/**
 * The outbox: entries kept in this browser until the server names them in a receipt. It survives reloads, restarts and upgrades.
 *
 * An entry is `{ sequence, event_id, sheet_id, judge_id, mark, refusal? }`; `sequence` is given by the outbox, counts the entries
 * of this tablet and is their order whatever its clock says. Nothing here ever expires.
 */

const DATABASE = "leitai";
const VERSION = 1;
const STORE = "outbox";

export class Outbox {
  #database = null;

  /** Keep an entry, or its changed form; resolves with it once it is on the disk. */
  async put(entry) {
    const sequence = await this.#write((store) => store.put(entry));
    return { ...entry, sequence };
  }

  /** All entries, in the order they were made. */
  async all() {
    const database = await this.#open();
    return new Promise((resolve, reject) => {
      const request = database.transaction(STORE).objectStore(STORE).getAll();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  /** Let go of an entry. */
  async remove(sequence) {
    await this.#write((store) => store.delete(sequence));
  }

  async #write(work) {
    const database = await this.#open();
    return new Promise((resolve, reject) => {
      // Strict: complete means written through to the disk, not to a cache that a flat battery empties.
      const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? request.error);
    });
  }

  #open() {
    this.#database ??= this.#opened();
    this.#database.catch(() => this.#forget());
    return this.#database;
  }

  #opened() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(DATABASE, VERSION);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "sequence", autoIncrement: true });
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const database = request.result;
        database.onclose = () => this.#forget();
        database.onversionchange = () => {
          database.close();
          this.#forget();
        };
        resolve(database);
      };
    });
  }

  /** Open afresh next time: the browser closed the database, or a newer page of ours needs it. */
  #forget() {
    this.#database = null;
  }
}
