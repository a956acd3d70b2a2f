/**
 * A field to sign in with a finger, a stylus or a mouse: strokes of points in CSS pixels.
 *
 * Who cannot draw types the name instead; where nobody may be named, a key makes a cross.
 */

const SVG = "http://www.w3.org/2000/svg";
/** Points nearer to the last one than this (px) add nothing to see. */
const NEAR = 3;
/** More points than this no signature needs; the rest of a scribble is not kept. */
const MOST_POINTS = 1_500;

export class SignaturePad {
  #element;
  #field;
  #name;
  #strokes = [];
  #hear;

  /** `element` holds the field, the clear key and the input of a name; `hear` is called when something changed. */
  constructor(element, hear) {
    this.#element = element;
    this.#hear = hear;
    this.#field = element.querySelector("[data-ink]");
    this.#name = element.querySelector("[data-ink-name]");
    this.#field.addEventListener("pointerdown", (event) => this.#begin(event));
    this.#field.addEventListener("pointermove", (event) => this.#draw(event));
    for (const end of ["pointerup", "pointercancel"]) this.#field.addEventListener(end, () => this.#end());
    element.querySelector("[data-ink-clear]").addEventListener("click", () => this.clear());
    element.querySelector("[data-ink-cross]").addEventListener("click", () => this.#cross());
    this.#name.addEventListener("input", () => this.#hear());
  }

  /** Let nobody be named here: a cross stands in for who cannot draw. */
  setNameless(is_nameless) {
    this.#element.querySelector("[data-ink-by-name]").hidden = is_nameless;
    this.#element.querySelector("[data-ink-cross]").hidden = !is_nameless;
  }

  /** Begin afresh, with neither strokes nor a name. */
  clear() {
    this.#strokes = [];
    this.#name.value = "";
    this.#field.replaceChildren();
    this.#changed();
  }

  /** The signature as a `Drawing`, or null while there is none. */
  drawing() {
    const strokes = this.#strokes.filter((stroke) => stroke.length);
    const name = this.#name.value.trim();
    if (!strokes.length && !name) return null;
    const { clientWidth: width, clientHeight: height } = this.#field;
    return { width, height, strokes, name };
  }

  #begin(event) {
    if (event.button !== 0 || this.#points() >= MOST_POINTS) return;
    event.preventDefault();
    this.#field.setPointerCapture(event.pointerId);
    this.#field.append(lineOf([]));
    this.#strokes.push([]);
    this.#add(event);
  }

  #draw(event) {
    if (!this.#field.hasPointerCapture(event.pointerId)) return;
    // A quick hand moves farther than one event tells.
    const between = event.getCoalescedEvents?.() ?? [];
    for (const each of between.length ? between : [event]) this.#add(each);
  }

  #end() {
    this.#changed();
  }

  #cross() {
    this.clear();
    const { clientWidth: width, clientHeight: height } = this.#field;
    const at = (x, y) => [Math.round(width / 2 + x * height), Math.round(height / 2 + y * height)];
    this.#strokes = [
      [at(-0.25, -0.25), at(0.25, 0.25)],
      [at(-0.25, 0.25), at(0.25, -0.25)],
    ];
    for (const stroke of this.#strokes) this.#field.append(lineOf(stroke));
    this.#changed();
  }

  #add({ clientX, clientY }) {
    if (this.#points() >= MOST_POINTS) return;
    const box = this.#field.getBoundingClientRect();
    const within = (value, most) => Math.round(Math.min(Math.max(value, 0), most));
    const point = [within(clientX - box.left, box.width), within(clientY - box.top, box.height)];
    const stroke = this.#strokes.at(-1);
    const last = stroke.at(-1);
    if (last && Math.hypot(point[0] - last[0], point[1] - last[1]) < NEAR) return;
    stroke.push(point);
    this.#field.lastElementChild.setAttribute("points", pointsOf(stroke));
  }

  #points() {
    return this.#strokes.reduce((count, stroke) => count + stroke.length, 0);
  }

  #changed() {
    this.#element.dataset.signed = this.#strokes.length ? "yes" : "no";
    this.#hear();
  }
}

/** A drawing as a picture; one that is only a name is that name, written. */
export function pictureOf({ width, height, strokes, name }) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${width || 1} ${height || 1}`);
  picture.setAttribute("class", "ink");
  picture.setAttribute("aria-hidden", "true");
  picture.append(...strokes.map(lineOf));
  if (strokes.length) return picture;
  return Object.assign(document.createElement("span"), { className: "ink-name", textContent: name });
}

function lineOf(stroke) {
  const line = document.createElementNS(SVG, "polyline");
  if (stroke.length) line.setAttribute("points", pointsOf(stroke));
  return line;
}

/** A dot is a stroke of one point, drawn as a line of no length. */
function pointsOf(stroke) {
  const all = stroke.length === 1 ? [stroke[0], stroke[0]] : stroke;
  return all.map((point) => point.join(",")).join(" ");
}
