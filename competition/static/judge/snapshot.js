/** The snapshot: what the server last said this judge works with, and how it changes between two answers. Pure. */

/** Flags under which a received mark does not count until the chief judge decides. */
export const WITHOUT_EFFECT = ["conflict", "late", "quarantined"];

/** Whether what a receipt speaks of was kept, but does not count. */
export function isWithoutEffect({ flags = [] }) {
  return WITHOUT_EFFECT.some((flag) => flags.includes(flag));
}

/** The event that a sheet belongs to, or undefined. */
export function eventOf(tablet, sheet_id) {
  return tablet?.events.find((event) => event.sheets.some((sheet) => sheet.id === sheet_id));
}

/** The sheet with this id, or undefined. */
export function sheetOf(tablet, sheet_id) {
  return eventOf(tablet, sheet_id)?.sheets.find((sheet) => sheet.id === sheet_id);
}

/** The sub-criterion that a sheet is marked by, or undefined. */
export function subCriterionOf(tablet, sheet_id) {
  const id = sheetOf(tablet, sheet_id)?.sub_criterion;
  return eventOf(tablet, sheet_id)?.sub_criteria.find((sub) => sub.id === id);
}

/** Where the form of a sheet is. */
export function addressOf(event, sheet) {
  return `${formOf(event, sheet.sub_criterion)}#${sheet.id}`;
}

/** Every form that this judge's sheets are marked on. */
export function formsOf(tablet) {
  return tablet.events.flatMap((event) => event.sub_criteria.map((sub) => formOf(event, sub.id)));
}

/**
 * The snapshot with sheets as the server now says they are. A receipt for another sheet may have been faster than these words:
 * only for a sheet that itself had a receipt since they change nothing, and the next ones say it all.
 */
export function withSheets(tablet, { event_id, revision, sheets }) {
  return changedEvent(tablet, event_id, (event) => {
    const fresh = new Map(sheets.filter(({ id }) => !(sheetIn(event, id)?.as_of > revision)).map((sheet) => [sheet.id, sheet]));
    return {
      ...event,
      revision: Math.max(event.revision, revision),
      sheets: event.sheets.map((sheet) => fresh.get(sheet.id) ?? sheet),
    };
  });
}

/** The snapshot once the server has taken an entry, or a photograph, at `now` (ISO, the server's time). */
export function withReceipt(tablet, entry, receipt, now) {
  if (entry.kind === "message") return withMessage(tablet, receipt);
  return changedEvent(tablet, entry.event_id, (event) => ({
    ...event,
    revision: Math.max(event.revision, receipt.revision),
    sheets: event.sheets.map((sheet) =>
      sheet.id === entry.sheet_id ? { ...after(sheet, entry, receipt, now), as_of: receipt.revision } : sheet,
    ),
  }));
}

/**
 * Whether the sheet was told of after this receipt was first given, and says something else since: a receipt that was lost once
 * comes again after what it speaks of was corrected or reopened. Then only the server knows how the sheet stands.
 */
export function isOvertaken(tablet, { kind, sheet_id, command }, { revision }) {
  const sheet = sheetOf(tablet, sheet_id);
  if (!sheet || !(eventOf(tablet, sheet_id).revision > revision)) return false;
  if (kind === "seal") return sheet.reopened_for !== null;
  const mark = kind === "mark" && sheet.marks.find(({ aspect }) => aspect === command.aspect);
  return Boolean(mark) && mark.id !== command.id && mark.id !== command.supersedes;
}

/** The snapshot with a message more; one that is known changes nothing. */
export function withMessage(tablet, message) {
  if (!tablet || tablet.messages.some(({ id }) => id === message.id)) return tablet;
  return { ...tablet, messages: [...tablet.messages, message] };
}

function sheetIn(event, id) {
  return event.sheets.find((sheet) => sheet.id === id);
}

function formOf(event, sub_criterion) {
  return `/judge/forms/${event.id}/${event.scheme_digest}/${encodeURIComponent(sub_criterion)}`;
}

function changedEvent(tablet, event_id, change) {
  if (!tablet) return tablet;
  return { ...tablet, events: tablet.events.map((event) => (event.id === event_id ? change(event) : event)) };
}

function after(sheet, { kind, command }, receipt, now) {
  switch (kind) {
    case "mark":
      return withMark(sheet, command, receipt);
    case "retraction":
      // What stood before it the next snapshot tells.
      return { ...sheet, marks: sheet.marks.filter((mark) => mark.id !== command.mark) };
    case "seal":
      // The server's own word of it may have come before the receipt, and says more.
      if (sheet.seal === command.id) return sheet;
      return { ...sheet, sealed_at: now, seal: command.id, sheet_digest: null, reopened_for: null };
    case "signature": {
      const { id, role, drawing } = command;
      const others = sheet.signatures.filter((other) => other.id !== id);
      return { ...sheet, signatures: [...others, { id, role, drawing, signed_at: now, holds: true }] };
    }
    default: {
      const { id, aspect, taken_at } = command;
      const others = sheet.photographs.filter((other) => other.id !== id);
      return { ...sheet, photographs: [...others, { id, aspect, taken_at }] };
    }
  }
}

/**
 * A mark that was kept without effect leaves in force what was. So does one without points: sent again, it is no reading any more
 * by an amended scheme, and no amendment is made over a mark in force.
 */
function withMark(sheet, command, receipt) {
  if (isWithoutEffect(receipt) || receipt.points === null) return sheet;
  const { flags, points, steps, position } = receipt;
  const { id, aspect, values, state, revote = null } = command;
  const mark = { id, aspect, values, state, flags, points, steps, position, revote };
  return { ...sheet, marks: [...sheet.marks.filter((other) => other.aspect !== aspect), mark] };
}
