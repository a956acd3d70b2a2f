/** Photographs as evidence for an aspect: taken here, made small here, and shown while they wait and once they are received. */

import { said } from "./words.js";

/** The longer side of a picture that is sent (px), how finely it is encoded, and the most bytes it may have. */
const LONGEST_SIDE = 1_600;
const QUALITIES = [0.8, 0.6, 0.4];
const MOST_BYTES = 2_000_000;

/** Width and height of a picture whose longer side is at most `longest`. */
export function fitted(width, height, longest = LONGEST_SIDE) {
  const share = Math.min(1, longest / Math.max(width, height));
  return [Math.max(1, Math.round(width * share)), Math.max(1, Math.round(height * share))];
}

/** A picture as a JPEG small enough to send, drawn anew and so without what a camera notes in it; null if it is no picture. */
export async function shrunk(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (!picture) return null;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = fitted(picture.width, picture.height);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  for (const quality of QUALITIES) {
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    if (blob && blob.size <= MOST_BYTES) return blob;
  }
  return null;
}

export class Pictures {
  #element;
  #aspect;
  #words;
  #desk;
  #addresses = new Map();
  #shown = "";

  constructor(element, aspect, words, desk) {
    this.#element = element;
    this.#aspect = aspect;
    this.#words = words;
    this.#desk = desk;
    const input = element.querySelector("[data-picture]");
    input.addEventListener("change", () => this.#add(input));
  }

  /** Show the photographs of a sheet's aspect; more can be added while the sheet `is_open`. */
  show(sheet, is_open) {
    const is_mine = ({ sheet_id, aspect }) => sheet_id === sheet.id && aspect === this.#aspect.id;
    const queued = this.#desk.tablet.photographs.filter(is_mine);
    const received = sheet.photographs.filter(({ aspect }) => aspect === this.#aspect.id);
    this.#element.querySelector("[data-picture-add]").hidden = !is_open;
    const shown = JSON.stringify([sheet.id, queued, received]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#letGo(queued);
    this.#element
      .querySelector("[data-pictures]")
      .replaceChildren(...received.map((one) => this.#received(one)), ...queued.map((one) => this.#queued(one)));
  }

  async #add(input) {
    const [file] = input.files;
    if (!file) return;
    this.#tell("");
    const keep = this.#desk.photograph(this.#aspect.id);
    const blob = await shrunk(file);
    input.value = "";
    if (!blob) this.#tell(said(this.#words, "picture_unfit"));
    else await keep(blob).catch(() => this.#tell(this.#words.alert_storage));
  }

  #received({ id }) {
    return this.#item(`/photographs/${id}`, "picture_received", "good");
  }

  #queued(photograph) {
    const item = this.#item("", photograph.refusal ? "picture_refused" : "picture_queued", photograph.refusal ? "bad" : "wait");
    if (photograph.refusal) item.append(...this.#ways(photograph));
    this.#addressOf(photograph.id).then((address) => address && (item.querySelector("img").src = address));
    return item;
  }

  #item(address, key, tone) {
    const item = document.createElement("li");
    const alt = said(this.#words, "picture_of", { aspect: this.#aspect.id });
    const image = Object.assign(document.createElement("img"), { alt });
    if (address) image.src = address;
    const state = Object.assign(document.createElement("span"), { className: "state", textContent: this.#words[key] });
    state.dataset.tone = tone;
    item.append(image, state);
    return item;
  }

  #ways({ id, refusal }) {
    const { tablet } = this.#desk;
    const why = Object.assign(document.createElement("p"), { className: "fault", textContent: refusal.detail });
    const way = (key, work) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: this.#words[key] });
      button.addEventListener("click", work);
      return button;
    };
    return [why, way("again", () => tablet.againPhotograph(id)), way("drop", () => tablet.setPhotographAside(id))];
  }

  async #addressOf(id) {
    if (!this.#addresses.has(id)) {
      const photograph = await this.#desk.tablet.photographWith(id);
      if (!photograph) return null;
      this.#addresses.set(id, URL.createObjectURL(photograph.blob));
    }
    return this.#addresses.get(id);
  }

  /** Let go of pictures that wait no more. */
  #letGo(queued) {
    for (const [id, address] of this.#addresses) {
      if (queued.some((one) => one.id === id)) continue;
      URL.revokeObjectURL(address);
      this.#addresses.delete(id);
    }
  }

  #tell(sentence) {
    this.#element.querySelector("[data-picture-fault]").textContent = sentence;
  }
}
