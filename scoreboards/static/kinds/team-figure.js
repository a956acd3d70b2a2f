/** The figure of a delegation as its measure is written: pure, text in, text out. */

import { points } from "../board-state.js";

/** Places are whole numbers or their mean and stand as they are; all else are points, with two places at least. */
export function teamFigure(value, measure) {
  if (value === null) return "–";
  return measure === "place" ? value.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "") : points(value);
}
