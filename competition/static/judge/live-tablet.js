/** The tablet's own line to the server: hears what changes within a second, and says how the tablet is. */

import { LiveStream } from "../live.js";

export const SETTLE_MS = 500;
export const SAY_MS = 15_000;
export const LOOK_MS = 15_000;
export const MOST_SHEETS = 150;

/** Why the server closed a connection that is not to be opened again by itself. */
export const ENDINGS = { 4401: "locked", 4403: "revoked" };

/**
 * Keep a tablet connected; `hear` gets every message of the server (`TabletHears`), and of this module:
 *
 * - `{ type: "connection", is_open }` whenever that changes;
 * - `{ type: "look_again" }` also after each (re)connection, for what happened before it, and now and then while no socket gets
 *   through: fetch `/judge/sheets`;
 * - `{ type: "locked" | "revoked" }` when the server ended it for good: it is not tried again on this page.
 *
 * `status()` gives what a `TabletStatus` says but for battery and type: `{ queued, oldest_at, refused, photographs, clock, version,
 * is_kept, sheet_id, on_tablet }`. Call `changed()` of the answer whenever that is another, `stop()` to end.
 */
export function connectTablet({ hear, status, address = "/judge/live" }) {
  const stream = new LiveStream(() => address);
  const battery = watchBattery(() => changed());
  let said = null;
  let settling = null;
  let wasOpen = false;
  let lookedAt = performance.now();

  const say = () => {
    const now = statusOf(status(), battery);
    if (stream.send(now)) said = now;
  };
  const changed = () => {
    clearTimeout(settling);
    settling = setTimeout(() => differs(said, statusOf(status(), battery)) && say(), SETTLE_MS);
  };
  const lookAgain = () => {
    lookedAt = performance.now();
    hear({ type: "look_again" });
  };

  stream.addEventListener("opened", () => {
    say();
    lookAgain();
  });
  stream.addEventListener("message", (event) => hear(event.detail));
  stream.addEventListener("connection", () => {
    if (stream.isOpen === wasOpen) return;
    wasOpen = stream.isOpen;
    hear({ type: "connection", is_open: wasOpen });
  });
  stream.addEventListener("fetch", () => performance.now() - lookedAt >= LOOK_MS && lookAgain());
  stream.addEventListener("closed", (event) => {
    const ending = ENDINGS[event.detail];
    if (!ending) return;
    stop();
    hear({ type: "connection", is_open: false });
    hear({ type: ending });
  });

  const saying = setInterval(say, SAY_MS);
  const stop = () => {
    clearInterval(saying);
    clearTimeout(settling);
    stream.stop();
  };
  stream.start();
  return { changed, stop };
}

/** A `TabletStatus` of what the app and the browser know; of very many sheets with marks waiting only the first are named. */
export function statusOf(known, { level = null, charging = null } = {}) {
  const waiting = Object.entries(known.on_tablet ?? {}).slice(0, MOST_SHEETS);
  return {
    type: "status",
    ...known,
    battery: level === null ? null : Math.round(level * 100),
    is_charging: charging,
    on_tablet: Object.fromEntries(waiting),
  };
}

/** Whether a status says something else than the one before, its clock aside. */
export function differs(before, now) {
  const substance = (status) => JSON.stringify({ ...status, clock: null });
  return before === null || substance(before) !== substance(now);
}

/** The browser's battery, kept current; nothing where the browser does not tell. */
function watchBattery(changed) {
  const battery = { level: null, charging: null };
  navigator
    .getBattery?.()
    .then((manager) => {
      const read = () => {
        [battery.level, battery.charging] = [manager.level, manager.charging];
        changed();
      };
      manager.addEventListener("levelchange", read);
      manager.addEventListener("chargingchange", read);
      read();
    })
    .catch(() => {});
  return battery;
}
