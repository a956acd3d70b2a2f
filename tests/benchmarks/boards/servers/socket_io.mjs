/** socket.io over WebSocket: each line on stdin is emitted to everybody. */
import { createInterface } from "node:readline";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const { Server } = createRequire(`${process.cwd()}/`)("socket.io");
const http = createServer();
const server = new Server(http, { transports: ["websocket"], pingInterval: 3_600_000, perMessageDeflate: false });
http.listen({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 4096 });

createInterface({ input: process.stdin })
  .on("line", (line) => server.emit("patch", JSON.parse(line)))
  .on("close", () => process.exit());
