import { isObject } from "../../json.ts";
import type { Refusal } from "../../rules/refusal.ts";
import { refuseInvalidUnicode } from "../../rules/strings.ts";
import { claudeRefusal } from "../errors.ts";
import { refuseCacheMarks } from "./cache.ts";
import type { ClaudeRule, ClaudeRuleContext } from "./claude-rule.ts";
import { refuseBetas, refuseEmptyMessages, refuseMembers } from "./members.ts";
import { refuseUnsupported } from "./model.ts";
import { refuseUnpairedServerTools, refuseUnpairedTools } from "./sequence.ts";
import { refuseChangedThinking, refuseForeignPrefix, refuseLostThinking } from "./thinking.ts";
import { refuseTools } from "./tools.ts";

/** The rules for the body of a Messages request, in the order in which they apply. */
export const CLAUDE_RULES = {
  unicode: (body) => refuseInvalidUnicode(body)?.message,
  betas: refuseBetas,
  members: refuseMembers,
  "empty-messages": refuseEmptyMessages,
  tools: refuseTools,
  "cache-marks": refuseCacheMarks,
  "unpaired-tools": refuseUnpairedTools,
  "unpaired-server-tools": refuseUnpairedServerTools,
  model: refuseUnsupported,
  "changed-thinking": refuseChangedThinking,
  "lost-thinking": refuseLostThinking,
  "foreign-prefix": refuseForeignPrefix,
} as const satisfies Readonly<Record<string, ClaudeRule>>;

/** The name of a rule of the Messages API. */
export type ClaudeRuleName = keyof typeof CLAUDE_RULES;

/**
 * Why the Messages API refuses the body of a request. Needs no server and has no side effects.
 *
 * @returns `undefined` if every rule accepts the body.
 *
 * @example
 * ```ts
 * const refusal = findClaudeRefusal({ model: "claude-sonnet-5-5", max_tokens: 100, messages: [] });
 * console.log(refusal?.message); // messages: at least one message is required
 * ```
 */
export function findClaudeRefusal(body: unknown, context: ClaudeRuleContext = {}): Refusal | undefined {
  if (!isObject(body)) return claudeRefusal("The request body is not valid JSON");
  for (const rule of Object.values<ClaudeRule>(CLAUDE_RULES)) {
    const message = rule(body, context);
    if (message !== undefined) return claudeRefusal(message);
  }
  return undefined;
}
