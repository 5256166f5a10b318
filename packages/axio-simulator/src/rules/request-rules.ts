import type { JsonObject } from "../json.ts";
import { refuseLackingTools, refuseOutputFormat, refuseToolChoice } from "./choices.ts";
import { refuseEmptyInput, refuseItems } from "./items.ts";
import type { Refusal } from "./refusal.ts";
import type { RequestRule, RuleContext } from "./rule.ts";
import {
  refuseDuplicateIds,
  refuseEncryptedContent,
  refuseLoneReasoning,
  refuseMissingReasoning,
  refuseUnpairedCalls,
} from "./sequence.ts";
import { refuseSettings, refuseUnsupportedSettings } from "./settings.ts";
import { refuseInvalidUnicode, refuseLongStrings } from "./strings.ts";
import { refuseTools } from "./tools.ts";

/** The rules for the body of a Responses request on every route, in the order in which they apply. */
export const REQUEST_RULES = {
  unicode: refuseInvalidUnicode,
  "string-length": refuseLongStrings,
  "empty-input": refuseEmptyInput,
  settings: refuseSettings,
  "model-settings": refuseUnsupportedSettings,
  items: refuseItems,
  "duplicate-ids": refuseDuplicateIds,
  "encrypted-content": refuseEncryptedContent,
  "lone-reasoning": refuseLoneReasoning,
  "missing-reasoning": refuseMissingReasoning,
  "unpaired-calls": refuseUnpairedCalls,
  tools: refuseTools,
  "lacking-tools": refuseLackingTools,
  "tool-choice": refuseToolChoice,
  "output-format": refuseOutputFormat,
} as const satisfies Readonly<Record<string, RequestRule>>;

/** The name of a rule. */
export type RuleName = keyof typeof REQUEST_RULES;

/**
 * Applies the rules for every route.
 *
 * @returns The first refusal, or `undefined` if every rule accepts the body.
 *
 * @example
 * ```ts
 * const refusal = findRefusal({ input: [{ type: "function_call_output", call_id: "c1", output: "" }] });
 * console.log(refusal?.message); // No tool call found for function call output with call_id c1.
 * ```
 */
export function findRefusal(body: JsonObject, context?: RuleContext): Refusal | undefined {
  for (const rule of Object.values<RequestRule>(REQUEST_RULES)) {
    const refusal = rule(body, context);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
