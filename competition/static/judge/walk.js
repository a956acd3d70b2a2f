/** The way through the sheets of one sub-criterion: who competes now first, and whom a scanned code or bench means. Pure. */

/** The sheets of a sub-criterion in the order they are walked: the running session's first, then by session and bench. */
export function inOrder(sheets, sub_criterion, running) {
  const key = ({ session, bench, code }) => [session === running ? 0 : 1, session || Infinity, bench || Infinity, code];
  return sheets.filter((sheet) => sheet.sub_criterion === sub_criterion).sort((one, other) => ordered(key(one), key(other)));
}

/** The sheets before and after this one in an order, undefined at its ends. */
export function neighbours(order, id) {
  const place = order.findIndex((sheet) => sheet.id === id);
  return { before: order[place - 1], after: order[place + 1] };
}

/** The next sheet in an order for which `isOpen`, from the one after `id` and round again; undefined when none is. */
export function nextOpen(order, id, isOpen) {
  const place = order.findIndex((sheet) => sheet.id === id);
  return [...order.slice(place + 1), ...order.slice(0, Math.max(place, 0))].find(isOpen);
}

/** Whether what was scanned is a figure, such as a caliper types, and no code: a bench's own number on a sheet is a reading. */
export function isFigure(text) {
  return /^[+-]?[\d.:]+$/.test(text.trim());
}

/** Whether a sheet is of the entrant that a target means (see `list.js`); at a bench, who is there in the running session. */
export function isMeant(sheet, { bench, code }, running) {
  if (code !== undefined) return sheet.code.toUpperCase() === code;
  return sheet.bench === bench && (running === null || sheet.session === running);
}

function ordered(one, other) {
  const place = one.findIndex((part, n) => part !== other[n]);
  return place < 0 ? 0 : one[place] < other[place] ? -1 : 1;
}
