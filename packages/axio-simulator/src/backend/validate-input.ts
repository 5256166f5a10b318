import { isObject, type JsonObject, stringMember } from "../json.ts";
import { errorReply, type Reply } from "../reply.ts";
import { validateTools } from "./validate-tools.ts";

/** The id prefix of each item type. */
const ID_PREFIXES: Readonly<Record<string, string>> = {
  message: "msg",
  agent_message: "amsg",
  reasoning: "rs",
  local_shell_call: "lsh",
  function_call: "fc",
  tool_search_call: "tsc",
  function_call_output: "fco",
  custom_tool_call: "ctc",
  custom_tool_call_output: "ctco",
  tool_search_output: "tso",
  web_search_call: "ws",
  image_generation_call: "ig",
  compaction: "cmp",
  compaction_summary: "cmp",
  additional_tools: "at",
  context_compaction: "cmp",
  compaction_trigger: "",
};

const OUTPUT_OF: Readonly<Record<string, readonly string[]>> = {
  function_call_output: ["function_call", "local_shell_call"],
  custom_tool_call_output: ["custom_tool_call"],
};

/** Whether encrypted content is what the service gave out, unchanged. */
type IsKnown = (content: string) => boolean;

/** Checks the items of an `input` one by one, and then calls against outputs. */
export function validateInput(input: readonly unknown[], isKnown: IsKnown): Reply | undefined {
  const seen = new Set<string>();
  for (const [index, item] of input.entries()) {
    const refusal = validateItem(item, `input[${index}]`, seen, isKnown);
    if (refusal !== undefined) return refusal;
  }
  return validatePairs(input.filter(isObject));
}

