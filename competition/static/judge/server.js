/** Requests of the tablet's pages to the server: with the token that its cookie holds, and a limit to waiting. */

const LONGEST_WAIT_MS = 8_000;
const LONGEST_UPLOAD_MS = 60_000;
const SNAPSHOT = "/judge/sheets";
const TOKEN_COOKIE = "leitai_csrf";

/** Send a value; resolves with the facts of the answer that `readAnswer` reads, rejects when there was none. */
export async function send(address, value) {
  const headers = { "content-type": "application/json" };
  return change(address, { method: "POST", headers, body: JSON.stringify(value) }, LONGEST_WAIT_MS);
}

/** Send a picture; resolves and rejects as `send` does. */
export async function upload(address, blob) {
  return change(address, { method: "PUT", headers: { "content-type": blob.type }, body: blob }, LONGEST_UPLOAD_MS);
}

/** Ask for the snapshot, unless it is still the one with this `etag`; resolves with the facts of the answer. */
export async function askSnapshot(etag = null) {
  return request(SNAPSHOT, { headers: etag ? { "if-none-match": etag } : {} }, LONGEST_WAIT_MS);
}

/** A request that changes something. Its token may be missing or out of date: then ask for a fresh one, and try once more. */
async function change(address, { headers, ...options }, longest) {
  const attempt = () => request(address, { ...options, headers: { ...headers, "x-csrftoken": token() } }, longest);
  const facts = await attempt();
  if (facts.status !== 403 || facts.body?.type !== "page-expired") return facts;
  const fresh = await askSnapshot();
  return fresh.status === 200 ? attempt() : fresh;
}

async function request(address, { headers, ...options }, longest) {
  const response = await fetch(address, {
    ...options,
    headers: { ...headers, accept: "application/json" },
    cache: "no-store",
    redirect: "manual",
    signal: AbortSignal.timeout(longest),
  });
  return {
    status: response.status,
    redirected: response.redirected || response.type === "opaqueredirect",
    retry_after: response.headers.get("retry-after"),
    server_time: response.headers.get("x-server-time"),
    etag: response.headers.get("etag"),
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

function token() {
  const pairs = document.cookie.split(";").map((pair) => pair.trim().split("="));
  return pairs.find(([name]) => name === TOKEN_COOKIE)?.[1] ?? "";
}
