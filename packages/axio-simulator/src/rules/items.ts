import { isObject, type JsonObject, stringMember } from "../json.ts";
import { inputContent, outputContent } from "./content.ts";
import { platformRefusal, type Refusal } from "./refusal.ts";
import type { RuleContext } from "./rule.ts";
import {
  anyObject,
  anything,
  arrayOf,
  type Check,
  first,
  invalidType,
  invalidValue,
  missingParameter,
  nullable,
  oneOf,
  shape,
  string,
  unknownParameter,
} from "./shape.ts";
import { toolDefinitions } from "./tools.ts";

const TEXT = string();
const NAME = string({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ });
const CALL_ID = string({ min: 1, max: 64 });
const STATUS = oneOf(["in_progress", "completed", "incomplete"]);
const PHASE = nullable(oneOf(["commentary", "final_answer"]));
const SUMMARY = arrayOf(shape({ type: oneOf(["summary_text"]), text: TEXT }));
/** The plain text of reasoning is not accepted back. */
const NO_REASONING_TEXT = nullable(arrayOf(anything, { max: 0 }));
const NAMED = { name: NAME, namespace: NAME, caller: nullable(anyObject) };

/** The members of each item type except `type` and `id`. */
const ITEMS: Readonly<Record<string, { readonly prefix: string; readonly check: Check }>> = {
  message: { prefix: "msg", check: messageCheck(["assistant", "developer", "user"]) },
  agent_message: item("amsg", { author: TEXT, recipient: TEXT, content: inputContent }),
  reasoning: item(
    "rs",
    { summary: SUMMARY },
    { encrypted_content: nullable(TEXT), content: NO_REASONING_TEXT },
  ),
  local_shell_call: item("lsh", { action: anyObject, status: STATUS }, { call_id: CALL_ID }),
  function_call: item(
    "fc",
    { call_id: CALL_ID, name: NAME, arguments: TEXT },
    { ...NAMED, status: STATUS, encrypted_function_args: TEXT },
  ),
  function_call_output: item(
    "fco",
    { call_id: CALL_ID, output: inputContent },
    { ...NAMED, status: nullable(STATUS) },
  ),
  custom_tool_call: item("ctc", { call_id: CALL_ID, name: NAME, input: TEXT }, { ...NAMED, status: STATUS }),
  custom_tool_call_output: item("ctco", { call_id: CALL_ID, output: inputContent }, NAMED),
  tool_search_call: item(
    "tsc",
    { arguments: anyObject },
    { call_id: nullable(CALL_ID), execution: TEXT, status: nullable(STATUS) },
  ),
  tool_search_output: item(
    "tso",
    { tools: toolDefinitions },
    { call_id: nullable(CALL_ID), execution: TEXT, status: nullable(STATUS) },
  ),
  web_search_call: item(
    "ws",
    {},
    { status: oneOf(["in_progress", "searching", "completed", "failed"]), action: anyObject },
  ),
  image_generation_call: item(
    "ig",
    { status: oneOf(["in_progress", "completed", "generating", "failed"]), result: nullable(TEXT) },
    { revised_prompt: nullable(TEXT) },
  ),
  compaction: item("cmp", { encrypted_content: TEXT }),
  compaction_summary: item("cmp", { encrypted_content: TEXT }),
  context_compaction: item("cmp", {}, { encrypted_content: TEXT }),
  compaction_trigger: item("", {}),
  additional_tools: item("at", { role: oneOf(["developer"]), tools: toolDefinitions }),
};

/** The items that only the platform with an API key accepts. Hosted tools made most of them. */
const PLATFORM_ITEMS: typeof ITEMS = {
  message: { prefix: "msg", check: messageCheck(["assistant", "developer", "system", "user"]) },
  file_search_call: { prefix: "fs", check: anyObject },
  code_interpreter_call: { prefix: "ci", check: anyObject },
  computer_call: { prefix: "cu", check: anyObject },
  computer_call_output: { prefix: "cuo", check: anyObject },
  shell_call: { prefix: "sh", check: anyObject },
  shell_call_output: { prefix: "sho", check: anyObject },
  apply_patch_call: { prefix: "apc", check: anyObject },
  apply_patch_call_output: { prefix: "apco", check: anyObject },
  mcp_list_tools: { prefix: "mcpl", check: anyObject },
  mcp_approval_request: { prefix: "mcpr", check: anyObject },
  mcp_approval_response: { prefix: "mcpa", check: anyObject },
  mcp_call: { prefix: "mcp", check: anyObject },
};