function validateItem(item: unknown, path: string, seen: Set<string>, isKnown: IsKnown): Reply | undefined {
  if (!isObject(item))
    return problem(`Invalid type for '${path}': expected an object.`, path, "invalid_type");
  const type = stringMember(item, "type") ?? (item["role"] === undefined ? "" : "message");
  if (type === "item_reference" || (type === "" && item["id"] !== undefined)) {
    const id = String(item["id"]);
    return errorReply(404, {
      message: `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
      param: "input",
    });
  }
  const prefix = ID_PREFIXES[type];
  if (prefix === undefined) {
    return problem(
      `Invalid value: '${type}'. Supported values are: ${Object.keys(ID_PREFIXES)
        .map((name) => `'${name}'`)
        .join(", ")}.`,
      `${path}.type`,
      "invalid_value",
    );
  }
  return validateId(item["id"], prefix, path, seen) ?? validateMembers(item, type, path, isKnown);
}

function validateId(id: unknown, prefix: string, path: string, seen: Set<string>): Reply | undefined {
  if (id === undefined || id === null) return undefined;
  const param = `${path}.id`;
  if (typeof id !== "string")
    return problem(`Invalid type for '${param}': expected a string.`, param, "invalid_type");
  if (id.length > 64) {
    return problem(
      `Invalid '${param}': string too long. Expected a string with maximum length 64, but got a string with length ${id.length} instead.`,
      param,
      "string_above_max_length",
    );
  }
  if (!id.startsWith(`${prefix}_`)) {
    return problem(
      `Invalid '${param}': '${id}'. Expected an ID that begins with '${prefix}'.`,
      param,
      "invalid_value",
    );
  }
  if (!/^[A-Za-z0-9_-]+$/.test(id)) {
    return problem(
      `Invalid '${param}': '${id}'. Expected an ID that contains letters, numbers, underscores, or dashes.`,
      param,
      "invalid_value",
    );
  }
  if (seen.has(id)) {
    return problem(
      `Duplicate item found with id ${id}. Remove duplicate items from your input and try again.`,
      "input",
      null,
    );
  }
  seen.add(id);
  return undefined;
}

const REQUIRED_STRINGS: Readonly<Record<string, readonly string[]>> = {
  message: ["role"],
  function_call: ["call_id", "name", "arguments"],
  function_call_output: ["call_id"],
  custom_tool_call: ["call_id", "name", "input"],
  custom_tool_call_output: ["call_id"],
  compaction: ["encrypted_content"],
  compaction_summary: ["encrypted_content"],
};

function validateMembers(item: JsonObject, type: string, path: string, isKnown: IsKnown): Reply | undefined {
  for (const name of REQUIRED_STRINGS[type] ?? []) {
    const refusal = requireString(item, name, path);
    if (refusal !== undefined) return refusal;
  }
  switch (type) {
    case "message":
      return validateMessage(item, path);
    case "reasoning":
      return validateReasoning(item, path, isKnown);
    case "function_call_output":
    case "custom_tool_call_output":
      return validateContent(item["output"], INPUT_PARTS, `${path}.output`);
    case "compaction":
    case "compaction_summary":
      return validateEncrypted(item, path, isKnown);
    case "additional_tools":
      return validateTools(item["tools"], `${path}.tools`);
    default:
      return undefined;
  }
}

function requireString(item: JsonObject, name: string, path: string): Reply | undefined {
  const param = `${path}.${name}`;
  if (item[name] === undefined) {
    return problem(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");
  }
  return typeof item[name] === "string"
    ? undefined
    : problem(`Invalid type for '${param}': expected a string.`, param, "invalid_type");
}

const INPUT_PARTS = ["input_text", "input_image", "input_audio", "input_file", "encrypted_content"];
const OUTPUT_PARTS = ["output_text", "refusal"];
const ROLES = ["assistant", "developer", "user"];

function validateMessage(item: JsonObject, path: string): Reply | undefined {
  const role = String(item["role"]);
  if (!ROLES.includes(role)) {
    return problem(
      `Invalid value: '${role}'. Supported values are: ${quoteAll(ROLES)}.`,
      `${path}.role`,
      "invalid_value",
    );
  }
  const phase = item["phase"];
  if (phase !== undefined && phase !== null && phase !== "commentary" && phase !== "final_answer") {
    return problem(`Invalid value: '${String(phase)}'.`, `${path}.phase`, "invalid_value");
  }
  return validateContent(
    item["content"],
    role === "assistant" ? OUTPUT_PARTS : INPUT_PARTS,
    `${path}.content`,
  );
}

function validateContent(content: unknown, parts: readonly string[], path: string): Reply | undefined {
  if (typeof content === "string") return undefined;
  if (!Array.isArray(content)) {
    return content === undefined
      ? problem(`Missing required parameter: '${path}'.`, path, "missing_required_parameter")
      : problem(
          `Invalid type for '${path}': expected one of an array of objects or string.`,
          path,
          "invalid_type",
        );
  }
  for (const [index, part] of content.entries()) {
    const type = stringMember(part, "type") ?? "";
    const param = `${path}[${index}]`;
    if (!parts.includes(type)) {
      return problem(
        `Invalid value: '${type}'. Supported values are: ${quoteAll(parts)}.`,
        param,
        "invalid_value",
      );
    }
    const refusal = isObject(part) ? validatePart(part, type, param) : undefined;
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function validatePart(part: JsonObject, type: string, path: string): Reply | undefined {
  if (type === "input_text" || type === "output_text") return requireString(part, "text", path);
  if (type === "refusal") return requireString(part, "refusal", path);
  if (type !== "input_image") return undefined;
  const url = part["image_url"];
  if (typeof url === "string" && /^(data:image\/[\w.+-]+;base64,[A-Za-z0-9+/=]+|https:\/\/\S+)$/.test(url)) {
    return undefined;
  }
  return problem(
    `Invalid '${path}.image_url'. Expected a base64-encoded data URL with an image MIME type, or an https URL.`,
    `${path}.image_url`,
    "invalid_value",
  );
}

function validateReasoning(item: JsonObject, path: string, isKnown: IsKnown): Reply | undefined {
  if (!Array.isArray(item["summary"])) {
    return problem(
      `Missing required parameter: '${path}.summary'.`,
      `${path}.summary`,
      "missing_required_parameter",
    );
  }
  return validateEncrypted(item, path, isKnown);
}

function validateEncrypted(item: JsonObject, path: string, isKnown: IsKnown): Reply | undefined {
  const content = item["encrypted_content"];
  if (typeof content === "string" && !isKnown(content)) {
    return problem(
      "The encrypted content could not be verified. Reason: Encrypted content could not be decrypted or parsed.",
      `${path}.encrypted_content`,
      "invalid_encrypted_content",
    );
  }
  return undefined;
}

function validatePairs(items: readonly JsonObject[]): Reply | undefined {
  const calls = new Map<string, Set<string>>();
  const outputs = new Set<string>();
  for (const item of items) {
    const callId = stringMember(item, "call_id");
    const type = String(item["type"]);
    if (callId === undefined) continue;
    const callTypes = OUTPUT_OF[type];
    if (callTypes === undefined) {
      if (type.endsWith("_call")) calls.set(callId, new Set([...(calls.get(callId) ?? []), type]));
    } else if (callTypes.some((callType) => calls.get(callId)?.has(callType))) outputs.add(callId);
    else return problem(`No tool call found for function call output with call_id ${callId}.`, "input", null);
  }
  for (const [callId, types] of calls) {
    if (outputs.has(callId) || types.has("tool_search_call")) continue;
    return problem(`No tool output found for function call ${callId}.`, "input", null);
  }
  return undefined;
}

function problem(message: string, param: string, code: string | null): Reply {
  return errorReply(400, { message, param, code });
}

function quoteAll(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(", ");
}
