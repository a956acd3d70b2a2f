/** When the tablet sends and asks: whenever there is reason to hope, by the clock, and while the server speaks to it. */

import { connectTablet } from "./live-tablet.js";

const LOOK_AGAIN_MS = 10_000;

/** Keep a tablet up to date; `changed()` of the answer says that its status did. */
export function watch(tablet) {
  let is_heard = false;
  const hear = (message) => {
    if (message.type === "connection") is_heard = message.is_open;
    else tablet.hear(message);
  };
  const look = () => {
    if (tablet.entries.length || tablet.photographs.length) tablet.flush();
    else if (!is_heard) tablet.refresh();
  };
  addEventListener("online", () => {
    tablet.hearNetwork(true);
    look();
  });
  addEventListener("offline", () => tablet.hearNetwork(false));
  addEventListener("pageshow", ({ persisted }) => persisted && tablet.wake());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && tablet.wake());
  setInterval(look, LOOK_AGAIN_MS);
  return connectTablet({ hear, status: () => tablet.status() });
}
