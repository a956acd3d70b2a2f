/** `<form data-sign>` gets a field to sign in by hand; without scripts the name alone is the signature. */

import { SignaturePad } from "./judge/signature-pad.js";

for (const form of document.querySelectorAll("form[data-sign]")) {
  const pad = new SignaturePad(form, () => {});
  form.querySelector("[data-ink-field]").hidden = false;
  form.addEventListener("submit", () => {
    const drawing = pad.drawing();
    form.elements.drawing.value = drawing ? JSON.stringify(drawing) : "";
  });
}
