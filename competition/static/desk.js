/* The desk's small helps; every page works without them. Each enhances one `data-` hook. */

/** How a script asks for a page: it shows itself what came of a form, and leaves what the page says of it to its reader. */
export const BY_SCRIPT = { accept: "text/html", "x-leitai-script": "yes" };

/** Whether every word of `wanted` occurs in `text`, whatever its case. */
export function matches(text, wanted) {
  const found = text.toLowerCase();
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => found.includes(word));
}

/** `<input data-filter="#table" hidden>` hides the body rows that do not match; `<output data-filter-count>` tells how many do. */
function enhanceFilter(input) {
  const rows = [...document.querySelectorAll(`${input.dataset.filter} tbody tr`)];
  const count = document.querySelector("[data-filter-count]");
  const texts = rows.map((row) => row.textContent);
  const apply = () => {
    rows.forEach((row, place) => {
      row.hidden = !matches(texts[place], input.value);
    });
    if (count) count.value = input.value.trim() ? `${rows.filter((row) => !row.hidden).length} / ${rows.length}` : "";
  };
  input.closest("[hidden]")?.removeAttribute("hidden");
  input.addEventListener("input", apply);
  apply();
}

/** `<form data-confirm="sentence">` asks before it is sent. */
function enhanceConfirm(form) {
  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.confirm)) event.preventDefault();
  });
}

/** `<form data-once>` cannot be sent twice by a double click. */
function enhanceOnce(form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    window.setTimeout(() => form.querySelectorAll("button").forEach((button) => (button.disabled = true)));
  });
  window.addEventListener("pageshow", () => form.querySelectorAll("button").forEach((button) => (button.disabled = false)));
}

/** `<pre data-copy>` gets a button that copies its text; `data-copy` is the button's label, `data-copied` what it says after. */
function enhanceCopy(block) {
  if (!navigator.clipboard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.size = "small";
  button.textContent = block.dataset.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.textContent);
    button.textContent = block.dataset.copied;
  });
  block.after(button);
}

if (typeof document !== "undefined") {
  document.querySelectorAll("[data-filter]").forEach(enhanceFilter);
  document.querySelectorAll("form[data-confirm]").forEach(enhanceConfirm);
  document.querySelectorAll("form[data-once]").forEach(enhanceOnce);
  document.querySelectorAll("[data-copy]").forEach(enhanceCopy);
  document.querySelector(".desk-tabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
}
