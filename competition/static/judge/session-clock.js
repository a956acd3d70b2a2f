/** The clock of a session as it runs for a bench: what it is doing and what is left there, time given back counted. Pure. */

import { face, phase, secondsLeft } from "../countdown.js";
import { said } from "./words.js";

const UNDER_WAY = ["late", "running", "last", "paused"];

/** How a clock that is doing this is coloured. */
export const CLOCK_TONES = { last: "wait", paused: "note", over: "bad" };

/**
 * What the clock of a session says at `now` (milliseconds, the server's time), to a bench or else to all: `{ doing, left, given }`
 * in seconds. Null without a session, and for what an earlier version of the app has kept, which knew of no clock.
 */
export function clockAt(session, now, bench = 0) {
  if (session?.seconds === undefined) return null;
  const given = new Map(session.time_back).get(bench) ?? 0;
  return { doing: phase(session, now, given), left: secondsLeft(session, now, given), given };
}

/** What a clock says, in the words of a page. */
export function clockInWords(words, { doing, left }) {
  return said(words, `clock_${doing}`, { time: face(left) });
}

/**
 * The session that runs at `now`: by its clock, for as long as anybody has time left; where none was started, by the timetable.
 * Undefined between two, and where none is planned.
 */
export function runningSession(event, now) {
  const under_way = event.sessions.filter((session) => isUnderWay(session, now));
  return under_way.filter(({ started_at }) => started_at).at(-1) ?? under_way[0];
}

function isUnderWay({ started_at = null, time_back = [], ...session }, now) {
  return UNDER_WAY.includes(phase({ ...session, started_at }, now, Math.max(0, ...time_back.map(([, given]) => given))));
}
