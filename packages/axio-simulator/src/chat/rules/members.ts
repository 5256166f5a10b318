import type { JsonObject } from "../../json.ts";
import { platformRefusal, type Refusal } from "../../rules/refusal.ts";
import {
  anyObject,
  anything,
  arrayOf,
  boolean,
  type Check,
  emptyArray,
  first,
  invalidType,
  membersOf,
  missingParameter,
  nullable,
  oneOf,
  shape,
  string,
} from "../../rules/shape.ts";
import { OPENAI_CHAT } from "../switches.ts";
import type { ChatRuleContext } from "./chat-rule.ts";

const TEXT = string();

/** A number between two limits. */
export function number(min: number, max: number, { whole = false } = {}): Check {
  const kind = whole ? "integer" : "decimal";
  return (value, path) => {
    if (typeof value !== "number") return invalidType(value, path, whole ? "an integer" : "a decimal");
    if (whole && !Number.isInteger(value)) return invalidType(value, path, "an integer");
    if (value >= min && value <= max) return undefined;
    const [side, sign, limit] = value < min ? ["below minimum", ">=", min] : ["above maximum", "<=", max];
    return platformRefusal(
      `Invalid '${path}': ${kind} ${side} value. Expected a value ${sign} ${limit}, but got ${value} instead.`,
      path,
      `${kind}_${value < min ? "below_min" : "above_max"}_value`,
    );
  };
}

const COUNT = number(1, Number.MAX_SAFE_INTEGER, { whole: true });
const STREAM_OPTIONS = shape({}, { include_usage: boolean, include_obfuscation: boolean });

/** The members of a body, except those with rules of their own. */
const MEMBERS: Readonly<Record<string, Check>> = {
  model: string({ min: 1 }),
  messages: anything,
  tools: anything,
  tool_choice: anything,
  response_format: anything,
  audio: nullable(anyObject),
  frequency_penalty: nullable(number(-2, 2)),
  function_call: anything,
  functions: arrayOf(anyObject, { min: 1, max: 128 }),
  logit_bias: nullable(checkBiases),
  logprobs: nullable(boolean),
  max_completion_tokens: nullable(COUNT),
  max_tokens: nullable(COUNT),
  metadata: nullable(checkMetadata),
  modalities: nullable(arrayOf(oneOf(["text", "audio"]))),
  moderation: nullable(shape({ model: TEXT }, { policy: nullable(anyObject) })),
  n: nullable(number(1, 128, { whole: true })),
  parallel_tool_calls: boolean,
  prediction: nullable(shape({ type: oneOf(["content"]), content: anything })),
  presence_penalty: nullable(number(-2, 2)),
  prompt_cache_key: nullable(string({ max: 64 })),
  prompt_cache_options: shape({}, { mode: oneOf(["implicit", "explicit"]), ttl: oneOf(["30m"]) }),
  prompt_cache_retention: nullable(oneOf(["in_memory", "24h"])),
  reasoning_effort: nullable(oneOf(["none", "minimal", "low", "medium", "high", "xhigh", "max"])),
  safety_identifier: nullable(string({ max: 64 })),
  seed: nullable(number(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, { whole: true })),
  service_tier: nullable(oneOf(["auto", "default", "flex", "scale", "priority", "fast"])),
  stop: nullable(checkStop),
  store: nullable(boolean),
  stream: nullable(boolean),
  stream_options: nullable(STREAM_OPTIONS),
  temperature: nullable(number(0, 2)),
  top_logprobs: nullable(number(0, 20, { whole: true })),
  top_p: nullable(number(0, 1)),
  user: TEXT,
  verbosity: nullable(oneOf(["low", "medium", "high"])),
  web_search_options: anyObject,
};

/** The members must be known, and have the right types. */
export function refuseMembers(
  body: JsonObject,
  { switches = OPENAI_CHAT }: ChatRuleContext = {},
): Refusal | undefined {
  const missing = ["model", "messages"].find((name) => body[name] === undefined);
  if (missing !== undefined) return missingParameter(missing);
  return (
    first(membersOf(body), ([name, value]) => {
      if (switches.refusedMembers.includes(name)) return unrecognized(name);
      if (switches.acceptedMembers.includes(name)) return undefined;
      const check = Object.hasOwn(MEMBERS, name) ? MEMBERS[name] : undefined;
      if (check !== undefined) return check(value, name);
      return switches.unknownMembers === "refuse" ? unrecognized(name) : undefined;
    }) ?? refuseDependentMembers(body)
  );
}

/** Some members need others. */
function refuseDependentMembers(body: JsonObject): Refusal | undefined {
  const needsStream = body["stream_options"] !== undefined && body["stream_options"] !== null;
  if (needsStream && body["stream"] !== true) {
    return platformRefusal(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      "stream_options",
      null,
    );
  }
  const tools = body["tools"];
  if (body["parallel_tool_calls"] !== undefined && tools === undefined) {
    return platformRefusal(
      "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.",
      "parallel_tool_calls",
      "invalid_request_error",
    );
  }
  return body["top_logprobs"] !== undefined && body["logprobs"] !== true
    ? platformRefusal(
        "Invalid value for 'top_logprobs': 'logprobs' must be set to true if this parameter is used.",
        "top_logprobs",
        null,
      )
    : undefined;
}

/** The refusal of a member that the service does not know. */
export function unrecognized(name: string): Refusal {
  return platformRefusal(`Unrecognized request argument supplied: ${name}`, name, "unknown_parameter");
}

function checkBiases(value: unknown, path: string): Refusal | undefined {
  return (
    anyObject(value, path) ??
    first(Object.entries(value as JsonObject), ([token, bias]) => number(-100, 100)(bias, `${path}.${token}`))
  );
}

function checkStop(value: unknown, path: string): Refusal | undefined {
  if (typeof value === "string") return undefined;
  if (Array.isArray(value) && value.length === 0) return emptyArray(path);
  return arrayOf(TEXT, { max: 4 })(value, path);
}

function checkMetadata(value: unknown, path: string): Refusal | undefined {
  const refusal = anyObject(value, path);
  if (refusal !== undefined) return refusal;
  const entries = Object.entries(value as JsonObject);
  if (entries.length > 16) {
    return platformRefusal(
      `Invalid '${path}': too many properties. Expected an object with at most 16 properties, but got an object with ${entries.length} properties instead.`,
      path,
      "object_above_max_properties",
    );
  }
  return first(entries, ([name, member]) => string({ max: 512 })(member, `${path}.${name}`));
}
