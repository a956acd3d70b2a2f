"""Scripts that look at a page as a person does who sees little, uses a keyboard or has large fingers; each gives what is wrong."""

from __future__ import annotations

SPACED = """
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}
"""
"""The spacing of text that a reader may ask of any page (WCAG 1.4.12)."""

CUT_OFF = """
() => {
  const LINE = 12;  // signs of some scripts reach a little over their line, which takes nothing away
  const shown = [...document.querySelectorAll("body, body *")].filter((element) =>
    element.checkVisibility({ visibilityProperty: true }) && !element.closest(".visually-hidden, .skip-link, svg"));
  const named = (element) => (element.outerHTML.split(">")[0] + ">").slice(0, 90);
  const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["the page is wider than the window"] : [];
  const out = shown.filter((element) => {
    const { width, left, right } = element.getBoundingClientRect();
    return width && (left < -1 || right > innerWidth + 1);
  });
  const clipped = shown.filter((element) => {
    const { overflowX, overflowY } = getComputedStyle(element);
    const hides = (overflow) => ["hidden", "clip"].includes(overflow);
    return (hides(overflowX) && element.scrollWidth > element.clientWidth + 1)
      || (hides(overflowY) && element.scrollHeight > element.clientHeight + LINE);
  });
  return [...wide, ...out.map((element) => `out of the window: ${named(element)}`),
    ...clipped.map((element) => `cut off: ${named(element)}`)];
}
"""

COVERED = """
(keys) => [...document.querySelectorAll(keys)].filter((key) => key.checkVisibility({ visibilityProperty: true })).filter((key) => {
  key.scrollIntoView({ block: "center", behavior: "instant" });
  const { left, top, width, height } = key.getBoundingClientRect();
  const seen = document.elementFromPoint(left + width / 2, top + height / 2);
  return !(key === seen || key.contains(seen));
}).map((key) => key.outerHTML.split(">")[0])
"""
"""Keys that something else lies on once they are scrolled to."""

SMALL = """
() => [...document.querySelectorAll("a[href], button, summary, input, select, textarea, label:has(input)")].filter((target) =>
  target.checkVisibility({ visibilityProperty: true }) && !target.matches(".visually-hidden")
  && (target.closest("dialog[open]") || !document.querySelector("dialog[open]"))).map((target) => {
  const { width, height } = target.getBoundingClientRect();
  const is_key = target.matches(".key, .reading, .stepper > button");
  const is_inline = target.matches(".skip-link, .line-link, .read-back th a");
  const least = is_key ? 96 : is_inline ? 44 : 56;
  return { name: target.outerHTML.split(">")[0], width: Math.round(width), height: Math.round(height), least };
}).filter(({ width, height, least }) => height < least || width < (least === 96 ? 96 : 44))
"""
"""
Targets smaller than a finger wants them: keys 96 px, other actions 56. Three kinds of links are 44 px high: the line in words, the
aspects' ids in the table that is read back, and the way to the content, which only a keyboard sees.
"""

FOCUS = """
() => {
  const element = document.activeElement;
  if (element === document.body) return "nothing has the focus";
  const { left, top, width, height } = element.getBoundingClientRect();
  if (height > innerHeight) return null;
  const [x, y] = [left + Math.min(width, 20) / 2, top + Math.min(height, 20) / 2];
  const seen = document.elementFromPoint(x, y);
  const name = element.outerHTML.split(">")[0];
  const over = element.matches("input[type=file]") ? element.parentElement : element;
  if (getComputedStyle(over).outlineStyle === "none") return `no ring around ${name}`;
  return over === seen || over.contains(seen) || seen?.contains(over) ? null : `under something else: ${name}`;
}
"""

HAS_FOCUS = "(element) => document.activeElement === element"
STEP = """
async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const seconds = (element, name) => Math.max(...getComputedStyle(element)[name].split(",").map(parseFloat));
  document.querySelector("[data-next]").click();
  await frame();
  const at_once = scrollY;
  for (let n = 0; n < 30; n += 1) await frame();
  const moving = [...document.querySelectorAll("body *")].filter((element) =>
    ["transitionDuration", "animationDuration"].some((name) => seconds(element, name) > 0.001));
  return [scrollY > 0 && scrollY === at_once, moving.map((element) => element.outerHTML.split(">")[0])];
}
"""
"""Goes to the next open aspect: whether that was done within a frame, and all that would move."""

SHIFTS = """
() => {
  globalThis.shifts = [];
  const at = ({ x, y }) => `${Math.round(x)}, ${Math.round(y)}`;
  const note = ({ node, previousRect, currentRect }) => {
    const [before, after] = [previousRect, currentRect].map(at);
    if (before !== after && !node?.matches?.("output")) shifts.push(`${before} → ${after}: ${(node?.outerHTML ?? "").slice(0, 90)}`);
  };
  new PerformanceObserver((list) => {
    for (const { sources } of list.getEntries()) for (const source of sources) note(source);
  }).observe({ type: "layout-shift" });
}
"""
"""
Notes every part of the page that moved although nothing was scrolled, also right after a tap or a key; a figure that grows in its
own place to the left has not moved.
"""
