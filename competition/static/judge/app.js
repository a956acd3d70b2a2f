/**
 * The tablet as its pages work with it: what the server last said, what waits here to be sent, and how the two come together.
 *
 * `openTablet` needs no network. What the judge enters is kept here first; it is sent once the server has said, in this page's
 * life, whose tablet this is: another judge may have signed in on it since.
 */

import { readSnapshot } from "./answers.js";
import { ServerClock } from "./clock.js";
import { Line } from "./line.js";
import { PhotographQueue } from "./photographs.js";
import { post, putPhotograph } from "./post.js";
import { RETRY_MS, Retry } from "./retry.js";
import { Sender, sendable } from "./sender.js";
import { askSnapshot, send } from "./server.js";
import { formsOf, isOvertaken, isWithoutEffect, withMessage, withReceipt, withSheets } from "./snapshot.js";
import { statusOf } from "./status.js";
import { TabletStore } from "./store.js";
import { Upkeep } from "./upkeep.js";
import { watch } from "./watch.js";
import { dataBlock } from "./words.js";

const STORAGE_TOLD_MS = 500;
const SKEW_KEPT_MS = 1_000;

/**
 * Open the tablet; resolves once this browser's storage has answered. `page.isBusy()` says whether loading the page anew would
 * take something from its judge: a reading that is begun, an open dialog.
 */
export async function openTablet({ page = { isBusy: () => false } } = {}) {
  const tablet = new TabletApp(page);
  await tablet.open();
  return tablet;
}

class TabletApp extends EventTarget {
  snapshot = null;
  judge_id = null;
  entries = [];
  /** Entries of other judges, which wait here for them. */
  others = [];
  clock = new ServerClock();
  words = dataBlock("words");
  version = dataBlock("app").version;
  detail = "";
  sheet_id = null;
  upkeep;
  #store;
  #sender;
  #photographs;
  #line;
  #watch;
  #etag = null;
  #link = "ok";
  #is_storage_at_fault = false;
  #is_apart = !navigator.onLine;
  #is_confirmed = false;
  #changes = 0;
  #refreshing = null;
  #retry = new Retry(() => this.flush());

