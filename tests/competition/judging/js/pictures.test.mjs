import assert from "node:assert/strict";
import { test } from "node:test";

import { fitted } from "../../../../competition/static/judge/pictures.js";

test("a picture keeps its shape, its longer side is cut to the most, and a small one stays as it is", () => {
  assert.deepEqual(fitted(4_000, 3_000, 1_600), [1_600, 1_200]);
  assert.deepEqual(fitted(3_000, 4_000, 1_600), [1_200, 1_600]);
  assert.deepEqual(fitted(800, 600, 1_600), [800, 600]);
  assert.deepEqual(fitted(20_000, 2, 1_600), [1_600, 1]);
});
