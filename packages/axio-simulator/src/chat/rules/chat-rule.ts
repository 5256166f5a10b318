import type { JsonObject } from "../../json.ts";
import type { KeyedModel } from "../../openai/models.ts";
import type { Refusal } from "../../rules/refusal.ts";
import type { ChatSwitches } from "../switches.ts";

/** The facts outside the body that some rules of Chat Completions depend on. */
export interface ChatRuleContext {
  /** The model that the request is for. Default: rules that depend on a model are skipped. */
  readonly model?: KeyedModel | undefined;
  /** The oddities of the server. Default: those of OpenAI. */
  readonly switches?: ChatSwitches | undefined;
}

/** Returns why the service refuses a body, or `undefined` if the rule accepts it. Has no side effects. */
export type ChatRule = (body: JsonObject, context?: ChatRuleContext) => Refusal | undefined;

/** The messages of a body that are objects, each with its index. */
export function messagesOf(body: JsonObject): readonly JsonObject[] {
  const messages = body["messages"];
  return Array.isArray(messages) ? (messages as readonly JsonObject[]) : [];
}
