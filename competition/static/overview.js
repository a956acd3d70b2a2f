// The overview follows the contest: every few seconds the page is fetched again and its parts are put in place.

const REFRESH_MS = 5000;
const PARTS = [".figures", ".matrix tbody", ".columns > .stack:last-child > .card:first-child"];

async function refresh() {
  if (document.hidden || document.querySelector("details[open] form")) return;
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const selector of PARTS) {
    const [now, next] = [document.querySelector(selector), fresh.querySelector(selector)];
    if (now && next && now.innerHTML !== next.innerHTML) now.replaceChildren(...next.childNodes);
  }
}

if (document.querySelector("[data-live]")) setInterval(() => refresh().catch(() => {}), REFRESH_MS);
