import { isObject } from "../../json.ts";
import type { Refusal } from "../../rules/refusal.ts";
import { refuseInvalidUnicode, refuseLongStrings, unparsableBody } from "../../rules/strings.ts";
import type { ChatRule, ChatRuleContext } from "./chat-rule.ts";
import { refuseMembers } from "./members.ts";
import { refuseMessages } from "./messages.ts";
import { refuseUnsupported } from "./model.ts";
import { refuseCallIds, refuseLostReasoning, refuseRoleOrder, refuseUnpairedCalls } from "./sequence.ts";
import { refuseResponseFormat, refuseToolChoice, refuseTools } from "./tools.ts";

/** The rules for the body of a Chat Completions request, in the order in which they apply. */
export const CHAT_RULES = {
  unicode: refuseInvalidUnicode,
  "string-length": refuseLongStrings,
  members: refuseMembers,
  messages: refuseMessages,
  "unpaired-calls": refuseUnpairedCalls,
  "role-order": refuseRoleOrder,
  "call-ids": refuseCallIds,
  "lost-reasoning": refuseLostReasoning,
  tools: refuseTools,
  "tool-choice": refuseToolChoice,
  "response-format": refuseResponseFormat,
  model: refuseUnsupported,
} as const satisfies Readonly<Record<string, ChatRule>>;

/** The name of a rule of Chat Completions. */
export type ChatRuleName = keyof typeof CHAT_RULES;

/**
 * Why a service refuses the body of a Chat Completions request. Needs no server and has no side effects.
 *
 * @returns `undefined` if every rule accepts the body.
 *
 * @example
 * ```ts
 * const refusal = findChatRefusal({ model: "gpt-4.1", messages: [] });
 * console.log(refusal?.param); // messages
 * ```
 */
export function findChatRefusal(body: unknown, context: ChatRuleContext = {}): Refusal | undefined {
  if (!isObject(body)) return unparsableBody();
  for (const rule of Object.values<ChatRule>(CHAT_RULES)) {
    const refusal = rule(body, context);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
