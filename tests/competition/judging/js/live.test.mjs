import assert from "node:assert/strict";
import { test } from "node:test";

import { backoff } from "../../../../competition/static/live.js";

test("tries to reconnect come at growing intervals, spread by chance, never far apart", () => {
  assert.deepEqual([0, 1, 2, 3, 10].map((failures) => backoff(failures, 1)), [250, 500, 1000, 1500, 1500]);
  assert.equal(backoff(0, 0), 125);
});
