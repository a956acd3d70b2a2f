/**
 * The PIN page's keypad: large keys in place of the system's keyboard. Without it the field and the button are a plain form.
 *
 * Whoever changes the language here wants the app's pages in it too: those that are kept in the other one are let go.
 */

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

for (const link of document.querySelectorAll("a.language")) {
  link.addEventListener("click", async (event) => {
    if (!globalThis.caches) return;
    event.preventDefault();
    const kept = (await caches.keys()).filter((name) => name.startsWith("leitai-pages-"));
    await Promise.all(kept.map((name) => caches.delete(name)));
    location.assign(link.href);
  });
}
