/** What a tablet's app knows of how it is, for its `TabletStatus`. Pure. */

/** The status of a tablet at `now`: its own clock, as ISO text. */
export function statusOf({ entries, photographs, version, upkeep, sheet_id }, now) {
  const waiting = entries.filter((entry) => !entry.refusal);
  const on_tablet = {};
  for (const entry of waiting) {
    if (entry.kind === "mark") on_tablet[entry.sheet_id] = (on_tablet[entry.sheet_id] ?? 0) + 1;
  }
  return {
    queued: waiting.length,
    oldest_at: waiting[0]?.at ?? null,
    refused: entries.length - waiting.length,
    photographs: photographs.length,
    clock: now,
    version,
    is_kept: upkeep.is_kept,
    sheet_id,
    on_tablet,
  };
}
