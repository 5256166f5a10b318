import { isJsonObject, type JsonObject, type Message } from "axio";
import { factsOf } from "../../src/models/find-facts.ts";
import { buildMessagesBody, type MessagesBody, type MessagesRequest } from "../../src/request/body.ts";
import { hostRules } from "../../src/request/host-rules.ts";
import { objects } from "./request-rules.ts";

/** Builds a request to a model of Anthropic's own API. */
export function build(messages: readonly Message[], rest: Partial<MessagesRequest> = {}): MessagesBody {
  const model = rest.model ?? "claude-sonnet-5-5";
  return buildMessagesBody({
    model,
    facts: factsOf({ id: model, capabilities: [] }),
    rules: hostRules(true),
    system: "Be brief.",
    messages,
    tools: [],
    now: 0,
    ...rest,
  });
}

/** The messages of a body, without cache breakpoints. */
export function messagesOf({ body }: Pick<MessagesBody, "body">): readonly JsonObject[] {
  return objects(withoutMarks(body["messages"]));
}

/** A value without cache breakpoints. */
export function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "cache_control")
      .map(([name, member]) => [name, withoutMarks(member)]),
  );
}
