import assert from "node:assert/strict";
import { test } from "node:test";

import { LiveStream, backoff } from "../../../../competition/static/live.js";

test("tries to reconnect come at growing intervals, spread by chance, never far apart", () => {
  assert.deepEqual([0, 1, 2, 3, 10].map((failures) => backoff(failures, 1)), [250, 500, 1000, 1500, 1500]);
  assert.equal(backoff(0, 0), 125);
});

test("where no socket comes through, server-sent events are heard by the names they have", async () => {
  const page = { addEventListener() {}, document: new EventTarget(), location: { href: "http://here/boards/hall" } };
  const sources = [];
  class NoSocket extends EventTarget {
    constructor() {
      super();
      queueMicrotask(() => this.dispatchEvent(Object.assign(new Event("close"), { code: 1006 })));
    }
    close() {}
  }
  class Source extends EventTarget {
    constructor(url) {
      super();
      sources.push({ source: this, url });
    }
    close() {}
  }
  Object.assign(globalThis, page, { WebSocket: NoSocket, EventSource: Source });
  const stream = new LiveStream(() => "/boards/hall/live", () => 7, { hasEvents: true });
  const heard = [];
  stream.addEventListener("message", ({ detail }) => heard.push(detail.type));
  stream.addEventListener("closed", ({ detail }) => sources.length && heard.push(detail));
  stream.heard();
  stream.start();
  while (!sources.length) await new Promise((resolve) => setTimeout(resolve, 20));
  const [{ source, url }] = sources;
  const say = (name, data) => source.dispatchEvent(Object.assign(new Event(name), { data: JSON.stringify(data) }));
  for (const type of ["snapshot", "patch", "status"]) say(type, { type });
  say("closed", { code: 4404, reason: "this board was taken down" });
  stream.stop();
  assert.equal(url.href, "http://here/boards/hall/live?since=7");
  assert.deepEqual(heard, ["snapshot", "patch", "status", 4404]);
});
