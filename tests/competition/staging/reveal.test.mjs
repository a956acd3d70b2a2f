/** Which button of the presenter's page a key presses. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { buttonOf } from "../../../competition/static/reveal.js";

const press = (key, changes = {}) =>
  buttonOf({ key, repeat: false, isModified: false, isTyping: false, isOnControl: false, ...changes });

test("space, arrows, a clicker's keys, and the curtain", () => {
  assert.deepEqual(
    [" ", "ArrowRight", "PageDown", "ArrowLeft", "PageUp", "p", "P", "b", "."].map((key) => press(key)),
    ["next", "next", "next", "back", "back", "pause", "pause", "pause", "pause"],
  );
  assert.deepEqual(["x", "Enter", "Escape", "toString"].map((key) => press(key)), [null, null, null, null]);
});

test("a key that is held down, typed, or part of a shortcut presses nothing", () => {
  const idle = [{ repeat: true }, { isTyping: true }, { isModified: true }];
  assert.deepEqual(
    idle.map((changes) => press("ArrowRight", changes)),
    [null, null, null],
  );
});

test("the space bar presses what has the focus, and the arrows work all the same", () => {
  assert.equal(press(" ", { isOnControl: true }), null);
  assert.equal(press("ArrowRight", { isOnControl: true }), "next");
});
