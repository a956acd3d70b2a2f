/** What a session's clock says at a moment (`now` in ms): pure, the same as the server's `competition/plumbing/countdown.py`. */

export const LAST_SECONDS = 10 * 60;
export const LINGER_SECONDS = 15 * 60;

/** Whole seconds that are left, `extra` among them; less than none once the time is up; all before the clock is started. */
export function secondsLeft(session, now, extra = 0) {
  if (session.started_at === null) return session.seconds + extra;
  const until = session.paused_at === null ? now : Date.parse(session.paused_at);
  return session.seconds + extra - Math.floor((until - Date.parse(session.started_at)) / 1000) + session.stopped;
}

/** What this clock, or that of a bench with `extra` seconds, is doing: due, late or missed while nobody started it; running, last (ten minutes), paused, over. */
export function phase(session, now, extra = 0) {
  if (session.started_at === null) {
    return now < Date.parse(session.starts_at) ? "due" : now < Date.parse(session.ends_at) ? "late" : "missed";
  }
  if (session.paused_at !== null) return "paused";
  const left = secondsLeft(session, now, extra);
  return left > LAST_SECONDS ? "running" : left > 0 ? "last" : "over";
}

/** When (in ms) the time is up if nothing stops the clock any more; the timetable's word before it is started. */
export function endsAt(session, now, extra = 0) {
  if (session.started_at === null) return Date.parse(session.ends_at) + extra * 1000;
  const paused = session.paused_at === null ? 0 : now - Date.parse(session.paused_at);
  return Date.parse(session.started_at) + (session.seconds + session.stopped + extra) * 1000 + paused;
}

/**
 * The session a hall looks at: the one under way, else the one that has just ended, else the next; null without any.
 *
 * `extras` are the most seconds given back to a bench, by session: it is under way as long as anybody works.
 */
export function ofTheHour(sessions, now, extras) {
  const begun = sessions.filter((session) => session.started_at !== null);
  const latest = begun.sort((a, b) => Date.parse(a.started_at) - Date.parse(b.started_at) || a.number - b.number).at(-1) ?? null;
  const coming = sessions.find((session) => session.started_at === null && now < Date.parse(session.ends_at)) ?? null;
  if (latest === null || coming === null) return latest ?? coming ?? sessions.at(-1) ?? null;
  const left = secondsLeft(latest, now, extras.get(latest.number) ?? 0);
  const isPassed = latest.paused_at === null && left <= 0;
  const isNear = Date.parse(coming.starts_at) - now <= LINGER_SECONDS * 1000;
  return isPassed && (left <= -LINGER_SECONDS || isNear) ? coming : latest;
}

/** Seconds as a clock shows them: 2:05:09, 59:03, 0:09; what is past the end with a plus before it. */
export function face(seconds) {
  const size = Math.abs(seconds);
  const [hours, minutes, rest] = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60];
  const two = (figure) => String(figure).padStart(2, "0");
  return `${seconds < 0 ? "+" : ""}${hours ? `${hours}:${two(minutes)}` : minutes}:${two(rest)}`;
}
