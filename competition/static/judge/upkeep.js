/**
 * Keeps the app itself on the tablet: its service worker, the forms of this judge's sheets, and its own renewal.
 *
 * A newer version waits until loading the page anew takes nothing from the judge; what is queued stays queued over it.
 */

const WORKER = "/judge/worker.js";
const SCOPE = "/judge";
const PAGES = ["/judge", "/judge/outbox"];
const VERSION_HEADER = "x-leitai-version";
const LOOK_MS = 5_000;
const IDLE_MS = 20_000;
const LOOK_AGAIN_MS = 60_000;

export class Upkeep {
  /** Whether the browser promised not to clear what is stored; null while it has not said. */
  is_kept = null;
  /** Whether the app opens without a network: "ready", "preparing", "insecure" (not on https) or "unsupported". */
  offline = !globalThis.isSecureContext ? "insecure" : "serviceWorker" in navigator ? "preparing" : "unsupported";
  is_update_ready = false;
  #page;
  #told;
  #registration = null;
  #forms = null;
  #version;
  #is_renewing = false;
  #used_at = 0;
  #looked_at = -Infinity;

  /** `told` hears that a new version is ready, or that the app has come to open without a network. */
  constructor(page, version, told) {
    this.#page = page;
    this.#version = version;
    this.#told = told;
  }

  /** Register the worker once the page itself is there, and ask the browser to keep what is stored. */
  async start() {
    for (const type of ["pointerdown", "keydown", "scroll"]) {
      addEventListener(type, () => (this.#used_at = performance.now()), { passive: true, capture: true });
    }
    this.#askToBeKept();
    if (this.offline !== "preparing") return;
    if (document.readyState !== "complete") await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
    const had_worker = Boolean(navigator.serviceWorker.controller);
    await this.#register();
    navigator.serviceWorker.addEventListener("controllerchange", () => (had_worker || this.#is_renewing) && this.renew());
    setInterval(() => {
      this.#takeUpdate();
      this.#goOnPreparing();
    }, LOOK_MS);
  }

  /** Have these forms kept for the time without a network, and no others. */
  async keep(forms) {
    if (this.offline === "insecure" || this.offline === "unsupported") return;
    this.#forms = forms;
    const worker = (await navigator.serviceWorker.ready).active;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => {
      this.offline = data.is_kept ? "ready" : "preparing";
      this.#told();
    };
    worker.postMessage({ type: "keep", pages: PAGES, forms }, [port2]);
  }

  /** The server's app is of this version: look for it, if it is another than this page's. */
  look(version) {
    if (!version || version === this.#version || performance.now() - this.#looked_at < LOOK_AGAIN_MS) return;
    this.#looked_at = performance.now();
    this.#registration?.update().catch(() => {});
  }

  /** Forget the pages that are kept: the tablet is locked, or another language is spoken. */
  async forget() {
    const names = globalThis.caches ? await caches.keys() : [];
    await Promise.all(names.filter((name) => name.startsWith("leitai-pages-")).map((name) => caches.delete(name)));
  }

  /** Change the language: with the network only, since every page is kept in one. Resolves with whether it was changed. */
  async changeLanguage(address) {
    const probe = new URL(address, location.href);
    probe.searchParams.set("next", PAGES[0]);
    const response = await fetch(probe, { cache: "no-store" }).catch(() => null);
    if (!response?.headers.get(VERSION_HEADER)) return false;
    await this.forget();
    location.reload();
    return true;
  }

  /** Take the new version now. */
  takeUpdate() {
    this.#is_renewing = true;
    if (this.#registration?.waiting) this.#registration.waiting.postMessage({ type: "take_over" });
    else location.reload();
  }

  /** Load the page anew as soon as that takes nothing from the judge. */
  renew() {
    this.is_update_ready = true;
    if (this.#is_renewing || !this.#page.isBusy()) location.reload();
    else this.#told();
  }

  /** A browser may ask its judge first, and wait for the answer. */
  async #askToBeKept() {
    this.is_kept = (await navigator.storage?.persist?.().catch(() => null)) ?? null;
    this.#told();
  }

  async #register() {
    try {
      this.#registration = await navigator.serviceWorker.register(WORKER, { scope: SCOPE, updateViaCache: "none" });
    } catch {
      // Without a network, or where the browser forbids it: the worker of an earlier visit goes on, if there is one.
      this.#registration = (await navigator.serviceWorker.getRegistration(SCOPE)) ?? null;
    }
  }

  /** What a bad network has broken off is tried again: the worker's installation, and then the forms. */
  #goOnPreparing() {
    if (this.offline !== "preparing" || !this.#forms) return;
    const { active, installing, waiting } = this.#registration ?? {};
    if (active) this.keep(this.#forms);
    else if (!installing && !waiting) this.#register();
  }

  #takeUpdate() {
    const is_ready = this.is_update_ready || Boolean(this.#registration?.waiting);
    if (!is_ready) return;
    if (!this.is_update_ready) {
      this.is_update_ready = true;
      this.#told();
    }
    const is_idle = document.visibilityState === "hidden" || !this.#used_at || performance.now() - this.#used_at > IDLE_MS;
    if (is_idle && !this.#page.isBusy()) this.takeUpdate();
  }
}
