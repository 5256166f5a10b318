import { userMessage } from "axio";
import { buildRequestBody } from "axio-responses";
import { findCodexRefusal } from "axio-simulator";
import fc from "fast-check";
import { anyHistory, anyTools } from "test-support/any-history";
import { repetitions } from "test-support/requirements";
import { expect, test } from "vitest";
import { toLiteBody } from "../src/backend/lite-body.ts";
import { ITEM_TYPES } from "../src/config.ts";

test.each([false, true])("the backend accepts a request from any history (lite: %s)", (lite) => {
  fc.assert(
    fc.property(anyHistory, anyTools, (history, tools) => {
      const messages = [...history, userMessage("Go on")];
      const body = buildRequestBody({
        model: lite ? "gpt-6.1-sol" : "gpt-5.5",
        system: "",
        messages,
        tools,
        itemTypes: ITEM_TYPES,
      });
      const refusal = findCodexRefusal(lite ? toLiteBody(body) : body, { lite, isKnownContent: () => true });
      expect(refusal?.message).toBeUndefined();
    }),
    { numRuns: repetitions({ short: 50, full: 200 }) },
  );
});
