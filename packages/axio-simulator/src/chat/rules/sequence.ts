import { isObject, type JsonObject, stringMember } from "../../json.ts";
import { platformRefusal, type Refusal } from "../../rules/refusal.ts";
import { first } from "../../rules/shape.ts";
import { OPENAI_CHAT } from "../switches.ts";
import { type ChatRuleContext, messagesOf } from "./chat-rule.ts";

/** The results of all calls of a message follow it at once, each exactly once. */
export function refuseUnpairedCalls(body: JsonObject): Refusal | undefined {
  let open = new Set<string>();
  let calledAt = -1;
  const messages = messagesOf(body);
  const refusal = first(messages, (message, index) => {
    if (message["role"] === "tool") {
      const id = stringMember(message, "tool_call_id") ?? "";
      if (open.delete(id)) return undefined;
      return platformRefusal(
        calledAt === -1
          ? `Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.`
          : `Invalid parameter: 'tool_call_id' of '${id}' not found in 'tool_calls' of previous message.`,
        `messages[${index}].${calledAt === -1 ? "role" : "tool_call_id"}`,
        null,
      );
    }
    if (open.size > 0) return unanswered(open, calledAt);
    const ids = callIds(message);
    const duplicate = ids.find((id, position) => ids.indexOf(id) !== position);
    if (duplicate !== undefined) {
      return platformRefusal(
        `Duplicate value for 'tool_call_id' of '${duplicate}'.`,
        `messages[${index}].tool_calls`,
        "invalid_value",
      );
    }
    open = new Set(ids);
    calledAt = ids.length === 0 ? -1 : index;
    return undefined;
  });
  return refusal ?? (open.size > 0 ? unanswered(open, calledAt) : undefined);
}

function unanswered(open: ReadonlySet<string>, index: number): Refusal {
  return platformRefusal(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(", ")}`,
    `messages[${index + 1}].role`,
    null,
  );
}

/** The ids of the tool calls of a message. */
function callIds(message: JsonObject): readonly string[] {
  const calls = message["tool_calls"];
  return Array.isArray(calls) ? calls.flatMap((call) => stringMember(call, "id") ?? []) : [];
}

/** The order of roles that some servers demand. */
export function refuseRoleOrder(
  body: JsonObject,
  { switches = OPENAI_CHAT }: ChatRuleContext = {},
): Refusal | undefined {
  const messages = messagesOf(body);
  return first(messages, (message, index) => {
    const before = messages[index - 1]?.["role"];
    const role = message["role"];
    if (switches.assistantAfterTool && role === "user" && before === "tool") {
      return platformRefusal("Unexpected role 'user' after role 'tool'", `messages[${index}].role`, "3230");
    }
    const repeats = before === role && (role === "user" || role === "assistant");
    return switches.alternatingRoles && repeats
      ? platformRefusal(
          "Conversation roles must alternate user/assistant/user/assistant/...",
          `messages[${index}].role`,
          null,
        )
      : undefined;
  });
}

/** The ids of calls must have the form that the server demands. */
export function refuseCallIds(
  body: JsonObject,
  { switches: { callIdPattern } = OPENAI_CHAT }: ChatRuleContext = {},
): Refusal | undefined {
  if (callIdPattern === undefined) return undefined;
  return first(messagesOf(body), (message, index) => {
    const wrong = callIds(message).find((id) => !callIdPattern.test(id));
    return wrong === undefined
      ? undefined
      : platformRefusal(
          `Tool call id was ${wrong} but must be a-z, A-Z, 0-9, with a length of 9.`,
          `messages[${index}].tool_calls`,
          "3280",
        );
  });
}

/** Some servers need the reasoning, or the signature, of earlier calls back. */
export function refuseLostReasoning(
  body: JsonObject,
  { switches = OPENAI_CHAT }: ChatRuleContext = {},
): Refusal | undefined {
  return first(messagesOf(body), (message, index) => {
    const calls = Array.isArray(message["tool_calls"]) ? message["tool_calls"].filter(isObject) : [];
    if (calls.length === 0) return undefined;
    if (
      switches.wantsReasoning &&
      body["tools"] !== undefined &&
      typeof message["reasoning_content"] !== "string"
    ) {
      return platformRefusal(
        "The reasoning_content in the thinking mode must be passed back to the API.",
        `messages[${index}]`,
        "invalid_request_error",
      );
    }
    // The first call of a response has the signature.
    const [call] = calls;
    if (!switches.callSignatures || call === undefined || signatureOf(call) !== undefined) return undefined;
    return platformRefusal(
      "Function call is missing a thought_signature in functionCall parts.",
      `messages[${index}].tool_calls[0]`,
      "INVALID_ARGUMENT",
    );
  });
}

function signatureOf(call: JsonObject): string | undefined {
  const extra = call["extra_content"];
  return isObject(extra) ? stringMember(extra["google"], "thought_signature") : undefined;
}
