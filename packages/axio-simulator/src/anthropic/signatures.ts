import { createHash, createHmac } from "node:crypto";
import { isObject, type JsonObject } from "../json.ts";
import { blockMessages, blocksOf } from "./rules/messages-of.ts";

/** Fixed, so that signatures stay valid after a restart, like real ones. */
const KEY = "axio-simulator-claude";

/** The origin of a thinking block. */
export interface ThinkingOrigin {
  readonly model: string;
  /** The digest of everything before the message of the block. */
  readonly prefix: string;
}

/** Signs the text of a thinking block. For redacted thinking the text is empty. */
export function signThinking(text: string, origin: ThinkingOrigin): string {
  const payload = Buffer.from(JSON.stringify([origin.model, origin.prefix])).toString("base64url");
  return `Eq${payload}.${markOf(text, payload)}`;
}

/** The origin of a block, or `undefined` if its text or signature was changed. */
export function originOf(text: string, signature: string): ThinkingOrigin | undefined {
  const [, payload, mark] = /^Eq([\w-]+)\.([\w-]+)$/.exec(signature) ?? [];
  if (payload === undefined || mark !== markOf(text, payload)) return undefined;
  const [model, prefix] = JSON.parse(Buffer.from(payload, "base64url").toString()) as [string, string];
  return { model, prefix };
}

function markOf(text: string, payload: string): string {
  return createHmac("sha256", KEY).update(`${payload}\n${text}`).digest("base64url");
}

/** The digest of the system prompt, the tools and the messages before the turn of a message. */
export function prefixDigest(body: JsonObject, messageIndex: number): string {
  const tools = Array.isArray(body["tools"]) ? body["tools"] : [];
  const hash = createHash("sha256").update(JSON.stringify(plain([blocksOf(body["system"]), tools])));
  const messages = blockMessages(body);
  // Consecutive messages of one role are one.
  let start = messageIndex;
  while (start > 0 && messages[start - 1]?.role === messages[messageIndex]?.role) start -= 1;
  for (const { role, blocks } of messages.slice(0, start)) {
    for (const block of blocks) hash.update(`\n${role} ${JSON.stringify(plain(block))}`);
  }
  return hash.digest("base64url").slice(0, 24);
}

/** A value without the marks of the prompt cache, which are not part of the prefix. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const { cache_control: _mark, ...members } = value;
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, plain(member)]));
}
