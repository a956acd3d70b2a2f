/** The theme's form: a picker beside each colour, and while colours change the server says anew how well they can be read. */

import { Coalesced } from "./desk-live.js";

const LEAST_MS = 300;
const COLOUR = /^#[0-9a-f]{6}$/i;

class ThemeForm {
  #form;
  #preview = document.getElementById("theme-preview");
  #asking = new Coalesced(() => this.#ask(), LEAST_MS);

  constructor(form) {
    this.#form = form;
    for (const field of form.querySelectorAll("[data-colour]")) this.#addPicker(field);
    form.addEventListener("input", (event) => event.target.closest("[data-colour]") && this.#asking.ask());
  }

  #addPicker(field) {
    const typed = field.querySelector("input");
    const picker = document.createElement("input");
    picker.type = "color";
    picker.value = field.dataset.colour;
    picker.setAttribute("aria-labelledby", `${typed.id}-hint`);
    picker.addEventListener("input", () => {
      typed.value = picker.value;
    });
    typed.addEventListener("input", () => {
      if (COLOUR.test(typed.value)) picker.value = typed.value;
    });
    field.append(picker);
  }

  async #ask() {
    const address = new URL(this.#form.dataset.themeForm, location.href);
    for (const name of ["primary", "accent"]) address.searchParams.set(name, this.#form.elements[name].value);
    const answer = await fetch(address, { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("theme-preview");
    if (fresh) this.#preview.replaceChildren(...fresh.childNodes);
  }
}

for (const form of document.querySelectorAll("[data-theme-form]")) new ThemeForm(form);
