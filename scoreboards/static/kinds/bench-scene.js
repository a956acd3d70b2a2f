/** What a board of benches shows at a moment: pure, the same as the server's `scoreboards/benches.py`. */

import { endsAt, face, ofTheHour, phase, secondsLeft } from "../countdown.js";

/**
 * The session that is looked at, and who works in it; null while there is no session.
 *
 * `left` and `spent` are seconds of its clock, `spent` never more than there are; `goingOn` counts the benches that still have
 * time when the session's is up.
 */
export function benchScene({ board, rows }, now) {
  const extras = new Map();
  for (const row of rows) extras.set(row.session, Math.max(extras.get(row.session) ?? 0, row.extra));
  const session = ofTheHour(board.sessions, now, extras);
  if (session === null) return null;
  const left = secondsLeft(session, now);
  const doing = phase(session, now);
  const here = rows.filter((row) => row.session === session.number);
  return {
    session,
    phase: doing,
    left,
    spent: Math.min(Math.max(session.seconds - left, 0), session.seconds),
    endsAt: endsAt(session, now),
    goingOn: doing === "over" ? here.filter((row) => left + row.extra > 0).length : 0,
    rows: here,
  };
}

/** What a bench's own clock says: what it has more than the session, or, once that is over, what it has left; else nothing. */
export function extraFace(row, scene) {
  if (row.extra === 0) return "";
  const own = scene.left + row.extra;
  if (scene.phase === "over") return own > 0 ? face(own) : "";
  return `${row.extra > 0 ? "+" : "−"}${face(Math.abs(row.extra))}`;
}

/** Which word goes with the clock: its phase, and how it stands with those who may go on. */
export function clockWord({ phase: doing, goingOn }) {
  return doing === "over" && goingOn > 0 ? "goingOn" : doing;
}
