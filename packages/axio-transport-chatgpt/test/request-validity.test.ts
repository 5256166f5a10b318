import { userMessage } from "axio";
import { buildRequestBody } from "axio-responses";
import { findChatGPTRefusal } from "axio-simulator";
import fc from "fast-check";
import { anyHistory, anyTools } from "test-support/any-history";
import { expect, test } from "vitest";
import { toPlanBody } from "../src/backend/plan-body.ts";
import { ITEM_TYPES } from "../src/backend/plan-requests.ts";

test("the documented route accepts a request from any history", () => {
  fc.assert(
    fc.property(anyHistory, anyTools, (history, tools) => {
      const messages = [...history, userMessage("Go on")];
      const input = { model: "gpt-6.1-sol", system: "", messages, tools, itemTypes: ITEM_TYPES };
      const refusal = findChatGPTRefusal(toPlanBody(buildRequestBody(input)), { isKnownContent: () => true });
      expect(refusal?.message).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});
