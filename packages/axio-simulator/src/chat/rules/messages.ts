import { isObject, type JsonObject, stringMember } from "../../json.ts";
import { refuseFileData, refuseImageUrl } from "../../rules/media.ts";
import { platformRefusal, type Refusal } from "../../rules/refusal.ts";
import {
  anyObject,
  anything,
  arrayOf,
  type Check,
  emptyArray,
  first,
  invalidType,
  invalidValue,
  missingParameter,
  nullable,
  oneOf,
  shape,
  string,
} from "../../rules/shape.ts";
import { type ChatSwitches, OPENAI_CHAT } from "../switches.ts";
import type { ChatRuleContext } from "./chat-rule.ts";

const TEXT = string();
const NAME = string({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ });
const SPEAKER = string({ max: 64, pattern: /^[^\s<|\\/>]+$/ });
const CALL_ID = string({ min: 1, max: 64 });
const BREAKPOINT = { prompt_cache_breakpoint: shape({ mode: oneOf(["explicit"]) }) };

const TEXT_PART = shape({ type: TEXT, text: TEXT }, BREAKPOINT);
const FILE = shape({}, { file_data: refuseFileData, file_id: TEXT, filename: TEXT });

/** The parts of a message of the user. */
const USER_PARTS: Readonly<Record<string, Check>> = {
  text: TEXT_PART,
  image_url: shape(
    { type: TEXT, image_url: shape({ url: refuseImageUrl }, { detail: oneOf(["auto", "low", "high"]) }) },
    BREAKPOINT,
  ),
  input_audio: shape(
    { type: TEXT, input_audio: shape({ data: TEXT, format: oneOf(["wav", "mp3"]) }) },
    BREAKPOINT,
  ),
  file: shape({ type: TEXT, file: FILE }, BREAKPOINT),
};
const TEXT_PARTS = { text: TEXT_PART };
const ASSISTANT_PARTS = { text: TEXT_PART, refusal: shape({ type: TEXT, refusal: TEXT }) };

const FUNCTION_CALL = shape({
  id: CALL_ID,
  type: oneOf(["function"]),
  function: shape({ name: NAME, arguments: TEXT }),
});
const CUSTOM_CALL = shape({
  id: CALL_ID,
  type: oneOf(["custom"]),
  custom: shape({ name: NAME, input: TEXT }),
});

const INSTRUCTIONS = shape({ role: TEXT, content: contentOf(TEXT_PARTS) }, { name: SPEAKER });

/** The members of a message by its role. */
const ROLES: Readonly<Record<string, Check>> = {
  system: INSTRUCTIONS,
  developer: INSTRUCTIONS,
  user: shape({ role: TEXT, content: contentOf(USER_PARTS) }, { name: SPEAKER }),
  assistant: shape(
    { role: TEXT },
    {
      content: nullable(contentOf(ASSISTANT_PARTS)),
      refusal: nullable(TEXT),
      name: SPEAKER,
      audio: nullable(shape({ id: TEXT })),
      tool_calls: arrayOf(checkCall, { min: 1, max: 128 }),
      function_call: nullable(shape({ name: NAME, arguments: TEXT })),
    },
  ),
  tool: shape({ role: TEXT, content: contentOf(TEXT_PARTS), tool_call_id: CALL_ID }),
  function: shape({ role: TEXT, content: nullable(TEXT), name: NAME }),
};

/** The members that the messages of other servers may also have. */
const FOREIGN_MEMBERS = ["reasoning", "reasoning_content", "reasoning_details", "prefix"];

/** Each message must have a known role and the right members. */
export function refuseMessages(
  body: JsonObject,
  { switches = OPENAI_CHAT }: ChatRuleContext = {},
): Refusal | undefined {
  const messages = body["messages"];
  if (!Array.isArray(messages)) return invalidType(messages, "messages", "an array of objects");
  if (messages.length === 0) return emptyArray("messages");
  return first(messages, (message, index) => checkMessage(message, `messages[${index}]`, switches));
}

