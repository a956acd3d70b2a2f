/** Node's ws: each line on stdin is sent by every viewer's own `send`. */
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const { WebSocketServer } = createRequire(`${process.cwd()}/`)("ws");
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 4096, perMessageDeflate: false });

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const frame = Buffer.from(line);
    for (const viewer of server.clients) viewer.send(frame, { binary: false });
  })
  .on("close", () => process.exit());
