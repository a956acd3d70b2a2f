/** How each kind of entry is put to the server. */

import { send, upload } from "./server.js";

/** Post a request of `nextRequest`; resolves with the facts of the answer, rejects when there was none. */
export function post({ kind, event_id, entries }) {
  const [{ sheet_id, command }] = entries;
  switch (kind) {
    case "mark":
      return send(`/events/${event_id}/marks`, { sent_at: new Date().toISOString(), marks: entries.map((entry) => entry.command) });
    case "retraction":
      return send(`/score-sheets/${sheet_id}/retractions`, command);
    case "seal":
      return send(`/score-sheets/${sheet_id}/seal`, command);
    case "signature":
      return send(`/score-sheets/${sheet_id}/signatures`, command);
    case "message":
      return send(`/events/${event_id}/messages`, command);
    default:
      throw new Error(`nobody takes a ${kind}`);
  }
}

/** Put a photograph; resolves and rejects as `post` does. */
export function putPhotograph({ id, sheet_id, aspect, taken_at, blob }) {
  return upload(`/score-sheets/${sheet_id}/photographs/${id}?${new URLSearchParams({ aspect, taken_at })}`, blob);
}
