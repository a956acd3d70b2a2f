/** What all parts of a board's page share: which form it has, whether it may move, how text, words and times are set. */

/** A hall screen, whose sizes follow from the viewport and which turns pages; else it is a list that is scrolled. */
export const HALL = matchMedia("(min-width: 1100px) and (min-aspect-ratio: 5/4)");
export const STILL = matchMedia("(prefers-reduced-motion: reduce)");

/** Set a text, and touch nothing when it is the same. */
export function set(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

/** A text of the data in the page's language; in the other where it has none. */
export function textOf({ zh, en }, language = document.documentElement.lang) {
  return language.startsWith("zh") ? zh || en : en || zh;
}

/** The sentence that `element` carries as `data-word-KEY`, its `{placeholders}` filled. */
export function wordOf(element, key, data = {}) {
  const sentence = element.dataset[`word${key[0].toUpperCase()}${key.slice(1)}`] ?? "";
  return sentence.replace(/\{(\w+)\}/g, (_, name) => data[name]);
}

/** The time of day at the venue, as the server writes it, so that nothing jumps when the script takes over. */
export function clockOf(time, timeZone) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone, timeStyle: "medium" }).format(time);
}

/** Day and time at the venue, as the server writes them. */
export function momentOf(time, timeZone) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(time);
}
