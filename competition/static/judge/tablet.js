/** The judge's list: sends what waits on this tablet, says for each sheet how much that is, and keeps the lock until it is sent. */

import { startSending } from "./judge.js";
import { Outbox } from "./outbox.js";
import { dataBlock, said } from "./words.js";

const { judge_id } = dataBlock("facts");
const words = dataBlock("words");

const outbox = new Outbox();
const sender = startSending({ outbox, judge_id, words, hear: showWaiting });

showWaiting();

// Coming back by the browser's own button shows an old copy of the list.
addEventListener("pageshow", (event) => event.persisted && location.reload());

document.querySelector("[data-lock]").addEventListener("submit", async (event) => {
  event.preventDefault();
  await sender.flush();
  const n = (await waiting()).filter((entry) => !entry.refusal).length;
  const note = document.querySelector("[data-lock-note]");
  note.hidden = !n;
  note.textContent = n ? said(words, "lock_blocked", { n }) : "";
  if (!n) event.target.submit();
});

async function waiting() {
  return (await outbox.all()).filter((entry) => entry.judge_id === judge_id);
}

async function showWaiting() {
  const entries = await waiting();
  for (const place of document.querySelectorAll("[data-waiting]")) {
    const n = entries.filter((entry) => entry.sheet_id === place.dataset.waiting).length;
    place.hidden = !n;
    place.textContent = n ? said(words, "waiting", { n }) : "";
  }
}
