import { assistantMessage, type Block, userMessage } from "axio";
import { expect, test } from "vitest";
import { originOf } from "../src/account-origin.ts";
import { ReasoningFilter, tagReasoning } from "../src/reasoning-filter.ts";

const identify = originOf();
const here = identify("account-1", "gpt-5.5");
const elsewhere = identify("account-2", "gpt-5.5");

const reasoning: Block = {
  type: "reasoning",
  text: "",
  providerData: { "openai-responses": { item: { type: "reasoning", encrypted_content: "sealed" } } },
};

function isSent(block: Block): boolean {
  const history = [userMessage("Hi"), assistantMessage([block])];
  return new ReasoningFilter().filterMessages(history, here).length === history.length;
}

test("reasoning goes back only to its account and model, whichever transport received it", () => {
  expect(isSent(tagReasoning(reasoning, "one-route", here))).toBe(true);
  expect(isSent(tagReasoning(reasoning, "one-route", elsewhere))).toBe(false);
  expect(isSent(tagReasoning(reasoning, "another-route", elsewhere))).toBe(false);
});

test("reasoning without an origin is sent: the service decides", () => {
  expect(isSent(reasoning)).toBe(true);
});
