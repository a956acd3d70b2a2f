/** uWebSockets as Bun carries it: each line on stdin is published to a topic that every viewer follows. */
import { createInterface } from "node:readline";

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.argv[2]),
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response(null, { status: 404 })),
  websocket: {
    idleTimeout: 0,
    perMessageDeflate: false,
    open: (viewer) => viewer.subscribe("live"),
    message: () => {},
  },
});

createInterface({ input: process.stdin })
  .on("line", (line) => server.publish("live", line))
  .on("close", () => process.exit());