  constructor(page) {
    super();
    this.#store = new TabletStore(() => this.upkeep.renew());
    this.#line = new Line(this);
    this.upkeep = new Upkeep(page, this.version, () => this.#tell("update"));
    this.#sender = this.#newSender();
    this.#photographs = this.#newPhotographQueue();
  }

  /** Read what is kept, start sending and listening. */
  async open() {
    const late = setTimeout(() => this.#setStorageFault(true), STORAGE_TOLD_MS);
    try {
      await this.#readKept();
      this.clock = new ServerClock({ kept: (await this.#store.kept("skew")) ?? null });
      this.#is_storage_at_fault = false;
    } catch {
      this.#is_storage_at_fault = true;
    }
    clearTimeout(late);
    this.#watch = watch(this);
    this.#line.update();
    this.upkeep.start();
    if (this.snapshot) this.upkeep.keep(formsOf(this.snapshot));
    this.refresh();
  }

  /** How things stand between this tablet and the server, in one word. */
  get link() {
    if (this.#is_storage_at_fault) return "storage";
    return this.#link === "ok" && this.#is_apart ? "offline" : this.#link;
  }

  /** The ids that are on their way just now. */
  get sending() {
    return this.#sender.sending;
  }

  /** This judge's photographs that are not sent, without their pictures. */
  get photographs() {
    return this.#photographs.own;
  }

  /** Photographs of other judges. */
  get otherPhotographs() {
    return this.#photographs.others;
  }

  // Entering -------------------------------------------------------------------------------------------------------------

  /** Keep an entry here, then send it; rejects when this browser cannot keep it, and then nothing was entered. */
  async add(kind, { event_id, sheet_id = null, command }) {
    const at = new Date().toISOString();
    const entry = { kind, event_id, sheet_id, judge_id: this.judge_id, at, command };
    const stored = await this.#kept(() => this.#store.add(entry));
    this.#replace(stored);
    this.#tell("entry", { type: "queued", entry: stored });
    this.flush();
    return stored;
  }

  /** Send a refused entry once more, just as it is. */
  async again({ refusal: _, ...entry }) {
    await this.#kept(() => this.#store.put(entry));
    this.#replace(entry);
    this.#tell("entry", { type: "queued", entry });
    this.flush();
  }

  /** Let go of a refused entry, and of what was to take it back: only ever its judge's own decision. */
  async setAside(entry) {
    const gone = this.entries.filter(
      ({ sequence, kind, command }) => sequence === entry.sequence || (kind === "retraction" && command.mark === entry.command.id),
    );
    await this.#kept(() => this.#store.remove(...gone.map(({ sequence }) => sequence)));
    this.entries = this.entries.filter((other) => !gone.includes(other));
    for (const each of gone) this.#tell("entry", { type: "set_aside", entry: each });
    this.flush();
  }

  /** Keep a photograph here, then send it; rejects as `add` does. */
  async addPhotograph(photograph) {
    await this.#kept(() => this.#photographs.add({ ...photograph, judge_id: this.judge_id }));
  }

  /** Send a refused photograph once more. */
  async againPhotograph(id) {
    await this.#kept(() => this.#photographs.again(id));
  }

  /** Let go of a photograph that is not sent: only ever its judge's own decision. */
  async setPhotographAside(id) {
    await this.#kept(() => this.#photographs.setAside(id));
  }

  /** A photograph that waits here, with its picture. */
  async photographWith(id) {
    return this.#photographs.find(id);
  }

  // Sending and asking ---------------------------------------------------------------------------------------------------

  /** Send what there is, now. */
  async flush() {
    if (!this.#is_confirmed) await this.refresh();
    else await Promise.all([this.#sender.flush(), this.#photographs.flush()]);
  }

  /** Ask the server for the snapshot; resolves with whether it answered. */
  refresh() {
    this.#refreshing ??= this.#refreshNow().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** The page is looked at again: another page of this tablet may have kept, sent and received what this one knows nothing of. */
  async wake() {
    await this.#readKept().catch(() => this.#setStorageFault(true));
    return this.refresh();
  }

  /** Say which sheet this page shows, or none. */
  opened(sheet_id) {
    this.sheet_id = sheet_id;
    this.#watch.changed();
  }

  /** Keep a value of a page's own under a name; `recall` gives it back. */
  async remember(key, value) {
    await this.#store.keep(key, value).catch(() => {});
  }

  /** What a page kept under a name. */
  async recall(key) {
    return this.#store.kept(key).catch(() => undefined);
  }

  /** Lock the tablet: only once nothing of its judge's waits here. Resolves with what kept it from being locked, or null. */
  async lock() {
    await this.flush();
    const n = this.entries.filter((entry) => !entry.refusal).length + this.photographs.filter((one) => !one.refusal).length;
    if (n) return { why: "queued", n };
    await send("/judge/lock", {}).catch(() => {});
    await this.refresh();
    if (this.#link !== "locked") return { why: this.link, n: 0 };
    await this.#store.forget("tablet");
    await this.upkeep.forget();
    return null;
  }

  async #refreshNow() {
    const changes = this.#changes;
    const facts = await askSnapshot(this.#etag).catch(() => null);
    this.#hearTime(facts?.server_time);
    const answer = facts ? readSnapshot(facts) : { link: "offline" };
    if (answer.link !== "ok") {
      this.#setLink(answer.link === "not_taken" ? "fault" : answer.link, answer.problem?.detail);
      if (!this.#is_confirmed) this.#retry.failed();
      return false;
    }
    this.#retry.succeeded();
    this.#is_apart = false;
    const is_another = answer.tablet && answer.tablet.judge_id !== this.judge_id;
    if (answer.tablet && (is_another || changes === this.#changes)) await this.#adopt(answer.tablet, facts.etag);
    // What was received while the answer was on its way is not in it: then it is asked for once more.
    else if (answer.tablet) setTimeout(() => this.refresh(), RETRY_MS[0]);
    this.#is_confirmed = true;
    this.#setLink("ok");
    this.upkeep.keep(formsOf(this.snapshot));
    this.upkeep.look(this.snapshot.version);
    this.flush();
    return true;
  }

  async #adopt(snapshot, etag) {
    const is_another = this.judge_id !== snapshot.judge_id;
    this.snapshot = snapshot;
    this.judge_id = snapshot.judge_id;
    this.#etag = etag;
    await this.#store.keep("tablet", { snapshot, etag }).catch(() => this.#setStorageFault(true));
    if (is_another) await this.remember("judges", { ...(await this.recall("judges")), [snapshot.judge_id]: snapshot.judge });
    if (is_another) await this.#readWaiting().catch(() => this.#setStorageFault(true));
    this.#tell("snapshot");
  }

  #newSender() {
    return new Sender({
      entries: async () => sendable(await this.#readEntries(), this.judge_id),
      post: (request) => this.#timed(post(request)),
      settle: (outcomes) => this.#settle(outcomes),
      tell: ({ type, link, detail }) => (type === "sending" ? this.#tell("sending") : this.#setLink(link, detail)),
    });
  }

  #newPhotographQueue() {
    return new PhotographQueue({
      store: this.#store,
      put: (photograph) => this.#timed(putPhotograph(photograph)),
      judge: () => this.judge_id,
      told: () => this.#tell("photograph"),
      received: ({ event_id, sheet_id, id, aspect, taken_at }, receipt) => {
        const entry = { kind: "photograph", event_id, sheet_id, command: { id, aspect, taken_at } };
        this.#change(withReceipt(this.snapshot, entry, receipt, this.#now()));
      },
    });
  }

  async #timed(answer) {
    const facts = await answer;
    this.#hearTime(facts.server_time);
    return facts;
  }

  async #settle(outcomes) {
    const received = outcomes.filter(({ receipt }) => receipt);
    const is_overtaken = received.some(({ entry, receipt }) => isOvertaken(this.snapshot, entry, receipt));
    const refused = outcomes.filter(({ refusal }) => refusal).map(({ entry, refusal }) => ({ ...entry, refusal }));
    this.#changes += 1;
    const taken = received.map(({ entry }) => entry);
    const kept = { tablet: { snapshot: this.#withReceipts(received), etag: null } };
    // Where there is no room left for the snapshot, what was received can still leave.
    await this.#store.settle({ taken, refused, kept }).catch(() => this.#store.settle({ taken, refused, kept: {} }));
    this.#changes += 1;
    // A receipt proves the connection, whatever the browser thinks of the network: the server may be this very machine.
    this.#is_apart = false;
    this.snapshot = this.#withReceipts(received);
    this.#etag = null;
    for (const { entry, receipt } of received) {
      this.entries = this.entries.filter(({ sequence }) => sequence !== entry.sequence);
      this.#tell("entry", { type: "receipt", entry, receipt });
    }
    for (const entry of refused) {
      this.#replace(entry);
      this.#tell("entry", { type: "refusal", entry });
    }
    if (received.length) this.#tell("snapshot");
    const tellsLittle = ({ entry, receipt }) => entry.kind === "retraction" || isWithoutEffect(receipt);
    if (is_overtaken || received.some(tellsLittle)) this.refresh();
  }

  #withReceipts(received) {
    return received.reduce((tablet, { entry, receipt }) => withReceipt(tablet, entry, receipt, this.#now()), this.snapshot);
  }

  // Hearing --------------------------------------------------------------------------------------------------------------

  /** Hear what the server says unasked (see ``TabletHears``). */
  hear(message) {
    switch (message.type) {
      case "hello":
        this.#hearTime(message.server_time);
        this.upkeep.look(message.version);
        break;
      case "sheets":
        this.#change(withSheets(this.snapshot, message));
        break;
      case "look_again":
        this.refresh();
        break;
      case "message":
        this.#change(withMessage(this.snapshot, message.message));
        this.#tell("message", { message: message.message });
        break;
      case "slot":
        this.#tell("slot", { sheet_id: message.sheet_id, tablets: message.tablets });
        break;
      case "locked":
      case "revoked":
        // The answer says which, in words.
        this.refresh();
        break;
    }
  }

  /** The browser says that there is a network, or none. */
  hearNetwork(is_there) {
    this.#is_apart = !is_there;
    this.#tell("link");
  }

  /** How this tablet is, for the server. */
  status() {
    return statusOf(this, new Date().toISOString());
  }

  #hearTime(server_time) {
    const before = this.clock.skew();
    this.clock.hear(server_time);
    const after = this.clock.skew();
    if (after !== null && Math.abs(after - (before ?? Infinity)) > SKEW_KEPT_MS) this.remember("skew", after);
  }

  #change(snapshot) {
    if (snapshot === this.snapshot) return;
    this.#changes += 1;
    this.snapshot = snapshot;
    this.#etag = null;
    this.remember("tablet", { snapshot, etag: null });
    this.#tell("snapshot");
  }

  #setLink(link, detail = "") {
    this.#link = link;
    this.detail = detail;
    this.#tell("link");
  }

  #setStorageFault(is_at_fault) {
    this.#is_storage_at_fault = is_at_fault;
    this.#tell("link");
  }

  #tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
    this.#line.update();
    if (type !== "sending") this.#watch?.changed();
  }

  // Keeping --------------------------------------------------------------------------------------------------------------

  async #readKept() {
    const tablet = await this.#store.kept("tablet");
    this.snapshot = tablet?.snapshot ?? null;
    this.#etag = tablet?.etag ?? null;
    this.judge_id = this.snapshot?.judge_id ?? null;
    await this.#readWaiting();
  }

  async #readWaiting() {
    await this.#readEntries();
    await this.#photographs.read();
  }

  /** The entries as they are kept: another page of this tablet may have added or sent some. */
  async #readEntries() {
    const all = await this.#store.all();
    const before = this.entries;
    this.entries = all.filter((entry) => entry.judge_id === this.judge_id);
    this.others = all.filter((entry) => entry.judge_id !== this.judge_id);
    const inOrder = (entries) => entries.map(({ sequence }) => sequence).join();
    if (inOrder(before) !== inOrder(this.entries)) this.#tell("snapshot");
    return this.entries;
  }

  /** Write to this browser's storage; a failure is told at once. */
  async #kept(write) {
    try {
      const result = await write();
      this.#is_storage_at_fault = false;
      return result;
    } catch (fault) {
      this.#setStorageFault(true);
      throw fault;
    }
  }

  /** Put an entry in its place among the others, new or changed. */
  #replace(entry) {
    const others = this.entries.filter(({ sequence }) => sequence !== entry.sequence);
    this.entries = [...others, entry].sort((one, other) => one.sequence - other.sequence);
  }

  #now() {
    return new Date(this.clock.now()).toISOString();
  }
}
