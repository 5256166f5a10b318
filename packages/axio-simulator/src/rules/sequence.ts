import { isObject, type JsonObject, stringMember } from "../json.ts";
import { isGenuine } from "../stream/encrypted-content.ts";
import { reasoningIdOf } from "../stream/item-ids.ts";
import { itemNotFound } from "./items.ts";
import { platformRefusal, type Refusal } from "./refusal.ts";
import type { RuleContext } from "./rule.ts";
import { first, missingParameter } from "./shape.ts";

/** The call types that an output may belong to. */
const OUTPUT_OF: Readonly<Record<string, readonly string[]>> = {
  function_call_output: ["function_call", "local_shell_call"],
  custom_tool_call_output: ["custom_tool_call"],
  tool_search_output: ["tool_search_call"],
};

/** Calls that the service may run itself. They need no output. */
const MAY_LACK_OUTPUT: ReadonlySet<string> = new Set(["tool_search_call"]);

/** Items that the model wrote, and that may therefore follow its reasoning. */
const OUTPUT_ITEM = /_call$/;

/** No two items may have the same id. */
export function refuseDuplicateIds(body: JsonObject): Refusal | undefined {
  const seen = new Set<string>();
  return first(itemsOf(body), (item) => {
    const id = stringMember(item, "id");
    if (id === undefined) return undefined;
    if (!seen.has(id)) {
      seen.add(id);
      return undefined;
    }
    return platformRefusal(
      `Duplicate item found with id ${id}. Remove duplicate items from your input and try again.`,
      "input",
      null,
    );
  });
}

/** Encrypted content must come back unchanged, and reasoning cannot come back without it. */
export function refuseEncryptedContent(
  body: JsonObject,
  { isKnownContent = isGenuine, keepsItems = false }: RuleContext = {},
): Refusal | undefined {
  return first(itemsOf(body), (item, index) => {
    const content = stringMember(item, "encrypted_content");
    const path = `input[${index}].encrypted_content`;
    if (content === undefined) {
      if (item["type"] !== "reasoning" || keepsItems) return undefined;
      const id = stringMember(item, "id");
      return id === undefined ? missingParameter(path) : itemNotFound(id);
    }
    if (isKnownContent(content)) return undefined;
    return platformRefusal(
      "The encrypted content could not be verified. Reason: Encrypted content could not be decrypted or parsed.",
      path,
      "invalid_encrypted_content",
    );
  });
}

/** Reasoning must be followed by an item of the same response. */
export function refuseLoneReasoning(body: JsonObject): Refusal | undefined {
  const items = itemsOf(body);
  return first(items, (item, index) => {
    if (item["type"] !== "reasoning") return undefined;
    const following = items.slice(index + 1).find(({ type }) => type !== "reasoning");
    if (following !== undefined && isOutputItem(following)) return undefined;
    return platformRefusal(
      `Item '${stringMember(item, "id") ?? `input[${index}]`}' of type 'reasoning' was provided without its required following item.`,
      "input",
      null,
    );
  });
}

/** An item that came after reasoning must come back with that reasoning, or without its id. */
export function refuseMissingReasoning(body: JsonObject): Refusal | undefined {
  const items = itemsOf(body);
  const ids = new Set(items.map(({ id }) => id));
  return first(items, (item) => {
    const id = stringMember(item, "id");
    const reasoningId = id === undefined ? undefined : reasoningIdOf(id);
    if (reasoningId === undefined || ids.has(reasoningId)) return undefined;
    return platformRefusal(
      `Item '${id}' of type '${stringMember(item, "type") ?? "message"}' was provided without its required 'reasoning' item: '${reasoningId}'.`,
      "input",
      null,
    );
  });
}

/** Each output must follow its call, and each call must have one output. */
export function refuseUnpairedCalls(body: JsonObject): Refusal | undefined {
  const open = new Map<string, string[]>();
  const orphan = first(itemsOf(body), (item) => {
    const callId = stringMember(item, "call_id");
    const type = String(item["type"]);
    if (callId === undefined) return undefined;
    const callTypes = OUTPUT_OF[type];
    const waiting = open.get(callId) ?? [];
    if (callTypes === undefined) {
      if (OUTPUT_ITEM.test(type)) open.set(callId, [...waiting, type]);
      return undefined;
    }
    const answered = waiting.findIndex((callType) => callTypes.includes(callType));
    if (answered === -1) {
      return platformRefusal(
        `No tool call found for function call output with call_id ${callId}.`,
        "input",
        null,
      );
    }
    open.set(callId, waiting.toSpliced(answered, 1));
    return undefined;
  });
  if (orphan !== undefined) return orphan;
  return first([...open], ([callId, types]) =>
    types.every((type) => MAY_LACK_OUTPUT.has(type))
      ? undefined
      : platformRefusal(`No tool output found for function call ${callId}.`, "input", null),
  );
}

function isOutputItem(item: JsonObject): boolean {
  return item["role"] === "assistant" || OUTPUT_ITEM.test(String(item["type"]));
}

function itemsOf(body: JsonObject): readonly JsonObject[] {
  const input = body["input"];
  return Array.isArray(input) ? input.map((item: unknown) => (isObject(item) ? item : {})) : [];
}
