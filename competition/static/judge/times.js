/** Times as people write them, such as 1:23.45, and as marks carry them: exact seconds, as text. Pure. */

import { padded } from "./decimals.js";

const WRITTEN = /^(?:(\d+):)?(\d+):(\d{2})(\.\d*)?$/;
const SECONDS = /^\+?[\d.]+$/;

/** Hours, minutes and seconds as seconds; what holds no colon is seconds already, and what is no time is null. */
export function inSeconds(text) {
  if (!text.includes(":")) return SECONDS.test(text) ? text : null;
  const match = WRITTEN.exec(text);
  if (!match) return null;
  const [, hours, minutes, seconds, fraction = ""] = match;
  if (Number(seconds) > 59 || (hours && Number(minutes) > 59)) return null;
  return String((BigInt(hours ?? 0) * 60n + BigInt(minutes)) * 60n + BigInt(seconds)) + fraction;
}

/** Seconds for the eye: m:ss with so many decimals at least, and hours before them where there are any. */
export function asTime(seconds, places) {
  const [whole, fraction] = padded(seconds, places).split(".");
  const all = BigInt(whole);
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [all / 3600n, (all / 60n) % 60n];
  const head = hours ? `${hours}:${two(minutes)}` : String(minutes);
  return `${head}:${two(all % 60n)}${fraction ? `.${fraction}` : ""}`;
}