function checkMessage(value: unknown, path: string, switches: ChatSwitches): Refusal | undefined {
  if (!isObject(value)) return invalidType(value, path, "an object");
  const role = stringMember(value, "role");
  if (role === undefined) return missingParameter(`${path}.role`);
  const check = Object.hasOwn(ROLES, role) ? ROLES[role] : undefined;
  if (check === undefined) {
    return platformRefusal(
      `Invalid value: '${role}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.`,
      `${path}.role`,
      "invalid_value",
    );
  }
  return (
    check(known(value, role, switches), path) ?? (role === "assistant" ? checkAnswer(value, path) : undefined)
  );
}

/** A message without the members that only other servers know. OpenAI refuses them. */
function known(message: JsonObject, role: string, switches: ChatSwitches): JsonObject {
  if (!switches.foreignMembers) return message;
  const rest = { ...message };
  if (role === "assistant") for (const name of FOREIGN_MEMBERS) delete rest[name];
  if (role === "tool") delete rest["name"];
  if (switches.reasoning === "parts" && Array.isArray(rest["content"])) {
    rest["content"] = rest["content"].filter((part) => stringMember(part, "type") !== "thinking");
  }
  if (switches.acceptedMembers.includes("cache_control") && Array.isArray(rest["content"])) {
    rest["content"] = rest["content"].map(withoutCacheMark);
  }
  if (!Array.isArray(rest["tool_calls"])) return rest;
  return { ...rest, tool_calls: rest["tool_calls"].map(withoutExtras) };
}

/** OpenRouter passes marks for the cache on. */
function withoutCacheMark(part: unknown): unknown {
  if (!isObject(part)) return part;
  const { cache_control: _mark, ...rest } = part;
  return rest;
}

function withoutExtras(call: unknown): unknown {
  if (!isObject(call)) return call;
  const { extra_content: _extra, index: _index, ...rest } = call;
  return rest;
}

/** A message of the assistant says something, or calls a tool. */
function checkAnswer(message: JsonObject, path: string): Refusal | undefined {
  const isEmpty = ["content", "refusal", "tool_calls", "function_call", "audio"].every(
    (name) => message[name] === undefined || message[name] === null,
  );
  if (!isEmpty) return undefined;
  return platformRefusal(
    `Invalid value for 'content': expected a string, got null.`,
    `${path}.content`,
    "invalid_value",
  );
}

function checkCall(value: unknown, path: string): Refusal | undefined {
  const type = stringMember(value, "type");
  if (type === undefined) return anyObject(value, path) ?? missingParameter(`${path}.type`);
  if (type !== "function" && type !== "custom") {
    return invalidValue(type, `${path}.type`, ["function", "custom"]);
  }
  return (type === "function" ? FUNCTION_CALL : CUSTOM_CALL)(value, path);
}

function contentOf(parts: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    if (typeof value === "string") return undefined;
    if (!Array.isArray(value)) {
      return platformRefusal(
        `Invalid type for '${path}': expected one of a string or array of objects, but got ${value === null ? "null" : `a ${typeof value}`} instead.`,
        path,
        "invalid_type",
      );
    }
    if (value.length === 0) return emptyArray(path);
    return first(value, (part, index) => checkPart(part, `${path}[${index}]`, path, parts));
  };
}

function checkPart(
  value: unknown,
  path: string,
  content: string,
  parts: Readonly<Record<string, Check>>,
): Refusal | undefined {
  const type = stringMember(value, "type");
  if (type === undefined) return anyObject(value, path) ?? missingParameter(`${path}.type`);
  const check = Object.hasOwn(parts, type) ? parts[type] : undefined;
  if (check !== undefined) return check(value, path) ?? anything();
  const message = content.replace(/\.content$/, "");
  return parts === USER_PARTS
    ? platformRefusal(
        `Invalid '${message}'. Content blocks are expected to be either text or image_url type.`,
        message,
        "invalid_value",
      )
    : invalidValue(type, `${path}.type`, Object.keys(parts));
}
