import { type Block, isJsonObject, type JsonObject, type JsonValue, type ToolUseBlock } from "axio";
import type { ResponsesData } from "../provider-data.ts";
import { fitName, isName } from "./ids.ts";
import type { AssistantContent, ReplayedItem } from "./input-items.ts";
import { fitStrings } from "./strings.ts";

/** Fits the value of a member to what the API accepts; `undefined` omits the member. */
type MemberRule = (value: JsonValue | undefined) => JsonValue | undefined;

const LONGEST_ENCRYPTED_CONTENT = 20_971_520;
const LONGEST_IMAGE_RESULT = 73_400_320;

const text: MemberRule = (value) => (typeof value === "string" ? value : undefined);
const name: MemberRule = (value) => (typeof value === "string" ? fitName(value) : undefined);
const namespace: MemberRule = (value) => (typeof value === "string" && isName(value) ? value : undefined);
const object: MemberRule = (value) => (isJsonObject(value) ? value : undefined);
const textUpTo =
  (longest: number): MemberRule =>
  (value) =>
    typeof value === "string" && value !== "" && value.length <= longest ? value : undefined;
const oneOf =
  (...values: readonly string[]): MemberRule =>
  (value) =>
    typeof value === "string" && values.includes(value) ? value : undefined;
/** A member that the API requires. */
const or =
  (rule: MemberRule, fallback: JsonValue): MemberRule =>
  (value) =>
    rule(value) ?? fallback;

const encrypted = textUpTo(LONGEST_ENCRYPTED_CONTENT);
const status = oneOf("in_progress", "completed", "incomplete");
const call = { id: text, call_id: text, name, namespace, caller: object, status };

/** The members of each type of item. A type without members is sent back as it came. */
const ITEMS: ReadonlyMap<string, Readonly<Record<string, MemberRule>> | undefined> = new Map<
  string,
  Readonly<Record<string, MemberRule>> | undefined
>([
  [
    "message",
    {
      id: text,
      role: or(oneOf("assistant"), "assistant"),
      status: or(status, "completed"),
      phase: oneOf("commentary", "final_answer"),
      content: () => [],
    },
  ],
  [
    "reasoning",
    // The plain text of reasoning (`content`) is not accepted together with the encrypted one.
    { id: text, summary: summaryOf, encrypted_content: encrypted },
  ],
  ["function_call", { ...call, arguments: text, encrypted_function_args: text }],
  ["custom_tool_call", { ...call, input: text }],
  ["function_call_output", { call_id: text, output: text }],
  ["custom_tool_call_output", { call_id: text, output: text }],
  [
    "web_search_call",
    {
      id: text,
      status: or(oneOf("in_progress", "searching", "completed", "failed"), "completed"),
      action: searchAction,
    },
  ],
  [
    "image_generation_call",
    {
      id: text,
      status: or(oneOf("in_progress", "completed", "generating", "failed"), "completed"),
      result: or(textUpTo(LONGEST_IMAGE_RESULT), null),
    },
  ],
  ["compaction", { id: text, encrypted_content: encrypted }],
  ["compaction_summary", { id: text, encrypted_content: encrypted }],
  ["context_compaction", { id: text, encrypted_content: encrypted }],
  ["compaction_trigger", {}],
  ...[
    "apply_patch_call",
    "apply_patch_call_output",
    "code_interpreter_call",
    "computer_call",
    "computer_call_output",
    "file_search_call",
    "local_shell_call",
    "local_shell_call_output",
    "mcp_approval_request",
    "mcp_approval_response",
    "mcp_call",
    "mcp_list_tools",
    "shell_call",
    "shell_call_output",
    "tool_search_call",
    "tool_search_output",
  ].map((type): [string, undefined] => [type, undefined]),
]);

/** The members without which the API rejects an item. */
const REQUIRED: ReadonlyMap<string, readonly string[]> = new Map([
  ["reasoning", ["encrypted_content"]],
  ["function_call", ["call_id", "name", "arguments"]],
  ["custom_tool_call", ["call_id", "name", "input"]],
  ["function_call_output", ["call_id", "output"]],
  ["custom_tool_call_output", ["call_id", "output"]],
  ["local_shell_call", ["call_id"]],
  ["shell_call", ["call_id"]],
  ["apply_patch_call", ["call_id"]],
  ["web_search_call", ["action"]],
  ["compaction", ["encrypted_content"]],
  ["compaction_summary", ["encrypted_content"]],
]);

/** The members of the citations that the API accepts back. */
const CITATIONS: ReadonlyMap<JsonValue | undefined, Readonly<Record<string, "string" | "number">>> = new Map([
  ["url_citation", { url: "string", title: "string", start_index: "number", end_index: "number" } as const],
  ["file_citation", { file_id: "string", filename: "string", index: "number" } as const],
  [
    "container_file_citation",
    {
      container_id: "string",
      file_id: "string",
      filename: "string",
      start_index: "number",
      end_index: "number",
    } as const,
  ],
  ["file_path", { file_id: "string", index: "number" } as const],
]);

