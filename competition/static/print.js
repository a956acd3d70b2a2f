/** `<button data-print hidden>` shows itself where scripts run, and prints the page. */

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
