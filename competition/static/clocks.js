/** The timetable's clocks go: each `data-clock` says what is left, by the server's clock, from one second to the next. */

import { face, phase, secondsLeft } from "./countdown.js";

const TICK_MS = 250;

const section = document.querySelector("[data-server-now]");
const skew = Date.parse(section.dataset.serverNow) - Date.now();
const cards = [...section.querySelectorAll("[data-clock]")].map((card) => ({ card, session: JSON.parse(card.dataset.clock) }));

function show() {
  const now = Date.now() + skew;
  for (const { card, session } of cards) {
    const doing = phase(session, now);
    const state = card.querySelector("[data-clock-phase]");
    put(card.querySelector("[data-clock-left]"), face(secondsLeft(session, now)));
    put(state, state.getAttribute(`data-word-${doing}`));
    state.dataset.tone = state.getAttribute(`data-tone-${doing}`);
  }
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

for (const still of section.querySelectorAll("[data-clock-still]")) still.hidden = true;
show();
setInterval(show, TICK_MS);