/** The item types whose id may be null. */
const NULL_ID: ReadonlySet<string> = new Set([
  "function_call_output",
  "tool_search_call",
  "tool_search_output",
  "compaction",
  "additional_tools",
]);

/** The input must hold an item, except in a warm-up. */
export function refuseEmptyInput(
  body: JsonObject,
  { isWarmUp = false }: RuleContext = {},
): Refusal | undefined {
  const input = body["input"];
  const isEmpty = input === undefined || (Array.isArray(input) && input.length === 0);
  if (isWarmUp || !isEmpty) return undefined;
  return platformRefusal(
    `One of "input" or "previous_response_id" or 'prompt' or 'conversation_id' must be provided.`,
    "input",
    "missing_required_parameter",
  );
}

/** Each item must have a known type, the right members, and an id with the prefix of its type. */
export function refuseItems(body: JsonObject, context: RuleContext = {}): Refusal | undefined {
  const input = body["input"];
  if (!Array.isArray(input)) return undefined;
  return first(input, (value, index) => checkItem(value, `input[${index}]`, context));
}

function checkItem(
  value: unknown,
  path: string,
  { privateItemMembers = [], isPlatform = false }: RuleContext,
): Refusal | undefined {
  if (!isObject(value)) return invalidType(value, path, "an object");
  const type = stringMember(value, "type") ?? (value["role"] === undefined ? "" : "message");
  if (type === "item_reference" || (type === "" && value["id"] !== undefined)) {
    return itemNotFound(String(value["id"]));
  }
  const items = isPlatform ? { ...ITEMS, ...PLATFORM_ITEMS } : ITEMS;
  const rule = Object.hasOwn(items, type) ? items[type] : undefined;
  if (rule === undefined) {
    return type === ""
      ? missingParameter(`${path}.type`)
      : invalidValue(type, `${path}.type`, Object.keys(items));
  }
  const { type: _type, id, ...members } = value;
  for (const name of privateItemMembers) delete members[name];
  const isAbsent = id === undefined || (id === null && NULL_ID.has(type));
  return (isAbsent ? undefined : checkId(id, rule.prefix, `${path}.id`)) ?? rule.check(members, path);
}

/** With `store: false` the service keeps no items that an id could name. */
export function itemNotFound(id: string): Refusal {
  return platformRefusal(
    `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
    "input",
    null,
    404,
  );
}

function checkId(id: unknown, prefix: string, path: string): Refusal | undefined {
  if (prefix === "") return unknownParameter(path);
  const refusal = string({ max: 64 })(id, path);
  if (refusal !== undefined) return refusal;
  const expectation = !String(id).startsWith(`${prefix}_`)
    ? `begins with '${prefix}'`
    : /^[A-Za-z0-9_-]+$/.test(String(id))
      ? undefined
      : "contains letters, numbers, underscores, or dashes";
  return expectation === undefined
    ? undefined
    : platformRefusal(
        `Invalid '${path}': '${String(id)}'. Expected an ID that ${expectation}.`,
        path,
        "invalid_value",
      );
}

function item(
  prefix: string,
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): { readonly prefix: string; readonly check: Check } {
  return { prefix, check: shape(required, optional) };
}

const USER_MESSAGE = shape({ role: TEXT, content: inputContent }, { status: STATUS, phase: PHASE });
const ASSISTANT_MESSAGE = shape({ role: TEXT, content: outputContent }, { status: STATUS, phase: PHASE });

function messageCheck(roles: readonly string[]): Check {
  return (value, path) => {
    const role = stringMember(value, "role");
    return (
      oneOf(roles)(role, `${path}.role`) ??
      (role === "assistant" ? ASSISTANT_MESSAGE : USER_MESSAGE)(value, path)
    );
  };
}
