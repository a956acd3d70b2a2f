import assert from "node:assert/strict";
import { test } from "node:test";

import { sealed } from "../../../../competition/static/judge/rescue.js";

const KEY = Buffer.alloc(32, 7);
const SNAPSHOT = { judge_id: "judge", device_id: "device", rescue_key: KEY.toString("base64") };
const ENTRIES = [{ sequence: 1, kind: "mark", command: { id: "m1", note: "螺钉 – “loose”" } }];

async function opened({ nonce, sealed: body }) {
  const key = await crypto.subtle.importKey("raw", KEY, "AES-GCM", false, ["decrypt"]);
  const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: Buffer.from(nonce, "base64") }, key, Buffer.from(body, "base64"));
  return JSON.parse(new TextDecoder().decode(text));
}

test("the file opens with the tablet's key, and only tells which tablet made it", async () => {
  const text = await sealed({ snapshot: SNAPSHOT, entries: ENTRIES, made_at: "2026-06-01T02:00:00.000Z" });
  const file = JSON.parse(text);
  assert.deepEqual([file.format, file.device_id], ["leitai-rescue-1", "device"]);
  assert.deepEqual(await opened(file), { judge_id: "judge", made_at: "2026-06-01T02:00:00.000Z", entries: ENTRIES });
  assert.ok(!text.includes("loose"));
});

test("two files of the same entries are sealed with different nonces, and a changed one does not open", async () => {
  const file = async () => JSON.parse(await sealed({ snapshot: SNAPSHOT, entries: ENTRIES, made_at: "" }));
  const [one, other] = [await file(), await file()];
  assert.notEqual(one.nonce, other.nonce);
  const body = Buffer.from(one.sealed, "base64");
  body[0] ^= 1;
  await assert.rejects(opened({ ...one, sealed: body.toString("base64") }));
});
