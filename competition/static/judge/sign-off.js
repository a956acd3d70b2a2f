/** How a sheet's sign-off stands, from what the server last told and what waits in the outbox. Pure. */

/**
 * `{ state, seal, entry }`: `open`; `on_tablet`, signed here and not received; `refused`, signed here and not taken; or `sealed`.
 * `seal` is the sign-off's id, `entry` the one that waits.
 */
export function signOffOf(sheet, entries) {
  const entry = entries.findLast(({ kind }) => kind === "seal");
  if (entry) return { state: entry.refusal ? "refused" : "on_tablet", seal: entry.command.id, entry };
  return { state: sheet.sealed_at ? "sealed" : "open", seal: sheet.seal, entry: null };
}

/** Whether marks can be entered on the sheet. */
export function isOpen({ state }) {
  return state === "open" || state === "refused";
}

/**
 * The signatures under a sheet, as `{ role, drawing, at, state, entry }`: `holds`, `void` once the sheet was reopened after it,
 * `on_tablet`, or `refused`.
 */
export function signaturesOf(sheet, entries) {
  const each = new Map(sheet.signatures.map((signature) => [signature.id, signature]));
  const kept = [...each.values()].map(({ role, drawing, signed_at, holds }) => {
    return { role, drawing, at: signed_at, state: holds ? "holds" : "void", entry: null };
  });
  const known = new Set([sheet.seal, ...sheet.signatures.map(({ id }) => id)]);
  const waiting = entries.flatMap((entry) => {
    const { kind, command, at, refusal } = entry;
    // The server may tell of a signature before its receipt is here.
    if ((kind !== "seal" && kind !== "signature") || known.has(command.id)) return [];
    const role = kind === "seal" ? "judge" : command.role;
    return [{ role, drawing: command.drawing, at, state: refusal ? "refused" : "on_tablet", entry }];
  });
  return [...kept, ...waiting];
}

/** Whether the competitor may still sign under the sign-off in force. */
export function awaitsCompetitor(sheet, entries) {
  if (isOpen(signOffOf(sheet, entries))) return false;
  return !signaturesOf(sheet, entries).some(({ role, state }) => role === "competitor" && state !== "void");
}
