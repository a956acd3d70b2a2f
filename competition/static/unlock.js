/** The PIN page's keypad: large keys in place of the system's keyboard. Without it the field and the button are a plain form. */

const form = document.querySelector("[data-unlock]");

if (form) {
  const pin = form.elements.pin;
  form.querySelector("[data-plain]").hidden = true;
  form.querySelector("[data-keys]").hidden = false;
  pin.inputMode = "none";
  form.addEventListener("click", ({ target }) => {
    const { digit, erase } = target.closest("button")?.dataset ?? {};
    if (digit !== undefined && pin.value.length < pin.maxLength) pin.value += digit;
    if (erase !== undefined) pin.value = pin.value.slice(0, -1);
  });
}
