/**
 * What is kept in this browser: the outbox, photographs to send, and the snapshot. It survives reloads, restarts and upgrades.
 *
 * An entry of the outbox is `{ sequence, kind, event_id, sheet_id, judge_id, at, command, refusal? }`; its kind is "mark",
 * "retraction", "seal", "signature" or "message". `sequence` counts the entries of this tablet from 1 and is their order,
 * whatever its clock says. A photograph is `{ id, event_id, sheet_id, judge_id, aspect, taken_at, blob, refusal? }`. Nothing here
 * ever expires.
 */

const DATABASE = "leitai";
const VERSION = 2;

export class TabletStore {
  #database = null;
  #outdated;

  /** `outdated` is called when a newer page of ours needs the database: this page must be loaded anew to go on keeping. */
  constructor(outdated = () => {}) {
    this.#outdated = outdated;
  }

  // The outbox -----------------------------------------------------------------------------------------------------------

  /** Keep a new entry; resolves with it, numbered, once it is on the disk. A mark's command carries the number too. */
  async add(entry) {
    let numbered;
    await this.#write(["outbox", "counters"], ([outbox, counters]) => {
      const counter = counters.get("sequence");
      counter.onsuccess = () => {
        const sequence = (counter.result ?? 0) + 1;
        const command = entry.kind === "mark" ? { ...entry.command, sequence } : entry.command;
        numbered = { ...entry, sequence, command };
        counters.put(sequence, "sequence");
        outbox.add(numbered);
      };
    });
    return numbered;
  }

  /** Keep the changed form of an entry. */
  async put(entry) {
    await this.#write(["outbox"], ([outbox]) => outbox.put(entry));
  }

  /** Let go of entries. */
  async remove(...sequences) {
    await this.#write(["outbox"], ([outbox]) => sequences.forEach((sequence) => outbox.delete(sequence)));
  }

  /** All entries, whoever made them, in the order they were made. */
  async all() {
    return this.#read("outbox", (outbox) => outbox.getAll());
  }

  /** What an answer brings, as one change: entries taken go, refused ones stay with their refusal, the snapshot follows. */
  async settle({ taken, refused, kept }) {
    await this.#write(["outbox", "kept"], ([outbox, shelf]) => {
      for (const { sequence } of taken) outbox.delete(sequence);
      for (const entry of refused) outbox.put(entry);
      for (const [key, value] of Object.entries(kept)) shelf.put(value, key);
    });
  }

  // Photographs ----------------------------------------------------------------------------------------------------------

  /** Keep a photograph, or its changed form. */
  async putPhotograph(photograph) {
    await this.#write(["photographs"], ([photographs]) => photographs.put(photograph));
  }

  /** Let go of a photograph. */
  async removePhotograph(id) {
    await this.#write(["photographs"], ([photographs]) => photographs.delete(id));
  }

  /** All photographs that wait, in the order they were taken. */
  async photographs() {
    return this.#read("photographs", (photographs) => photographs.getAll());
  }

  // The snapshot, and what else is kept by name ----------------------------------------------------------------------------

  /** What is kept under a name, or undefined. */
  async kept(key) {
    return this.#read("kept", (shelf) => shelf.get(key));
  }

  /** Keep a value under a name. */
  async keep(key, value) {
    await this.#write(["kept"], ([shelf]) => shelf.put(value, key));
  }

  /** Forget what is kept under a name. */
  async forget(key) {
    await this.#write(["kept"], ([shelf]) => shelf.delete(key));
  }

  // Plumbing -------------------------------------------------------------------------------------------------------------

  async #read(name, work) {
    const transaction = await this.#transaction(name);
    return new Promise((resolve, reject) => {
      const request = work(transaction.objectStore(name));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  async #write(names, work) {
    // Strict: complete means written through to the disk, not to a cache that a flat battery empties.
    const transaction = await this.#transaction(names, "readwrite", { durability: "strict" });
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("nothing was kept"));
      work(names.map((name) => transaction.objectStore(name)));
    });
  }

  /** A transaction; where the browser has let the database go without a word, as Safari does in its sleep, on a new opening. */
  async #transaction(...wanted) {
    try {
      return (await this.#open()).transaction(...wanted);
    } catch {
      this.#close();
      return (await this.#open()).transaction(...wanted);
    }
  }

  #open() {
    this.#database ??= this.#opened();
    this.#database.catch(() => this.#close());
    return this.#database;
  }

  #opened() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(DATABASE, VERSION);
      request.onupgradeneeded = ({ oldVersion }) => upgrade(request.result, request.transaction, oldVersion);
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const database = request.result;
        database.onclose = () => this.#close();
        database.onversionchange = () => {
          database.close();
          this.#close();
          this.#outdated();
        };
        resolve(database);
      };
    });
  }

  /** Open afresh next time: the browser closed the database, or a newer page of ours needs it. */
  #close() {
    this.#database = null;
  }
}

/** Make the stores, and bring the outbox of version 1 along: its marks keep the very form in which they may have been sent. */
function upgrade(database, transaction, old) {
  const outbox =
    old < 1 ? database.createObjectStore("outbox", { keyPath: "sequence" }) : transaction.objectStore("outbox");
  const counters = database.createObjectStore("counters");
  database.createObjectStore("photographs", { keyPath: "id" });
  database.createObjectStore("kept");
  outbox.openCursor().onsuccess = ({ target: { result: cursor } }) => {
    if (!cursor) return;
    cursor.update(ofVersion2(cursor.value));
    counters.put(cursor.key, "sequence");
    cursor.continue();
  };
}

/** An entry of version 1, which held nothing but marks, as version 2 keeps it. */
export function ofVersion2({ mark, ...entry }) {
  return { ...entry, kind: "mark", at: mark.made_at, command: mark };
}
