/** The rescue file: what waits on this tablet, sealed with the tablet's own key; only the desk of its server opens it. */

const FORMAT = "leitai-rescue-1";
const NONCE_BYTES = 12;

/** Whether this browser can seal: only in a secure context. */
export function canSeal() {
  return Boolean(globalThis.crypto?.subtle);
}

/** The file's text. `made_at` is ISO; `entries` are as the outbox keeps them. */
export async function sealed({ snapshot, entries, made_at }) {
  const { rescue_key, device_id, judge_id } = snapshot;
  const key = await crypto.subtle.importKey("raw", bytesOf(rescue_key), "AES-GCM", false, ["encrypt"]);
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const text = new TextEncoder().encode(JSON.stringify({ judge_id, made_at, entries }));
  const body = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, text);
  return JSON.stringify({ format: FORMAT, device_id, nonce: base64(nonce), sealed: base64(new Uint8Array(body)) });
}

/** Offer text to the browser as a file to save. */
export function download(text, name) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address));
}

function bytesOf(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function base64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