/** The member of a tool call that holds its text. */
type CallTextMember = "arguments" | "input";

/** Returns the item of a block with the content of the block, or `undefined` if it cannot be sent back. */
export function replayedItem(block: Block, data: ResponsesData): ReplayedItem | undefined {
  const { item, part } = data;
  switch (block.type) {
    case "tool-use":
      return isCall(item) ? fitItem({ ...item, [callTextMember(item)]: callText(block, item) }) : undefined;
    case "image":
      return item["type"] === "image_generation_call" && block.source.kind === "base64"
        ? fitItem({ ...item, result: block.source.data })
        : undefined;
    case "reasoning":
      return item["type"] === "reasoning" ? fitItem(item) : undefined;
    case "hosted-tool":
    case "opaque":
      return part === undefined && item["type"] !== "message" ? fitItem(item) : undefined;
    default:
      return undefined;
  }
}

/** Returns the message of a part, with an empty `content`. */
export function messageHead({ item, part }: ResponsesData): ReplayedItem | undefined {
  return part === undefined || item["type"] !== "message" ? undefined : fitItem(item);
}

/** Returns the message part of a block with the text of the block. */
export function replayedPart(block: Block, { part }: ResponsesData): JsonObject | undefined {
  if (part === undefined || block.type !== "text") return undefined;
  if (block.refusal === true) return { type: "refusal", refusal: block.text };
  if (part["type"] !== "output_text") return outputText(block.text);
  const replayed: Record<string, JsonValue> = {};
  for (const member of Object.keys(part)) {
    if (member === "type") replayed["type"] = "output_text";
    else if (member === "text") replayed["text"] = block.text;
    else if (member === "annotations") replayed["annotations"] = citationsOf(part["annotations"]);
    else if (member === "logprobs") replayed["logprobs"] = [];
  }
  replayed["text"] = block.text;
  return replayed;
}

/** Returns a part of a message of the assistant. */
export function outputText(text: string): AssistantContent {
  return { type: "output_text", text, annotations: [], logprobs: [] };
}

/** Returns the text of a tool call as the model wrote it, or its input as JSON. */
export function callText(block: ToolUseBlock, item?: JsonObject): string {
  if (block.inputText !== undefined) return block.inputText;
  const isFreeText = item !== undefined && callTextMember(item) === "input";
  return isFreeText && typeof block.input === "string"
    ? block.input
    : JSON.stringify(fitStrings(block.input));
}

function isCall({ type }: JsonObject): boolean {
  return type === "function_call" || type === "custom_tool_call";
}

/** A custom tool is called with free text, a function with JSON. */
function callTextMember(item: JsonObject): CallTextMember {
  return item["type"] === "custom_tool_call" ? "input" : "arguments";
}

/** Returns an item with the members that the API accepts; `undefined` for an unknown type, or if a required one is missing. */
function fitItem(item: JsonObject): ReplayedItem | undefined {
  const type = String(item["type"]);
  if (!ITEMS.has(type)) return undefined;
  const shape = ITEMS.get(type);
  const fitted = shape === undefined ? withoutCreator(item) : fitMembers(item, shape);
  const isWhole = REQUIRED.get(type)?.every((member) => fitted[member] !== undefined) ?? true;
  return isWhole ? Object.assign(fitted, { type }) : undefined;
}

function withoutCreator({ created_by: _, ...item }: JsonObject): JsonObject {
  return item;
}

/** The members that came and are known, in their order, then the required ones that are missing. */
function fitMembers(item: JsonObject, shape: Readonly<Record<string, MemberRule>>): JsonObject {
  const fitted: Record<string, JsonValue> = {};
  const add = (member: string, value: JsonValue | undefined): void => {
    const accepted = member === "type" ? value : shape[member]?.(value);
    if (accepted !== undefined) fitted[member] = accepted;
  };
  for (const member of Object.keys(item))
    if (member === "type" || Object.hasOwn(shape, member)) add(member, item[member]);
  for (const member of Object.keys(shape)) if (!Object.hasOwn(item, member)) add(member, undefined);
  return fitted;
}

function summaryOf(value: JsonValue | undefined): JsonValue {
  return (Array.isArray(value) ? value : [])
    .filter(isJsonObject)
    .flatMap((part) =>
      typeof part["text"] === "string" ? [{ type: "summary_text", text: part["text"] }] : [],
    );
}

function searchAction(value: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(value)) return undefined;
  const isKnown = ["search", "open_page", "find_in_page"].some((type) => type === value["type"]);
  return isKnown ? value : undefined;
}

function citationsOf(value: JsonValue | undefined): JsonValue {
  return (Array.isArray(value) ? value : []).filter((citation) => {
    const members = isJsonObject(citation) ? CITATIONS.get(citation["type"]) : undefined;
    return (
      isJsonObject(citation) &&
      members !== undefined &&
      Object.entries(members).every(([member, type]) => typeof citation[member] === type)
    );
  });
}
