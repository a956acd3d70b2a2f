/** UUIDv7 (RFC 9562) made in the browser: ids in the order they were made, without asking the server. */

const COUNTER_LIMIT = 0x1000;

let last = 0;
let counter = 0;

/** A new id. Within one millisecond, or while the clock stands or runs backwards, a counter keeps the order. */
export function uuid7(now = Date.now()) {
  if (now > last) {
    last = now;
    counter = 0;
  } else {
    counter += 1;
    if (counter === COUNTER_LIMIT) {
      last += 1;
      counter = 0;
    }
  }
  const random = crypto.getRandomValues(new Uint8Array(8));
  random[0] = 0x80 | (random[0] & 0x3f);
  const time = last.toString(16).padStart(12, "0");
  const rest = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const version = "7" + counter.toString(16).padStart(3, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}
