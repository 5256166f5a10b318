import type { Message } from "axio";
import { expect, test } from "vitest";
import { deriveConversationId } from "../src/index.ts";

function conversation(prompt: string, ...more: readonly string[]): { system: string; messages: Message[] } {
  const messages = [prompt, ...more].map(
    (text): Message => ({ role: "user", content: [{ type: "text", text }] }),
  );
  return { system: "Be brief.", messages };
}

test("a conversation keeps its id while it grows, also beside others", async () => {
  const [first, second] = await Promise.all([
    deriveConversationId(conversation("Hello")),
    deriveConversationId(conversation("Good evening")),
  ]);
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(second).not.toBe(first);
  expect(await deriveConversationId(conversation("Hello", "And now?"))).toBe(first);
  expect(await deriveConversationId(conversation("Hello", "And now?"), "another client")).not.toBe(first);
  expect(await deriveConversationId(conversation("Good evening", "And now?"))).toBe(second);
  expect(await deriveConversationId({ ...conversation("Hello"), system: "Be long." })).not.toBe(first);
});
