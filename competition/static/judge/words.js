/** Sentences for the script: written and translated in the page's template, filled in here. */

/** The page's data block of this name, as a value. */
export function dataBlock(name) {
  return JSON.parse(document.querySelector(`script[data-block="${name}"]`).textContent);
}

/** The sentence `key` with its `{placeholders}` filled; for n = 1 its form `key_one`, where there is one. */
export function said(words, key, data = {}) {
  const sentence = (data.n === 1 && words[`${key}_one`]) || words[key];
  return sentence.replace(/\{(\w+)\}/g, (_, name) => data[name]);
}

/**
 * The one line about everything on this tablet: `{ tone, key, n }`, worst first.
 *
 * `link` is the sender's; `queued` and `refused` count entries. A link that fails is told even while nothing waits, since the
 * judge will go on entering.
 */
export function lineOf({ link, queued, refused }) {
  if (link === "storage") return { tone: "bad", key: "line_storage", n: 0 };
  if (refused) return { tone: "bad", key: "line_attention", n: refused };
  if (link === "ok") return queued ? { tone: "note", key: "line_sending", n: queued } : { tone: "good", key: "line_received", n: 0 };
  const tone = link === "offline" || link === "busy" ? "wait" : "bad";
  return { tone, key: queued ? "line_waiting" : `link_${link}`, n: queued };
}
