/**
 * The service worker of the judge's tablet: keeps one version of the app, its files and its pages, and answers with them first.
 *
 * Only what is certainly ours is kept: files by their digests, pages by the version in their head. Data never is.
 */

const VERSION = {{ version | tojson }};
const VERSION_HEADER = {{ version_header | tojson }};
const FILES = new Map(Object.entries({{ files | json }}));
const KEPT_FILES = `leitai-files-${VERSION}`;
const KEPT_PAGES = `leitai-pages-${VERSION}`;
const SHELLS = ["/judge", "/judge/outbox"];
const FORMS = "/judge/forms/";
const AT_ONCE = 4;

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => answer(event));
addEventListener("message", (event) => event.waitUntil(hear(event)));

/** Take everything along that the version before had: a tablet that opens without a network goes on doing so. */
async function install() {
  await inTurns([...FILES], keepFile);
  await inTurns(SHELLS, (address) => keepPage(address, { is_needed: true }));
  await inTurns(await formsOfOthers(), (address) => keepPage(address));
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith("leitai-") && name !== KEPT_FILES && name !== KEPT_PAGES) await caches.delete(name);
  }
  await clients.claim();
}

function answer(event) {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (origin !== location.origin || method !== "GET") return;
  if (FILES.has(pathname)) event.respondWith(fileFor(event.request, pathname));
  else if (mode === "navigate" && isPage(pathname)) event.respondWith(pageFor(event.request, pathname));
}

/** A page asks that its pages be kept, or that this version take over. */
async function hear({ data, ports: [port] }) {
  if (data.type === "take_over") await skipWaiting();
  if (data.type !== "keep") return;
  const kept = await caches.open(KEPT_PAGES);
  const wanted = [...data.pages, ...data.forms];
  for (const { url } of await kept.keys()) if (!wanted.includes(new URL(url).pathname)) await kept.delete(url);
  const missing = [];
  for (const address of wanted) if (!(await kept.match(address))) missing.push(address);
  const are_kept = await inTurns(missing, (address) => keepPage(address).catch(() => false));
  port.postMessage({ is_kept: are_kept.every(Boolean) });
}

// Answering ----------------------------------------------------------------------------------------------------------------

async function fileFor(request, pathname) {
  return (await inCache(KEPT_FILES, pathname)) ?? fetch(request);
}

/** A page as it is kept; else from the network, and kept where it is ours. Without either the list, which tells what is wrong. */
async function pageFor(request, pathname) {
  const kept = await inCache(KEPT_PAGES, pathname);
  if (kept) return kept;
  try {
    const response = await fetch(request);
    if (isOurs(response)) await (await caches.open(KEPT_PAGES)).put(pathname, response.clone());
    else if (response.headers.get(VERSION_HEADER)) {
      // A page of another version would meet this one's scripts: the list waits until that version has taken over.
      registration.update().catch(() => {});
      if (pathname !== "/judge" && (await inCache(KEPT_PAGES, "/judge"))) return Response.redirect("/judge");
    }
    return response;
  } catch (fault) {
    if (pathname !== "/judge" && (await inCache(KEPT_PAGES, "/judge"))) return Response.redirect("/judge");
    throw fault;
  }
}

function isPage(pathname) {
  return SHELLS.includes(pathname) || pathname.startsWith(FORMS);
}

/** Whether a page is of this very version: not a sign-in page of a venue's wifi, not the PIN's, not another version's. */
function isOurs(response) {
  return response.status === 200 && !response.redirected && response.headers.get(VERSION_HEADER) === VERSION;
}

async function inCache(name, pathname) {
  return (await caches.has(name)) ? (await caches.open(name)).match(pathname) : undefined;
}

// Keeping ------------------------------------------------------------------------------------------------------------------

/** Keep a file, unless an install that broke off has kept it already: on a bad network each try gets further. */
async function keepFile([address, integrity]) {
  const kept = await caches.open(KEPT_FILES);
  if (!(await kept.match(address))) await kept.put(address, await fetch(address, { integrity, cache: "no-cache" }));
}

/** Keep a page; resolves with whether it is kept. The list and the outbox are needed; a form may be one of an older scheme. */
async function keepPage(address, { is_needed = false } = {}) {
  const response = await fetch(address, { headers: { accept: "text/html" }, cache: "no-store", redirect: "manual" });
  const is_ours = isOurs(response);
  if (is_ours) await (await caches.open(KEPT_PAGES)).put(address, response);
  else if (is_needed) throw new Error(`${address} is not to be had`);
  return is_ours;
}

async function formsOfOthers() {
  const forms = new Set();
  for (const name of await caches.keys()) {
    if (!name.startsWith("leitai-pages-")) continue;
    for (const { url } of await (await caches.open(name)).keys()) {
      if (new URL(url).pathname.startsWith(FORMS)) forms.add(new URL(url).pathname);
    }
  }
  return [...forms];
}

/** Do work on each of many, a few at a time; resolves with what each gave, in order. */
async function inTurns(many, work) {
  const waiting = [...many.entries()];
  const results = [];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
