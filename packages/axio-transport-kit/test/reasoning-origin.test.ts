import { assistantMessage, type Block, userMessage } from "axio";
import { expect, test } from "vitest";
import { ReasoningFilter, reasoningOrigin, tagReasoning } from "../src/reasoning-origin.ts";

const here = reasoningOrigin("account-1", "gpt-5.5");
const elsewhere = reasoningOrigin("account-2", "gpt-5.5");

const thought: Block = {
  type: "reasoning",
  text: "",
  providerData: { "openai-responses": { item: { type: "reasoning", encrypted_content: "sealed" } } },
};

function readable(block: Block): boolean {
  const history = [userMessage("Hi"), assistantMessage([block])];
  return new ReasoningFilter().filterMessages(history, here).length === history.length;
}

test("a thought goes back to whom it came from, and nowhere else, whichever transport brought it", () => {
  expect(readable(tagReasoning(thought, "one-route", here))).toBe(true);
  expect(readable(tagReasoning(thought, "one-route", elsewhere))).toBe(false);
  expect(readable(tagReasoning(thought, "another-route", elsewhere))).toBe(false);
});

test("a thought that nobody marked goes out: the backend will say", () => {
  expect(readable(thought)).toBe(true);
});
