/** What an answer means: ours or somebody else's, and what it says of each entry that was sent. Pure. */

const BUSY = [429, 502, 503, 504];

/**
 * What an answer means: `{ link, results?, problem?, retry_after_ms? }`.
 *
 * `results` (by id) are there only when our server answered for at least one entry of this request. `not_taken` is a refusal
 * of the request as a whole. An answer that is not in our server's words comes from somebody else: `wrong_network`.
 */
export function readAnswer({ status, redirected, retry_after, body }, ids) {
  const results = status === 200 && !redirected ? receiptsIn(body, ids) : null;
  if (results) return { link: "ok", results };
  return trouble({ status, redirected, retry_after, body });
}

/** What the answer to a request for the snapshot means: `{ link, tablet?, is_same?, problem?, retry_after_ms? }`. */
export function readSnapshot({ status, redirected, retry_after, body }) {
  if (redirected) return { link: "wrong_network" };
  if (status === 304) return { link: "ok", is_same: true };
  if (status === 200 && isTablet(body)) return { link: "ok", tablet: body };
  return trouble({ status, redirected, retry_after, body });
}

function trouble({ status, redirected, retry_after, body }) {
  const problem = problemIn(body);
  if (BUSY.includes(status)) return { link: "busy", retry_after_ms: Number(retry_after) * 1_000 || undefined };
  if (!problem || redirected) return { link: "wrong_network" };
  if (status === 401) return { link: "locked", problem };
  if (problem.type === "device-is-revoked") return { link: "revoked", problem };
  if (problem.type === "page-expired") return { link: "expired", problem };
  return status >= 500 ? { link: "fault", problem } : { link: "not_taken", problem };
}

function isTablet(body) {
  return typeof body?.judge_id === "string" && Array.isArray(body.events);
}

/** A batch is answered by a list, everything else by the one receipt; a message by itself as it was kept. */
function receiptsIn(body, ids) {
  const results = Array.isArray(body?.results) ? body.results : [body];
  const mine = results.filter((result) => ids.has(result?.id) && isResult(result));
  return mine.length ? new Map(mine.map((result) => [result.id, result])) : null;
}

function isResult({ kind, position, detail, said_at }) {
  if (kind === "refusal") return typeof detail === "string";
  return kind === "receipt" ? Number.isInteger(position) : typeof said_at === "string";
}

function problemIn(body) {
  const { type, detail, status } = body ?? {};
  return typeof type === "string" && typeof detail === "string" && Number.isInteger(status) ? { type, detail } : null;
}
