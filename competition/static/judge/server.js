/** Requests of the tablet's pages to the server: JSON there and back, with the page's CSRF token and a limit to waiting. */

const LONGEST_WAIT_MS = 15_000;

/** Send a value; resolves with the facts of the answer that `readAnswer` reads, rejects when there was none. */
export async function send(address, value) {
  let facts = await sendOnce(address, value);
  if (facts.status === 403 && facts.body?.type === "page-expired") {
    await renewToken();
    facts = await sendOnce(address, value);
  }
  return facts;
}

/** Ask for a value; null when the answer is not ours. */
export async function ask(address) {
  const { status, redirected, body } = await request(address);
  return status === 200 && !redirected ? body : null;
}

async function sendOnce(address, value) {
  const headers = { "content-type": "application/json", "x-csrftoken": tokenOf(document) };
  return request(address, { method: "POST", headers, body: JSON.stringify(value) });
}

async function request(address, { headers = {}, ...options } = {}) {
  const response = await fetch(address, {
    ...options,
    headers: { ...headers, accept: "application/json" },
    cache: "no-store",
    redirect: "manual",
    signal: AbortSignal.timeout(LONGEST_WAIT_MS),
  });
  return {
    status: response.status,
    redirected: response.redirected || response.type === "opaqueredirect",
    retry_after: response.headers.get("retry-after"),
    body: await json(response),
  };
}

/** The body as JSON, or null: a sign-in page of a venue's wifi is none. Losing the connection halfway is no answer at all. */
async function json(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function renewToken() {
  const response = await fetch("/judge", { headers: { accept: "text/html" }, cache: "no-store" });
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const token = tokenOf(fresh);
  if (token) document.querySelector('meta[name="csrf-token"]').content = token;
}

function tokenOf(page) {
  return page.querySelector('meta[name="csrf-token"]')?.content ?? "";
}
