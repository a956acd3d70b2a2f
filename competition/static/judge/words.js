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
 * The one line about everything on this tablet: `{ tone, said: [{ key, n }] }`, worst first.
 *
 * `queued` and `refused` count entries, `photographs` pictures that are not sent. A link that fails is told even while nothing
 * waits, since the judge will go on entering.
 */
export function lineOf({ link, queued, refused, photographs = 0 }) {
  if (link === "storage") return { tone: "bad", said: [{ key: "line_storage", n: 0 }] };
  const rest = whereOf(link, queued, photographs);
  if (!refused) return { tone: rest.tone, said: [{ key: rest.key, n: rest.n }] };
  const attention = { key: "line_attention", n: refused };
  return { tone: "bad", said: rest.tone === "good" ? [attention] : [attention, { key: rest.key, n: rest.n }] };
}

function whereOf(link, queued, photographs) {
  if (link !== "ok") {
    const tone = link === "offline" || link === "busy" ? "wait" : "bad";
    return { tone, key: queued ? "line_waiting" : `link_${link}`, n: queued };
  }
  if (queued) return { tone: "note", key: "line_sending", n: queued };
  return photographs ? { tone: "note", key: "line_photographs", n: photographs } : { tone: "good", key: "line_received", n: 0 };
}

/** A text of the data in the page's language; in the other where it has none. */
export function textOf({ zh, en }, language = document.documentElement.lang) {
  return language.startsWith("zh") ? zh || en : en || zh;
}

/** A time of day at the venue. */
export function timeOfDay(moment, time_zone, language = document.documentElement.lang) {
  const format = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: time_zone });
  return format.format(new Date(moment));
}

/** A span of time for the eye: h:mm:ss, or m:ss below an hour. */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Which of the eight colours an entrant's code has: by the bench, so that neighbours never look alike. */
export function tintOf(code) {
  return Number(code.replace(/\D/g, "")) % 8;
}

/** `work`, done once for however many calls come in one go. */
export function once(work) {
  let is_due = false;
  return () => {
    if (is_due) return;
    is_due = true;
    setTimeout(() => {
      is_due = false;
      work();
    });
  };
}
